/* SPDX-License-Identifier: GPL-2.0 */
/*
 * common_x86.bpf.h: the vendor's isa, and the exit reason on VMX, from struct vcpu_vmx of
 * kvm_intel.
 */
#ifndef KVMTOP_COMMON_X86_BPF_H
#define KVMTOP_COMMON_X86_BPF_H

#include "compat.bpf.h"

/* arch/x86/kvm/trace.h */
#define KVM_ISA_VMX 1
#define KVM_ISA_SVM 2

/* Since 6.16 the reason is in struct vcpu_vt, which TDX shares. */
struct vcpu_vt___v616 {
	union vmx_exit_reason exit_reason;
} __attribute__((preserve_access_index));

struct vcpu_vmx___v616 {
	struct vcpu_vt___v616 vt;
} __attribute__((preserve_access_index));

/* Where the reason is, behind the address of the vCPU. */
static __always_inline __u64 vmx_reason_offset(void)
{
	if (bpf_core_field_exists(struct vcpu_vmx___v616, vt))
		return bpf_core_field_offset(struct vcpu_vmx___v616, vt.exit_reason.full);
	return bpf_core_field_offset(struct vcpu_vmx, exit_reason.full);
}

/* With the flags in its upper bits. */
static __always_inline __u64 vmx_exit_reason(enum load how, __u64 vcpu)
{
	return load_u32(how, vcpu + vmx_reason_offset());
}

#endif
