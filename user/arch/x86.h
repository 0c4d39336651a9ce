/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86: the numbers of its code spaces, for the other files of x86. They are the kernel's (KVM_ISA_VMX, KVM_ISA_SVM in
 * arch/x86/kvm/trace.h).
 */
#ifndef KVMTOP_ARCH_X86_H
#define KVMTOP_ARCH_X86_H

enum {
	ISA_VMX = 1,
	ISA_SVM = 2,
};

#endif
