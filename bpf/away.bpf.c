// SPDX-License-Identifier: GPL-2.0
/*
 * away: a look at what the vCPU was away.
 */
#include "away.bpf.h"
#include "filter.bpf.h"

static __always_inline __u64 less_of(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

/*
 * How long the thread has waited for a CPU since the last look. From when it was moved in its sleep nobody knows; and if
 * another thread was just taking its vCPU then, what was noted is of both: so not more than the stretch.
 */
static __always_inline __u64 take_delay(enum load how, struct kvmtop_vcpu *v, __u64 stretch_ns)
{
	__u64 now_ns = run_delay_ns(how, v->task);
	__u64 delay_ns;

	if (!v->moved_asleep)
		return away_grown(&v->seen_delay_ns, now_ns);
	delay_ns = less_of(v->seen_delay_ns, stretch_ns);
	v->seen_delay_ns = now_ns;
	v->moved_asleep = 0;
	return delay_ns;
}

/*
 * A run delay that is as long as the stretch, or longer: the scheduler's clock is a little off; or the thread was preempted before
 * kvm_exit was traced (SVM before 6.5), or in a stretch that was not looked at. What is too much was charged to the guest then; if
 * it was not, there was no such delay. Returns how much of the stretch the vCPU was away.
 */
static __always_inline __u64 away_settle(struct kvmtop_vcpu *v, __u64 stretch_ns, __u64 halted_ns,
					 __u64 overlap_ns, __u64 *delay_ns)
{
	__u64 more_ns = *delay_ns - overlap_ns;
	__u64 away_ns =
		more_ns > 2 * stretch_ns || halted_ns == stretch_ns ? halted_ns : stretch_ns - 1;
	__u64 excess_ns = halted_ns + more_ns - away_ns;
	__u64 guest_ns = less_of(excess_ns, v->guest_ns);

	v->guest_ns -= guest_ns;
	*delay_ns -= less_of(excess_ns - guest_ns, *delay_ns);
	return away_ns;
}

static __always_inline __u64 away_take(enum load how, struct kvmtop_vcpu *v, __u64 stretch_ns)
{
	__u64 delay_ns = take_delay(how, v, stretch_ns);
	__u64 block_ns = 0, poll_ns = 0, overlap_ns, away_ns;

	if (v->vcpu || !has_halt_stats())
		take_halts(how, v, v->vcpu, &block_ns, &poll_ns);
	block_ns = less_of(block_ns, stretch_ns);
	poll_ns = less_of(poll_ns, stretch_ns - block_ns);
	/* Who was woken up waits for a CPU before KVM looks at the clock again. */
	overlap_ns = less_of(delay_ns, block_ns);
	away_ns = block_ns + poll_ns + delay_ns - overlap_ns;
	v->block_ns += block_ns - overlap_ns;
	v->poll_ns += poll_ns;
	if (away_ns >= stretch_ns)
		away_ns = away_settle(v, stretch_ns, block_ns + poll_ns, overlap_ns, &delay_ns);
	v->delay_ns += delay_ns;
	return away_ns;
}

__noinline __u64 away_take_plain(__u32 slot, __u64 stretch_ns)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);

	return v ? away_take(LOAD_PLAIN, v, stretch_ns) : 0;
}

__noinline __u64 away_take_probe(__u32 slot, __u64 stretch_ns)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);

	return v ? away_take(LOAD_PROBE, v, stretch_ns) : 0;
}
