/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nests.bpf.h: what must be noted of a vCPU for its guest's guests to be told apart, by architecture.
 */
#ifndef KVMTOP_NESTS_BPF_H
#define KVMTOP_NESTS_BPF_H

#if defined(__TARGET_ARCH_x86)
#include "nests_x86.bpf.h"
#else
#define nests_begin(how, v, vcpu) ((void)(v))
#define nests_note(v, isa, reason) ((void)(v))
#endif

#endif
