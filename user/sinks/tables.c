// SPDX-License-Identifier: GPL-2.0
/*
 * tables: the text tables of a frame. A table is a const array of columns; a cell is one line here.
 */
#include "tables.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "../model/registry.h"
#include "../render/cell.h"
#include "sink.h"
#include "stream.h"
#include "../render/table.h"

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
	VM_HALT,
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
	[VM_NAME] = { .title = "NAME", .left = true, .shrink = 12, .max = TABLE_NAME_MAX },
	[VM_VCPUS] = { .title = "VCPUS", .drop = 8 },
	[VM_EXITS] = { .title = "EXITS/s" },
	[VM_USER] = { .title = "USER/s", .drop = 11 },
	[VM_GUEST] = { .title = "GUEST%", .drop = 1 },
	[VM_KVM] = { .title = "KVM%", .drop = 3 },
	[VM_VMM] = { .title = "VMM%", .drop = 5 },
	[VM_POLL] = { .title = "POLL%", .drop = 9, .sum = VM_HALT },
	[VM_BLOCK] = { .title = "BLOCK%", .drop = 9, .sum = VM_HALT },
	[VM_HALT] = { .title = "HALT%", .drop = 4 },
	[VM_DELAY] = { .title = "DELAY%", .drop = 2 },
	[VM_AVG] = { .title = "AVG", .drop = 7 },
	[VM_P99] = { .title = "P99", .drop = 10 },
	[VM_P999] = { .title = "P99.9", .drop = 13 },
	[VM_TOP] = { .title = "TOP REASONS", .left = true, .shrink = 12, .drop = 6 },
};

/* What of the registry is in a column; COLUMN_MAX: nothing, it is set by hand. */
static const enum column_id vm_cells[VM_COLUMNS] = {
	[VM_PID] = COLUMN_PID,
	[VM_FD] = COLUMN_MAX,
	[VM_NAME] = COLUMN_MAX,
	[VM_VCPUS] = COLUMN_VCPUS,
	[VM_EXITS] = COLUMN_EXITS_PER_S,
	[VM_USER] = COLUMN_USER_EXITS_PER_S,
	[VM_GUEST] = COLUMN_GUEST_PCT,
	[VM_KVM] = COLUMN_KVM_PCT,
	[VM_VMM] = COLUMN_VMM_PCT,
	[VM_POLL] = COLUMN_HALT_POLL_PCT,
	[VM_BLOCK] = COLUMN_HALT_BLOCK_PCT,
	[VM_HALT] = COLUMN_MAX,
	[VM_DELAY] = COLUMN_RUN_DELAY_PCT,
	[VM_AVG] = COLUMN_AVG_NS,
	[VM_P99] = COLUMN_P99_NS,
	[VM_P999] = COLUMN_P999_NS,
	[VM_TOP] = COLUMN_MAX,
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
	VCPU_HALT,
	VCPU_DELAY,
	VCPU_AVG,
	VCPU_P99,
	VCPU_P999,
	VCPU_TOP,
	VCPU_COLUMNS,
};

static const struct table_column vcpu_columns[] = {
	[VCPU_PID] = { .title = "PID" },
	[VCPU_NAME] = { .title = "NAME", .left = true, .shrink = 10, .max = TABLE_NAME_MAX },
	[VCPU_ID] = { .title = "VCPU" },
	[VCPU_TID] = { .title = "TID", .drop = 8 },
	[VCPU_EXITS] = { .title = "EXITS/s" },
	[VCPU_USER] = { .title = "USER/s", .drop = 11 },
	[VCPU_GUEST] = { .title = "GUEST%", .drop = 1 },
	[VCPU_KVM] = { .title = "KVM%", .drop = 3 },
	[VCPU_VMM] = { .title = "VMM%", .drop = 5 },
	[VCPU_POLL] = { .title = "POLL%", .drop = 9, .sum = VCPU_HALT },
	[VCPU_BLOCK] = { .title = "BLOCK%", .drop = 9, .sum = VCPU_HALT },
	[VCPU_HALT] = { .title = "HALT%", .drop = 4 },
	[VCPU_DELAY] = { .title = "DELAY%", .drop = 2 },
	[VCPU_AVG] = { .title = "AVG", .drop = 7 },
	[VCPU_P99] = { .title = "P99", .drop = 10 },
	[VCPU_P999] = { .title = "P99.9", .drop = 13 },
	[VCPU_TOP] = { .title = "TOP REASONS", .left = true, .shrink = 12, .drop = 6 },
};

static const enum column_id vcpu_cells[VCPU_COLUMNS] = {
	[VCPU_PID] = COLUMN_PID,
	[VCPU_NAME] = COLUMN_MAX,
	[VCPU_ID] = COLUMN_VCPU,
	[VCPU_TID] = COLUMN_TID,
	[VCPU_EXITS] = COLUMN_EXITS_PER_S,
	[VCPU_USER] = COLUMN_USER_EXITS_PER_S,
	[VCPU_GUEST] = COLUMN_GUEST_PCT,
	[VCPU_KVM] = COLUMN_KVM_PCT,
	[VCPU_VMM] = COLUMN_VMM_PCT,
	[VCPU_POLL] = COLUMN_HALT_POLL_PCT,
	[VCPU_BLOCK] = COLUMN_HALT_BLOCK_PCT,
	[VCPU_HALT] = COLUMN_MAX,
	[VCPU_DELAY] = COLUMN_RUN_DELAY_PCT,
	[VCPU_AVG] = COLUMN_AVG_NS,
	[VCPU_P99] = COLUMN_P99_NS,
	[VCPU_P999] = COLUMN_P999_NS,
	[VCPU_TOP] = COLUMN_MAX,
};

enum {
	REASON_NAME,
	REASON_ISA,
	REASON_RATE,
	REASON_SHARE,
	REASON_TIME,
	REASON_AVG,
	REASON_P50,
	REASON_P90,
	REASON_P99,
	REASON_P999,
	REASON_MAX,
	REASON_TOTAL,
	REASON_COLUMNS,
};

static const struct table_column reason_columns[] = {
	[REASON_NAME] = { .title = "REASON", .left = true, .shrink = 12, .max = TABLE_NAME_MAX },
	[REASON_ISA] = { .title = "ISA", .left = true, .drop = 8 },
	[REASON_RATE] = { .title = "RATE/s" },
	[REASON_SHARE] = { .title = "%EXITS", .drop = 1 },
	[REASON_TIME] = { .title = "TIME%", .drop = 2 },
	[REASON_AVG] = { .title = "AVG", .drop = 3 },
	[REASON_P50] = { .title = "P50", .drop = 7 },
	[REASON_P90] = { .title = "P90", .drop = 11 },
	[REASON_P99] = { .title = "P99", .drop = 4 },
	[REASON_P999] = { .title = "P99.9", .drop = 10 },
	[REASON_MAX] = { .title = "MAX", .drop = 5 },
	[REASON_TOTAL] = { .title = "TOTAL", .drop = 6 },
};

static const enum column_id reason_cells[REASON_COLUMNS] = {
	[REASON_NAME] = COLUMN_REASON,	       [REASON_ISA] = COLUMN_ISA,
	[REASON_RATE] = COLUMN_EXITS_PER_S,    [REASON_SHARE] = COLUMN_EXITS_SHARE_PCT,
	[REASON_TIME] = COLUMN_TIME_SHARE_PCT, [REASON_AVG] = COLUMN_AVG_NS,
	[REASON_P50] = COLUMN_P50_NS,	       [REASON_P90] = COLUMN_P90_NS,
	[REASON_P99] = COLUMN_P99_NS,	       [REASON_P999] = COLUMN_P999_NS,
	[REASON_MAX] = COLUMN_MAX_NS,	       [REASON_TOTAL] = COLUMN_EXITS_TOTAL,
};

/* The same cells under another title; one isa only, so no ISA column. */
static const struct table_column user_columns[] = {
	[REASON_NAME] = { .title = "USERSPACE EXIT",
			  .left = true,
			  .shrink = 14,
			  .max = TABLE_NAME_MAX },
	[REASON_ISA] = { .title = "", .left = true, .drop = 9 },
	[REASON_RATE] = { .title = "RATE/s" },
	[REASON_SHARE] = { .title = "%EXITS", .drop = 1 },
	[REASON_TIME] = { .title = "TIME%", .drop = 2 },
	[REASON_AVG] = { .title = "AVG", .drop = 3 },
	[REASON_P50] = { .title = "P50", .drop = 7 },
	[REASON_P90] = { .title = "P90", .drop = 11 },
	[REASON_P99] = { .title = "P99", .drop = 4 },
	[REASON_P999] = { .title = "P99.9", .drop = 10 },
	[REASON_MAX] = { .title = "MAX", .drop = 5 },
	[REASON_TOTAL] = { .title = "TOTAL", .drop = 6 },
};

DEFINE_CLEANUP(table, struct table, table__free)

enum fmt_escape tables_escape(const struct view *view)
{
	return view->utf8 ? FMT_ESCAPE_TERMINAL : FMT_ESCAPE_ASCII;
}

/* A new row of @table; a cell that the kind of @row does not have stays empty. */
static int add_cells(struct table *table, const struct view *view, const enum column_id *cells,
		     size_t n, struct row row)
{
	int err = table__add_row(table);

	for (size_t i = 0; i < n && !err; i++)
		if (cells[i] != COLUMN_MAX && registry_column(cells[i])->rows & ROW_BIT(row.kind))
			err = table__take(table, i,
					  cell_format(cells[i], &row, tables_escape(view)));
	return err;
}

/* What is to be known of a VM or vCPU before its numbers are read: an empty text if there is nothing. */
static const char *mark_of(const struct frame_vm *vm, const struct frame_vcpu *vcpu)
{
	static const char *const marks[HELD_MAX] = {
		[HELD_STOPPED] = "(stopped) ",
		[HELD_FROZEN] = "(frozen) ",
		[HELD_PARKED] = "(parked) ",
	};
	const char *mark = vm->gone ? "(ended) " : marks[vcpu ? vcpu->held : vm->held];

	return mark ? mark : "";
}

/* The mark is in front, where it is never cut off. */
char *tables_vm_name(const struct view *view, const struct frame_vm *vm,
		     const struct frame_vcpu *vcpu)
{
	const char *open = !vm->name && vm->comm ? "[" : "", *close = *open ? "]" : "";
	const char *text = vm->name ? vm->name : vm->comm ? vm->comm : FMT_UNKNOWN;
	__autofree char *whole = NULL;

	if (asprintf(&whole, "%s%s%s%s", mark_of(vm, vcpu), open, text, close) < 0) {
		whole = NULL;
		return NULL;
	}
	return fmt_escape_dup(tables_escape(view), whole);
}

/* "REASON 43% REASON 20% REASON 5%": shares of the exits in the interval. */
static int set_top_reasons(struct table *table, size_t column, const struct view *view,
			   const struct frame_reasons *reasons)
{
	static const struct query most_exits = { .by = BY_REASON, .top = TOP_REASONS };
	__autofree const struct frame_reason **sorted = NULL;
	uint64_t total = registry_scope_exits(reasons);
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
	return err ? err
		   : table__take(table, column,
				 fmt_escape_dup(tables_escape(view), used ? text : FMT_UNKNOWN));
}

const char *tables_vm_fd(const struct frame_vm *vm)
{
	/* Of one VM whose fd is not known; the others are told from it. */
	return vm->vm_fd == -1 ? FMT_UNKNOWN : strchr(vm->id, '-') + 1;
}

/* What POLL% and BLOCK% have together. */
static int set_halt(struct table *table, size_t column, const struct time_shares *shares)
{
	char buf[FMT_SIZE];

	fmt_pct(shares->pct[STATE_HALT_POLL] + shares->pct[STATE_HALT_BLOCK], buf, sizeof(buf));
	return table__set(table, column, shares->valid ? buf : FMT_UNKNOWN);
}

static int add_vm(struct table *table, const struct view *view, const struct row *row)
{
	const struct frame_vm *vm = row->vm;

	return add_cells(table, view, vm_cells, VM_COLUMNS,
			 (struct row){ .kind = ROW_VM, .vm = vm }) ?:
	       table__set(table, VM_FD, tables_vm_fd(vm)) ?:
	       table__take(table, VM_NAME, tables_vm_name(view, vm, NULL)) ?:
	       set_halt(table, VM_HALT, &vm->shares) ?:
	       set_top_reasons(table, VM_TOP, view, &vm->reasons);
}

static int add_vcpu(struct table *table, const struct view *view, const struct row *row)
{
	return add_cells(table, view, vcpu_cells, VCPU_COLUMNS,
			 (struct row){ .kind = ROW_VCPU, .vm = row->vm, .vcpu = row->vcpu }) ?:
	       table__take(table, VCPU_NAME, tables_vm_name(view, row->vm, row->vcpu)) ?:
	       set_halt(table, VCPU_HALT, &row->vcpu->shares) ?:
	       set_top_reasons(table, VCPU_TOP, view, &row->vcpu->reasons);
}

static void print_left_out(FILE *out, size_t left_out)
{
	if (left_out)
		fprintf(out, "(%zu more)\n", left_out);
}

/* A table whose rows are what the query gives for @by, each made by @add. */
static int print_rows(FILE *out, const struct frame *frame, const struct view *view, enum row_by by,
		      const struct table_column *columns, size_t n_columns,
		      int (*add)(struct table *, const struct view *, const struct row *))
{
	struct table *table __cleanup(cleanup_table) = table__new(columns, n_columns);
	__autofree struct row *rows = NULL;
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
		err = stream_print_table(table, view->width, out);
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
			      const struct view *view, size_t top, enum row_kind kind,
			      const struct table_column *columns)
{
	struct table *table __cleanup(cleanup_table) = table__new(columns, REASON_COLUMNS);
	__autofree const struct frame_reason **sorted = NULL;
	struct query query = { .by = BY_REASON, .order = view->query.order, .top = top };
	size_t n = top && top < reasons->n ? top : reasons->n;
	struct row row = { .kind = kind, .scope_exits = registry_scope_exits(reasons) };
	int err;

	err = table ? query__reasons(&query, reasons->v, reasons->n, &sorted) : -ENOMEM;
	for (size_t i = 0; i < n && !err; i++) {
		row.reason = sorted[i];
		err = add_cells(table, view, reason_cells, REASON_COLUMNS, row);
	}
	if (!err)
		err = stream_print_table(table, view->width, out);
	if (!err)
		print_left_out(out, reasons->n - n);
	return err;
}

int tables_print_reasons(FILE *out, const struct frame *frame, const struct view *view, size_t top)
{
	int err = 0;

	/* A backend that emulates the guest has no VM exits, only those to user space. */
	if (frame->reasons.n || !frame->user_exits.n)
		err = print_reason_table(out, &frame->reasons, view, top, ROW_REASON,
					 reason_columns);
	if (err || !frame->user_exits.n)
		return err;
	if (frame->reasons.n)
		fputc('\n', out);
	fputs("Exits to user space (the times are the VMM's):\n", out);
	return print_reason_table(out, &frame->user_exits, view, top, ROW_USER_EXIT, user_columns);
}
