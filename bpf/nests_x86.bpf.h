/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nests_x86.bpf.h: whether a vCPU has switched VMX on, so that guests of its own may run on it.
 * Telling their exits apart costs one probe read per exit where there are no plain loads. Only such
 * vCPUs pay for it.
 */
#ifndef KVMTOP_NESTS_X86_BPF_H
#define KVMTOP_NESTS_X86_BPF_H

#include "common_x86.bpf.h"
#include "kvmtop.h"

/* From arch/x86/include/uapi/asm/vmx.h. No guest of a guest runs before one of these was an exit. */
#define EXIT_REASON_VMLAUNCH 20
#define EXIT_REASON_VMRESUME 24
#define EXIT_REASON_VMON 27

/* @v is the vCPU at address @vcpu from now on. */
static __always_inline void nests_begin(enum load how, struct kvmtop_vcpu *v, __u64 vcpu)
{
	if (how == LOAD_PLAIN)
		return; /* a plain load costs nothing */
	v->nests = bpf_core_field_exists(struct vcpu_vmx, nested.vmxon) &&
		   load_field_u64(how, vcpu, struct vcpu_vmx, nested.vmxon) & 0xff;
}

/* Called when (@isa, @reason) of @v is looked up out of line, at least when it is new. */
static __always_inline void nests_note(struct kvmtop_vcpu *v, __u32 isa, __u64 reason)
{
	if (isa == KVM_ISA_VMX && (reason == EXIT_REASON_VMON || reason == EXIT_REASON_VMLAUNCH ||
				   reason == EXIT_REASON_VMRESUME))
		v->nests = 1;
}

#endif
