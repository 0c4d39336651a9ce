// SPDX-License-Identifier: GPL-2.0
/*
 * tables: the text tables of a frame. A table is a const array of columns; a cell is one line here.
 */
#include "tables.h"

#include <errno.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "../model/timestat.h"
#include "sink.h"
#include "table.h"

/* How many reasons the column TOP REASONS names at most, and the share from which on it does. */
#define TOP_REASONS 3
#define TOP_REASONS_MIN_PCT 0.5

enum {
	VM_PID,
	VM_FD,
	VM_NAME,
	VM_VCPUS,
	VM_EXITS,
	VM_USER,
	VM_GUEST,
	VM_KVM,
	VM_VMM,
	VM_POLL,
	VM_BLOCK,
	VM_DELAY,
	VM_AVG,
	VM_P99,
	VM_P999,
	VM_TOP,
	VM_COLUMNS,
};

static const struct table_column vm_columns[] = {
	[VM_PID] = { .title = "PID" },
	[VM_FD] = { .title = "FD", .drop = 12 },
	[VM_NAME] = { .title = "NAME", .left = true, .shrink = 12 },
	[VM_VCPUS] = { .title = "VCPUS", .drop = 8 },
	[VM_EXITS] = { .title = "EXITS/s" },
	[VM_USER] = { .title = "USER/s", .drop = 11 },
	[VM_GUEST] = { .title = "GUEST%", .drop = 1 },
	[VM_KVM] = { .title = "KVM%", .drop = 3 },
	[VM_VMM] = { .title = "VMM%", .drop = 5 },
	[VM_POLL] = { .title = "POLL%", .drop = 9 },
	[VM_BLOCK] = { .title = "BLOCK%", .drop = 4 },
	[VM_DELAY] = { .title = "DELAY%", .drop = 2 },
	[VM_AVG] = { .title = "AVG", .drop = 7 },
	[VM_P99] = { .title = "P99", .drop = 10 },
	[VM_P999] = { .title = "P99.9", .drop = 13 },
	[VM_TOP] = { .title = "TOP REASONS", .left = true, .shrink = 12, .drop = 6 },
};

enum {
	VCPU_PID,
	VCPU_NAME,
	VCPU_ID,
	VCPU_TID,
	VCPU_EXITS,
	VCPU_USER,
	VCPU_GUEST,
	VCPU_KVM,
	VCPU_VMM,
	VCPU_POLL,
	VCPU_BLOCK,
	VCPU_DELAY,
	VCPU_AVG,
	VCPU_P99,
	VCPU_P999,
	VCPU_TOP,
	VCPU_COLUMNS,
};

static const struct table_column vcpu_columns[] = {
	[VCPU_PID] = { .title = "PID" },
	[VCPU_NAME] = { .title = "NAME", .left = true, .shrink = 10 },
	[VCPU_ID] = { .title = "VCPU" },
	[VCPU_TID] = { .title = "TID", .drop = 8 },
	[VCPU_EXITS] = { .title = "EXITS/s" },
	[VCPU_USER] = { .title = "USER/s", .drop = 11 },
	[VCPU_GUEST] = { .title = "GUEST%", .drop = 1 },
	[VCPU_KVM] = { .title = "KVM%", .drop = 3 },
	[VCPU_VMM] = { .title = "VMM%", .drop = 5 },
	[VCPU_POLL] = { .title = "POLL%", .drop = 9 },
	[VCPU_BLOCK] = { .title = "BLOCK%", .drop = 4 },
	[VCPU_DELAY] = { .title = "DELAY%", .drop = 2 },
	[VCPU_AVG] = { .title = "AVG", .drop = 7 },
	[VCPU_P99] = { .title = "P99", .drop = 10 },
	[VCPU_P999] = { .title = "P99.9", .drop = 13 },
	[VCPU_TOP] = { .title = "TOP REASONS", .left = true, .shrink = 12, .drop = 6 },
};

enum {
	REASON_NAME,
	REASON_ISA,
	REASON_COUNT,
	REASON_RATE,
	REASON_SHARE,
	REASON_TIME,
	REASON_AVG,
	REASON_P50,
	REASON_P90,
	REASON_P99,
	REASON_P999,
	REASON_MAX,
	REASON_COLUMNS,
};

static const struct table_column reason_columns[] = {
	[REASON_NAME] = { .title = "REASON", .left = true, .shrink = 12 },
	[REASON_ISA] = { .title = "ISA", .left = true, .drop = 8 },
	[REASON_COUNT] = { .title = "COUNT", .drop = 6 },
	[REASON_RATE] = { .title = "RATE/s" },
	[REASON_SHARE] = { .title = "%EXITS", .drop = 1 },
	[REASON_TIME] = { .title = "TIME%", .drop = 2 },
	[REASON_AVG] = { .title = "AVG", .drop = 3 },
	[REASON_P50] = { .title = "P50", .drop = 7 },
	[REASON_P90] = { .title = "P90", .drop = 11 },
	[REASON_P99] = { .title = "P99", .drop = 4 },
	[REASON_P999] = { .title = "P99.9", .drop = 10 },
	[REASON_MAX] = { .title = "MAX", .drop = 5 },
};

/* The same cells under another title; one isa only, so no ISA column. */
static const struct table_column user_columns[] = {
	[REASON_NAME] = { .title = "USERSPACE EXIT", .left = true, .shrink = 14 },
	[REASON_ISA] = { .title = "", .left = true, .drop = 9 },
	[REASON_COUNT] = { .title = "COUNT", .drop = 6 },
	[REASON_RATE] = { .title = "RATE/s" },
	[REASON_SHARE] = { .title = "%EXITS", .drop = 1 },
	[REASON_TIME] = { .title = "TIME%", .drop = 2 },
	[REASON_AVG] = { .title = "AVG", .drop = 3 },
	[REASON_P50] = { .title = "P50", .drop = 7 },
	[REASON_P90] = { .title = "P90", .drop = 11 },
	[REASON_P99] = { .title = "P99", .drop = 4 },
	[REASON_P999] = { .title = "P99.9", .drop = 10 },
	[REASON_MAX] = { .title = "MAX", .drop = 5 },
};

static void cleanup_table(struct table **table)
{
	table__free(*table);
}

enum fmt_escape tables_escape(const struct view *view)
{
	return view->utf8 ? FMT_ESCAPE_TERMINAL : FMT_ESCAPE_ASCII;
}

static int set_escaped(struct table *table, size_t column, const struct view *view,
		       const char *text)
{
	__autofree char *escaped = fmt_escape_dup(tables_escape(view), text);

	return escaped ? table__set(table, column, escaped) : -ENOMEM;
}

static int set_number(struct table *table, size_t column, bool valid, long long value)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%lld", value);
	return table__set(table, column, valid ? buf : FMT_UNKNOWN);
}

static int set_count(struct table *table, size_t column, uint64_t value)
{
	char buf[FMT_SIZE];

	return table__set(table, column, fmt_count(value, buf, sizeof(buf)));
}

static int set_rate(struct table *table, size_t column, const struct counter *counter)
{
	char buf[FMT_SIZE];

	fmt_rate(counter->rate, buf, sizeof(buf));
	return table__set(table, column, counter->delta_valid ? buf : FMT_UNKNOWN);
}

/* Exits to user space per second. */
static int set_user_rate(struct table *table, size_t column, const struct frame_reasons *user_exits)
{
	struct counter sum = { .delta_valid = true };

	for (size_t i = 0; i < user_exits->n; i++) {
		sum.rate += user_exits->v[i].count.rate;
		sum.delta_valid &= user_exits->v[i].count.delta_valid;
	}
	return set_rate(table, column, &sum);
}

static int set_pct(struct table *table, size_t column, bool valid, double pct)
{
	char buf[FMT_SIZE];

	fmt_pct(pct, buf, sizeof(buf));
	return table__set(table, column, valid ? buf : FMT_UNKNOWN);
}

static int set_duration(struct table *table, size_t column, bool valid, double ns)
{
	char buf[FMT_SIZE];

	fmt_duration_ns(ns > 0 ? (uint64_t)(ns + 0.5) : 0, buf, sizeof(buf));
	return table__set(table, column, valid ? buf : FMT_UNKNOWN);
}

/* That it has ended is said in front, where it is never cut off. */
char *tables_vm_name(const struct view *view, const struct frame_vm *vm)
{
	const char *open = !vm->name && vm->comm ? "[" : "", *close = *open ? "]" : "";
	const char *text = vm->name ? vm->name : vm->comm ? vm->comm : FMT_UNKNOWN;
	__autofree char *whole = NULL;

	if (asprintf(&whole, "%s%s%s%s", vm->gone ? "(ended) " : "", open, text, close) < 0) {
		whole = NULL;
		return NULL;
	}
	return fmt_escape_dup(tables_escape(view), whole);
}

static int set_vm_name(struct table *table, size_t column, const struct view *view,
		       const struct frame_vm *vm)
{
	__autofree char *name = tables_vm_name(view, vm);

	return name ? table__set(table, column, name) : -ENOMEM;
}

static uint64_t sum_deltas(const struct frame_reasons *reasons)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < reasons->n; i++)
		if (reasons->v[i].count.delta_valid)
			sum += reasons->v[i].count.delta;
	return sum;
}

/* "npf 43% hlt 20% cpuid 5%": shares of the exits in the interval. */
static int set_top_reasons(struct table *table, size_t column, const struct view *view,
			   const struct frame_reasons *reasons)
{
	static const struct query most_exits = { .by = BY_REASON, .top = TOP_REASONS };
	__autofree const struct frame_reason **sorted = NULL;
	uint64_t total = sum_deltas(reasons);
	char text[512] = "";
	size_t used = 0;
	int err = query__reasons(&most_exits, reasons->v, reasons->n, &sorted);

	for (size_t i = 0; !err && i < reasons->n && i < TOP_REASONS && used < sizeof(text); i++) {
		const struct counter *count = &sorted[i]->count;
		double pct = total ? 100.0 * (double)count->delta / (double)total : 0;
		int n;

		if (!count->delta_valid || pct < TOP_REASONS_MIN_PCT)
			continue;
		n = snprintf(text + used, sizeof(text) - used, "%s%s %.0f%%", used ? " " : "",
			     sorted[i]->name, pct);
		used += n > 0 ? (size_t)n : 0;
	}
	return err ? err : set_escaped(table, column, view, used ? text : FMT_UNKNOWN);
}

/* GUEST% to DELAY%, in the order of enum vcpu_state. */
static int set_shares(struct table *table, size_t first, const struct time_shares *shares)
{
	int err = 0;

	for (size_t i = 0; i < STATE_MAX && !err; i++)
		err = set_pct(table, first + i, time_shares_known(shares, i), shares->pct[i]);
	return err;
}

/* The cells that VMs and vCPUs share, from column @first (EXITS/s) on, in the tables' order. */
static int set_activity(struct table *table, size_t first, const struct view *view,
			const struct counter *exits, const struct time_shares *shares,
			const struct frame_reasons *reasons, const struct frame_reasons *user_exits)
{
	const size_t after = first + 2 + STATE_MAX;
	struct time_sum sum;
	const struct time_stat *all = &sum.time;
	int err;

	time_sum__init(&sum);
	for (size_t i = 0; i < reasons->n; i++)
		time_sum__add(&sum, &reasons->v[i].time);
	time_sum__finish(&sum);
	time_stat__finish(&sum.time);
	err = set_rate(table, first, exits) ?:
	      set_user_rate(table, first + 1, user_exits) ?:
	      set_shares(table, first + 2, shares) ?:
	      set_duration(table, after, all->avg_valid, all->avg_ns) ?:
	      set_duration(table, after + 1, all->pct_valid, (double)all->pct.p99_ns) ?:
	      set_duration(table, after + 2, all->pct_valid, (double)all->pct.p999_ns);
	return err ? err : set_top_reasons(table, after + 3, view, reasons);
}

static int add_vm(struct table *table, const struct view *view, const struct query_row *row)
{
	const struct frame_vm *vm = row->vm;

	return table__add_row(table) ?:
	       set_number(table, VM_PID, true, vm->pid) ?:
	       set_number(table, VM_FD, vm->vm_fd >= 0, vm->vm_fd) ?:
	       set_vm_name(table, VM_NAME, view, vm) ?:
	       set_number(table, VM_VCPUS, true, (long long)vm->n_vcpus) ?:
	       set_activity(table, VM_EXITS, view, &vm->exits, &vm->shares, &vm->reasons,
			    &vm->user_exits);
}

static int add_vcpu(struct table *table, const struct view *view, const struct query_row *row)
{
	const struct frame_vcpu *vcpu = row->vcpu;

	return table__add_row(table) ?:
	       set_number(table, VCPU_PID, true, row->vm->pid) ?:
	       set_vm_name(table, VCPU_NAME, view, row->vm) ?:
	       set_number(table, VCPU_ID, vcpu->vcpu_id != VCPU_ID_UNKNOWN, vcpu->vcpu_id) ?:
	       set_number(table, VCPU_TID, vcpu->tid > 0, vcpu->tid) ?:
	       set_activity(table, VCPU_EXITS, view, &vcpu->exits, &vcpu->shares, &vcpu->reasons,
			    &vcpu->user_exits);
}

static int set_isa(struct table *table, uint32_t isa)
{
	const char *name = isa_name(isa);

	if (isa == ISA_USER)
		return table__set(table, REASON_ISA, "");
	return name ? table__set(table, REASON_ISA, name)
		    : set_number(table, REASON_ISA, true, isa);
}

static int add_reason(struct table *table, const struct view *view,
		      const struct frame_reason *reason, uint64_t total)
{
	const struct counter *count = &reason->count;
	const struct time_stat *time = &reason->time;
	double share = total ? 100.0 * (double)count->delta / (double)total : 0;

	return table__add_row(table) ?:
	       set_escaped(table, REASON_NAME, view, reason->name) ?:
	       set_isa(table, reason->isa) ?:
	       set_count(table, REASON_COUNT, count->total) ?:
	       set_rate(table, REASON_RATE, count) ?:
	       set_pct(table, REASON_SHARE, total && count->delta_valid, share) ?:
	       set_pct(table, REASON_TIME, time->valid && time->share_valid, time->share_pct) ?:
	       set_duration(table, REASON_AVG, time->avg_valid, time->avg_ns) ?:
	       set_duration(table, REASON_P50, time->pct_valid, (double)time->pct.p50_ns) ?:
	       set_duration(table, REASON_P90, time->pct_valid, (double)time->pct.p90_ns) ?:
	       set_duration(table, REASON_P99, time->pct_valid, (double)time->pct.p99_ns) ?:
	       set_duration(table, REASON_P999, time->pct_valid, (double)time->pct.p999_ns) ?:
	       set_duration(table, REASON_MAX, time->max_valid, (double)time->max_ns);
}

static void print_left_out(FILE *out, size_t left_out)
{
	if (left_out)
		fprintf(out, "(%zu more)\n", left_out);
}

/* A table whose rows are what the query gives for @by, each made by @add. */
static int print_rows(FILE *out, const struct frame *frame, const struct view *view, enum row_by by,
		      const struct table_column *columns, size_t n_columns,
		      int (*add)(struct table *, const struct view *, const struct query_row *))
{
	struct table *table __cleanup(cleanup_table) = table__new(columns, n_columns);
	__autofree struct query_row *rows = NULL;
	struct query query = view->query;
	size_t n, left_out;
	int err;

	if (!table)
		return -ENOMEM;
	query.by = by;
	err = query__rows(&query, frame, &rows, &n, &left_out);
	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++)
		err = add(table, view, &rows[i]);
	if (!err)
		err = table__print(table, view->width, out);
	if (!err)
		print_left_out(out, left_out);
	return err;
}

int tables_print_vms(FILE *out, const struct frame *frame, const struct view *view)
{
	return print_rows(out, frame, view, BY_VM, vm_columns, VM_COLUMNS, add_vm);
}

int tables_print_vcpus(FILE *out, const struct frame *frame, const struct view *view)
{
	return print_rows(out, frame, view, BY_VCPU, vcpu_columns, VCPU_COLUMNS, add_vcpu);
}

static int print_reason_table(FILE *out, const struct frame_reasons *reasons,
			      const struct view *view, size_t top,
			      const struct table_column *columns)
{
	struct table *table __cleanup(cleanup_table) = table__new(columns, REASON_COLUMNS);
	__autofree const struct frame_reason **sorted = NULL;
	struct query query = { .by = BY_REASON, .sort = view->query.sort, .top = top };
	size_t n = top && top < reasons->n ? top : reasons->n;
	uint64_t total = sum_deltas(reasons);
	int err;

	err = table ? query__reasons(&query, reasons->v, reasons->n, &sorted) : -ENOMEM;
	for (size_t i = 0; i < n && !err; i++)
		err = add_reason(table, view, sorted[i], total);
	if (!err)
		err = table__print(table, view->width, out);
	if (!err)
		print_left_out(out, reasons->n - n);
	return err;
}

int tables_print_reasons(FILE *out, const struct frame *frame, const struct view *view, size_t top)
{
	int err = 0;

	/* A backend that emulates the guest has no VM exits, only those to user space. */
	if (frame->reasons.n || !frame->user_exits.n)
		err = print_reason_table(out, &frame->reasons, view, top, reason_columns);
	if (err || !frame->user_exits.n)
		return err;
	if (frame->reasons.n)
		fputc('\n', out);
	fputs("Exits to user space (the times are the VMM's):\n", out);
	return print_reason_table(out, &frame->user_exits, view, top, user_columns);
}
