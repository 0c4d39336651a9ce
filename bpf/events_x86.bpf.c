// SPDX-License-Identifier: GPL-2.0
/*
 * events_x86: tracepoints of x86 other than exits that --verify compares with KVM's statistics
 * (bpf/events.bpf.c).
 */
#include "events_x86.h"

EVENT(inj_virq, kvm_inj_virq, KVMTOP_EVENT_INJ_VIRQ)
EVENT(page_fault, kvm_page_fault, KVMTOP_EVENT_PAGE_FAULT)
EVENT(emulate_insn, kvm_emulate_insn, KVMTOP_EVENT_EMULATE_INSN)
EVENT(hypercall, kvm_hypercall, KVMTOP_EVENT_HYPERCALL)
EVENT(hv_hypercall, kvm_hv_hypercall, KVMTOP_EVENT_HV_HYPERCALL)
EVENT(nested_vmenter, kvm_nested_vmenter, KVMTOP_EVENT_NESTED_ENTRY)
/* Its name before 89e54ec592aa ("KVM: x86: Update trace function for nested VM entry to support VMX", 6.2). */
EVENT(nested_vmrun, kvm_nested_vmrun, KVMTOP_EVENT_NESTED_ENTRY)
