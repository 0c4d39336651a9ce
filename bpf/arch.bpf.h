/* SPDX-License-Identifier: GPL-2.0 */
/*
 * arch.bpf.h: the files of the architecture that is built for. No other file in bpf/ that is common to all names one.
 */
#ifndef KVMTOP_ARCH_BPF_H
#define KVMTOP_ARCH_BPF_H

#if defined(__TARGET_ARCH_x86)
#define ARCH_VCPU "vcpu_x86.bpf.h"
#define ARCH_HALT "halt_x86.bpf.h"
#define ARCH_EXIT "exit_x86.bpf.c"
#define ARCH_SHORT "short_x86.bpf.c"
#define ARCH_LOSSY "lossy_x86.bpf.c"
#define ARCH_EVENTS "events_x86.bpf.c"
#define ARCH_KINDS "detail_x86.h"
#define ARCH_DETAIL "detail_x86.bpf.c"
#else
#define ARCH_VCPU "vcpu_other.bpf.h"
#define ARCH_HALT "halt_other.bpf.h"
#define ARCH_EXIT "none_other.bpf.c"
#define ARCH_SHORT "none_other.bpf.c"
#define ARCH_LOSSY "none_other.bpf.c"
#define ARCH_EVENTS "none_other.bpf.c"
#define ARCH_KINDS "detail_other.h"
#define ARCH_DETAIL "none_other.bpf.c"
#endif

#endif
