// SPDX-License-Identifier: GPL-2.0
/*
 * migrated: vCPU threads that the scheduler migrates to another CPU while they sleep. Their run
 * delay is wrong then.
 *
 * A thread that falls asleep may stay queued for a while (delayed dequeue: 152e11f6df29
 * "sched/fair: Implement delayed dequeue", 6.12). If load balancing migrates it meanwhile,
 * enqueue_task() notes on the other CPU that the thread waits from now on (sched_info_enqueue). The
 * note stays when the thread is dequeued for good. So when it runs again, all of its sleep is added
 * to its run delay. This was one sleep in fifty with four sleeping threads on two CPUs. The true
 * share of it is unknown, so none of it is counted as run delay.
 */
#include "vcpu.bpf.h"

/* The slot that belongs to @task; NULL: none. */
static __always_inline struct kvmtop_vcpu *slot_of_task(const struct task_struct *task)
{
	__u32 tid = task->pid;
	__u32 *slot = bpf_map_lookup_elem(&by_tid, &tid);
	struct kvmtop_vcpu *v = slot ? vcpu_slot(*slot) : NULL;

	return v && v->tid == tid && v->task == (__u64)task ? v : NULL;
}

/*
 * sched_migrate_task(task, dest_cpu). Runs in another thread. The migrated thread cannot run before
 * the run queue's lock is released.
 */
SEC("?tp_btf/sched_migrate_task")
int migrated(__u64 *ctx)
{
	const struct task_struct *task = (const struct task_struct *)ctx[0];
	struct kvmtop_vcpu *v;
	__u64 delay_ns;

	if (!has_sched_info() || !bpf_core_field_exists(task->se.sched_delayed))
		return 0;
	/* A whole byte so far; a bit field is read as well. */
	if (!BPF_CORE_READ_BITFIELD(task, se.sched_delayed))
		return 0;
	v = slot_of_task(task);
	if (!v || v->migrated_asleep)
		return 0;
	delay_ns = task->sched_info.run_delay;
	v->seen_delay_ns = delay_ns > v->seen_delay_ns ? delay_ns - v->seen_delay_ns : 0;
	v->migrated_asleep = 1;
	return 0;
}
