/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86: the numbers of its code spaces, of its kinds of keys and of its events, for the other files of x86. Those of code spaces are the
 * kernel's (KVM_ISA_VMX, KVM_ISA_SVM in arch/x86/kvm/trace.h).
 */
#ifndef KVMTOP_ARCH_X86_H
#define KVMTOP_ARCH_X86_H

#include "details.h"

enum {
	ISA_VMX = 1,
	ISA_SVM = 2,
};

/* Order and number as in bpf/detail_x86.h. */
#define DETAIL_HV_HYPERCALL ((enum detail_kind)2) /* Hyper-V's call code */
#define DETAIL_MSR ((enum detail_kind)(DETAIL_ARCH + 0))
#define DETAIL_PIO ((enum detail_kind)(DETAIL_ARCH + 1))
#define DETAIL_CPUID ((enum detail_kind)(DETAIL_ARCH + 2))
#define DETAIL_CR ((enum detail_kind)(DETAIL_ARCH + 3))
#define DETAIL_VMGEXIT ((enum detail_kind)(DETAIL_ARCH + 4)) /* what an encrypted guest names */

/* Events that --verify counts; order and number as in bpf/events_x86.h. */
#define KVM_EVENT_INJ_VIRQ (KVM_EVENT_ARCH + 0)	    /* kvm_inj_virq */
#define KVM_EVENT_PAGE_FAULT (KVM_EVENT_ARCH + 1)   /* kvm_page_fault */
#define KVM_EVENT_EMULATE_INSN (KVM_EVENT_ARCH + 2) /* kvm_emulate_insn */
#define KVM_EVENT_HYPERCALL (KVM_EVENT_ARCH + 3)    /* kvm_hypercall */
#define KVM_EVENT_HV_HYPERCALL (KVM_EVENT_ARCH + 4) /* kvm_hv_hypercall */

#endif
