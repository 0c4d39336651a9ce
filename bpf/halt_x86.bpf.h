/* SPDX-License-Identifier: GPL-2.0 */
/* halt_x86.bpf.h: exits of x86 by which a vCPU halts until it is woken up. */
#ifndef KVMTOP_HALT_X86_BPF_H
#define KVMTOP_HALT_X86_BPF_H

#include "common_x86.bpf.h"
#include "kvmtop.h"

/* From arch/x86/include/uapi/asm/vmx.h and svm.h. */
#define EXIT_REASON_HLT 12
#define SVM_EXIT_HLT 0x78
#define SVM_EXIT_IDLE_HLT 0xa6

static __always_inline bool is_halt(__u32 isa, __u64 reason)
{
	isa &= ~KVMTOP_ISA_L2;
	if (isa == KVM_ISA_SVM)
		return reason == SVM_EXIT_HLT || reason == SVM_EXIT_IDLE_HLT;
	return isa == KVM_ISA_VMX && (__u16)reason == EXIT_REASON_HLT;
}

#endif
