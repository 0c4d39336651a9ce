// SPDX-License-Identifier: GPL-2.0
/* query: which part of a frame is shown, and in which order. */
#include "query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../base/cleanup.h"
#include "frame.h"
#include "timestat.h"

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

/* A sort key: @value reads it off a row. */
struct sort_def {
	const char *name;
	struct sort_value (*value)(const struct query_row *row);
	bool ascending;		/* numbers; texts always do */
	unsigned int row_kinds; /* BIT(enum row_by) of the rows that have it */
};

#define BIT(n) (1U << (n))
#define ROWS_ALL (BIT(BY_VM) | BIT(BY_VCPU) | BIT(BY_REASON))
#define ROWS_VM (BIT(BY_VM) | BIT(BY_VCPU))

static struct sort_value number_value(bool known, double number)
{
	return (struct sort_value){ .known = known, .number = number };
}

static struct sort_value text_value(const char *text)
{
	return (struct sort_value){ .known = text, .text = text };
}

static const struct counter *row_counter(const struct query_row *row)
{
	if (row->reason)
		return &row->reason->count;
	return row->vcpu ? &row->vcpu->exits : &row->vm->exits;
}

static const struct time_shares *row_shares(const struct query_row *row)
{
	static const struct time_shares none;

	if (row->reason)
		return &none;
	return row->vcpu ? &row->vcpu->shares : &row->vm->shares;
}

/* Handling time of all exits that the row is about; without histograms, which end with the sum. */
static struct time_stat row_time(const struct query_row *row)
{
	const struct frame_reasons *reasons;
	struct time_sum sum;

	if (row->reason)
		return row->reason->time;
	reasons = row->vcpu ? &row->vcpu->reasons : &row->vm->reasons;
	time_sum__init(&sum);
	for (size_t i = 0; i < reasons->n; i++)
		time_sum__add(&sum, &reasons->v[i].time);
	time_sum__finish(&sum);
	time_stat__finish(&sum.time);
	sum.time.hist = (struct hist){ .v = NULL };
	return sum.time;
}

static struct sort_value delta_value(const struct query_row *row)
{
	const struct counter *counter = row_counter(row);

	return number_value(counter->delta_valid, (double)counter->delta);
}

static struct sort_value pid_value(const struct query_row *row)
{
	return number_value(true, row->vm->pid);
}

static struct sort_value name_value(const struct query_row *row)
{
	return text_value(row->vm->name ? row->vm->name : row->vm->comm);
}

static struct sort_value vcpu_value(const struct query_row *row)
{
	return number_value(row->vcpu->vcpu_id != VCPU_ID_UNKNOWN, row->vcpu->vcpu_id);
}

static struct sort_value reason_value(const struct query_row *row)
{
	return text_value(row->reason->name);
}

static struct sort_value count_value(const struct query_row *row)
{
	return number_value(true, (double)row_counter(row)->total);
}

static struct sort_value rate_value(const struct query_row *row)
{
	return number_value(row_counter(row)->delta_valid, row_counter(row)->rate);
}

static struct sort_value time_value(const struct query_row *row)
{
	struct time_stat time = row_time(row);

	return number_value(time.valid, (double)time.delta_ns);
}

static struct sort_value avg_value(const struct query_row *row)
{
	struct time_stat time = row_time(row);

	return number_value(time.avg_valid, time.avg_ns);
}

static struct sort_value p50_value(const struct query_row *row)
{
	struct time_stat time = row_time(row);

	return number_value(time.pct_valid, (double)time.pct.p50_ns);
}

static struct sort_value p90_value(const struct query_row *row)
{
	struct time_stat time = row_time(row);

	return number_value(time.pct_valid, (double)time.pct.p90_ns);
}

static struct sort_value p99_value(const struct query_row *row)
{
	struct time_stat time = row_time(row);

	return number_value(time.pct_valid, (double)time.pct.p99_ns);
}

static struct sort_value p999_value(const struct query_row *row)
{
	struct time_stat time = row_time(row);

	return number_value(time.pct_valid, (double)time.pct.p999_ns);
}

static struct sort_value max_value(const struct query_row *row)
{
	struct time_stat time = row_time(row);

	return number_value(time.max_valid, (double)time.max_ns);
}

static struct sort_value state_value(const struct query_row *row, enum vcpu_state state)
{
	const struct time_shares *shares = row_shares(row);

	return number_value(time_shares_known(shares, state), shares->pct[state]);
}

static struct sort_value guest_value(const struct query_row *row)
{
	return state_value(row, STATE_GUEST);
}

static struct sort_value kvm_value(const struct query_row *row)
{
	return state_value(row, STATE_KVM);
}

static struct sort_value vmm_value(const struct query_row *row)
{
	return state_value(row, STATE_VMM);
}

static struct sort_value poll_value(const struct query_row *row)
{
	return state_value(row, STATE_HALT_POLL);
}

static struct sort_value block_value(const struct query_row *row)
{
	return state_value(row, STATE_HALT_BLOCK);
}

static struct sort_value delay_value(const struct query_row *row)
{
	return state_value(row, STATE_RUN_DELAY);
}

static const struct sort_def sort_defs[SORT_KEY_MAX] = {
	[SORT_DEFAULT] = { "default", delta_value, .row_kinds = ROWS_ALL },
	[SORT_PID] = { "pid", pid_value, .ascending = true, .row_kinds = ROWS_VM },
	[SORT_NAME] = { "name", name_value, .row_kinds = ROWS_VM },
	[SORT_VCPU] = { "vcpu", vcpu_value, .ascending = true, .row_kinds = BIT(BY_VCPU) },
	[SORT_REASON] = { "reason", reason_value, .row_kinds = BIT(BY_REASON) },
	[SORT_COUNT] = { "count", count_value, .row_kinds = ROWS_ALL },
	[SORT_RATE] = { "rate", rate_value, .row_kinds = ROWS_ALL },
	[SORT_TIME] = { "time", time_value, .row_kinds = ROWS_ALL },
	[SORT_AVG] = { "avg", avg_value, .row_kinds = ROWS_ALL },
	[SORT_P50] = { "p50", p50_value, .row_kinds = ROWS_ALL },
	[SORT_P90] = { "p90", p90_value, .row_kinds = ROWS_ALL },
	[SORT_P99] = { "p99", p99_value, .row_kinds = ROWS_ALL },
	[SORT_P999] = { "p99.9", p999_value, .row_kinds = ROWS_ALL },
	[SORT_MAX_NS] = { "max", max_value, .row_kinds = ROWS_ALL },
	[SORT_GUEST] = { "guest", guest_value, .row_kinds = ROWS_VM },
	[SORT_KVM] = { "kvm", kvm_value, .row_kinds = ROWS_VM },
	[SORT_VMM] = { "vmm", vmm_value, .row_kinds = ROWS_VM },
	[SORT_POLL] = { "poll", poll_value, .row_kinds = ROWS_VM },
	[SORT_BLOCK] = { "block", block_value, .row_kinds = ROWS_VM },
	[SORT_DELAY] = { "delay", delay_value, .row_kinds = ROWS_VM },
};

const char *sort_key_name(enum sort_key key)
{
	return key < SORT_KEY_MAX ? sort_defs[key].name : NULL;
}

int sort_key_parse(const char *word, enum sort_key *ret_key)
{
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

/* Sorts @rows, which all are of the kind @by. */
static void sort_rows(enum sort_key key, enum row_by by, struct sort_row *rows, size_t n)
{
	struct sort_def def = sort_defs[key];

	if (!(def.row_kinds & BIT(by)))
		def = sort_defs[SORT_DEFAULT];
	for (size_t i = 0; i < n; i++) {
		rows[i].value = def.value(&rows[i].row);
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
