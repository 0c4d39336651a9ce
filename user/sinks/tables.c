// SPDX-License-Identifier: GPL-2.0
/*
 * tables: which rows are in which table; render/row_table has their columns.
 */
#include "tables.h"

#include <errno.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "../model/registry.h"
#include "../render/cell.h"
#include "../render/row_table.h"
#include "../render/table.h"
#include "sink.h"
#include "stream.h"

/* Keys of the drill-down when --top does not say how many. */
#define DEFAULT_TOP_KEYS 20

DEFINE_CLEANUP(table, struct table, table__free)

enum fmt_escape tables_escape(const struct view *view)
{
	return view->utf8 ? FMT_ESCAPE_TERMINAL : FMT_ESCAPE_ASCII;
}

char *tables_vm_name(const struct view *view, const struct frame_vm *vm,
		     const struct frame_vcpu *vcpu)
{
	struct row row = { .kind = vcpu ? ROW_VCPU : ROW_VM, .vm = vm, .vcpu = vcpu };

	return cell_format(COLUMN_VM_LABEL, &row, tables_escape(view), FMT_UNKNOWN);
}

/* The table, and below it how many rows are not in it. */
static int print_table(FILE *out, const struct view *view, enum row_table which, struct row *rows,
		       size_t n, size_t left_out)
{
	struct table *table __cleanup(cleanup_table) =
		row_table_make(which, rows, n, tables_escape(view));
	int err = table ? stream_print_table(table, view->width, out) : -ENOMEM;

	if (!err && left_out)
		fprintf(out, "(%zu more)\n", left_out);
	return err;
}

/* A table whose rows are what the query gives for @by. */
static int print_by(FILE *out, const struct frame *frame, const struct view *view, enum row_by by,
		    enum row_table which)
{
	__autofree struct row *rows = NULL;
	struct query query = view->query;
	size_t n, left_out;
	int err;

	query.by = by;
	err = query__rows(&query, frame, &rows, &n, &left_out);
	return err ? err : print_table(out, view, which, rows, n, left_out);
}

int tables_print_vms(FILE *out, const struct frame *frame, const struct view *view)
{
	return print_by(out, frame, view, BY_VM, ROW_TABLE_VMS);
}

int tables_print_vcpus(FILE *out, const struct frame *frame, const struct view *view)
{
	return print_by(out, frame, view, BY_VCPU, ROW_TABLE_VCPUS);
}

static int print_reasons(FILE *out, const struct frame *frame, const struct view *view, size_t top,
			 enum row_kind kind, enum row_table which)
{
	const struct frame_reasons *reasons =
		kind == ROW_REASON ? &frame->reasons : &frame->user_exits;
	__autofree const struct frame_reason **sorted = NULL;
	const struct query query = { .by = BY_REASON, .order = view->query.order, .top = top };
	const uint64_t exits = frame_reasons__exits(reasons);
	size_t n = top && top < reasons->n ? top : reasons->n;
	__autofree struct row *rows = reallocarray(NULL, n + 1, sizeof(*rows));
	int err = rows ? query__reasons(&query, reasons->v, reasons->n, &sorted) : -ENOMEM;

	if (err)
		return err;
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct row){
			.kind = kind, .frame = frame, .reason = sorted[i], .scope_exits = exits
		};
	return print_table(out, view, which, rows, n, reasons->n - n);
}

int tables_print_reasons(FILE *out, const struct frame *frame, const struct view *view, size_t top)
{
	int err = 0;

	/* A backend that emulates the guest has no VM exits, only those to user space. */
	if (frame->reasons.n || !frame->user_exits.n)
		err = print_reasons(out, frame, view, top, ROW_REASON, ROW_TABLE_REASONS);
	if (err || !frame->user_exits.n)
		return err;
	if (frame->reasons.n)
		fputc('\n', out);
	fputs("Handled by the VMM:\n", out);
	return print_reasons(out, frame, view, top, ROW_USER_EXIT, ROW_TABLE_USER_EXITS);
}

static bool has_keys(const struct frame *frame)
{
	for (size_t i = 0; i < frame->n_vms; i++)
		if (frame->vms[i].details.valid)
			return true;
	return false;
}

int tables_print_keys(FILE *out, const struct frame *frame, const struct view *view)
{
	__autofree struct row *rows = NULL;
	struct query query = view->query;
	size_t n, left_out;
	int err;

	if (!has_keys(frame))
		return 0;
	if (!query.top)
		query.top = DEFAULT_TOP_KEYS;
	if (!view->by_given)
		query.by = BY_VM;
	err = query__details(&query, frame, &rows, &n, &left_out);
	if (err)
		return err;
	fputs("\nDetails:\n", out);
	return print_table(out, view, ROW_TABLE_KEYS, rows, n, left_out);
}
