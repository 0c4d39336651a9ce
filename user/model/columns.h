/* SPDX-License-Identifier: GPL-2.0 */
/*
 * columns: all that there is to a column, in this one file. COLUMN has its description and how its
 * value is computed; TABLE, the text tables that show it.
 * OBJECT has its JSON objects; METRIC, its metric; SORT, its --sort word. The registry, CSV, the text tables (render/row_table), JSON
 * (sinks/json_fields), metrics (sinks/openmetrics) and the man page are made from these lists. To
 * add a column: a line of COLUMN, and one in each list where it is to be shown. If it is a number,
 * also one of METRIC or NO_METRIC.
 *
 * There is no guard, as the file is included once for each use. A file that includes it defines KIND, COLUMN, SORT, TABLE, OBJECT or METRIC, and
 * gets that list.
 */
#include "column_families.h"

#ifndef ROWS_ALL

/* Sets of kinds of row. */
#define R(kind) ROW_BIT(ROW_##kind)
#define ROWS_ALL (ROW_BIT(ROW_KIND_MAX) - 1)
#define ROWS_STAT (R(VM_STAT) | R(VCPU_STAT))
#define ROWS_EVENT (R(EVENT) | R(VM_EVENT) | R(VCPU_EVENT))
#define ROWS_DETAIL (R(VM_DETAIL) | R(VCPU_DETAIL))
#define ROWS_GROWING (ROWS_STAT | ROWS_DETAIL | ROWS_EVENT)
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

#endif

/* KIND(kind, name, help): the kinds of row. */
#ifdef KIND

KIND(VM, "vm", "A VM.")
KIND(VM_REASON, "vm_reason", "An exit reason of a VM.")
KIND(VM_USER_EXIT, "vm_user_exit", "An exit to user space, of a VM.")
KIND(VCPU, "vcpu", "A vCPU.")
KIND(REASON, "reason", "An exit reason of all VMs together.")
KIND(USER_EXIT, "user_exit", "An exit to user space, of all VMs together.")
KIND(SLOT, "slot",
     "A slot of the histogram of an exit reason of all VMs together that is not empty.")
KIND(USER_SLOT, "user_slot", "The same of an exit to user space.")
KIND(VM_STAT, "vm_stat",
     "A statistic of KVM: the VM's own, or the sum over its vCPUs. If neither is known, there is "
     "one row without a name.")
KIND(VCPU_STAT, "vcpu_stat", "A statistic of KVM, of a vCPU; likewise.")
KIND(VM_DETAIL, "vm_detail", "What exits were about, in all vCPUs of a VM together.")
KIND(VCPU_DETAIL, "vcpu_detail", "What exits were about, in one vCPU.")
KIND(SLOW, "slow", "An exit that took long.")
KIND(DROP, "drop",
     "What could not be counted since kvmtop was started, by cause, if there is any. hist_full is "
     "for reasons of vCPUs that have no histogram, and so no percentiles.")
KIND(SOURCE, "source", "A source of data that does not work, and why.")
KIND(EVENT, "event",
     "An event of the event view, of all VMs together. Events that never happened have no row.")
KIND(VM_EVENT, "vm_event", "The same of a VM.")
KIND(VCPU_EVENT, "vcpu_event", "The same of a vCPU.")

#undef KIND
#endif

/*
 * COLUMN(id, name in CSV and --sort, type, unit, rows that have it, help, how its value is set, ...), in CSV's order. Without a
 * name it is neither in CSV nor in --sort. The rest is what tables of text need: its title, and whether it is aligned to the left.
 */
#ifdef COLUMN

COLUMN(TIME, "time", LABEL, NONE, ROWS_ALL,
       "End of the interval, of a slow exit its own end; UTC, ISO 8601.", get_time(row, ret))
COLUMN(INTERVAL_S, "interval_s", GAUGE, S, ROWS_ALL & ~R(SLOW), "Real length of the interval.",
       set_real(ret, true, row->frame->interval_s))
COLUMN(KIND, "kind", LABEL, NONE, ROWS_ALL, "What the row is about, see above.",
       set_text(ret, row_kind_name(row->kind)))
COLUMN(PID, "pid", LABEL, NONE, ROWS_OF_VM, "Process id of the VMM.",
       set_u64(ret, true, (uint64_t)(row->slow ? row->slow->pid : row->vm->pid)), .title = "PID")
COLUMN(VM_ID, "vm_id", LABEL, NONE, ROWS_OF_VM,
       "The VM: pid of the VMM and its file descriptor of the VM, as in KVM's debugfs. A "
       "descriptor "
       "that is not known is '?', '?2' and so on. The id stays when the descriptor is closed.",
       get_vm_id(row, ret))
COLUMN(VM_NAME, "vm_name", LABEL, NONE, ROWS_OF_VM,
       "The name that the VMM was given for the VM; empty if it has none.",
       set_text(ret, row->slow ? row->slow->name : row->vm->name))
COLUMN(COMM, "comm", LABEL, NONE, ROWS_OF_VM, "Command name of the VMM.",
       set_text(ret, row->slow ? row->slow->comm : row->vm->comm))
COLUMN(ENDED, "ended", GAUGE, NONE, R(VM), "1 if the VM ended in the interval, 0 if not.",
       set_u64(ret, true, row->vm->ended))
COLUMN(VCPUS, "vcpus", GAUGE, NONE, R(VM), "Number of its vCPUs.",
       set_u64(ret, true, row->vm->n_vcpus), .title = "VCPUS")
COLUMN(VCPU, "vcpu", LABEL, NONE, ROWS_OF_VCPU, "Id of the vCPU.", get_vcpu(row, ret),
       .title = "VCPU")
COLUMN(TID, "tid", LABEL, NONE, ROWS_OF_VCPU, "Id of the thread that ran it last.",
       get_tid(row, ret), .title = "TID")
COLUMN(ISA, "isa", LABEL, NONE, ROWS_OF_EXIT | R(SLOW), "What defines the code: " ARCH_ISAS ".",
       get_isa(row, ret), .title = "ISA", .left = true)
COLUMN(NESTED, "nested", LABEL, NONE, ROWS_OF_EXIT, "1 for exits of a nested guest, 0 for others.",
       set_u64(ret, true, isa_is_nested(row_isa(row))))
COLUMN(CODE, "code", LABEL, NONE, ROWS_OF_REASON | R(SLOW),
       "Number of the exit reason; of an exit to user space that is an error, the negative errno.",
       get_code(row, ret))
COLUMN(REASON, "reason", LABEL, NONE, ROWS_OF_REASON | R(SLOW),
       "The running kernel's name of the reason; the number if it has none.",
       set_text(ret, row->slow ? row->slow->reason : row->reason->name), .title = "REASON",
       .left = true)
COLUMN(DETAIL, "detail", LABEL, NONE, ROWS_DETAIL | R(SLOW),
       "Kind of the key: " ARCH_KINDS " (see --detail).", get_detail(row, ret), .title = "DETAIL",
       .left = true)
COLUMN(KEY, "key", LABEL, NONE, ROWS_DETAIL | R(SLOW),
       "The key: " ARCH_KEYS "; others for all of the kind that have no row.", get_key(row, ret),
       .title = "KEY", .left = true)
COLUMN(DIR, "dir", LABEL, NONE, ROWS_DETAIL | R(SLOW), "Direction: read or write.",
       get_dir(row, ret), .title = "DIR", .left = true)
COLUMN(SIZE_BYTES, "size_bytes", LABEL, BYTES, ROWS_DETAIL | R(SLOW),
       "How much was read or written.", get_size_bytes(row, ret), .title = "SIZE")
COLUMN(ERROR_CODE, "error_code", LABEL, NONE, ROWS_DETAIL,
       "Of a page: why it faulted, as the CPU reports it.", get_error_code(row, ret))
COLUMN(PC, ARCH_PC, LABEL, NONE, R(SLOW), "Address of the guest's instruction.",
       set_hex(ret, row->slow->pc_known, row->slow->pc))
COLUMN(GPA, "gpa", LABEL, NONE, R(SLOW), "Guest physical address of a page fault.",
       set_hex(ret, row->slow->gpa_known, row->slow->gpa))
COLUMN(NAME, "name", LABEL, NONE, ROWS_GROWING | R(SLOW) | R(DROP) | R(SOURCE),
       "Name of the statistic, the event, the key, the cause of a drop, or the source of data.",
       get_name(row, ret))
COLUMN(ORIGIN, "origin", LABEL, NONE, ROWS_EVENT, "What counts the event: tracepoint or statistic.",
       set_text(ret, row->item->source == ITEM_STATISTIC ? "statistic" : "tracepoint"))
COLUMN(UNIT, "unit", LABEL, NONE, ROWS_STAT,
       "Unit of total, delta and value; empty if it has none, or if they are samples of a "
       "histogram.",
       get_unit(row, ret))
COLUMN(EXITS_TOTAL, "exits_total", COUNTER, NONE, ROWS_EXITS,
       "Exits since kvmtop was started; with -i, of VMs and vCPUs, since the VM began."
       " They begin at zero when T has more times taken.",
       set_u64(ret, true, row_exits(row)->total), .title = "TOTAL")
COLUMN(EXITS, "exits", GAUGE, NONE, ROWS_EXITS, "Exits in the interval.",
       set_delta(ret, *row_exits(row)))
COLUMN(EXITS_PER_S, "exits_per_s", GAUGE, PER_S, ROWS_EXITS, "The same per second.",
       set_rate(ret, *row_exits(row)), .title = "EXITS/s")
COLUMN(EXITS_SHARE_PCT, "exits_share_pct", GAUGE, PCT, ROWS_REASON,
       "Share of all exits of the VM, or of all VMs, in the interval; of an exit to user space, of "
       "those.",
       get_exits_share_pct(row, ret), .title = "%EXITS")
COLUMN(USER_EXITS_TOTAL, "user_exits_total", COUNTER, NONE, ROWS_SCOPE,
       "Exits to user space since kvmtop was started. They begin at zero when T has more times "
       "taken.",
       set_u64(ret, true, row_user_exits(row).total))
COLUMN(USER_EXITS, "user_exits", GAUGE, NONE, ROWS_SCOPE, "Exits to user space in the interval.",
       set_delta(ret, row_user_exits(row)))
COLUMN(USER_EXITS_PER_S, "user_exits_per_s", GAUGE, PER_S, ROWS_SCOPE, "The same per second.",
       set_rate(ret, row_user_exits(row)), .title = "USER/s")
COLUMN(TOTAL, "total", COUNTER, NONE, ROWS_GROWING | R(DROP),
       "How often it happened since kvmtop was started; a statistic, since the VM began. Of a "
       "histogram it is the number of its samples. Exits begin at zero when T has more times "
       "taken.",
       get_total(row, ret), .title = "TOTAL")
COLUMN(DELTA, "delta", GAUGE, NONE, ROWS_GROWING, "By how much it grew.",
       set_delta(ret, row_counter(row)))
COLUMN(PER_S, "per_s", GAUGE, PER_S, ROWS_GROWING, "The same per second.",
       set_rate(ret, row_counter(row)), .title = "RATE/s")
COLUMN(VALUE, "value", GAUGE, NONE, ROWS_STAT | ROWS_EVENT,
       "Of a statistic that is not counted but has a value: what it is now, or its peak.",
       get_value(row, ret))
COLUMN(SHARE_PCT, "share_pct", GAUGE, PCT, ROWS_DETAIL,
       "Share of the events of the kind in the VM or vCPU.",
       set_real(ret, row->detail->share_valid, row->detail->share_pct), .title = "%")
COLUMN(TIME_NS, "time_ns", GAUGE, NS, ROWS_EXITS | ROWS_DETAIL | R(SLOW),
       "Handling time that ended in the interval. Of an exit to user space, the VMM's; of a key, "
       "that of all exits in which it occurred.",
       get_time_ns(row, ret))
COLUMN(TIME_SHARE_PCT, "time_share_pct", GAUGE, PCT, ROWS_REASON | ROWS_DETAIL,
       "Share of that of the VM or vCPU, or of all VMs; of a key, of its kind in the VM or vCPU.",
       get_time_share_pct(row, ret), .title = "TIME%")
COLUMN(AVG_NS, "avg_ns", GAUGE, NS, ROWS_EXITS | ROWS_DETAIL, "Mean handling time in the interval.",
       get_avg_ns(row, ret), .title = "AVG")
#define PERCENTILE_COLUMN(id, name, label, one_in, help)                          \
	COLUMN(id##_NS, name, GAUGE, NS, ROWS_EXITS, help,                        \
	       set_u64(ret, row_time(row)->pct_valid, row_time(row)->pct_ns[id]), \
	       .title = "P" label)
PERCENTILES(PERCENTILE_COLUMN)
#undef PERCENTILE_COLUMN
COLUMN(MAX_NS, "max_ns", GAUGE, NS, ROWS_EXITS, "The longest.",
       set_u64(ret, row_time(row)->max_valid, row_time(row)->max_ns), .title = "MAX")
#define STATE_COLUMN(state, name, title_, help, null)                  \
	COLUMN(state##_PCT, name "_pct", GAUGE, PCT, ROWS_SCOPE, help, \
	       set_state_pct(ret, row_shares(row), STATE_##state), .title = title_)
STATES(STATE_COLUMN)
#undef STATE_COLUMN
COLUMN(LOST_CPUS, "lost_cpus", GAUGE, CPUS, ROWS_SCOPE,
       "CPUs that it would have used and did not get. It is the time in KVM, in the VMM and "
       "waiting for a CPU. Halts that the VMM handles, and the VMM's time of a VM that is stopped, "
       "are left out.",
       get_lost_cpus(row, ret), .title = "LOST")
COLUMN(HELD, "held", LABEL, NONE, ROWS_SCOPE,
       "What holds the vCPU, or all vCPUs of the VM. It is stopped (SIGSTOP, a debugger), frozen "
       "(its cgroup's freezer), parked (unplugged: a vCPU without a thread), or no (nothing holds "
       "it). Empty: not known.",
       set_text(ret, vcpu_held_name(row_held(row))))
COLUMN(QUOTA_PCT, "quota_pct", GAUGE, PCT, R(VM),
       "How long cpu.max of its control group held it back, in % of its vCPUs' time.",
       set_real(ret, row->vm->load.quota_valid, row->vm->load.throttled_pct), .title = "QUOTA%")
COLUMN(AUX_PCT, "aux_pct", GAUGE, PCT, R(VM),
       "CPU time of the VMM's threads that are no vCPUs, and of the kernel's of vhost, in % of a "
       "CPU: of two, 200.",
       set_real(ret, row->vm->load.aux_valid, row->vm->load.aux_pct), .title = "AUX%")
COLUMN(WAIT_NS, "wait_ns", GAUGE, NS, ROWS_SCOPE,
       "Mean time of a wait for a CPU. It is the run delay, divided by how often the scheduler "
       "gave its threads a CPU, at once or after a wait.",
       get_wait_ns(row, ret), .title = "WAIT")
COLUMN(CPU, "cpu", LABEL, NONE, R(VCPU),
       "CPU of the host that the vCPU's thread is on, or was on last, at the end of the interval.",
       set_u64(ret, row->vcpu->thread.cpu_known, row->vcpu->thread.cpu), .title = "CPU")
COLUMN(SLOT_LO_NS, "slot_lo_ns", LABEL, NS, ROWS_SLOT,
       "Least handling time of the exits in the slot.",
       set_u64(ret, true, hist_slot_lo_ns(row->slot)))
COLUMN(SLOT_HI_NS, "slot_hi_ns", LABEL, NS, ROWS_SLOT,
       "They took less than this; empty for the last slot, which is open.",
       set_u64(ret, row->slot + 1 < HIST_SLOTS, hist_slot_lo_ns(row->slot + 1)))
COLUMN(SLOT_EXITS, "slot_exits", GAUGE, NONE, ROWS_SLOT, "How many, in the interval.",
       set_u64(ret, true, row->slot_exits))
COLUMN(ERROR, "error", LABEL, NONE, R(SOURCE), "Why it does not work.", set_text(ret, row->error))
COLUMN(WALL_NS, NULL, GAUGE, NS, ROWS_SCOPE, "What all others add up to.",
       set_u64(ret, row_shares(row)->valid, row_shares(row)->wall_ns))
#define STATE_COLUMN(state, name, title, help, null)          \
	COLUMN(state##_NS, NULL, GAUGE, NS, ROWS_SCOPE, help, \
	       set_state_ns(ret, row_shares(row), STATE_##state))
STATES(STATE_COLUMN)
#undef STATE_COLUMN
COLUMN(HALT_PCT, NULL, GAUGE, PCT, ROWS_SCOPE,
       "Halted: halt_poll and halt_block. All others add up to 100.",
       set_real(ret, row_shares(row)->valid, halt_pct(row_shares(row))), .title = "HALT%")
COLUMN(OF_VM_PCT, NULL, GAUGE, PCT, R(REASON) | R(USER_EXIT),
       "Its handling time in % of the vCPU time of the VMs that are shown.",
       get_of_vm_pct(row, ret), .title = "OF VM%")
COLUMN(FROM, NULL, LABEL, NONE, R(USER_EXIT) | R(VM_USER_EXIT),
       "The exit reason that leads to it: io to KVM_EXIT_IO. One exit has both names.",
       get_from(row, ret), .title = "FROM", .left = true)
COLUMN(FD, NULL, LABEL, NONE, ROWS_SCOPE | ROWS_DETAIL, "The end of the VM's id.", get_fd(row, ret),
       .title = "FD")
COLUMN(VM_LABEL, NULL, LABEL, NONE, ROWS_SCOPE | ROWS_DETAIL,
       "The VM's name, or its VMM's in brackets; before it what holds it, or that it ended.",
       get_vm_label(row, ret), .title = "NAME", .left = true)
COLUMN(TOP_REASONS, NULL, LABEL, NONE, ROWS_SCOPE, "The reasons with the most exits.",
       get_top_reasons(row, ret), .title = "TOP REASONS", .left = true)
COLUMN(KEY_VCPU, NULL, LABEL, NONE, ROWS_DETAIL, "Id of the vCPU, or all.", get_key_vcpu(row, ret),
       .title = "VCPU")
COLUMN(KEY_NAME, NULL, LABEL, NONE, ROWS_DETAIL, "Name of the key, or why a page faulted.",
       get_key_name(row, ret), .title = "NAME", .left = true)

#undef COLUMN
#endif

/*
 * SORT(id, word, column of exits (VMs, vCPUs, reasons), of statistics and items, of the
 * drill-down): short words of --sort. It also takes the names of columns. NONE: rows of this family
 * have no such column.
 */
#ifdef SORT

SORT(DEFAULT, "default", COLUMN_EXITS, COLUMN_PER_S, COLUMN_DELTA)
SORT(LOST, "lost", COLUMN_LOST_CPUS, NONE, NONE)
SORT(PID, "pid", COLUMN_PID, NONE, COLUMN_PID)
SORT(NAME, "name", COLUMN_VM_NAME, COLUMN_NAME, COLUMN_VM_NAME)
SORT(VCPU, "vcpu", COLUMN_VCPU, NONE, COLUMN_VCPU)
SORT(REASON, "reason", COLUMN_REASON, NONE, NONE)
SORT(COUNT, "count", COLUMN_EXITS_TOTAL, COLUMN_TOTAL, COLUMN_TOTAL)
SORT(RATE, "rate", COLUMN_EXITS_PER_S, COLUMN_PER_S, COLUMN_PER_S)
SORT(TIME, "time", COLUMN_TIME_NS, NONE, COLUMN_TIME_NS)
SORT(AVG, "avg", COLUMN_AVG_NS, NONE, COLUMN_AVG_NS)
#define PERCENTILE_SORT(id, name, label, one_in, help) \
	SORT(id, "p" label, COLUMN_##id##_NS, NONE, NONE)
PERCENTILES(PERCENTILE_SORT)
#undef PERCENTILE_SORT
SORT(MAX_NS, "max", COLUMN_MAX_NS, NONE, NONE)
SORT(GUEST, "guest", COLUMN_GUEST_PCT, NONE, NONE)
SORT(KVM, "kvm", COLUMN_KVM_PCT, NONE, NONE)
SORT(VMM, "vmm", COLUMN_VMM_PCT, NONE, NONE)
SORT(POLL, "poll", COLUMN_HALT_POLL_PCT, NONE, NONE)
SORT(BLOCK, "block", COLUMN_HALT_BLOCK_PCT, NONE, NONE)
SORT(DELAY, "delay", COLUMN_RUN_DELAY_PCT, NONE, NONE)
SORT(WAIT, "wait", COLUMN_WAIT_NS, NONE, NONE)
SORT(USER, "user", COLUMN_USER_EXITS, NONE, NONE)
SORT(SHARE, "share", COLUMN_EXITS_SHARE_PCT, NONE, COLUMN_SHARE_PCT)

#undef SORT
#endif

/*
 * TABLE(id, SHOW(column, ...), ...): the text tables, their columns in order; what a table wants of a column is a member of struct
 * shown (render/row_table.c).
 */
#ifdef TABLE

#define SHOW_TIMES                                                                            \
	SHOW(GUEST_PCT, .drop = 1), SHOW(KVM_PCT, .drop = 3), SHOW(VMM_PCT, .drop = 5),       \
		SHOW(HALT_POLL_PCT, .drop = 9, .sum = COLUMN_HALT_PCT),                       \
		SHOW(HALT_BLOCK_PCT, .drop = 9, .sum = COLUMN_HALT_PCT),                      \
		SHOW(HALT_PCT, .drop = 4), SHOW(RUN_DELAY_PCT, .drop = 2),                    \
		SHOW(WAIT_NS, .drop = 14), SHOW(AVG_NS, .drop = 7), SHOW(P99_NS, .drop = 10), \
		SHOW(P999_NS, .drop = 13), SHOW(TOP_REASONS, .shrink = 12, .drop = 6)
#define SHOW_COUNTS                                                                          \
	SHOW(EXITS_PER_S, .title = "RATE/s"), SHOW(OF_VM_PCT, .drop = 8),                    \
		SHOW(EXITS_SHARE_PCT, .drop = 1), SHOW(TIME_SHARE_PCT, .drop = 2),           \
		SHOW(AVG_NS, .drop = 3), SHOW(P50_NS, .drop = 7), SHOW(P90_NS, .drop = 11),  \
		SHOW(P99_NS, .drop = 4), SHOW(P999_NS, .drop = 10), SHOW(MAX_NS, .drop = 5), \
		SHOW(EXITS_TOTAL, .drop = 6)

TABLE(VMS, SHOW(PID), SHOW(FD, .drop = 12), SHOW(VM_LABEL, .shrink = 12, .max = TABLE_NAME_MAX),
      SHOW(VCPUS, .drop = 8), SHOW(LOST_CPUS, .drop = 4), SHOW(EXITS_PER_S),
      SHOW(USER_EXITS_PER_S, .drop = 11), SHOW_TIMES)
TABLE(VCPUS, SHOW(PID), SHOW(VM_LABEL, .shrink = 10, .max = TABLE_NAME_MAX), SHOW(VCPU),
      SHOW(TID, .drop = 8), SHOW(CPU, .drop = 15), SHOW(LOST_CPUS, .drop = 4), SHOW(EXITS_PER_S),
      SHOW(USER_EXITS_PER_S, .drop = 11), SHOW_TIMES)
TABLE(REASONS, SHOW(REASON, .shrink = 12, .max = TABLE_NAME_MAX),
      SHOW(ISA, .drop = 8, .differs = true), SHOW_COUNTS)
TABLE(USER_EXITS, SHOW(REASON, .title = "USERSPACE EXIT", .shrink = 14, .max = TABLE_NAME_MAX),
      SHOW(FROM, .blank = true, .drop = 6), SHOW_COUNTS)
TABLE(KEYS, SHOW(PID), SHOW(FD, .drop = 3),
      SHOW(VM_LABEL, .title = "VM", .shrink = 10, .max = TABLE_NAME_MAX, .drop = 2),
      SHOW(KEY_VCPU, .drop = 4), SHOW(DETAIL), SHOW(KEY),
      SHOW(KEY_NAME, .blank = true, .shrink = 10, .max = TABLE_NAME_MAX, .drop = 1),
      SHOW(DIR, .blank = true), SHOW(SIZE_BYTES, .blank = true, .drop = 8), SHOW(PER_S),
      SHOW(SHARE_PCT, .drop = 7), SHOW(TIME_SHARE_PCT, .drop = 6), SHOW(AVG_NS, .drop = 9),
      SHOW(TOTAL, .drop = 5))

#undef SHOW_TIMES
#undef SHOW_COUNTS
#undef TABLE
#endif

/*
 * OBJECT(kind, FIELD(column, ...), ...): the columns in JSON's objects, in order. Where JSON
 * differs from the column, a member of struct json_field says how (sinks/json_fields.h).
 */
#ifdef OBJECT

#define NOTHING_ENDED "nothing ended in the interval"
#define NO_LOAD                                                                                 \
	"it is new, or only some of its vCPUs were asked for. Also where a recording does not " \
	"have it, or "
#define NO_WAIT                                                                                    \
	"no thread was given a CPU in the interval, or a vCPU or its thread is new. Also where a " \
	"recording does not have it, " NO_DELAY
#define NOT_THERE "it went backwards, or was not there when the interval began"
#define TIME_FIELDS                                                                \
	FIELD(TIME_NS, .name = "delta_ns"),                                        \
		FIELD(TIME_SHARE_PCT, .name = "share_pct", .null = NOTHING_ENDED), \
		FIELD(AVG_NS, .null = NOTHING_ENDED)
#define NAME_FIELDS                                                                          \
	FIELD(VM_NAME, .name = "name", .text = true,                                         \
	      .help = "The name that the VMM was given for the VM.", .null = "it has none"), \
		FIELD(COMM, .text = true, .null = "it is not known")
#define PERCENTILE_FIELD(id, name, label, one_in, help)                                        \
	FIELD(id##_NS, .null = NOTHING_ENDED ", there are no histograms (--latency mean), or " \
					     "some vCPU has none"),

OBJECT(VM, FIELD(PID), FIELD(VM_ID, .name = "id", .text = true), NAME_FIELDS,
       FIELD(ENDED, .boolean = true, .help = "Whether the VM ended in the interval."),
       FIELD(VCPUS, .name = "vcpu_count"), FIELD(LOST_CPUS, .null = NO_DELAY),
       FIELD(QUOTA_PCT, .null = NO_LOAD "its control group cannot be read (version 2 only)"),
       FIELD(AUX_PCT, .null = NO_LOAD "the kernel keeps no such times"),
       FIELD(WAIT_NS, .null = NO_WAIT))
OBJECT(VCPU, FIELD(VCPU, .name = "id", .null = "it never entered the guest"),
       FIELD(TID, .null = "it is not known"), FIELD(LOST_CPUS, .null = NO_DELAY),
       FIELD(WAIT_NS, .null = NO_WAIT),
       FIELD(CPU, .null = "it is not known, or it is of a recording that does not have it"))
OBJECT(REASON, FIELD(ISA, .named = true, .missing = "for exits to user space"),
       FIELD(NESTED, .boolean = true, .help = "True.",
	     .missing = "for exits that are not a nested guest's"),
       FIELD(CODE,
	     .help = "Number of the reason; of an exit to user space that is an error, the "
		     "negative errno.",
	     .null = "it could not be read"),
       FIELD(REASON, .name = "name", .text = true,
	     .help = "The running kernel's name of it; the number if it has none."))
OBJECT(COUNTER,
       FIELD(TOTAL, .help = "Since kvmtop was started, statistics since the VM began. "
			    "Exits begin at zero when T has more times taken."),
       FIELD(DELTA, .help = "In the interval.", .null = NOT_THERE),
       FIELD(PER_S, .name = "rate", .null = NOT_THERE))
OBJECT(SLOW, NAME_FIELDS, FIELD(VCPU, .null = "it is not known"),
       FIELD(TID, .help = "Id of its thread."),
       FIELD(ISA, .named = true, .help = "As in a REASON."),
       FIELD(CODE, .help = "As in a REASON.", .null = "it could not be read"),
       FIELD(REASON, .text = true, .help = "The name of the reason."),
       FIELD(TIME_NS, .name = "duration_ns",
	     .help = "Its handling time, a stay in the VMM included."),
       FIELD(PC, .text = true, .null = ARCH_PC_MISSING),
       FIELD(GPA, .text = true, .null = "it is not known"))
OBJECT(TIME, TIME_FIELDS, PERCENTILES(PERCENTILE_FIELD) FIELD(MAX_NS, .null = NOTHING_ENDED))
OBJECT(KEY_TIME, TIME_FIELDS)
#define STATE_FIELD(state, name_, title, help, null_) \
	FIELD(state##_PCT, .name = name_, .null = null_),
OBJECT(TIME_PCT, STATES(STATE_FIELD) FIELD(HALT_PCT, .name = "halt", .null = NOTHING_TIMED))
#undef STATE_FIELD
#define STATE_FIELD(state, name_, title, help, null_) \
	, FIELD(state##_NS, .name = name_, .null = null_)
OBJECT(TIME_NS, FIELD(WALL_NS, .name = "wall", .null = NOTHING_TIMED) STATES(STATE_FIELD))
#undef STATE_FIELD

#undef NOTHING_ENDED
#undef NO_LOAD
#undef NO_WAIT
#undef NOT_THERE
#undef TIME_FIELDS
#undef NAME_FIELDS
#undef PERCENTILE_FIELD
#undef OBJECT
#endif

/*
 * METRIC(name, type, unit, column, help, EACH(kind) or OWN(writer)): the families of metrics, in order. EACH: the column's value in each row of
 * that kind, with the labels that such rows have. OWN: what sinks/openmetrics writes by itself; a column (or NONE) is then what it is
 * about. NO_METRIC(column, why): a number that has none. Every column that is a number is in one of them.
 */
#ifdef METRIC
#ifndef NO_METRIC
#define NO_METRIC(column, why)
#endif

METRIC("kvmtop_build", INFO, NULL, NONE, "The version of kvmtop.", OWN(build))
METRIC("kvmtop_host", INFO, NULL, NONE, "The host: its name, kernel and architecture.", OWN(host))
METRIC("kvmtop_host_cpus", GAUGE, NULL, NONE, "Online CPUs of the host.", OWN(host_cpus))
METRIC("kvmtop_frame_timestamp_seconds", GAUGE, "seconds", COLUMN_TIME,
       "When these values were read, in seconds since 1970.", OWN(frame_time))
METRIC("kvmtop_interval_seconds", GAUGE, "seconds", COLUMN_INTERVAL_S,
       "Time between the last two readings.", OWN(interval))
METRIC("kvmtop_source_up", GAUGE, NULL, COLUMN_ERROR,
       "Whether a source of values works; absent: it is not used.", OWN(sources))
METRIC("kvmtop_drops", COUNTER, NULL, COLUMN_TOTAL, "Events that were not counted, by cause.",
       EACH(DROP))
METRIC("kvmtop_hist_full", COUNTER, NULL, NONE,
       "Reasons of vCPUs that have no histogram, as there was no room.", OWN(hist_full))
METRIC("kvmtop_vms", GAUGE, NULL, NONE, "VMs that are running.", OWN(running))
METRIC("kvmtop_vms_left_out", GAUGE, NULL, NONE,
       "VMs that are running and have no metrics: beyond --top.", OWN(left_out))
METRIC("kvmtop_vm", INFO, NULL, COLUMN_VM_NAME,
       "A VM: its name (empty: it has none), and the command name of its VMM.", OWN(vms))
METRIC("kvmtop_vm_vcpus", GAUGE, NULL, COLUMN_VCPUS, "vCPUs of a VM.", EACH(VM))
METRIC("kvmtop_vm_lost_cpus", GAUGE, NULL, COLUMN_LOST_CPUS,
       "CPUs that a VM would have used in the last interval and did not get.", EACH(VM))
METRIC("kvmtop_vm_throttled_percent", GAUGE, NULL, COLUMN_QUOTA_PCT,
       "How long cpu.max held a VM back in the last interval, in % of its vCPUs' time.", EACH(VM))
METRIC("kvmtop_vm_aux_percent", GAUGE, NULL, COLUMN_AUX_PCT,
       "CPU time of the VMM's other threads and vhost's in the last interval, in % of a CPU.",
       EACH(VM))
METRIC("kvmtop_vm_wait_seconds", GAUGE, "seconds", COLUMN_WAIT_NS,
       "Mean time of a vCPU's wait for a CPU in the last interval.", EACH(VM))
METRIC("kvmtop_finding", GAUGE, NULL, NONE,
       "What a finding of the diagnosis costs, in % of the VM's vCPU time: a series while there is "
       "one.",
       OWN(findings))
METRIC("kvmtop_exits", COUNTER, NULL, COLUMN_EXITS_TOTAL, "VM exits, by reason.", EACH(VM_REASON))
METRIC("kvmtop_exit_duration_seconds", HISTOGRAM, "seconds", NONE,
       "Handling time of VM exits, by reason.", OWN(durations))
METRIC("kvmtop_userspace_exits", COUNTER, NULL, COLUMN_EXITS_TOTAL, "Exits to the VMM, by reason.",
       EACH(VM_USER_EXIT))
METRIC("kvmtop_userspace_exit_seconds", COUNTER, "seconds", NONE,
       "Time in the VMM, by the reason of the exit to it.", OWN(user_times))
METRIC("kvmtop_vcpu_time_seconds", COUNTER, "seconds", NONE,
       "Time of a vCPU since it was first seen, by what it was doing.", OWN(times))
METRIC("kvmtop_events", COUNTER, NULL, COLUMN_TOTAL, "Events of KVM's tracepoints, with -t.",
       OWN(events))

#define OF_AN_INTERVAL "it is of one interval: a query makes it from a total"
#define OF_A_DURATION "a query makes it from the histograms of durations"
#define OF_TIMES "a query makes it from kvmtop_vcpu_time_seconds"

NO_METRIC(COLUMN_ENDED, "a VM that has ended has no metrics")
NO_METRIC(COLUMN_EXITS, OF_AN_INTERVAL)
NO_METRIC(COLUMN_EXITS_PER_S, OF_AN_INTERVAL)
NO_METRIC(COLUMN_EXITS_SHARE_PCT, OF_AN_INTERVAL)
NO_METRIC(COLUMN_USER_EXITS_TOTAL, "it is the sum of kvmtop_userspace_exits")
NO_METRIC(COLUMN_USER_EXITS, OF_AN_INTERVAL)
NO_METRIC(COLUMN_USER_EXITS_PER_S, OF_AN_INTERVAL)
NO_METRIC(COLUMN_DELTA, OF_AN_INTERVAL)
NO_METRIC(COLUMN_PER_S, OF_AN_INTERVAL)
NO_METRIC(COLUMN_VALUE, "each statistic of KVM is a family of its own")
NO_METRIC(COLUMN_SHARE_PCT, OF_AN_INTERVAL)
NO_METRIC(COLUMN_TIME_NS, OF_AN_INTERVAL)
NO_METRIC(COLUMN_TIME_SHARE_PCT, OF_AN_INTERVAL)
NO_METRIC(COLUMN_AVG_NS, OF_A_DURATION)
#define NO_PERCENTILE(id, name, label, one_in, help) NO_METRIC(COLUMN_##id##_NS, OF_A_DURATION)
PERCENTILES(NO_PERCENTILE)
#undef NO_PERCENTILE
NO_METRIC(COLUMN_MAX_NS, OF_AN_INTERVAL)
#define NO_STATE(state, name, title, help, null) \
	NO_METRIC(COLUMN_##state##_PCT, OF_TIMES) NO_METRIC(COLUMN_##state##_NS, OF_TIMES)
STATES(NO_STATE)
#undef NO_STATE
NO_METRIC(COLUMN_SLOT_EXITS, OF_A_DURATION)
NO_METRIC(COLUMN_WALL_NS, OF_TIMES)
NO_METRIC(COLUMN_HALT_PCT, OF_TIMES)
NO_METRIC(COLUMN_OF_VM_PCT, OF_AN_INTERVAL)

#undef OF_AN_INTERVAL
#undef OF_A_DURATION
#undef OF_TIMES
#undef NO_METRIC
#undef METRIC
#endif
