// SPDX-License-Identifier: GPL-2.0
/* wait: charges the waiting time of a vCPU to its sums. */
#include "wait.bpf.h"
#include "filter.bpf.h"

static __always_inline __u64 less_of(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

/*
 * The run delay of the thread since the last look. After a migration in its sleep
 * (bpf/migrated.bpf.c) the part after the migration is unknown and left out. What was noted before
 * it may belong to two vCPUs, if the thread was just changing from one to the other. So it is
 * limited to the stretch.
 */
static __always_inline __u64 take_delay(enum load how, struct kvmtop_vcpu *v, __u64 stretch_ns)
{
	__u64 now_ns = run_delay_ns(how, v->task);
	__u64 delay_ns;

	if (!v->migrated_asleep)
		return counter_grown(&v->seen_delay_ns, now_ns);
	delay_ns = less_of(v->seen_delay_ns, stretch_ns);
	v->seen_delay_ns = now_ns;
	v->migrated_asleep = 0;
	return delay_ns;
}

/*
 * The run delay is as long as the stretch, or longer. Perhaps the scheduler's clock is a little
 * off. Or the thread was preempted before kvm_exit was traced (SVM before 6.5), or in a stretch
 * that was not looked at. In the last two cases the excess was charged to the guest. Excess that
 * was not charged to the guest is no delay. Returns how much of the stretch the vCPU waited.
 */
static __always_inline __u64 wait_settle(struct kvmtop_vcpu *v, __u64 stretch_ns, __u64 halted_ns,
					 __u64 overlap_ns, __u64 *delay_ns)
{
	__u64 more_ns = *delay_ns - overlap_ns;
	__u64 wait_ns =
		more_ns > 2 * stretch_ns || halted_ns == stretch_ns ? halted_ns : stretch_ns - 1;
	__u64 excess_ns = halted_ns + more_ns - wait_ns;
	__u64 guest_ns = less_of(excess_ns, v->guest_ns);

	v->guest_ns -= guest_ns;
	*delay_ns -= less_of(excess_ns - guest_ns, *delay_ns);
	return wait_ns;
}

static __always_inline __u64 wait_take(enum load how, struct kvmtop_vcpu *v, __u64 stretch_ns)
{
	__u64 delay_ns = take_delay(how, v, stretch_ns);
	__u64 block_ns = 0, poll_ns = 0, overlap_ns, wait_ns;

	if (v->vcpu || !has_halt_stats())
		take_halts(how, v, v->vcpu, &block_ns, &poll_ns);
	block_ns = less_of(block_ns, stretch_ns);
	poll_ns = less_of(poll_ns, stretch_ns - block_ns);
	/* A thread that was woken up waits for a CPU before KVM reads the clock again. */
	overlap_ns = less_of(delay_ns, block_ns);
	wait_ns = block_ns + poll_ns + delay_ns - overlap_ns;
	v->block_ns += block_ns - overlap_ns;
	v->poll_ns += poll_ns;
	if (wait_ns >= stretch_ns)
		wait_ns = wait_settle(v, stretch_ns, block_ns + poll_ns, overlap_ns, &delay_ns);
	v->delay_ns += delay_ns;
	return wait_ns;
}

__noinline __u64 wait_take_plain(__u32 slot, __u64 stretch_ns)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);

	return v ? wait_take(LOAD_PLAIN, v, stretch_ns) : 0;
}

__noinline __u64 wait_take_probe(__u32 slot, __u64 stretch_ns)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);

	return v ? wait_take(LOAD_PROBE, v, stretch_ns) : 0;
}
