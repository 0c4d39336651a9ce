// SPDX-License-Identifier: GPL-2.0
/*
 * threads: what the threads of vCPUs are doing, from what bpf/threads.bpf.c saw of them. Without the kernel's help, for tests.
 */
#include "exits_priv.h"

#include "../proc.h"

/* include/linux/sched.h; shown as letters in /proc/PID/stat. The last one: since f5d39b020809 (6.1). */
#define TASK_INTERRUPTIBLE 0x1u
#define TASK_STOPPED 0x4u
#define TASK_TRACED 0x8u
#define TASK_FROZEN 0x8000u

/* The most by which NTP changes the rate of CLOCK_MONOTONIC: 500 in a million (MAXFREQ in kernel/time/ntp.c). */
#define CLOCK_DRIFT_PARTS 2000

/*
 * The noted difference is too low by the time from being switched in to noting it. So a higher one
 * from before is better, less the possible drift of the clocks since.
 */
void threads_compare_clocks(struct exits *exits, const struct kvmtop_sched_clock *clock)
{
	int64_t ahead_ns = (int64_t)(clock->sched_ns - clock->mono_ns);
	int64_t drift_ns = (int64_t)(clock->mono_ns - exits->compared_ns) / CLOCK_DRIFT_PARTS;

	if (!clock->sched_ns)
		return;
	if (!exits->compared_ns || ahead_ns > exits->sched_ahead_ns - drift_ns)
		exits->sched_ahead_ns = ahead_ns;
	else
		exits->sched_ahead_ns -= drift_ns;
	exits->compared_ns = clock->mono_ns;
}

/* How long a thread that waits since @thread->queued_ns had been waiting when it was seen. */
static uint64_t open_wait_ns(const struct exits *exits, const struct kvmtop_thread *thread)
{
	uint64_t sched_ns = thread->seen_ns + (uint64_t)exits->sched_ahead_ns;

	return exits->compared_ns && sched_ns > thread->queued_ns ? sched_ns - thread->queued_ns
								  : 0;
}

static enum vcpu_held held_by(const struct kvmtop_thread *thread)
{
	/* First, as a stopped thread counts as frozen, too (do_signal_stop in kernel/signal.c). */
	if (thread->state & (TASK_STOPPED | TASK_TRACED))
		return HELD_STOPPED;
	if (thread->flags & KVMTOP_THREAD_FROZEN || thread->state & TASK_FROZEN)
		return HELD_FROZEN;
	return HELD_NOT;
}

/*
 * Whether the thread has exited: it left KVM_RUN at @start_ns, before the look at all threads, and
 * was not seen there.
 */
static bool has_exited(const struct exits *exits, const struct kvmtop_vcpu *v, uint64_t start_ns)
{
	uint32_t tid = READ_ONCE(v->tid);

	return exits->looked_ns && start_ns < exits->looked_ns && READ_ONCE(v->user_ns) && tid &&
	       !proc_has_thread(exits->proc_root, (pid_t)v->tgid, (pid_t)tid);
}

struct thread_look threads_of(const struct exits *exits, const struct kvmtop_vcpu *v,
			      uint64_t start_ns)
{
	const struct kvmtop_thread thread = exits->threads[v->slot];
	struct thread_look look = { .known = false };

	if (!exits->looked_ns || thread.seen_ns < exits->looked_ns ||
	    thread.tid != READ_ONCE(v->tid)) {
		look.exited = has_exited(exits, v, start_ns);
		return look;
	}
	look = (struct thread_look){
		.known = true,
		.asleep = thread.state & TASK_INTERRUPTIBLE,
		.held = held_by(&thread),
		.seen_ns = thread.seen_ns,
		.started_ns = thread.started_ns,
		.delay_ns = thread.delay_ns,
		.slices = thread.slices,
		.cpu = thread.cpu,
		.waits =
			!thread.state && thread.queued_ns && !(thread.flags & KVMTOP_THREAD_ON_CPU),
	};
	if (look.waits)
		look.delay_ns += open_wait_ns(exits, &thread);
	return look;
}
