/* SPDX-License-Identifier: GPL-2.0 */
/*
 * detail_x86.h: what the contract of the drill-down (detail.h) has of x86 only.
 */
#ifndef KVMTOP_BPF_DETAIL_X86_H
#define KVMTOP_BPF_DETAIL_X86_H

#include "detail.h"

/* What a key is. Order and number as in user/arch/x86.h. */
#define KVMTOP_DETAIL_MSR (KVMTOP_DETAIL_ARCH + 0)   /* key: index; sub: direction */
#define KVMTOP_DETAIL_PIO (KVMTOP_DETAIL_ARCH + 1)   /* key: port; sub: direction, size */
#define KVMTOP_DETAIL_CPUID (KVMTOP_DETAIL_ARCH + 2) /* key: leaf */
#define KVMTOP_DETAIL_CR (KVMTOP_DETAIL_ARCH + 3)    /* key: number; sub: direction */
/* Hyper-V's; key: call code */
#define KVMTOP_DETAIL_HV_HYPERCALL 2
/* key: exit code that an encrypted guest (SEV-ES, SNP) names */
#define KVMTOP_DETAIL_VMGEXIT (KVMTOP_DETAIL_ARCH + 4)

/* The kind whose exit reasons are those of exits about @kind: both hypercalls have the same. */
#define DETAIL_ABOUT(kind) ((kind) == KVMTOP_DETAIL_HV_HYPERCALL ? KVMTOP_DETAIL_HYPERCALL : (kind))

/* In struct kvm_run, which is UAPI: where the index of an MSR is that the VMM is to read or write. */
#define KVMTOP_RUN_MSR_INDEX 44

#endif
