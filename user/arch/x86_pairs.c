// SPDX-License-Identifier: GPL-2.0
/*
 * x86_pairs: what --verify compares on x86.
 */
#include "x86_pairs.h"

#include <linux/kvm.h>

#include "pairs.h"
#include "x86.h"
#include "x86_codes.h"

static const struct pair irq_exits = {
	.stats = { "irq_exits" },
	.event = "kvm_exit(EXTERNAL_INTERRUPT|INTR)",
	.terms = { PAIR_EXIT(ISA_VMX, VMX_EXTERNAL_INTERRUPT), PAIR_EXIT(ISA_SVM, SVM_INTR) },
	.class = VERIFY_EXACT,
	.lead = PAIR_IN_KVM,
	.by_reason = true,
};

static const struct pair io_exits = {
	.stats = { "io_exits" },
	.event = "kvm_exit(IO_INSTRUCTION|IOIO)",
	.terms = { PAIR_EXIT(ISA_VMX, VMX_IO_INSTRUCTION), PAIR_EXIT(ISA_SVM, SVM_IOIO) },
	.class = VERIFY_EXACT,
	.lead = PAIR_IN_KVM,
	.by_reason = true,
};

static const struct pair irq_window_exits = {
	.stats = { "irq_window_exits", "irq_window" },
	.event = "kvm_exit(INTERRUPT_WINDOW|VINTR)",
	.terms = { PAIR_EXIT(ISA_VMX, VMX_INTERRUPT_WINDOW), PAIR_EXIT(ISA_SVM, SVM_VINTR) },
	.class = VERIFY_EXACT,
	.lead = PAIR_IN_KVM,
	.by_reason = true,
};

static const struct pair nmi_window_exits = {
	.stats = { "nmi_window_exits", "nmi_window" },
	.event = "kvm_exit(NMI_WINDOW|IRET)",
	.terms = { PAIR_EXIT(ISA_VMX, VMX_NMI_WINDOW), PAIR_EXIT(ISA_SVM, SVM_IRET) },
	.class = VERIFY_EXACT,
	.lead = PAIR_IN_KVM,
	.by_reason = true,
};

static const struct pair request_irq_exits = {
	.stats = { "request_irq_exits", "request_irq" },
	.event = "kvm_userspace_exit(IRQ_WINDOW_OPEN)",
	.terms = { PAIR_USER_EXIT(KVM_EXIT_IRQ_WINDOW_OPEN) },
	.class = VERIFY_EXACT,
	.lag = PAIR_IN_KVM | PAIR_IN_VMM,
};

static const struct pair irq_injections = {
	.stats = { "irq_injections" },
	.event = "kvm_inj_virq",
	.terms = { PAIR_EVENT(KVM_EVENT_INJ_VIRQ) },
	.class = VERIFY_EXACT,
	.lead = PAIR_IN_KVM | PAIR_IN_VMM,
};

static const struct pair halt_exits = {
	.stats = { "halt_exits" },
	.event = "kvm_exit(HLT)",
	.terms = { PAIR_EXIT(ISA_VMX, VMX_HLT), PAIR_EXIT(ISA_SVM, SVM_HLT) },
	.class = VERIFY_NEAR,
	.why = "KVM also counts halts that are no exit for HLT",
};

static const struct pair hypercalls = {
	.stats = { "hypercalls" },
	.event = "kvm_hypercall+kvm_hv_hypercall",
	.terms = { PAIR_EVENT(KVM_EVENT_HYPERCALL), PAIR_EVENT(KVM_EVENT_HV_HYPERCALL) },
	.class = VERIFY_NEAR,
	.why = "KVM counts a hypercall again that the VMM completed",
};

static const struct pair mmio_exits = {
	.stats = { "mmio_exits" },
	.event = "kvm_userspace_exit(MMIO)",
	.terms = { PAIR_USER_EXIT(KVM_EXIT_MMIO) },
	.class = VERIFY_AT_MOST,
	.lag = PAIR_IN_KVM | PAIR_IN_VMM,
	.why = "KVM counts an access of several fragments once",
};

static const struct pair pf_taken = {
	.stats = { "pf_taken" },
	.event = "kvm_page_fault",
	.terms = { PAIR_EVENT(KVM_EVENT_PAGE_FAULT) },
	.class = VERIFY_NEAR,
	.why = "prefetches and faults by MMIO are on one side only",
};

static const struct pair insn_emulation = {
	.stats = { "insn_emulation" },
	.event = "kvm_emulate_insn",
	.terms = { PAIR_EVENT(KVM_EVENT_EMULATE_INSN) },
	.class = VERIFY_NEAR,
	.why = "not known to be the same emulations",
};

static const struct pair nested_run = {
	.stats = { "nested_run" },
	.event = "kvm_nested_vmenter|kvm_nested_vmrun",
	.terms = { PAIR_EVENT(KVM_EVENT_NESTED_ENTRY) },
	.class = VERIFY_NEAR,
	.why = "entries that failed are on one side only",
};

const struct pair *const x86_pairs[X86_PAIRS] = {
	&pair_exits,	    &irq_exits,	     &io_exits,	      &irq_window_exits, &nmi_window_exits,
	&request_irq_exits, &irq_injections, &pair_halt_wait, &halt_exits,	 &hypercalls,
	&mmio_exits,	    &pair_signals,   &pf_taken,	      &insn_emulation,	 &nested_run,
};
