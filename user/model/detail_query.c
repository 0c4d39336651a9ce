// SPDX-License-Identifier: GPL-2.0
#include "detail_query.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "frame.h"

/* Numbers descend, what is not known comes last. */
struct sort_row {
	struct detail_row row;
	bool known;
	double number;
	const char *text;
	size_t seq;
};

static void set_value(enum sort_key key, struct sort_row *r)
{
	const struct frame_detail *detail = r->row.detail;
	const struct detail_time *time = &detail->time;

	r->known = detail->count.delta_valid;
	r->number = (double)detail->count.delta;
	switch (key) {
	case SORT_PID:
		r->known = true;
		r->number = -(double)r->row.vm->pid;
		break;
	case SORT_VCPU:
		if (!r->row.vcpu)
			break;
		r->known = r->row.vcpu->vcpu_id != VCPU_ID_UNKNOWN;
		r->number = -(double)r->row.vcpu->vcpu_id;
		break;
	case SORT_NAME:
		r->text = r->row.vm->name ? r->row.vm->name : r->row.vm->comm;
		r->known = r->text;
		break;
	case SORT_COUNT:
		r->known = true;
		r->number = (double)detail->count.total;
		break;
	case SORT_TIME:
		r->known = time->valid;
		r->number = (double)time->delta_ns;
		break;
	case SORT_AVG:
		r->known = time->avg_valid;
		r->number = time->avg_ns;
		break;
	default:
		break;
	}
}

static int cmp_rows(const void *a, const void *b)
{
	const struct sort_row *x = a, *y = b;
	int order = 0;

	if (!x->known || !y->known)
		order = y->known - x->known;
	else if (x->text && y->text)
		order = strcmp(x->text, y->text);
	else
		order = (x->number < y->number) - (x->number > y->number);
	return order ? order : (x->seq > y->seq) - (x->seq < y->seq);
}

/* What @collect calls for each row; @rows NULL: only counts. */
static size_t collect_scope(const struct frame_vm *vm, const struct frame_vcpu *vcpu, bool others,
			    struct sort_row *rows, size_t n)
{
	const struct frame_details *details = vcpu ? &vcpu->details : &vm->details;
	size_t more = others ? details->n_others : details->n;

	for (size_t i = 0; rows && i < more; i++)
		rows[n + i].row =
			(struct detail_row){ vm, vcpu,
					     others ? &details->others[i] : &details->v[i] };
	return n + more;
}

/* All rows of the keys, or of the others; @rows NULL: only counts them. */
static size_t collect(const struct frame *frame, bool by_vcpu, bool others, struct sort_row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < frame->n_vms; i++) {
		const struct frame_vm *vm = &frame->vms[i];

		if (!by_vcpu)
			n = collect_scope(vm, NULL, others, rows, n);
		for (size_t j = 0; by_vcpu && j < vm->n_vcpus; j++)
			n = collect_scope(vm, &vm->vcpus[j], others, rows, n);
	}
	return n;
}

int detail_query__rows(const struct query *query, const struct frame *frame,
		       struct detail_row **ret_rows, size_t *ret_n, size_t *ret_left_out)
{
	bool by_vcpu = query->by == BY_VCPU;
	size_t n = collect(frame, by_vcpu, false, NULL);
	size_t n_others = collect(frame, by_vcpu, true, NULL);
	size_t shown = query->top && query->top < n ? query->top : n;
	__autofree struct sort_row *keys = calloc(n + 1, sizeof(*keys));
	__autofree struct sort_row *others = calloc(n_others + 1, sizeof(*others));
	struct detail_row *rows = calloc(shown + n_others + 1, sizeof(*rows));

	if (!keys || !others || !rows) {
		free(rows);
		return -ENOMEM;
	}
	collect(frame, by_vcpu, false, keys);
	collect(frame, by_vcpu, true, others);
	for (size_t i = 0; i < n; i++) {
		keys[i].seq = i;
		set_value(query->sort, &keys[i]);
	}
	qsort(keys, n, sizeof(*keys), cmp_rows);
	for (size_t i = 0; i < shown; i++)
		rows[i] = keys[i].row;
	for (size_t i = 0; i < n_others; i++)
		rows[shown + i] = others[i].row;
	*ret_rows = rows;
	*ret_n = shown + n_others;
	*ret_left_out = n - shown;
	return 0;
}
