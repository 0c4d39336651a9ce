/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86_codes: the reasons of x86 as constants, VMX_HLT and SVM_HLT, from the kernel's newest
 * headers. The build host's headers may be older, or another architecture's.
 */
#ifndef KVMTOP_ARCH_X86_CODES_H
#define KVMTOP_ARCH_X86_CODES_H

#include "x86_reasons.h"

#define X86_VMX_CODE(code, name) VMX_##name = (code),
#define X86_SVM_CODE(code, name) SVM_##name = (code),

/* clang-format off */
enum { VMX_CONSTANTS(X86_VMX_CODE) };
enum { SVM_CONSTANTS(X86_SVM_CODE) };
/* clang-format on */

#endif
