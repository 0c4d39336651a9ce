// SPDX-License-Identifier: GPL-2.0
/* query: which part of a frame is shown, and in which order. */
#include "query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../base/cleanup.h"
#include "frame.h"
#include "registry.h"

/* What a row is sorted by: a text, or a number. (Counts above 2^53 would not be exact.) */
struct sort_value {
	bool known;
	const char *text; /* NULL: compare @number */
	double number;
};

struct sort_row {
	struct query_row row;
	struct sort_value value;
	size_t seq; /* the last tie breaker, so that the order is the same every time */
};

/* A sort key: a column of the registry, whose texts belong to the frame. */
struct sort_def {
	const char *name;
	enum column_id column;
	bool ascending; /* numbers; texts always do */
};

static const struct sort_def sort_defs[SORT_KEY_MAX] = {
	[SORT_DEFAULT] = { "default", COLUMN_EXITS, false },
	[SORT_PID] = { "pid", COLUMN_PID, true },
	[SORT_NAME] = { "name", COLUMN_VM_NAME, true },
	[SORT_VCPU] = { "vcpu", COLUMN_VCPU, true },
	[SORT_REASON] = { "reason", COLUMN_REASON, true },
	[SORT_COUNT] = { "count", COLUMN_EXITS_TOTAL, false },
	[SORT_RATE] = { "rate", COLUMN_EXITS_PER_S, false },
	[SORT_TIME] = { "time", COLUMN_TIME_NS, false },
	[SORT_AVG] = { "avg", COLUMN_AVG_NS, false },
	[SORT_P50] = { "p50", COLUMN_P50_NS, false },
	[SORT_P90] = { "p90", COLUMN_P90_NS, false },
	[SORT_P99] = { "p99", COLUMN_P99_NS, false },
	[SORT_P999] = { "p99.9", COLUMN_P999_NS, false },
	[SORT_MAX_NS] = { "max", COLUMN_MAX_NS, false },
	[SORT_GUEST] = { "guest", COLUMN_GUEST_PCT, false },
	[SORT_KVM] = { "kvm", COLUMN_KVM_PCT, false },
	[SORT_VMM] = { "vmm", COLUMN_VMM_PCT, false },
	[SORT_POLL] = { "poll", COLUMN_HALT_POLL_PCT, false },
	[SORT_BLOCK] = { "block", COLUMN_HALT_BLOCK_PCT, false },
	[SORT_DELAY] = { "delay", COLUMN_RUN_DELAY_PCT, false },
};

const char *sort_key_name(enum sort_key key)
{
	return key < SORT_KEY_MAX ? sort_defs[key].name : NULL;
}

int sort_key_parse(const char *word, enum sort_key *ret_key)
{
	/* As the column is called in text. */
	if (!strcmp(word, "total"))
		word = sort_defs[SORT_COUNT].name;
	for (size_t i = 0; i < SORT_KEY_MAX; i++) {
		if (strcmp(sort_defs[i].name, word))
			continue;
		*ret_key = (enum sort_key)i;
		return 0;
	}
	return -EINVAL;
}

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int cmp_values(const struct sort_value *a, const struct sort_value *b, bool ascending)
{
	int order;

	if (!a->known || !b->known)
		return b->known - a->known;
	if (a->text && b->text)
		return strcmp(a->text, b->text);
	order = (a->number > b->number) - (a->number < b->number);
	return ascending ? order : -order;
}

static int cmp_ids(const struct query_row *a, const struct query_row *b)
{
	int order = 0;

	if (a->vm)
		order = (a->vm->pid > b->vm->pid) - (a->vm->pid < b->vm->pid);
	if (!order && a->vm)
		order = cmp_u64(a->vm->key, b->vm->key); /* two VMs of one process */
	if (!order && a->vcpu)
		order = cmp_u64(a->vcpu->vcpu_id, b->vcpu->vcpu_id);
	if (!order && a->reason)
		order = cmp_u64(a->reason->isa, b->reason->isa);
	if (!order && a->reason)
		order = cmp_u64(a->reason->code, b->reason->code);
	return order;
}

static int cmp_rows(const void *a, const void *b, void *arg)
{
	const struct sort_row *x = a;
	const struct sort_row *y = b;
	const struct sort_def *def = arg;
	int order = cmp_values(&x->value, &y->value, def->ascending);

	if (!order)
		order = cmp_ids(&x->row, &y->row);
	return order ? order : cmp_u64(x->seq, y->seq);
}

static enum row_kind kind_of(enum row_by by)
{
	static const enum row_kind kinds[ROW_BY_MAX] = {
		[BY_VM] = ROW_VM,
		[BY_VCPU] = ROW_VCPU,
		[BY_REASON] = ROW_REASON,
	};

	return kinds[by];
}

static struct sort_value value_of(const struct sort_def *def, enum row_by by,
				  const struct query_row *query_row)
{
	struct row row = { .kind = kind_of(by),
			   .vm = query_row->vm,
			   .vcpu = query_row->vcpu,
			   .reason = query_row->reason };
	struct column_value value;

	registry_get(def->column, &row, &value);
	/* A VM without a name is known by its VMM's. */
	if (def->column == COLUMN_VM_NAME && value.type == VALUE_UNKNOWN)
		registry_get(COLUMN_COMM, &row, &value);
	return (struct sort_value){
		.known = value.type != VALUE_UNKNOWN,
		.text = value.type == VALUE_TEXT ? value.text : NULL,
		.number = registry_number(&value),
	};
}

/* Sorts @rows, which all are of the kind @by. */
static void sort_rows(enum sort_key key, enum row_by by, struct sort_row *rows, size_t n)
{
	struct sort_def def = sort_defs[key];

	if (!(registry_column(def.column)->rows & ROW_BIT(kind_of(by))))
		def = sort_defs[SORT_DEFAULT];
	for (size_t i = 0; i < n; i++) {
		rows[i].value = value_of(&def, by, &rows[i].row);
		rows[i].seq = i;
	}
	qsort_r(rows, n, sizeof(*rows), cmp_rows, &def);
}

static size_t count_rows(enum row_by by, const struct frame *frame)
{
	size_t n = 0;

	if (by == BY_REASON)
		return frame->reasons.n;
	if (by == BY_VM)
		return frame->n_vms;
	for (size_t i = 0; i < frame->n_vms; i++)
		n += frame->vms[i].n_vcpus;
	return n;
}

/* @rows has room for count_rows() and is zeroed. */
static void collect_rows(enum row_by by, const struct frame *frame, struct sort_row *rows)
{
	size_t n = 0;

	if (by == BY_REASON) {
		for (size_t i = 0; i < frame->reasons.n; i++)
			rows[i].row.reason = &frame->reasons.v[i];
		return;
	}
	for (size_t i = 0; i < frame->n_vms; i++) {
		const struct frame_vm *vm = &frame->vms[i];

		if (by == BY_VM)
			rows[n++].row.vm = vm;
		for (size_t j = 0; by == BY_VCPU && j < vm->n_vcpus; j++) {
			rows[n].row.vm = vm;
			rows[n++].row.vcpu = &vm->vcpus[j];
		}
	}
}

int query__rows(const struct query *query, const struct frame *frame, struct query_row **ret_rows,
		size_t *ret_n, size_t *ret_left_out)
{
	size_t n = count_rows(query->by, frame);
	size_t n_shown = query->top && query->top < n ? query->top : n;
	__autofree struct sort_row *sorted = calloc(n + 1, sizeof(*sorted));
	struct query_row *rows;

	if (!sorted)
		return -ENOMEM;
	collect_rows(query->by, frame, sorted);
	sort_rows(query->sort, query->by, sorted, n);

	rows = calloc(n_shown + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < n_shown; i++)
		rows[i] = sorted[i].row;
	*ret_rows = rows;
	*ret_n = n_shown;
	*ret_left_out = n - n_shown;
	return 0;
}

int query__reasons(const struct query *query, const struct frame_reason *reasons, size_t n,
		   const struct frame_reason ***ret_sorted)
{
	__autofree struct sort_row *sorted = calloc(n + 1, sizeof(*sorted));
	const struct frame_reason **v;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i].row.reason = &reasons[i];
	sort_rows(query->sort, BY_REASON, sorted, n);

	v = calloc(n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		v[i] = sorted[i].row.reason;
	*ret_sorted = v;
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
