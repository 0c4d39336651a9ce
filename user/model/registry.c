// SPDX-License-Identifier: GPL-2.0
/* registry: how the value of each column is got; the columns themselves are in columns.h. */
#include "registry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../arch/words.h"
#include "exit_origin.h"
#include "item_rows.h"
#include "lost.h"
#include "slow.h"
#include "stats.h"
#include "top_reasons.h"

/* ---- values */

static void set_u64(struct column_value *ret, bool known, uint64_t v)
{
	ret->type = known ? VALUE_U64 : VALUE_UNKNOWN;
	ret->u64 = v;
}

static void set_real(struct column_value *ret, bool known, double v)
{
	ret->type = known ? VALUE_REAL : VALUE_UNKNOWN;
	ret->real = v;
}

/* NULL: not known. */
static void set_text(struct column_value *ret, const char *text)
{
	ret->type = text ? VALUE_TEXT : VALUE_UNKNOWN;
	ret->text = text;
}

static void set_hex(struct column_value *ret, bool known, uint64_t v)
{
	snprintf(ret->buf, sizeof(ret->buf), "0x%" PRIx64, v);
	set_text(ret, known ? ret->buf : NULL);
}

static void set_delta(struct column_value *ret, struct counter counter)
{
	set_u64(ret, counter.delta_valid, counter.delta);
}

static void set_rate(struct column_value *ret, struct counter counter)
{
	set_real(ret, counter.delta_valid, counter.rate);
}

static void set_state_pct(struct column_value *ret, const struct time_shares *shares,
			  enum vcpu_state state)
{
	set_real(ret, time_shares_known(shares, state), shares->pct[state]);
}

static void set_state_ns(struct column_value *ret, const struct time_shares *shares,
			 enum vcpu_state state)
{
	set_u64(ret, time_shares_known(shares, state), shares->ns[state]);
}

/* ---- what a row is about */

static void get_time(struct row *row, struct column_value *ret)
{
	const struct timespec *wall = row->slow ? &row->slow->wall : &row->frame->wall;

	set_text(ret, fmt_utc(wall, ret->buf, sizeof(ret->buf)));
}

static void get_vm_id(struct row *row, struct column_value *ret)
{
	const struct slow_exit *slow = row->slow;

	if (!slow) {
		set_text(ret, row->vm->id);
		return;
	}
	vm_id(slow->pid, slow->vm_fd == VM_FD_NONE ? -1 : slow->vm_fd, ret->buf);
	set_text(ret, ret->buf);
}

static double halt_pct(const struct time_shares *shares)
{
	return shares->pct[STATE_HALT_POLL] + shares->pct[STATE_HALT_BLOCK];
}

/* Of its waits for a CPU: those that ended, by how often its threads were given one. */
static void get_wait_ns(struct row *row, struct column_value *ret)
{
	const struct time_shares *shares = row_shares(row);
	const bool known = time_shares_wait_known(shares);

	set_u64(ret, known,
		known ? (shares->ns[STATE_RUN_DELAY] + shares->slices / 2) / shares->slices : 0);
}

static void get_lost_cpus(struct row *row, struct column_value *ret)
{
	double cpus = 0;
	bool known = row->vcpu ? lost_cpus_of_vcpu(row->vm, row->vcpu, &cpus)
			       : lost_cpus_of_vm(row->vm, &cpus);

	set_real(ret, known, cpus);
}

/* The end of the id. One VM whose fd is not known has none; others of its process get numbers. */
static void get_fd(struct row *row, struct column_value *ret)
{
	set_text(ret, row->vm->vm_fd == -1 ? NULL : strchr(row->vm->id, '-') + 1);
}

/* What is to be known of a VM or vCPU before its numbers are read: an empty text if there is nothing. */
static const char *mark_of(const struct row *row)
{
	static const char *const marks[HELD_MAX] = {
		[HELD_STOPPED] = "(stopped) ",
		[HELD_FROZEN] = "(frozen) ",
		[HELD_PARKED] = "(parked) ",
	};
	const char *mark = row->vm->ended ? "(ended) " : marks[row_held(row)];

	return mark ? mark : "";
}

/* The mark is in front, and then what tells it from others: what has no room is cut behind them. */
static void get_vm_label(struct row *row, struct column_value *ret)
{
	const struct frame_vm *vm = row->vm;
	const bool tagged = row->with_id && row->frame;
	const char *mark = mark_of(row);
	const size_t n = strlen(mark);
	char tag[VM_ID_SIZE];

	if (tagged)
		frame__vm_tag(row->frame, vm->pid, vm->id, tag);
	memcpy(ret->buf, mark, n);
	vm_label(vm->name, vm->comm, tagged ? tag : NULL, ret->buf + n, sizeof(ret->buf) - n);
	set_text(ret, ret->buf);
}

static void get_top_reasons(struct row *row, struct column_value *ret)
{
	set_text(ret, top_reasons_format(row->vcpu ? &row->vcpu->reasons : &row->vm->reasons,
					 ret->buf, sizeof(ret->buf)));
}

static void get_vcpu(struct row *row, struct column_value *ret)
{
	uint32_t id = row->slow ? row->slow->vcpu_id : row->vcpu->vcpu_id;

	set_u64(ret, id != VCPU_ID_UNKNOWN, id);
}

static void get_tid(struct row *row, struct column_value *ret)
{
	pid_t tid = row->slow ? row->slow->tid : row->vcpu->tid;

	set_u64(ret, tid > 0, (uint64_t)tid);
}

static void get_isa(struct row *row, struct column_value *ret)
{
	const char *name = isa_name(row_isa(row));

	if (name)
		set_text(ret, name);
	else
		set_u64(ret, true, row_isa(row));
}

/* Userspace exits that failed have a negative errno. */
static void get_code(struct row *row, struct column_value *ret)
{
	uint64_t code = row->slow ? row->slow->code : row->reason->code;

	set_u64(ret, code != REASON_UNKNOWN, code);
	if (row_isa(row) == ISA_USER) {
		ret->type = VALUE_I64;
		ret->i64 = (int64_t)code;
	}
}

/* ---- the drill-down */

static void get_detail(struct row *row, struct column_value *ret)
{
	const struct slow_exit *slow = row->slow;

	if (slow)
		set_text(ret, slow->about_known ? detail_kind_name(slow->kind) : NULL);
	else
		set_text(ret, detail_kind_name(row->detail->kind));
}

static void get_key(struct row *row, struct column_value *ret)
{
	enum detail_kind kind;
	uint64_t key, sub;

	if (row_key(row, &kind, &key, &sub))
		set_text(ret, detail_key_format(kind, key, ret->buf, sizeof(ret->buf)));
	else
		set_text(ret, row->slow ? NULL : "others");
}

static void get_key_vcpu(struct row *row, struct column_value *ret)
{
	if (row->vcpu)
		get_vcpu(row, ret);
	else
		set_text(ret, "all");
}

static void get_key_name(struct row *row, struct column_value *ret)
{
	const struct frame_detail *detail = row->detail;

	set_text(ret, detail->others ? NULL : detail->name);
	if (!detail->others && detail->kind == DETAIL_PAGE) {
		snprintf(ret->buf, sizeof(ret->buf), "error 0x%" PRIx64, detail->sub);
		set_text(ret, ret->buf);
	}
}

static void get_dir(struct row *row, struct column_value *ret)
{
	enum detail_kind kind;
	uint64_t key, sub;

	set_text(ret, row_key(row, &kind, &key, &sub) ? detail_dir_name(kind, sub) : NULL);
}

static void get_size_bytes(struct row *row, struct column_value *ret)
{
	enum detail_kind kind;
	uint64_t key, sub;
	unsigned int size = row_key(row, &kind, &key, &sub) ? detail_size(kind, sub) : 0;

	set_u64(ret, size, size);
}

static void get_error_code(struct row *row, struct column_value *ret)
{
	enum detail_kind kind;
	uint64_t key, sub;

	if (row_key(row, &kind, &key, &sub))
		set_hex(ret, kind == DETAIL_PAGE, sub);
}

/* ---- names and units of what is not an exit */

static void get_name(struct row *row, struct column_value *ret)
{
	if (row->slow)
		set_text(ret, row->slow->about_known ? row->slow->about : NULL);
	else if (row->detail)
		set_text(ret, row->detail->name);
	else if (row->item)
		set_text(ret, row->item->name);
	else
		set_text(ret, row->stat ? row->stat->desc->name : row->name);
}

static bool is_hist(const struct stat_desc *desc)
{
	return desc->type == STAT_LINEAR_HIST || desc->type == STAT_LOG_HIST;
}

/* "ns", "bytes", "2^10 bytes". The unit of a histogram is that of its buckets, and not of its samples. */
static void get_unit(struct row *row, struct column_value *ret)
{
	static const char *const names[STAT_UNIT_MAX] = {
		[STAT_UNIT_BYTES] = "bytes",
		[STAT_UNIT_SECONDS] = "seconds",
		[STAT_UNIT_CYCLES] = "cycles",
		[STAT_UNIT_BOOLEAN] = "boolean",
	};
	const struct stat_desc *desc = row->stat ? row->stat->desc : NULL;

	if (!desc || is_hist(desc) || !names[desc->unit]) {
		set_text(ret, NULL);
	} else if (desc->unit == STAT_UNIT_SECONDS && !desc->pow2 && desc->exponent == -9) {
		set_text(ret, "ns");
	} else if (!desc->exponent) {
		set_text(ret, names[desc->unit]);
	} else {
		snprintf(ret->buf, sizeof(ret->buf), "%d^%d %s", desc->pow2 ? 2 : 10,
			 desc->exponent, names[desc->unit]);
		set_text(ret, ret->buf);
	}
}

/* ---- counts */

static void get_exits_share_pct(struct row *row, struct column_value *ret)
{
	const struct counter *count = &row->reason->count;
	bool known = row->scope_exits && count->delta_valid;

	set_real(ret, known, known ? 100.0 * (double)count->delta / (double)row->scope_exits : 0);
}

static void get_total(struct row *row, struct column_value *ret)
{
	if (row->kind == ROW_DROP)
		set_u64(ret, true, row->dropped);
	else
		set_u64(ret, row_has_counter(row), row_counter(row).total);
}

static void get_value(struct row *row, struct column_value *ret)
{
	const struct item_row *item = row->item;

	if (item)
		set_u64(ret, item->kind == ITEM_GAUGE && !item->unread, item->total);
	else
		set_u64(ret, row->stat && row->stat->gauge, row->stat ? row->stat->value : 0);
}

/* ---- times */

static void get_time_ns(struct row *row, struct column_value *ret)
{
	if (row->slow)
		set_u64(ret, true, row->slow->ns);
	else if (row->detail)
		set_u64(ret, row->detail->time.valid, row->detail->time.delta_ns);
	else
		set_u64(ret, row_time(row)->valid, row_time(row)->delta_ns);
}

static void get_time_share_pct(struct row *row, struct column_value *ret)
{
	if (row->detail)
		set_real(ret, row->detail->time.share_valid, row->detail->time.share_pct);
	else
		set_real(ret, row->reason->time.valid && row->reason->time.share_valid,
			 row->reason->time.share_pct);
}

static void get_of_vm_pct(struct row *row, struct column_value *ret)
{
	const struct time_delta *time = &row->reason->time;
	const uint64_t wall_ns =
		row->frame && row->frame->shares.valid ? row->frame->shares.wall_ns : 0;

	set_real(ret, time->valid && wall_ns,
		 wall_ns ? 100 * (double)time->delta_ns / (double)wall_ns : 0);
}

static void get_from(struct row *row, struct column_value *ret)
{
	const struct frame_reasons *reasons = row->vcpu	   ? &row->vcpu->reasons
					      : row->vm	   ? &row->vm->reasons
					      : row->frame ? &row->frame->reasons
							   : NULL;
	const struct frame_reason *from = reasons ? exit_origin(reasons, row->reason->code) : NULL;

	set_text(ret, from ? from->name : NULL);
}

static void get_avg_ns(struct row *row, struct column_value *ret)
{
	if (row->detail)
		set_real(ret, row->detail->time.avg_valid, row->detail->time.avg_ns);
	else
		set_real(ret, row_time(row)->avg_valid, row_time(row)->avg_ns);
}

/* ---- the tables */

#define COLUMN(id, name, type, unit, rows, help, set, ...)                       \
	static void get_##id##_column(struct row *row, struct column_value *ret) \
	{                                                                        \
		(void)row;                                                       \
		set;                                                             \
	}
#include "columns.h"

static const struct column columns[COLUMN_MAX] = {
#define COLUMN(id, name_, type_, unit_, rows_, help_, set, ...) \
	[COLUMN_##id] = { .name = name_,                        \
			  .type = COLUMN_##type_,               \
			  .unit = UNIT_##unit_,                 \
			  .rows = rows_,                        \
			  .help = help_,                        \
			  .get = get_##id##_column,             \
			  ##__VA_ARGS__ },
#include "columns.h"
};

const struct column *registry_column(enum column_id id)
{
	return &columns[id];
}

void registry_get(enum column_id id, struct row *row, struct column_value *ret)
{
	ret->type = VALUE_UNKNOWN;
	if (columns[id].rows & ROW_BIT(row->kind))
		columns[id].get(row, ret);
}

double registry_number(const struct column_value *value)
{
	switch (value->type) {
	case VALUE_U64:
		return (double)value->u64;
	case VALUE_I64:
		return (double)value->i64;
	case VALUE_REAL:
		return value->real;
	default:
		return 0;
	}
}
