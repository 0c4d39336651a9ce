// SPDX-License-Identifier: GPL-2.0
/*
 * events: tracepoints other than exits that --verify compares with KVM's statistics, counted per
 * vCPU. All fire in the vCPU's thread. Attached for --verify only. Raw, or classic where raw
 * programs may be skipped (bpf/userexit.bpf.c).
 */
#include "find.bpf.h"
#include "tally.bpf.h"

/* Keeps events apart from exits and userspace exits in a vCPU's index. */
#define SALT_EVENT 104

static __always_inline int count_event(enum load how, __u32 event)
{
	struct kvmtop_vcpu *v = thread_vcpu(how);

	if (v && !(v->state & KVMTOP_STATE_IGNORED))
		tally_count(v, SALT_EVENT, KVMTOP_ISA_EVENT, event);
	return KEEP_EVENT;
}

#define EVENT_BY(section, by, how, name, event) \
	SEC(section)                            \
	int event_##by##_##name(void *ctx)      \
	{                                       \
		(void)ctx;                      \
		return count_event(how, event); \
	}

/*
 * Programs of their own for each way to load, as the kernel verifies global functions that are never called, too. Under lockdown,
 * which denies probes, there are no classic tracepoints.
 */
#define EVENT(name, tracepoint, event)                                   \
	EVENT_BY("?raw_tp/" #tracepoint, plain, LOAD_PLAIN, name, event) \
	EVENT_BY("?raw_tp/" #tracepoint, probe, LOAD_PROBE, name, event) \
	EVENT_BY("?tp/kvm/" #tracepoint, classic, LOAD_PROBE, name, event)

static __always_inline int count_wakeup(enum load how, bool waited)
{
	return count_event(how, waited ? KVMTOP_EVENT_WAKEUP_WAITED : KVMTOP_EVENT_WAKEUP_POLLED);
}

/* kvm_vcpu_wakeup(ns, waited, valid) */
SEC("?raw_tp/kvm_vcpu_wakeup")
int event_plain_wakeup(struct bpf_raw_tracepoint_args *ctx)
{
	return count_wakeup(LOAD_PLAIN, (__u8)ctx->args[1]);
}

SEC("?raw_tp/kvm_vcpu_wakeup")
int event_probe_wakeup(struct bpf_raw_tracepoint_args *ctx)
{
	return count_wakeup(LOAD_PROBE, (__u8)ctx->args[1]);
}

SEC("?tp/kvm/kvm_vcpu_wakeup")
int event_classic_wakeup(struct wakeup_record *ctx)
{
	return count_wakeup(LOAD_PROBE, FIELD(ctx, vcpu_wakeup, 1, waited));
}
