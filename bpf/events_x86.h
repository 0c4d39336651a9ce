/* SPDX-License-Identifier: GPL-2.0 */
/*
 * events_x86.h: the numbers of events that only x86 has (kvmtop.h has the others). Order and number as in user/arch/x86.h.
 */
#ifndef KVMTOP_BPF_EVENTS_X86_H
#define KVMTOP_BPF_EVENTS_X86_H

#include "kvmtop.h"

#define KVMTOP_EVENT_INJ_VIRQ (KVMTOP_EVENT_ARCH + 0)
#define KVMTOP_EVENT_PAGE_FAULT (KVMTOP_EVENT_ARCH + 1)
#define KVMTOP_EVENT_EMULATE_INSN (KVMTOP_EVENT_ARCH + 2)
#define KVMTOP_EVENT_HYPERCALL (KVMTOP_EVENT_ARCH + 3)
#define KVMTOP_EVENT_HV_HYPERCALL (KVMTOP_EVENT_ARCH + 4)

#endif
