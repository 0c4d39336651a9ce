// SPDX-License-Identifier: GPL-2.0
/*
 * registry: the columns. To add one: its id, a line of the table, and a getter.
 */
#include "registry.h"

#include <inttypes.h>
#include <stdio.h>

#include "../arch/words.h"
#include "event_rows.h"
#include "slow.h"
#include "stats.h"
#include "timestat.h"

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

/* ---- what a row is about */

static void get_time(struct row *row, struct column_value *ret)
{
	const struct timespec *wall = row->slow ? &row->slow->wall : &row->frame->wall;

	set_text(ret, fmt_utc(wall, ret->buf, sizeof(ret->buf)));
}

static void get_interval_s(struct row *row, struct column_value *ret)
{
	set_real(ret, true, row->frame->interval_s);
}

static void get_kind(struct row *row, struct column_value *ret)
{
	set_text(ret, row_kind_name(row->kind));
}

static void get_pid(struct row *row, struct column_value *ret)
{
	set_u64(ret, true, (uint64_t)(row->slow ? row->slow->pid : row->vm->pid));
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

static void get_vm_name(struct row *row, struct column_value *ret)
{
	set_text(ret, row->slow ? row->slow->name : row->vm->name);
}

static void get_comm(struct row *row, struct column_value *ret)
{
	set_text(ret, row->slow ? row->slow->comm : row->vm->comm);
}

static void get_ended(struct row *row, struct column_value *ret)
{
	set_u64(ret, true, row->vm->gone);
}

static void get_held(struct row *row, struct column_value *ret)
{
	set_text(ret, vcpu_held_name(row->vcpu ? row->vcpu->held : row->vm->held));
}

static void get_vcpus(struct row *row, struct column_value *ret)
{
	set_u64(ret, true, row->vm->n_vcpus);
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

static uint32_t isa_of(const struct row *row)
{
	return row->slow ? row->slow->isa : row->reason->isa;
}

static void get_isa(struct row *row, struct column_value *ret)
{
	const char *name = isa_name(isa_of(row));

	if (name)
		set_text(ret, name);
	else
		set_u64(ret, true, isa_of(row));
}

static void get_nested(struct row *row, struct column_value *ret)
{
	set_u64(ret, true, isa_is_nested(isa_of(row)));
}

/* Userspace exits that failed have a negative errno. */
static void get_code(struct row *row, struct column_value *ret)
{
	uint64_t code = row->slow ? row->slow->code : row->reason->code;

	set_u64(ret, code != REASON_UNKNOWN, code);
	if (isa_of(row) == ISA_USER) {
		ret->type = VALUE_I64;
		ret->i64 = (int64_t)code;
	}
}

static void get_reason(struct row *row, struct column_value *ret)
{
	set_text(ret, row->slow ? row->slow->reason : row->reason->name);
}

/* ---- the drill-down */

/* The kind of key of a row; false: it has none. */
static bool detail_of(const struct row *row, enum detail_kind *ret_kind, uint64_t *ret_key,
		      uint64_t *ret_sub)
{
	const struct slow_exit *slow = row->slow;
	const struct frame_detail *detail = row->detail;

	if (slow ? !slow->about_known : detail->others)
		return false;
	*ret_kind = slow ? slow->kind : detail->kind;
	*ret_key = slow ? slow->key : detail->key;
	*ret_sub = slow ? slow->sub : detail->sub;
	return true;
}

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

	if (detail_of(row, &kind, &key, &sub))
		set_text(ret, detail_key_format(kind, key, ret->buf, sizeof(ret->buf)));
	else
		set_text(ret, row->slow ? NULL : "others");
}

static void get_dir(struct row *row, struct column_value *ret)
{
	enum detail_kind kind;
	uint64_t key, sub;

	set_text(ret, detail_of(row, &kind, &key, &sub) ? detail_dir_name(kind, sub) : NULL);
}

static void get_size_bytes(struct row *row, struct column_value *ret)
{
	enum detail_kind kind;
	uint64_t key, sub;
	unsigned int size = detail_of(row, &kind, &key, &sub) ? detail_size(kind, sub) : 0;

	set_u64(ret, size, size);
}

static void get_error_code(struct row *row, struct column_value *ret)
{
	enum detail_kind kind;
	uint64_t key, sub;

	if (detail_of(row, &kind, &key, &sub))
		set_hex(ret, kind == DETAIL_PAGE, sub);
}

static void get_pc(struct row *row, struct column_value *ret)
{
	set_hex(ret, row->slow->pc_known, row->slow->pc);
}

static void get_gpa(struct row *row, struct column_value *ret)
{
	set_hex(ret, row->slow->gpa_known, row->slow->gpa);
}

/* ---- names and units of what is not an exit */

static void get_name(struct row *row, struct column_value *ret)
{
	if (row->slow)
		set_text(ret, row->slow->about_known ? row->slow->about : NULL);
	else if (row->detail)
		set_text(ret, row->detail->name);
	else if (row->event)
		set_text(ret, row->event->name);
	else
		set_text(ret, row->stat ? row->stat->desc->name : row->name);
}

static void get_origin(struct row *row, struct column_value *ret)
{
	set_text(ret, event_origin_name(row->event->source));
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

static const struct counter *exits_of(const struct row *row)
{
	if (row->reason)
		return &row->reason->count;
	return row->vcpu ? &row->vcpu->exits : &row->vm->exits;
}

static void get_exits_total(struct row *row, struct column_value *ret)
{
	set_u64(ret, true, exits_of(row)->total);
}

static void get_exits(struct row *row, struct column_value *ret)
{
	set_u64(ret, exits_of(row)->delta_valid, exits_of(row)->delta);
}

static void get_exits_per_s(struct row *row, struct column_value *ret)
{
	set_real(ret, exits_of(row)->delta_valid, exits_of(row)->rate);
}

static void get_exits_share_pct(struct row *row, struct column_value *ret)
{
	const struct counter *count = &row->reason->count;
	bool known = row->scope_exits && count->delta_valid;

	set_real(ret, known, known ? 100.0 * (double)count->delta / (double)row->scope_exits : 0);
}

static struct counter user_exits_of(const struct row *row)
{
	const struct frame_reasons *reasons =
		row->vcpu ? &row->vcpu->user_exits : &row->vm->user_exits;
	struct counter sum = { .delta_valid = true };

	for (size_t i = 0; i < reasons->n; i++) {
		const struct counter *count = &reasons->v[i].count;

		sum.total += count->total;
		sum.delta += count->delta;
		sum.rate += count->rate;
		sum.delta_valid &= count->delta_valid;
	}
	return sum;
}

static void get_user_exits_total(struct row *row, struct column_value *ret)
{
	set_u64(ret, true, user_exits_of(row).total);
}

static void get_user_exits(struct row *row, struct column_value *ret)
{
	const struct counter sum = user_exits_of(row);

	set_u64(ret, sum.delta_valid, sum.delta);
}

static void get_user_exits_per_s(struct row *row, struct column_value *ret)
{
	const struct counter sum = user_exits_of(row);

	set_real(ret, sum.delta_valid, sum.rate);
}

/* Of a key, a statistic or an event that only grow. False: it is none, or none is known. */
static bool counter_of(const struct row *row, struct counter *ret)
{
	const struct event_row *event = row->event;

	if (row->detail) {
		*ret = row->detail->count;
	} else if (row->stat && !row->stat->gauge) {
		*ret = row->stat->count;
	} else if (event && event->kind != EVENT_GAUGE) {
		*ret = (struct counter){ event->total, (uint64_t)event->delta, event->rate,
					 event->delta_valid };
	} else {
		*ret = (struct counter){ .total = 0 };
		return false;
	}
	return true;
}

static void get_total(struct row *row, struct column_value *ret)
{
	struct counter counter;
	bool known = counter_of(row, &counter);

	if (row->kind == ROW_DROP)
		set_u64(ret, true, row->dropped);
	else
		set_u64(ret, known, counter.total);
}

static void get_delta(struct row *row, struct column_value *ret)
{
	struct counter counter;
	bool known = counter_of(row, &counter);

	set_u64(ret, known && counter.delta_valid, counter.delta);
}

static void get_per_s(struct row *row, struct column_value *ret)
{
	struct counter counter;
	bool known = counter_of(row, &counter);

	set_real(ret, known && counter.delta_valid, counter.rate);
}

static void get_value(struct row *row, struct column_value *ret)
{
	const struct event_row *event = row->event;

	if (event)
		set_u64(ret, event->kind == EVENT_GAUGE, event->total);
	else
		set_u64(ret, row->stat && row->stat->gauge, row->stat ? row->stat->value : 0);
}

static void get_share_pct(struct row *row, struct column_value *ret)
{
	set_real(ret, row->detail->share_valid, row->detail->share_pct);
}

/* ---- times */

/* Of all exits that the row is about. */
static const struct time_stat *time_of(struct row *row)
{
	const struct frame_reasons *reasons;
	struct time_sum sum;

	if (row->reason)
		return &row->reason->time;
	if (row->time_made)
		return &row->time;
	reasons = row->vcpu ? &row->vcpu->reasons : &row->vm->reasons;
	time_sum__init(&sum);
	for (size_t i = 0; i < reasons->n; i++)
		time_sum__add(&sum, &reasons->v[i].time);
	time_sum__finish(&sum);
	time_stat__finish(&sum.time);
	row->time = sum.time;
	row->time.hist = (struct hist){ .v = NULL }; /* it ends with the sum */
	row->time_made = true;
	return &row->time;
}

static void get_time_ns(struct row *row, struct column_value *ret)
{
	if (row->slow)
		set_u64(ret, true, row->slow->ns);
	else if (row->detail)
		set_u64(ret, row->detail->time.valid, row->detail->time.delta_ns);
	else
		set_u64(ret, time_of(row)->valid, time_of(row)->delta_ns);
}

static void get_time_share_pct(struct row *row, struct column_value *ret)
{
	if (row->detail)
		set_real(ret, row->detail->time.share_valid, row->detail->time.share_pct);
	else
		set_real(ret, row->reason->time.valid && row->reason->time.share_valid,
			 row->reason->time.share_pct);
}

static void get_avg_ns(struct row *row, struct column_value *ret)
{
	if (row->detail)
		set_real(ret, row->detail->time.avg_valid, row->detail->time.avg_ns);
	else
		set_real(ret, time_of(row)->avg_valid, time_of(row)->avg_ns);
}

static void get_p50_ns(struct row *row, struct column_value *ret)
{
	set_u64(ret, time_of(row)->pct_valid, time_of(row)->pct.p50_ns);
}

static void get_p90_ns(struct row *row, struct column_value *ret)
{
	set_u64(ret, time_of(row)->pct_valid, time_of(row)->pct.p90_ns);
}

static void get_p99_ns(struct row *row, struct column_value *ret)
{
	set_u64(ret, time_of(row)->pct_valid, time_of(row)->pct.p99_ns);
}

static void get_p999_ns(struct row *row, struct column_value *ret)
{
	set_u64(ret, time_of(row)->pct_valid, time_of(row)->pct.p999_ns);
}

static void get_max_ns(struct row *row, struct column_value *ret)
{
	set_u64(ret, time_of(row)->max_valid, time_of(row)->max_ns);
}

static void get_state_pct(struct row *row, enum vcpu_state state, struct column_value *ret)
{
	const struct time_shares *shares = row->vcpu ? &row->vcpu->shares : &row->vm->shares;

	set_real(ret, time_shares_known(shares, state), shares->pct[state]);
}

static void get_guest_pct(struct row *row, struct column_value *ret)
{
	get_state_pct(row, STATE_GUEST, ret);
}

static void get_kvm_pct(struct row *row, struct column_value *ret)
{
	get_state_pct(row, STATE_KVM, ret);
}

static void get_vmm_pct(struct row *row, struct column_value *ret)
{
	get_state_pct(row, STATE_VMM, ret);
}

static void get_halt_poll_pct(struct row *row, struct column_value *ret)
{
	get_state_pct(row, STATE_HALT_POLL, ret);
}

static void get_halt_block_pct(struct row *row, struct column_value *ret)
{
	get_state_pct(row, STATE_HALT_BLOCK, ret);
}

static void get_run_delay_pct(struct row *row, struct column_value *ret)
{
	get_state_pct(row, STATE_RUN_DELAY, ret);
}

/* ---- histograms, and what went wrong */

static void get_slot_lo_ns(struct row *row, struct column_value *ret)
{
	set_u64(ret, true, hist_slot_lo_ns(row->slot));
}

static void get_slot_hi_ns(struct row *row, struct column_value *ret)
{
	bool open = row->slot + 1 >= HIST_SLOTS;

	set_u64(ret, !open, open ? 0 : hist_slot_lo_ns(row->slot + 1));
}

static void get_slot_exits(struct row *row, struct column_value *ret)
{
	set_u64(ret, true, row->slot_exits);
}

static void get_error(struct row *row, struct column_value *ret)
{
	set_text(ret, row->error);
}

/* ---- the tables */

#define R(kind) ROW_BIT(ROW_##kind)
#define ROWS_ALL (ROW_BIT(ROW_KIND_MAX) - 1)
#define ROWS_STAT (R(VM_STAT) | R(VCPU_STAT))
#define ROWS_EVENT (R(EVENT) | R(VM_EVENT) | R(VCPU_EVENT))
#define ROWS_GROWING (ROWS_STAT | ROWS_DETAIL | ROWS_EVENT)
#define ROWS_DETAIL (R(VM_DETAIL) | R(VCPU_DETAIL))
#define ROWS_OF_VCPU (R(VCPU) | R(VCPU_STAT) | R(VCPU_DETAIL) | R(VCPU_EVENT) | R(SLOW))
#define ROWS_OF_VM                                                                          \
	(R(VM) | R(VM_REASON) | R(VM_USER_EXIT) | R(VM_STAT) | R(VM_DETAIL) | R(VM_EVENT) | \
	 ROWS_OF_VCPU)
#define ROWS_SCOPE (R(VM) | R(VCPU))
#define ROWS_OF_EXIT (R(REASON) | R(VM_REASON) | R(SLOT))
#define ROWS_OF_REASON (ROWS_OF_EXIT | R(USER_EXIT) | R(VM_USER_EXIT) | R(USER_SLOT))
#define ROWS_SLOT (R(SLOT) | R(USER_SLOT))
#define ROWS_REASON (ROWS_OF_REASON & ~ROWS_SLOT)
#define ROWS_EXITS (ROWS_SCOPE | ROWS_REASON)

static const struct column columns[COLUMN_MAX] = {
#define COLUMN(id, name_, type_, unit_, rows_, help_) \
	[COLUMN_##id] = { #name_, COLUMN_##type_, UNIT_##unit_, rows_, help_, get_##name_ }
	COLUMN(TIME, time, LABEL, NONE, ROWS_ALL,
	       "End of the interval, of a slow exit its own end; UTC, ISO 8601."),
	COLUMN(INTERVAL_S, interval_s, GAUGE, S, ROWS_ALL & ~R(SLOW),
	       "Real length of the interval."),
	COLUMN(KIND, kind, LABEL, NONE, ROWS_ALL, "What the row is about, see above."),
	COLUMN(PID, pid, LABEL, NONE, ROWS_OF_VM, "Process id of the VMM."),
	COLUMN(VM_ID, vm_id, LABEL, NONE, ROWS_OF_VM,
	       "The VM: pid of the VMM and its file descriptor of the VM, as in KVM's debugfs; "
	       "'?', "
	       "'?2' and so on for those that are not known."),
	COLUMN(VM_NAME, vm_name, LABEL, NONE, ROWS_OF_VM,
	       "The name that the VMM was given for the VM; empty if it has none."),
	COLUMN(COMM, comm, LABEL, NONE, ROWS_OF_VM, "Command name of the VMM."),
	COLUMN(ENDED, ended, GAUGE, NONE, R(VM), "1 if the VM ended in the interval, else 0."),
	COLUMN(VCPUS, vcpus, GAUGE, NONE, R(VM), "Number of its vCPUs."),
	COLUMN(VCPU, vcpu, LABEL, NONE, ROWS_OF_VCPU, "Id of the vCPU."),
	COLUMN(TID, tid, LABEL, NONE, ROWS_OF_VCPU, "Id of the thread that ran it last."),
	COLUMN(ISA, isa, LABEL, NONE, ROWS_OF_EXIT | R(SLOW),
	       "What defines the code: " ARCH_ISAS "."),
	COLUMN(NESTED, nested, LABEL, NONE, ROWS_OF_EXIT, "1 for exits of a nested guest, else 0."),
	COLUMN(CODE, code, LABEL, NONE, ROWS_OF_REASON | R(SLOW),
	       "Number of the exit reason; of an exit to user space that is an error, the negative "
	       "errno."),
	COLUMN(REASON, reason, LABEL, NONE, ROWS_OF_REASON | R(SLOW),
	       "The running kernel's name of the reason; the number if it has none."),
	COLUMN(DETAIL, detail, LABEL, NONE, ROWS_DETAIL | R(SLOW),
	       "Kind of the key: " ARCH_KINDS " (see --detail)."),
	COLUMN(KEY, key, LABEL, NONE, ROWS_DETAIL | R(SLOW),
	       "The key: " ARCH_KEYS "; others for all of the kind that have no "
	       "row."),
	COLUMN(DIR, dir, LABEL, NONE, ROWS_DETAIL | R(SLOW), "Direction: read or write."),
	COLUMN(SIZE_BYTES, size_bytes, LABEL, BYTES, ROWS_DETAIL | R(SLOW),
	       "How much was read or written."),
	COLUMN(ERROR_CODE, error_code, LABEL, NONE, ROWS_DETAIL,
	       "Of a page: why it faulted, as the CPU tells it."),
	[COLUMN_PC] = { ARCH_PC, COLUMN_LABEL, UNIT_NONE, R(SLOW),
			"Address of the guest's instruction.", get_pc },
	COLUMN(GPA, gpa, LABEL, NONE, R(SLOW), "Guest physical address of a page fault."),
	COLUMN(NAME, name, LABEL, NONE, ROWS_GROWING | R(SLOW) | R(DROP) | R(SOURCE),
	       "Name of the statistic, the event, the key, the cause of a drop, or the source of "
	       "data."),
	COLUMN(ORIGIN, origin, LABEL, NONE, ROWS_EVENT,
	       "What counts the event: tracepoint or statistic."),
	COLUMN(UNIT, unit, LABEL, NONE, ROWS_STAT,
	       "Unit of total, delta and value; empty if it has none, or if they are samples of a "
	       "histogram."),
	COLUMN(EXITS_TOTAL, exits_total, COUNTER, NONE, ROWS_EXITS,
	       "Exits since kvmtop was started; with -i, of VMs and vCPUs, since the VM began."),
	COLUMN(EXITS, exits, GAUGE, NONE, ROWS_EXITS, "Exits in the interval."),
	COLUMN(EXITS_PER_S, exits_per_s, GAUGE, PER_S, ROWS_EXITS, "The same per second."),
	COLUMN(EXITS_SHARE_PCT, exits_share_pct, GAUGE, PCT, ROWS_REASON,
	       "Share of all exits of the VM, or of all VMs, in the interval; of an exit to user "
	       "space, "
	       "of those."),
	COLUMN(USER_EXITS_TOTAL, user_exits_total, COUNTER, NONE, ROWS_SCOPE,
	       "Exits to user space since kvmtop was started."),
	COLUMN(USER_EXITS, user_exits, GAUGE, NONE, ROWS_SCOPE,
	       "Exits to user space in the interval."),
	COLUMN(USER_EXITS_PER_S, user_exits_per_s, GAUGE, PER_S, ROWS_SCOPE,
	       "The same per second."),
	COLUMN(TOTAL, total, COUNTER, NONE, ROWS_GROWING | R(DROP),
	       "How often it happened: a statistic since the VM began (of a histogram, the number "
	       "of "
	       "its samples), all else since kvmtop was started."),
	COLUMN(DELTA, delta, GAUGE, NONE, ROWS_GROWING, "By how much it grew."),
	COLUMN(PER_S, per_s, GAUGE, PER_S, ROWS_GROWING, "The same per second."),
	COLUMN(VALUE, value, GAUGE, NONE, ROWS_STAT | ROWS_EVENT,
	       "Of a statistic that is not counted but has a value: what it is now, or its peak."),
	COLUMN(SHARE_PCT, share_pct, GAUGE, PCT, ROWS_DETAIL,
	       "Share of the events of the kind in the VM or vCPU."),
	COLUMN(TIME_NS, time_ns, GAUGE, NS, ROWS_EXITS | ROWS_DETAIL | R(SLOW),
	       "Handling time that ended in the interval; of an exit to user space, the VMM's; of "
	       "a key, "
	       "that of all exits in which it occurred."),
	COLUMN(TIME_SHARE_PCT, time_share_pct, GAUGE, PCT, ROWS_REASON | ROWS_DETAIL,
	       "Share of that of the VM, or of all VMs; of a key, of its kind in the VM or vCPU."),
	COLUMN(AVG_NS, avg_ns, GAUGE, NS, ROWS_EXITS | ROWS_DETAIL,
	       "Mean handling time in the interval."),
	COLUMN(P50_NS, p50_ns, GAUGE, NS, ROWS_EXITS, "Median of it."),
	COLUMN(P90_NS, p90_ns, GAUGE, NS, ROWS_EXITS, "90th percentile."),
	COLUMN(P99_NS, p99_ns, GAUGE, NS, ROWS_EXITS, "99th percentile."),
	COLUMN(P999_NS, p999_ns, GAUGE, NS, ROWS_EXITS, "99.9th percentile."),
	COLUMN(MAX_NS, max_ns, GAUGE, NS, ROWS_EXITS, "The longest."),
	COLUMN(GUEST_PCT, guest_pct, GAUGE, PCT, ROWS_SCOPE,
	       "Share of the vCPUs' time in the guest. This and the next five add up to 100."),
	COLUMN(KVM_PCT, kvm_pct, GAUGE, PCT, ROWS_SCOPE, "In KVM."),
	COLUMN(VMM_PCT, vmm_pct, GAUGE, PCT, ROWS_SCOPE, "In the VMM."),
	COLUMN(HALT_POLL_PCT, halt_poll_pct, GAUGE, PCT, ROWS_SCOPE, "Halted, KVM polling."),
	COLUMN(HALT_BLOCK_PCT, halt_block_pct, GAUGE, PCT, ROWS_SCOPE,
	       "Halted, the thread asleep."),
	COLUMN(RUN_DELAY_PCT, run_delay_pct, GAUGE, PCT, ROWS_SCOPE,
	       "Runnable, the thread waiting for a CPU."),
	COLUMN(HELD, held, LABEL, NONE, ROWS_SCOPE,
	       "What holds the vCPU, or all vCPUs of the VM: stopped (SIGSTOP, a debugger), frozen "
	       "(its "
	       "cgroup's freezer), parked (a vCPU without a thread: unplugged); no: nothing; "
	       "empty: not known."),
	COLUMN(SLOT_LO_NS, slot_lo_ns, LABEL, NS, ROWS_SLOT,
	       "Least handling time of the exits in the slot."),
	COLUMN(SLOT_HI_NS, slot_hi_ns, LABEL, NS, ROWS_SLOT,
	       "They took less than this; empty for the last slot, which is open."),
	COLUMN(SLOT_EXITS, slot_exits, GAUGE, NONE, ROWS_SLOT, "How many, in the interval."),
	COLUMN(ERROR, error, LABEL, NONE, R(SOURCE), "Why it does not work."),
#undef COLUMN
};

static const struct {
	const char *name, *help;
} kinds[ROW_KIND_MAX] = {
	[ROW_VM] = { "vm", "A VM." },
	[ROW_VM_REASON] = { "vm_reason", "An exit reason of a VM." },
	[ROW_VM_USER_EXIT] = { "vm_user_exit", "An exit to user space, of a VM." },
	[ROW_VCPU] = { "vcpu", "A vCPU." },
	[ROW_REASON] = { "reason", "An exit reason of all VMs together." },
	[ROW_USER_EXIT] = { "user_exit", "An exit to user space, of all VMs together." },
	[ROW_SLOT] = { "slot", "A slot of the histogram of an exit reason of all VMs together that "
			       "is not empty." },
	[ROW_USER_SLOT] = { "user_slot", "The same of an exit to user space." },
	[ROW_VM_STAT] = { "vm_stat", "A statistic of KVM: the VM's own, or the sum over its vCPUs. "
				     "If neither is "
				     "known, there is one row without a name." },
	[ROW_VCPU_STAT] = { "vcpu_stat", "A statistic of KVM, of a vCPU; likewise." },
	[ROW_VM_DETAIL] = { "vm_detail", "What exits were about, in all vCPUs of a VM together." },
	[ROW_VCPU_DETAIL] = { "vcpu_detail", "What exits were about, in one vCPU." },
	[ROW_SLOW] = { "slow", "An exit that took long." },
	[ROW_DROP] = { "drop", "What could not be counted since kvmtop was started, by cause; or "
			       "hist_full, the "
			       "reasons of vCPUs that have no histogram, and so no percentiles. If "
			       "there is any." },
	[ROW_SOURCE] = { "source", "A source of data that does not work, and why." },
	[ROW_EVENT] = { "event", "An event of the event view, of all VMs together. Events that "
				 "never happened have no "
				 "row." },
	[ROW_VM_EVENT] = { "vm_event", "The same of a VM." },
	[ROW_VCPU_EVENT] = { "vcpu_event", "The same of a vCPU." },
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

const char *row_kind_name(enum row_kind kind)
{
	return kinds[kind].name;
}

const char *row_kind_help(enum row_kind kind)
{
	return kinds[kind].help;
}

const char *column_type_name(enum column_type type)
{
	static const char *const names[COLUMN_TYPE_MAX] = {
		[COLUMN_LABEL] = "label",
		[COLUMN_COUNTER] = "counter",
		[COLUMN_GAUGE] = "gauge",
	};

	return names[type];
}

const char *column_unit_name(enum column_unit unit)
{
	static const char *const names[COLUMN_UNIT_MAX] = {
		[UNIT_NS] = "ns",	[UNIT_S] = "s",
		[UNIT_PCT] = "%",	[UNIT_PER_S] = "per second",
		[UNIT_BYTES] = "bytes",
	};

	return names[unit];
}

uint64_t registry_scope_exits(const struct frame_reasons *reasons)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < reasons->n; i++)
		if (reasons->v[i].count.delta_valid)
			sum += reasons->v[i].count.delta;
	return sum;
}
