// SPDX-License-Identifier: GPL-2.0
/*
 * threads: what the threads of vCPUs are doing at one moment. An iterator over the tasks of the
 * host (iter/task). It runs when user space reads it, so an exit pays nothing for it.
 *
 * The kernel adds a wait for a CPU to a thread's run delay only when the wait ends. Until then
 * sched_info.last_queued says since when the thread waits. It may wait in a cgroup that has used up
 * its CPU quota, or behind other threads.
 */
#include "vcpu.bpf.h"

/*
 * Set at the first task of a walk: the scheduler's clock when this thread was switched in, and
 * CLOCK_MONOTONIC a moment later.
 */
struct kvmtop_sched_clock sched_clock SEC(".data") = {};

/* Before 2f064a59a11f ("sched: Change task_struct::state", 5.14). */
struct task_struct___pre5_14 {
	volatile long state;
} __attribute__((preserve_access_index));

/* Before bcf9033e5449 ("sched: move CPU field back into thread_info if THREAD_INFO_IN_TASK=y", 5.16). */
struct task_struct___pre5_16 {
	unsigned int cpu;
} __attribute__((preserve_access_index));

static __always_inline __u32 task_state(const struct task_struct *task)
{
	if (bpf_core_field_exists(struct task_struct___pre5_14, state))
		return ((const struct task_struct___pre5_14 *)task)->state;
	return task->__state;
}

/* The CPU that it is on, waits for, or was on last. */
static __always_inline __u32 thread_cpu(const struct task_struct *task)
{
	if (bpf_core_field_exists(struct task_struct___pre5_16, cpu))
		return ((const struct task_struct___pre5_16 *)task)->cpu;
	if (bpf_core_field_exists(task->thread_info.cpu))
		return task->thread_info.cpu;
	return KVMTOP_CPU_UNKNOWN;
}

static __always_inline __u32 thread_flags(const struct task_struct *task)
{
	__u32 flags = 0;

	/* An int, and a byte in 7.2. */
	if (bpf_core_field_exists(task->on_cpu) && BPF_CORE_READ_BITFIELD(task, on_cpu))
		flags |= KVMTOP_THREAD_ON_CPU;
	/* 76f969e8948d ("cgroup: cgroup v2 freezer", 5.2) */
	if (bpf_core_field_exists(task->frozen) && BPF_CORE_READ_BITFIELD(task, frozen))
		flags |= KVMTOP_THREAD_FROZEN;
	return flags;
}

static __always_inline void note_thread(struct kvmtop_thread *thread,
					const struct task_struct *task)
{
	if (has_sched_info()) {
		thread->delay_ns = task->sched_info.run_delay;
		thread->queued_ns = task->sched_info.last_queued;
		thread->slices = task->sched_info.pcount;
	}
	thread->cpu = thread_cpu(task);
	thread->started_ns = task->start_time;
	thread->state = task_state(task);
	thread->flags = thread_flags(task);
	thread->tid = task->pid;
	thread->seen_ns = bpf_ktime_get_ns();
}

SEC("?iter/task")
int threads(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct kvmtop_thread *thread;
	struct kvmtop_vcpu *v;
	__u32 tid, *slot;

	if (!task)
		return 0;
	if (!ctx->meta->seq_num && has_sched_info()) {
		sched_clock.sched_ns = load_sched_info(LOAD_PROBE, 0, last_arrival);
		sched_clock.mono_ns = bpf_ktime_get_ns();
	}
	tid = task->pid;
	slot = bpf_map_lookup_elem(&by_tid, &tid);
	if (!slot)
		return 0;
	v = vcpu_slot(*slot);
	thread = bpf_map_lookup_elem(&vcpu_threads, slot);
	if (v && thread && v->tid == tid && v->task == (__u64)task)
		note_thread(thread, task);
	return 0;
}
