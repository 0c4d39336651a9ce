/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86: the numbers of its code spaces and of its kinds of keys, for the other files of x86. Those of code spaces are the
 * kernel's (KVM_ISA_VMX, KVM_ISA_SVM in arch/x86/kvm/trace.h).
 */
#ifndef KVMTOP_ARCH_X86_H
#define KVMTOP_ARCH_X86_H

#include "details.h"

enum {
	ISA_VMX = 1,
	ISA_SVM = 2,
};

/* Order and number as in bpf/detail.h. */
#define DETAIL_MSR ((enum detail_kind)(DETAIL_ARCH + 0))
#define DETAIL_PIO ((enum detail_kind)(DETAIL_ARCH + 1))
#define DETAIL_CPUID ((enum detail_kind)(DETAIL_ARCH + 2))
#define DETAIL_CR ((enum detail_kind)(DETAIL_ARCH + 3))
#define DETAIL_VMGEXIT ((enum detail_kind)(DETAIL_ARCH + 4)) /* what an encrypted guest names */
#define DETAIL_RIP DETAIL_PC

#endif
