// SPDX-License-Identifier: GPL-2.0
#include "detail_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/query.h"
#include "../model/frame.h"
#include "sink.h"
#include "stream.h"
#include "../render/table.h"
#include "tables.h"

/* Rows when --top does not say how many. */
#define DEFAULT_TOP 20

enum {
	COL_PID,
	COL_FD,
	COL_VM,
	COL_VCPU,
	COL_KIND,
	COL_KEY,
	COL_NAME,
	COL_DIR,
	COL_SIZE,
	COL_RATE,
	COL_SHARE,
	COL_TIME,
	COL_AVG,
	COL_TOTAL,
	COLUMNS,
};

static const struct table_column columns[] = {
	[COL_PID] = { .title = "PID", .drop = 3 },
	[COL_FD] = { .title = "FD", .drop = 3 },
	[COL_VM] = { .title = "VM", .left = true, .shrink = 10, .max = TABLE_NAME_MAX, .drop = 2 },
	[COL_VCPU] = { .title = "VCPU", .drop = 4 },
	[COL_KIND] = { .title = "DETAIL", .left = true },
	[COL_KEY] = { .title = "KEY", .left = true },
	[COL_NAME] = { .title = "NAME",
		       .left = true,
		       .shrink = 10,
		       .max = TABLE_NAME_MAX,
		       .drop = 1 },
	[COL_DIR] = { .title = "DIR", .left = true },
	[COL_SIZE] = { .title = "SIZE", .drop = 8 },
	[COL_RATE] = { .title = "RATE/s" },
	[COL_SHARE] = { .title = "%", .drop = 7 },
	[COL_TIME] = { .title = "TIME%", .drop = 6 },
	[COL_AVG] = { .title = "AVG", .drop = 9 },
	[COL_TOTAL] = { .title = "TOTAL", .drop = 5 },
};

DEFINE_CLEANUP(table, struct table, table__free)

static int set_pct(struct table *table, size_t column, bool valid, double pct)
{
	char buf[FMT_SIZE];

	fmt_pct(pct, buf, sizeof(buf));
	return table__set(table, column, valid ? buf : FMT_UNKNOWN);
}

/* The VM, and the vCPU if the row is of one. */
static int set_scope(struct table *table, const struct view *view, const struct row *row)
{
	__autofree char *name = tables_vm_name(view, row->vm, row->vcpu);
	char pid[16], vcpu[16] = "all";

	if (!name)
		return -ENOMEM;
	snprintf(pid, sizeof(pid), "%d", row->vm->pid);
	if (row->vcpu && row->vcpu->vcpu_id == VCPU_ID_UNKNOWN)
		snprintf(vcpu, sizeof(vcpu), FMT_UNKNOWN);
	else if (row->vcpu)
		snprintf(vcpu, sizeof(vcpu), "%u", row->vcpu->vcpu_id);
	return table__set(table, COL_PID, pid) ?:
	       table__set(table, COL_FD, tables_vm_fd(row->vm)) ?:
	       table__set(table, COL_VM, name) ?:
	       table__set(table, COL_VCPU, vcpu);
}

static int set_key(struct table *table, const struct view *view, const struct frame_detail *detail)
{
	__autofree char *name =
		fmt_escape_dup(tables_escape(view), detail->name ? detail->name : "");
	const char *dir = detail_dir_name(detail->kind, detail->sub);
	unsigned int bytes = detail_size(detail->kind, detail->sub);
	char key[64], size[16] = "", code[32];

	if (!name)
		return -ENOMEM;
	if (detail->others)
		return table__set(table, COL_KEY, "others");
	detail_key_format(detail->kind, detail->key, key, sizeof(key));
	snprintf(code, sizeof(code), "error 0x%" PRIx64, detail->sub);
	if (bytes)
		snprintf(size, sizeof(size), "%u", bytes);
	return table__set(table, COL_KEY, key) ?:
	       table__set(table, COL_NAME, detail->kind == DETAIL_PAGE ? code : name) ?:
	       table__set(table, COL_DIR, dir ? dir : "") ?:
	       table__set(table, COL_SIZE, size);
}

static int set_values(struct table *table, const struct frame_detail *detail)
{
	const struct detail_time *time = &detail->time;
	char total[FMT_SIZE], rate[FMT_SIZE], avg[FMT_SIZE];

	fmt_count(detail->count.total, total, sizeof(total));
	fmt_rate(detail->count.rate, rate, sizeof(rate));
	fmt_duration_ns((uint64_t)(time->avg_ns + 0.5), avg, sizeof(avg));
	return table__set(table, COL_TOTAL, total) ?:
	       table__set(table, COL_RATE, detail->count.delta_valid ? rate : FMT_UNKNOWN) ?:
	       set_pct(table, COL_SHARE, detail->share_valid, detail->share_pct) ?:
	       set_pct(table, COL_TIME, time->share_valid, time->share_pct) ?:
	       table__set(table, COL_AVG, time->avg_valid ? avg : FMT_UNKNOWN);
}

static int add_row(struct table *table, const struct view *view, const struct row *row)
{
	return table__add_row(table) ?:
	       set_scope(table, view, row) ?:
	       table__set(table, COL_KIND, detail_kind_name(row->detail->kind)) ?:
	       set_key(table, view, row->detail) ?:
	       set_values(table, row->detail);
}

static bool is_asked_for(const struct frame *frame)
{
	for (size_t i = 0; i < frame->n_vms; i++)
		if (frame->vms[i].details.valid)
			return true;
	return false;
}

int detail_table_print(FILE *out, const struct frame *frame, const struct view *view)
{
	struct table *table __cleanup(cleanup_table) = NULL;
	__autofree struct row *rows = NULL;
	struct query query = view->query;
	size_t n, left_out;
	int err;

	if (!is_asked_for(frame))
		return 0;
	if (!query.top)
		query.top = DEFAULT_TOP;
	if (!view->by_given)
		query.by = BY_VM;
	table = table__new(columns, COLUMNS);
	err = table ? query__details(&query, frame, &rows, &n, &left_out) : -ENOMEM;
	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++)
		err = add_row(table, view, &rows[i]);
	fputs("\nWhat the exits were about (the times are those of the whole exits):\n", out);
	if (!err)
		err = stream_print_table(table, view->width, out);
	if (!err && left_out)
		fprintf(out, "(%zu more)\n", left_out);
	return err;
}
