// SPDX-License-Identifier: GPL-2.0
/* item_table: items as tables, and a line for each VM whose statistics are not known. */
#include "item_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/memstream.h"
#include "../model/item_rows.h"
#include "../model/item_sort.h"
#include "../model/frame.h"
#include "../model/stats.h"
#include "sink.h"
#include "stream.h"
#include "../render/table.h"
#include "tables.h"

enum {
	COL_EVENT,
	COL_TOTAL,
	COL_PCT,
	COL_RATE,
	N_COLUMNS,
};

/* kvm_stat's. */
static const struct table_column columns[] = {
	[COL_EVENT] = { .title = "Event", .left = true, .shrink = 12 },
	[COL_TOTAL] = { .title = "Total", .drop = 1 },
	[COL_PCT] = { .title = "%Total", .drop = 2 },
	[COL_RATE] = { .title = "CurAvg/s" },
};

/* A number as it is, of 64 bits and a sign, or with a decimal. */
#define NUMBER_SIZE 32

/* The output, and whether it has a block already: blocks are set apart. */
struct printer {
	FILE *out;
	const struct frame *frame;
	const struct view *view;
	bool begun;
};

DEFINE_CLEANUP(table, struct table, table__free)

/* ---- cells */

static bool is_hist(const struct stat_desc *desc)
{
	return desc->type == STAT_LINEAR_HIST || desc->type == STAT_LOG_HIST;
}

/* Nanoseconds, which are shown as durations. The unit of a histogram is that of its buckets. */
static bool is_ns(const struct stat_desc *desc)
{
	return desc && desc->unit == STAT_UNIT_SECONDS && !desc->pow2 && desc->exponent == -9 &&
	       !is_hist(desc);
}

/* "bytes" where neither the name nor the number shows the unit; NULL: no unit is needed. */
static const char *unit_name(const struct stat_desc *desc)
{
	static const char *const names[STAT_UNIT_MAX] = {
		[STAT_UNIT_BYTES] = "bytes",
		[STAT_UNIT_SECONDS] = "seconds",
		[STAT_UNIT_CYCLES] = "cycles",
	};

	return !desc || is_ns(desc) || is_hist(desc) ? NULL : names[desc->unit];
}

/* "name", "  name(CHILD)", "name (cycles)", "name (2^10 bytes)". */
static int set_item(struct table *table, const struct item_row *row)
{
	const char *unit = unit_name(row->desc), *indent = row->parent ? "  " : "";
	__autofree char *text = NULL;
	char scale[48] = "";
	int n;

	if (unit && row->desc->exponent)
		snprintf(scale, sizeof(scale), "%d^%d ", row->desc->pow2 ? 2 : 10,
			 row->desc->exponent);
	if (unit)
		n = asprintf(&text, "%s%s (%s%s)", indent, row->name, scale, unit);
	else
		n = asprintf(&text, "%s%s", indent, row->name);
	if (n < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return table__set(table, COL_EVENT, text);
}

static int set_total(struct table *table, const struct item_row *row)
{
	char buf[NUMBER_SIZE];

	if (row->unread)
		return table__set(table, COL_TOTAL, FMT_UNKNOWN);
	if (is_ns(row->desc))
		fmt_duration_ns(row->total, buf, sizeof(buf));
	else
		snprintf(buf, sizeof(buf), "%" PRIu64, row->total);
	return table__set(table, COL_TOTAL, buf);
}

/* Whole numbers, as kvm_stat's; what happens now and then has a decimal. */
static int set_number(struct table *table, double rate)
{
	char buf[NUMBER_SIZE];
	double size = rate < 0 ? -rate : rate;

	snprintf(buf, sizeof(buf), "%.*f", size > 0 && size < 9.95 ? 1 : 0, rate);
	return table__set(table, COL_RATE, buf);
}

static int set_rate(struct table *table, const struct item_row *row)
{
	char buf[NUMBER_SIZE];

	if (!row->delta_valid)
		return table__set(table, COL_RATE, FMT_UNKNOWN);
	if (!is_ns(row->desc) || row->kind == ITEM_GAUGE)
		return set_number(table, row->rate);
	fmt_duration_ns(row->rate < 0x1p64 - 2048 ? (uint64_t)(row->rate + 0.5) : UINT64_MAX, buf,
			sizeof(buf));
	return table__set(table, COL_RATE, buf);
}

/* Of all items of its origin, or of the parent's. */
static int set_pct(struct table *table, const struct item_row *row, uint64_t whole)
{
	char buf[FMT_SIZE];

	if (row->kind != ITEM_COUNT || !whole)
		return 0;
	fmt_pct(100.0 * (double)row->total / (double)whole, buf, sizeof(buf));
	return table__set(table, COL_PCT, buf);
}

static int add_row(struct table *table, const struct item_row *row, uint64_t whole)
{
	return table__add_row(table) ?:
	       set_item(table, row) ?:
	       set_total(table, row) ?:
	       set_pct(table, row, whole) ?:
	       set_rate(table, row);
}

static int add_sum(struct table *table, const char *name, const struct item_sum *sum)
{
	const struct item_row row = { .name = name, .total = sum->total };

	return table__add_row(table) ?:
	       set_item(table, &row) ?:
	       set_total(table, &row) ?:
	       (sum->rate_valid ? set_number(table, sum->rate)
				: table__set(table, COL_RATE, FMT_UNKNOWN));
}

/* The sums over counts: of each origin, or, if there is only one, as kvm_stat has it. */
static int add_footer(struct table *table, const struct item_table *items)
{
	static const char *const names[ITEM_ORIGIN_MAX] = {
		[ITEM_TRACEPOINT] = "Total (tracepoints)",
		[ITEM_STATISTIC] = "Total (statistics)",
	};
	size_t n = 0;
	int err = 0;

	for (size_t i = 0; i < ITEM_ORIGIN_MAX; i++)
		n += items->sums[i].there;
	for (size_t i = 0; i < ITEM_ORIGIN_MAX && !err; i++)
		if (items->sums[i].there)
			err = add_sum(table, n > 1 ? names[i] : "Total", &items->sums[i]);
	return err;
}

static int add_rows(struct table *table, const struct item_table *items)
{
	uint64_t parent = 0;
	int err = 0;

	for (size_t i = 0; i < items->n && !err; i++) {
		const struct item_row *row = &items->v[i];

		if (i && i == items->n_counts)
			err = add_footer(table, items);
		if (!err)
			err = add_row(table, row,
				      row->parent ? parent : items->sums[row->source].total);
		if (!row->parent)
			parent = row->total;
	}
	if (!err && items->n && items->n_counts == items->n)
		err = add_footer(table, items);
	return err;
}

/* ---- lines and blocks */

/* One line, cut to the terminal. 0 or -ENOMEM. */
__attribute__((format(printf, 2, 3))) static int print_line(struct printer *p, const char *format,
							    ...)
{
	__autofree char *line = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&line, format, args);
	va_end(args);
	if (len < 0) {
		line = NULL;
		return -ENOMEM;
	}
	stream_print_line(p->out, line, p->view->width);
	p->begun = true;
	return 0;
}

static void print_gap(const struct printer *p)
{
	if (p->begun)
		fputc('\n', p->out);
}

/* What --top cut, and what is not shown as it is zero. */
static int print_left_out(struct printer *p, const struct item_table *items)
{
	if (items->left_out && items->zero)
		return print_line(p, "(%zu more, %zu zero)", items->left_out, items->zero);
	if (items->left_out)
		return print_line(p, "(%zu more)", items->left_out);
	return items->zero ? print_line(p, "(%zu zero)", items->zero) : 0;
}

/* Of all VMs (@vm NULL), a VM, or a vCPU of it. */
static int print_rows(struct printer *p, const struct frame_vm *vm, const struct frame_vcpu *vcpu)
{
	struct table *table __cleanup(cleanup_table) = table__new(columns, N_COLUMNS);
	struct item_table items __cleanup(item_table__done) = { .n = 0 };
	int err =
		table ? item_table__of(p->view->items, vm, vcpu, &p->view->query, &items) : -ENOMEM;

	if (!err && !items.n)
		return items.zero ? print_line(p, "none of %zu %s has happened", items.zero,
					       fmt_plural(items.zero, "event", "events"))
				  : 0;
	if (!err)
		err = add_rows(table, &items);
	if (!err)
		err = stream_print_table(table, p->view->width, p->out);
	p->begun = true;
	return err ? err : print_left_out(p, &items);
}

/* ---- what is not known */

/* It is new, or ends, or its fd is nowhere to be seen. */
static const char not_read[] = "none could be read in this interval";

static bool is_known(const struct frame_stats *stats)
{
	return stats->source != STATS_NONE;
}

/* "VM 3111-4: @what: why": @why is for when nothing else is wrong. */
static int print_unknown(struct printer *p, const struct frame_vm *vm, const char *what,
			 const char *why)
{
	const char *error = p->frame->sources[SOURCE_STATS].error;
	const char *text = vm->ended ? "it has ended" : error ? error : why;
	__autofree char *escaped = fmt_escape_dup(tables_escape(p->view), text);

	return escaped ? print_line(p, "VM %s: %s: %s", vm->id, what, escaped) : -ENOMEM;
}

/* Says what is missing in the sums over a VM. */
static int print_missing(struct printer *p, const struct frame_vm *vm)
{
	bool own = is_known(&vm->stats), vcpus = is_known(&vm->vcpu_stats);

	if (!own && !vcpus)
		return print_unknown(p, vm, "no statistics", not_read);
	if (!own)
		return print_unknown(p, vm, "no statistics of its own", not_read);
	/*
	 * Debugfs has both in one folder. Where they cannot be distinguished, all count as the VM's
	 * own.
	 */
	if (!vcpus && vm->n_vcpus && vm->stats.source != STATS_DEBUGFS)
		return print_unknown(p, vm, "no sums over its vCPUs",
				     "not all could be read in this interval");
	return 0;
}

/* ---- the tables */

static bool wants_stats(const struct printer *p)
{
	return p->view->stats;
}

static int print_all(struct printer *p)
{
	int err = 0;

	for (size_t i = 0; i < p->frame->n_vms && !err && wants_stats(p); i++)
		err = print_missing(p, &p->frame->vms[i]);
	return err ? err : print_rows(p, NULL, NULL);
}

static int print_vm(struct printer *p, const struct frame_vm *vm)
{
	__autofree char *name = tables_vm_name(p->view, vm, NULL);
	bool known = is_known(&vm->stats) || is_known(&vm->vcpu_stats);
	int err = name ? 0 : -ENOMEM;

	print_gap(p);
	if (!p->view->tracepoints && !known)
		return err ? err : print_missing(p, vm);
	if (!err)
		err = print_line(p, "VM %s %s", vm->id, name);
	if (!err && wants_stats(p))
		err = print_missing(p, vm);
	return err ? err : print_rows(p, vm, NULL);
}

static int print_vcpu(struct printer *p, const struct frame_vm *vm, const struct frame_vcpu *vcpu)
{
	__autofree char *name = tables_vm_name(p->view, vm, vcpu);
	char id[16] = FMT_UNKNOWN, tid[16] = FMT_UNKNOWN;
	int err = name ? 0 : -ENOMEM;

	if (vcpu->vcpu_id != VCPU_ID_UNKNOWN)
		snprintf(id, sizeof(id), "%u", vcpu->vcpu_id);
	if (vcpu->tid > 0)
		snprintf(tid, sizeof(tid), "%d", vcpu->tid);
	print_gap(p);
	if (!err)
		err = print_line(p, "VM %s vCPU %s tid %s %s", vm->id, id, tid, name);
	return err ? err : print_rows(p, vm, vcpu);
}

/* Says of how many vCPUs there are no statistics. */
static int print_unknown_vcpus(struct printer *p, const struct frame_vm *vm, size_t unknown)
{
	bool only_sums =
		(is_known(&vm->vcpu_stats) ? &vm->vcpu_stats : &vm->stats)->source == STATS_DEBUGFS;
	const char *why = only_sums ? "debugfs has only their sums" : not_read;
	char what[80];

	if (!unknown)
		return 0;
	print_gap(p);
	if (unknown == vm->n_vcpus)
		return print_unknown(p, vm, "no statistics of its vCPUs", why);
	snprintf(what, sizeof(what), "no statistics of %zu of its %zu vCPUs", unknown, vm->n_vcpus);
	return print_unknown(p, vm, what, why);
}

static int print_vcpus(struct printer *p, const struct frame_vm *vm)
{
	size_t unknown = 0;
	int err = 0;

	for (size_t i = 0; i < vm->n_vcpus && !err; i++) {
		bool known = is_known(&vm->vcpus[i].stats);

		unknown += wants_stats(p) && !known;
		if (known || p->view->tracepoints)
			err = print_vcpu(p, vm, &vm->vcpus[i]);
	}
	return err ? err : print_unknown_vcpus(p, vm, unknown);
}

int item_table_print(FILE *out, const struct frame *frame, const struct view *view)
{
	/* --sort is about the rows of each table; the tables stay where they are. */
	static const struct query by_pid = { .by = BY_VM, .order = { .key = SORT_PID } };
	struct printer p = { .out = out, .frame = frame, .view = view };
	__autofree struct row *vms = NULL;
	size_t n = 0, left_out;
	int err;

	if (!view->by_given)
		return print_all(&p);
	err = query__rows(&by_pid, frame, &vms, &n, &left_out);
	for (size_t i = 0; i < n && !err; i++)
		err = view->query.by == BY_VCPU ? print_vcpus(&p, vms[i].vm)
						: print_vm(&p, vms[i].vm);
	return err;
}

/* ---- without a table */

typedef void (*print_fn)(FILE *out, const struct item_row *row);

/* In one piece, so that it is there or not. */
static int write_list(FILE *out, const struct item_rows *rows, print_fn print)
{
	__autofree struct item_row *list = NULL;
	__autofree char *text = NULL;
	size_t n = 0, len;
	int err = item_rows__list(rows, NULL, NULL, &list, &n);
	FILE *mem = err ? NULL : memstream_open(&text, &len);

	if (!mem)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		print(mem, &list[i]);
	return memstream_close(mem, &text) ?: stream_write(out, text, len);
}

static void print_once(FILE *out, const struct item_row *row)
{
	char delta[ITEM_DELTA_SIZE];

	/* kvm_stat's columns, but for a blank between numbers that are too wide for theirs. */
	if (row->delta_valid)
		fprintf(out, "%-42s %9" PRIu64 " %9s\n", row->name, row->total,
			item_row__delta(row, delta));
}

static void print_name(FILE *out, const struct item_row *row)
{
	fprintf(out, "  %-40s %s\n", row->name, item_origin_name(row->source));
}

int item_once__write(FILE *out, const struct item_rows *rows)
{
	return write_list(out, rows, print_once);
}

int item_names__write(FILE *out, const struct item_rows *rows)
{
	return write_list(out, rows, print_name);
}
