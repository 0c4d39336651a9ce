/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86_classes: which of x86's exit reasons are in which class, and what is known of its ports, MSRs and CPUID leaves.
 */
#ifndef KVMTOP_ARCH_X86_CLASSES_H
#define KVMTOP_ARCH_X86_CLASSES_H

#include "classes.h"

#define X86_SVM_CLASSES 30
#define X86_VMX_CLASSES 20
#define X86_USER_CLASSES 3
#define X86_ORIGINS 13
#define X86_HINTS 15

extern const struct arch_class x86_svm_classes[X86_SVM_CLASSES];
extern const struct arch_class x86_vmx_classes[X86_VMX_CLASSES];
/* Of KVM_EXIT_*. */
extern const struct arch_class x86_user_classes[X86_USER_CLASSES];
extern const struct arch_origin x86_origins[X86_ORIGINS];
extern const struct arch_hint x86_hints[X86_HINTS];

#endif
