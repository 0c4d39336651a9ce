/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wait.bpf.h: the waiting time of a vCPU. The vCPU is halted (KVM polls, then blocks), or its
 * thread is runnable and waits for a CPU (run delay). Waiting time is in no exit reason's handling
 * time.
 *
 * It comes from counters that the kernel keeps: the thread's run delay (struct sched_info), and
 * KVM's statistics of the vCPU's halts. migrated.bpf.c says where the run delay is wrong. Where
 * there are no such statistics (5.10), or reading them costs too much (probe reads),
 * kvm_vcpu_wakeup takes their place (halt.bpf.c).
 */
#ifndef KVMTOP_WAIT_BPF_H
#define KVMTOP_WAIT_BPF_H

#include "compat.bpf.h"
#include "maps.bpf.h"

/*
 * Shorter stretches, which are most of them, are not looked at. A poll of KVM takes longer than the
 * first limit, two thread switches longer than the second. Anything missed is charged at the next
 * look.
 */
#define POLL_MIN_NS 1024
#define SWITCH_MIN_NS KVMTOP_HIST_TABLE

/*
 * Field of the current thread, which is @task, in struct sched_info (include/linux/sched.h; CONFIG_SCHED_INFO).
 */
#define load_sched_info(how, task, field)                                                 \
	((how) == LOAD_PLAIN                                                              \
		 ? load_field_u64(LOAD_PLAIN, task, struct task_struct, sched_info.field) \
	 : bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)    \
		 ? bpf_get_current_task_btf()->sched_info.field /* 5.11 */                \
		 : load_field_u64(LOAD_PROBE, bpf_get_current_task(), struct task_struct, \
				  sched_info.field))

/* A value of seen_runs that no thread has: the next stretch is looked at. */
#define WAIT_LOOK 0xffffffffffffffffull

static __always_inline bool has_sched_info(void)
{
	return bpf_core_field_exists(struct task_struct, sched_info.run_delay);
}

/* The run delay of the current thread since it began. */
static __always_inline __u64 run_delay_ns(enum load how, __u64 task)
{
	return has_sched_info() ? load_sched_info(how, task, run_delay) : 0;
}

/* Whether KVM's own sums of halted time are known: it keeps them, and its BTF says where. 5.10 has neither. */
static __always_inline bool has_halt_stats(void)
{
	return bpf_core_field_exists(struct kvm_vcpu, stat.generic.halt_wait_ns);
}

/* KVM updates these before it traces kvm_vcpu_wakeup (kvm_vcpu_halt in virt/kvm/kvm_main.c). */
#define load_halt_stat(how, vcpu, name) \
	load_field_u64(how, vcpu, struct kvm_vcpu, stat.generic.name)

/* The current thread runs the vCPU from now on. Its earlier run delay is not this vCPU's. */
static __always_inline void wait_set_thread(enum load how, struct kvmtop_vcpu *v)
{
	v->task = bpf_get_current_task();
	v->seen_delay_ns = run_delay_ns(how, v->task);
	v->migrated_asleep = 0;
	v->seen_runs = WAIT_LOOK;
}

/* How much @now is above *@seen, which becomes @now. Root may have set a statistic to 0: then nothing. */
static __always_inline __u64 counter_grown(__u64 *seen, __u64 now)
{
	__u64 grown = now > *seen ? now - *seen : 0;

	*seen = now;
	return grown;
}

static __always_inline __u64 pending_taken(__u64 *pending)
{
	__u64 ns = *pending;

	*pending = 0;
	return ns;
}

/* How long the vCPU at address @vcpu was halted since the last look. */
static __always_inline void take_halts(enum load how, struct kvmtop_vcpu *v, __u64 vcpu,
				       __u64 *block_ns, __u64 *poll_ns)
{
	if (!has_halt_stats()) {
		*block_ns = pending_taken(&v->halt_block_ns);
		*poll_ns = pending_taken(&v->halt_poll_ns);
		return;
	}
	v->halt_poll_success_ns = load_halt_stat(how, vcpu, halt_poll_success_ns);
	*block_ns = counter_grown(&v->halt_block_ns, load_halt_stat(how, vcpu, halt_wait_ns));
	*poll_ns = counter_grown(&v->halt_poll_ns,
				 v->halt_poll_success_ns +
					 load_halt_stat(how, vcpu, halt_poll_fail_ns));
}

/* The slot is the vCPU at address @vcpu's from now on. Earlier halts are not counted. */
static __always_inline void wait_begin(enum load how, struct kvmtop_vcpu *v, __u64 vcpu)
{
	__u64 block_ns, poll_ns;

	take_halts(how, v, vcpu, &block_ns, &poll_ns);
}

/*
 * Charges the waiting time of the vCPU in slot @slot since the last look to its sums. Returns the
 * part of it in the last @stretch_ns, which began when the vCPU left the guest, or KVM_RUN. Global,
 * see find.bpf.h.
 */
__u64 wait_take_plain(__u32 slot, __u64 stretch_ns);
__u64 wait_take_probe(__u32 slot, __u64 stretch_ns);

/* Whether the thread was switched in since the last look: then it had been switched out. */
static __always_inline bool thread_switched(enum load how, struct kvmtop_vcpu *v)
{
	__u64 runs;

	if (!has_sched_info())
		return true;
	runs = load_sched_info(how, v->task, pcount);
	if (runs == v->seen_runs)
		return false;
	v->seen_runs = runs;
	return true;
}

/*
 * Whether a halt ended since the last look while KVM polled. Where reading that costs too much,
 * kvm_vcpu_wakeup sets seen_runs.
 */
static __always_inline bool halt_polled(enum load how, struct kvmtop_vcpu *v)
{
	if (how == LOAD_PLAIN && has_halt_stats())
		return load_halt_stat(how, v->vcpu, halt_poll_success_ns) !=
		       v->halt_poll_success_ns;
	return v->seen_runs == WAIT_LOOK;
}

/* How much of the last @stretch_ns the vCPU waited; charges it to its sums. */
static __always_inline __u64 wait_of(enum load how, struct kvmtop_vcpu *v, __u64 stretch_ns)
{
	bool look = false;

	if (stretch_ns < POLL_MIN_NS)
		return 0;
	if (stretch_ns >= SWITCH_MIN_NS)
		look = thread_switched(how, v);
	if (!look && !halt_polled(how, v))
		return 0;
	return how == LOAD_PLAIN ? wait_take_plain(v->slot, stretch_ns)
				 : wait_take_probe(v->slot, stretch_ns);
}

#endif
