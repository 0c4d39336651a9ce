// SPDX-License-Identifier: GPL-2.0
/*
 * halt: kvm_vcpu_wakeup. It notes that there was a halt where it costs too much to look at each
 * exit (wait.bpf.h). Where KVM has no statistics of halts, it also notes how long the halt was.
 * Fires at the end of each halt, in the vCPU's thread.
 */
#include "wait.bpf.h"
#include "find.bpf.h"
#include "record.bpf.h"

static __always_inline int handle_wakeup(__u64 ns, bool waited)
{
	struct kvmtop_vcpu *v = thread_vcpu(LOAD_PROBE);

	if (!v || v->state & KVMTOP_STATE_IGNORED)
		return KEEP_EVENT;
	v->seen_runs = WAIT_LOOK;
	if (has_halt_stats())
		return KEEP_EVENT;
	if (waited)
		v->halt_block_ns += ns; /* KVM polled before, but for how long is not reported */
	else
		v->halt_poll_ns += ns;
	return KEEP_EVENT;
}

/* kvm_vcpu_wakeup(ns, waited, valid) */
SEC("?raw_tp/kvm_vcpu_wakeup")
int halt_raw(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_wakeup(ctx->args[0], (__u8)ctx->args[1]);
}

RECORD(vcpu_wakeup); /* ns, waited */

/* From its "format" file. */
struct wakeup_record {
	__u64 common;
	__u64 ns;
	__u8 waited;
};

SEC("?tp/kvm/kvm_vcpu_wakeup")
int halt_classic(struct wakeup_record *ctx)
{
	return handle_wakeup(FIELD(ctx, vcpu_wakeup, 0, ns), FIELD(ctx, vcpu_wakeup, 1, waited));
}
