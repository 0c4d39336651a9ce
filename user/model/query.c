// SPDX-License-Identifier: GPL-2.0
/* query: which part of a frame is shown. */
#include "query.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "../base/cleanup.h"

/* ---- VMs, vCPUs and reasons */

static void collect_reasons(const struct frame *frame, const struct frame_reason *reasons, size_t n,
			    struct row *rows)
{
	const struct frame_reasons all = { (struct frame_reason *)reasons, n };
	uint64_t exits = frame_reasons__exits(&all);

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct row){ .kind = ROW_REASON,
					.frame = frame,
					.reason = &reasons[i],
					.scope_exits = exits };
}

static size_t count_rows(const struct query *query, const struct frame *frame)
{
	size_t n = 0;

	if (query->by == BY_REASON)
		return frame->reasons.n;
	if (query->by == BY_VM)
		return frame->n_vms;
	for (size_t i = 0; i < frame->n_vms; i++)
		n += frame->vms[i].n_vcpus;
	return n;
}

/* @rows has room for count_rows(). */
static void collect(const struct query *query, const struct frame *frame, struct row *rows)
{
	size_t n = 0;

	if (query->by == BY_REASON) {
		collect_reasons(frame, frame->reasons.v, frame->reasons.n, rows);
		return;
	}
	for (size_t i = 0; i < frame->n_vms; i++) {
		const struct frame_vm *vm = &frame->vms[i];

		if (query->by == BY_VM)
			rows[n++] = (struct row){ .kind = ROW_VM, .frame = frame, .vm = vm };
		for (size_t j = 0; query->by == BY_VCPU && j < vm->n_vcpus; j++)
			rows[n++] = (struct row){
				.kind = ROW_VCPU, .frame = frame, .vm = vm, .vcpu = &vm->vcpus[j]
			};
	}
}

int query__rows(const struct query *query, const struct frame *frame, struct row **ret_rows,
		size_t *ret_n, size_t *ret_left_out)
{
	size_t n = count_rows(query, frame);
	struct row *rows = reallocarray(NULL, n + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	collect(query, frame, rows);
	if (order_rows(&query->order, rows, n)) {
		free(rows);
		return -ENOMEM;
	}
	*ret_rows = rows;
	*ret_n = query->top && query->top < n ? query->top : n;
	*ret_left_out = n - *ret_n;
	return 0;
}

int query__reasons(const struct query *query, const struct frame_reason *reasons, size_t n,
		   const struct frame_reason ***ret_sorted)
{
	__autofree struct row *rows = reallocarray(NULL, n + 1, sizeof(*rows));
	const struct frame_reason **v;

	if (!rows)
		return -ENOMEM;
	collect_reasons(NULL, reasons, n, rows);
	if (order_rows(&query->order, rows, n))
		return -ENOMEM;
	v = calloc(n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		v[i] = rows[i].reason;
	*ret_sorted = v;
	return 0;
}

/* ---- the drill-down */

/* How many rows that are; @rows NULL: only counts. */
static size_t collect_scope(const struct row *scope, bool others, struct row *rows)
{
	const struct frame_details *details =
		scope->vcpu ? &scope->vcpu->details : &scope->vm->details;
	size_t more = others ? details->n_others : details->n;

	for (size_t i = 0; rows && i < more; i++) {
		rows[i] = *scope;
		rows[i].detail = others ? &details->others[i] : &details->v[i];
	}
	return more;
}

/* All rows of the keys, or of the others. */
static size_t collect_details(const struct frame *frame, bool by_vcpu, bool others,
			      struct row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < frame->n_vms; i++) {
		const struct frame_vm *vm = &frame->vms[i];
		struct row row = { .kind = by_vcpu ? ROW_VCPU_DETAIL : ROW_VM_DETAIL,
				   .frame = frame,
				   .vm = vm };

		if (!by_vcpu)
			n += collect_scope(&row, others, rows ? &rows[n] : NULL);
		for (size_t j = 0; by_vcpu && j < vm->n_vcpus; j++) {
			row.vcpu = &vm->vcpus[j];
			n += collect_scope(&row, others, rows ? &rows[n] : NULL);
		}
	}
	return n;
}

int query__details(const struct query *query, const struct frame *frame, struct row **ret_rows,
		   size_t *ret_n, size_t *ret_left_out)
{
	bool by_vcpu = query->by == BY_VCPU;
	size_t n = collect_details(frame, by_vcpu, false, NULL);
	size_t n_others = collect_details(frame, by_vcpu, true, NULL);
	size_t shown = query->top && query->top < n ? query->top : n;
	struct row *rows = reallocarray(NULL, n + n_others + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	collect_details(frame, by_vcpu, false, rows);
	if (order_rows(&query->order, rows, n)) {
		free(rows);
		return -ENOMEM;
	}
	collect_details(frame, by_vcpu, true, &rows[shown]);
	*ret_rows = rows;
	*ret_n = shown + n_others;
	*ret_left_out = n - shown;
	return 0;
}

bool query_wants_reason(const char *wanted, const struct frame_reason *reason)
{
	unsigned long long number;
	char *end;

	if (!wanted || !strcasecmp(reason->name, wanted))
		return true;
	errno = 0;
	number = strtoull(wanted, &end, 0);
	return *wanted && !*end && !errno && number == reason->code;
}
