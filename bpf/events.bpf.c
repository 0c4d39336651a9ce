// SPDX-License-Identifier: GPL-2.0
/*
 * events: tracepoints beside exits that --verify compares with KVM's statistics, counted per vCPU: all fire in the vCPU's
 * thread. Attached for --verify only. Raw, or classic where raw programs may be skipped (bpf/userexit.bpf.c).
 */
#include "find.bpf.h"
#include "tally.bpf.h"

/* Away from exits and userspace exits in a vCPU's index. */
#define SALT_EVENT 104

/* Set where plain loads work (6.2). */
const volatile __u32 cfg_events_plain = 0;

static __always_inline struct kvmtop_vcpu *event_vcpu(void)
{
	if (cfg_events_plain)
		return thread_vcpu(LOAD_PLAIN);
	return thread_vcpu(LOAD_PROBE);
}

static __always_inline int count_event(__u32 event)
{
	struct kvmtop_vcpu *v = event_vcpu();

	if (v && !(v->state & KVMTOP_STATE_IGNORED))
		tally_count(v, SALT_EVENT, KVMTOP_ISA_EVENT, event);
	return KEEP_EVENT;
}

#define EVENT(name, tracepoint, event)      \
	SEC("?raw_tp/" #tracepoint)         \
	int event_raw_##name(void *ctx)     \
	{                                   \
		(void)ctx;                  \
		return count_event(event);  \
	}                                   \
	SEC("?tp/kvm/" #tracepoint)         \
	int event_classic_##name(void *ctx) \
	{                                   \
		(void)ctx;                  \
		return count_event(event);  \
	}

EVENT(inj_virq, kvm_inj_virq, KVMTOP_EVENT_INJ_VIRQ)
EVENT(page_fault, kvm_page_fault, KVMTOP_EVENT_PAGE_FAULT)
EVENT(emulate_insn, kvm_emulate_insn, KVMTOP_EVENT_EMULATE_INSN)
EVENT(hypercall, kvm_hypercall, KVMTOP_EVENT_HYPERCALL)
EVENT(hv_hypercall, kvm_hv_hypercall, KVMTOP_EVENT_HV_HYPERCALL)
EVENT(nested_vmenter, kvm_nested_vmenter, KVMTOP_EVENT_NESTED_VMENTER)
/* Its name before 89e54ec592aa ("KVM: x86: Update trace function for nested VM entry to support VMX", 6.2). */
EVENT(nested_vmrun, kvm_nested_vmrun, KVMTOP_EVENT_NESTED_VMENTER)

static __always_inline int count_wakeup(bool waited)
{
	return count_event(waited ? KVMTOP_EVENT_WAKEUP_WAITED : KVMTOP_EVENT_WAKEUP_POLLED);
}

/* kvm_vcpu_wakeup(ns, waited, valid) */
SEC("?raw_tp/kvm_vcpu_wakeup")
int event_raw_wakeup(struct bpf_raw_tracepoint_args *ctx)
{
	return count_wakeup((__u8)ctx->args[1]);
}

SEC("?tp/kvm/kvm_vcpu_wakeup")
int event_classic_wakeup(struct wakeup_record *ctx)
{
	return count_wakeup(FIELD(ctx, vcpu_wakeup, 1, waited));
}
