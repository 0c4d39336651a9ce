/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reason_x86.bpf.h: the reason of an exit, from the structs of kvm_amd and kvm_intel. The vCPU is
 * already known.
 */
#ifndef KVMTOP_REASON_X86_BPF_H
#define KVMTOP_REASON_X86_BPF_H

#include "common_x86.bpf.h"
#include "kvmtop.h"
#include "nests_x86.bpf.h"

/* A kvm_exit: its reason, and whether it is from a nested guest (L2). */
struct exit {
	__u64 reason;
	bool nested;
};

/*
 * struct kvm_vcpu is the first member of both vendors' structs (BUILD_BUG_ON in svm_vcpu_create and
 * vmx_vcpu_create), so their addresses are the same.
 *
 * While L2 runs, its own VMCB or VMCS is in use in the place of L1's (vmcb01, vmcs01). This tells
 * the two apart as HF_GUEST_MASK does, which no BTF has and whose bit changed. It costs next to
 * nothing where loads are plain. On SVM before 6.2 both pointers lie side by side, and one probe
 * read gets them. VMX needs one more probe read, of 80 instructions, so only vCPUs that have
 * switched VMX on pay for it (nests_x86.bpf.h).
 */
struct vmcb_pair {
	__u64 vmcb, vmcb01;
};

static __always_inline struct vmcb_pair svm_vmcbs(enum load how, __u64 vcpu)
{
	struct vmcb_pair pair = {};

	if (!bpf_core_field_exists(struct vcpu_svm, vmcb01.ptr)) {
		pair.vmcb = load_field_u64(how, vcpu, struct vcpu_svm, vmcb);
		pair.vmcb01 = pair.vmcb;
	} else if (how == LOAD_PROBE && bpf_core_field_offset(struct vcpu_svm, vmcb01.ptr) ==
						bpf_core_field_offset(struct vcpu_svm, vmcb) + 8) {
		bpf_probe_read_kernel(
			&pair, sizeof(pair),
			(void *)(vcpu + bpf_core_field_offset(struct vcpu_svm, vmcb)));
	} else {
		pair.vmcb = load_field_u64(how, vcpu, struct vcpu_svm, vmcb);
		pair.vmcb01 = load_field_u64(how, vcpu, struct vcpu_svm, vmcb01.ptr);
	}
	return pair;
}

static __always_inline struct exit svm_exit(enum load how, __u64 vcpu)
{
	struct vmcb_pair pair = svm_vmcbs(how, vcpu);

	return (struct exit){
		.reason = load_field_u32(how, pair.vmcb, struct vmcb, control.exit_code),
		.nested = pair.vmcb != pair.vmcb01,
	};
}

static __always_inline bool vmx_is_nested(enum load how, const struct kvmtop_vcpu *v, __u64 vcpu)
{
	if (!bpf_core_field_exists(struct vcpu_vmx, vmcs01) || (how == LOAD_PROBE && !v->nests))
		return false;
	return load_field_u64(how, vcpu, struct vcpu_vmx, loaded_vmcs) !=
	       vcpu + bpf_core_field_offset(struct vcpu_vmx, vmcs01);
}

static __always_inline struct exit read_exit(enum load how, const struct kvmtop_vcpu *v, __u64 vcpu,
					     __u32 isa)
{
	if (bpf_core_type_exists(struct vcpu_svm) && isa == KVM_ISA_SVM)
		return svm_exit(how, vcpu);
	if (bpf_core_type_exists(struct vcpu_vmx) && isa == KVM_ISA_VMX)
		return (struct exit){ vmx_exit_reason(how, vcpu), vmx_is_nested(how, v, vcpu) };
	return (struct exit){ .reason = KVMTOP_REASON_UNKNOWN };
}

#endif
