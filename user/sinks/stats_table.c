// SPDX-License-Identifier: GPL-2.0
/*
 * stats_table: rows of statistics as tables, and what is said of VMs that have none.
 */
#include "stats_table.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "../model/stats.h"
#include "../model/stats_rows.h"
#include "sink.h"
#include "stream.h"
#include "table.h"
#include "tables.h"

enum {
	COL_EVENT,
	COL_TOTAL,
	COL_RATE,
	COL_VALUE,
	N_COLUMNS,
};

static const struct table_column columns[] = {
	[COL_EVENT] = { .title = "EVENT", .left = true, .shrink = 12 },
	[COL_TOTAL] = { .title = "TOTAL", .drop = 1 },
	[COL_RATE] = { .title = "/s" },
	[COL_VALUE] = { .title = "VALUE" },
};

/* Where it all goes, and whether something has gone there: a block is apart from the one before it. */
struct printer {
	FILE *out;
	const struct frame *frame;
	const struct view *view;
	bool begun;
};

static void cleanup_table(struct table **table)
{
	table__free(*table);
}

/* ---- cells */

static bool is_hist(const struct stat_desc *desc)
{
	return desc->type == STAT_LINEAR_HIST || desc->type == STAT_LOG_HIST;
}

/* Nanoseconds, which are shown as durations. The unit of a histogram is that of its buckets. */
static bool is_ns(const struct stat_desc *desc)
{
	return desc->unit == STAT_UNIT_SECONDS && !desc->pow2 && desc->exponent == -9 &&
	       !is_hist(desc);
}

/* "bytes" for a name that does not tell, as the number does not either; NULL: there is nothing to tell. */
static const char *unit_name(const struct stat_desc *desc)
{
	static const char *const names[STAT_UNIT_MAX] = {
		[STAT_UNIT_BYTES] = "bytes",
		[STAT_UNIT_SECONDS] = "seconds",
		[STAT_UNIT_CYCLES] = "cycles",
	};

	return is_ns(desc) || is_hist(desc) ? NULL : names[desc->unit];
}

/* "name", "name (cycles)", "name (2^10 bytes)". */
static int set_event(struct table *table, const struct stat_desc *desc)
{
	const char *unit = unit_name(desc);
	__autofree char *text = NULL;
	char scale[32] = "";

	if (!unit)
		return table__set(table, COL_EVENT, desc->name);
	if (desc->exponent)
		snprintf(scale, sizeof(scale), "%d^%d ", desc->pow2 ? 2 : 10, desc->exponent);
	if (asprintf(&text, "%s (%s%s)", desc->name, scale, unit) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return table__set(table, COL_EVENT, text);
}

static int set_value(struct table *table, size_t column, const struct stat_desc *desc,
		     uint64_t value)
{
	char buf[FMT_SIZE];

	if (is_ns(desc))
		fmt_duration_ns(value, buf, sizeof(buf));
	else
		fmt_count(value, buf, sizeof(buf));
	return table__set(table, column, buf);
}

static int set_rate(struct table *table, const struct stat_desc *desc, const struct counter *count)
{
	char buf[FMT_SIZE];

	if (!count->delta_valid)
		return table__set(table, COL_RATE, FMT_UNKNOWN);
	if (is_ns(desc) && count->rate < (double)UINT64_MAX / 2)
		fmt_duration_ns((uint64_t)(count->rate + 0.5), buf, sizeof(buf));
	else
		fmt_rate(count->rate, buf, sizeof(buf));
	return table__set(table, COL_RATE, buf);
}

static int add_row(struct table *table, const struct stats_row *row)
{
	int err = table__add_row(table) ?: set_event(table, row->desc);

	if (err)
		return err;
	if (row->gauge)
		return set_value(table, COL_VALUE, row->desc, row->value);
	return set_value(table, COL_TOTAL, row->desc, row->count.total)
		       ?: set_rate(table, row->desc, &row->count);
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
static int print_left_out(struct printer *p, const struct stats_rows *rows)
{
	if (rows->left_out && rows->zero)
		return print_line(p, "(%zu more, %zu zero)", rows->left_out, rows->zero);
	if (rows->left_out)
		return print_line(p, "(%zu more)", rows->left_out);
	return rows->zero ? print_line(p, "(%zu zero)", rows->zero) : 0;
}

static int print_rows(struct printer *p, struct stats_rows *rows)
{
	struct table *table __cleanup(cleanup_table) = table__new(columns, N_COLUMNS);
	int err = table ? 0 : -ENOMEM;

	stats_rows__finish(rows, &p->view->query);
	for (size_t i = 0; i < rows->n && !err; i++)
		err = add_row(table, &rows->v[i]);
	if (!err)
		err = table__print(table, p->view->width, p->out);
	p->begun = true;
	return err ? err : print_left_out(p, rows);
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
	const char *text = vm->gone ? "it has ended" : error ? error : why;
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
	/* Debugfs has both in one folder; where nobody knows which is which, all are taken for the VM's own. */
	if (!vcpus && vm->n_vcpus && vm->stats.source != STATS_DEBUGFS)
		return print_unknown(p, vm, "no sums over its vCPUs",
				     "not all could be read in this interval");
	return 0;
}

/* ---- the tables */

static int add_vm(struct printer *p, struct stats_rows *rows, const struct frame_vm *vm)
{
	return stats_rows__add(rows, &vm->stats, p->frame->interval_s)
		       ?: stats_rows__add(rows, &vm->vcpu_stats, p->frame->interval_s);
}

static int print_all(struct printer *p)
{
	struct stats_rows rows __cleanup(stats_rows__release) = { .n = 0 };
	bool any = false;
	int err = 0;

	for (size_t i = 0; i < p->frame->n_vms && !err; i++) {
		const struct frame_vm *vm = &p->frame->vms[i];

		any |= is_known(&vm->stats) || is_known(&vm->vcpu_stats);
		err = print_missing(p, vm) ?: add_vm(p, &rows, vm);
	}
	return err || !any ? err : print_rows(p, &rows);
}

static int print_vm(struct printer *p, const struct frame_vm *vm)
{
	struct stats_rows rows __cleanup(stats_rows__release) = { .n = 0 };
	__autofree char *name = tables_vm_name(p->view, vm);
	int err = name ? 0 : -ENOMEM;

	print_gap(p);
	if (!is_known(&vm->stats) && !is_known(&vm->vcpu_stats))
		return err ? err : print_missing(p, vm);
	if (!err)
		err = print_line(p, "VM %s %s", vm->id, name);
	if (!err)
		err = print_missing(p, vm) ?: add_vm(p, &rows, vm);
	return err ? err : print_rows(p, &rows);
}

static int print_vcpu(struct printer *p, const struct frame_vm *vm, const struct frame_vcpu *vcpu)
{
	struct stats_rows rows __cleanup(stats_rows__release) = { .n = 0 };
	__autofree char *name = tables_vm_name(p->view, vm);
	char id[16] = FMT_UNKNOWN, tid[16] = FMT_UNKNOWN;
	int err = name ? 0 : -ENOMEM;

	if (vcpu->vcpu_id != VCPU_ID_UNKNOWN)
		snprintf(id, sizeof(id), "%u", vcpu->vcpu_id);
	if (vcpu->tid > 0)
		snprintf(tid, sizeof(tid), "%d", vcpu->tid);
	print_gap(p);
	if (!err)
		err = print_line(p, "VM %s vCPU %s tid %s %s", vm->id, id, tid, name);
	if (!err)
		err = stats_rows__add(&rows, &vcpu->stats, p->frame->interval_s);
	return err ? err : print_rows(p, &rows);
}

static int print_vcpus(struct printer *p, const struct frame_vm *vm)
{
	bool only_sums =
		(is_known(&vm->vcpu_stats) ? &vm->vcpu_stats : &vm->stats)->source == STATS_DEBUGFS;
	const char *why = only_sums ? "debugfs has only their sums" : not_read;
	size_t unknown = 0;
	char what[80];
	int err = 0;

	for (size_t i = 0; i < vm->n_vcpus && !err; i++) {
		if (is_known(&vm->vcpus[i].stats))
			err = print_vcpu(p, vm, &vm->vcpus[i]);
		else
			unknown++;
	}
	if (err || !unknown)
		return err;
	print_gap(p);
	if (unknown == vm->n_vcpus)
		return print_unknown(p, vm, "no statistics of its vCPUs", why);
	snprintf(what, sizeof(what), "no statistics of %zu of its %zu vCPUs", unknown, vm->n_vcpus);
	return print_unknown(p, vm, what, why);
}

int stats_table_print(FILE *out, const struct frame *frame, const struct view *view)
{
	/* --sort is about the rows of each table; the tables stay where they are. */
	static const struct query by_pid = { .by = BY_VM, .sort = SORT_PID };
	struct printer p = { .out = out, .frame = frame, .view = view };
	__autofree struct query_row *vms = NULL;
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
