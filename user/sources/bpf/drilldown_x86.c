// SPDX-License-Identifier: GPL-2.0
/*
 * drilldown_x86: what bpf/detail_x86.bpf.c expects of x86's tracepoints, which exit reasons are
 * about which kind of keys, and what KVM's exit_info says.
 */
#if defined(__x86_64__)
#include <stddef.h>

#include <asm/svm.h>
#include <asm/vmx.h>
#include <linux/kvm.h>

#include <bpf/libbpf.h>

#include "../../../bpf/detail_x86.h"
#include "../../arch/x86.h"
#include "../../base/cleanup.h"
#include "../../model/slow.h"
#include "drilldown_priv.h"
#include "detail.skel.h"

_Static_assert(offsetof(struct kvm_run, msr.index) == KVMTOP_RUN_MSR_INDEX,
	       "the place is that of the contract");
_Static_assert(KVMTOP_DETAIL_HV_HYPERCALL == (int)DETAIL_HV_HYPERCALL &&
		       KVMTOP_DETAIL_MSR == (int)DETAIL_MSR &&
		       KVMTOP_DETAIL_PIO == (int)DETAIL_PIO &&
		       KVMTOP_DETAIL_CPUID == (int)DETAIL_CPUID &&
		       KVMTOP_DETAIL_CR == (int)DETAIL_CR &&
		       KVMTOP_DETAIL_VMGEXIT == (int)DETAIL_VMGEXIT,
	       "the kinds are those of the contract");

/* Later than the headers of some build hosts. */
#ifndef EXIT_REASON_MSR_READ_IMM
#define EXIT_REASON_MSR_READ_IMM 84
#define EXIT_REASON_MSR_WRITE_IMM 85
#endif
#ifndef SVM_EXIT_CR0_WRITE_TRAP
#define SVM_EXIT_CR0_WRITE_TRAP 0x90
#endif
#ifndef SVM_EXIT_VMGEXIT
#define SVM_EXIT_VMGEXIT 0x403
#endif
#ifndef SVM_EXIT_CR0_SEL_WRITE
#define SVM_EXIT_CR0_SEL_WRITE 0x65
#endif
#define CR_NUMBERS 16
#define PF_VECTOR 14

#define RECORD(event) .record = offsetof(struct detail_bpf__rodata, cfg_record_##event)

static const struct detail_event events[] = {
	{ .name = "msr",
	  .kinds = DETAIL_BIT(DETAIL_MSR),
	  .n_args = { 4 },
	  .fields = { { "write", { 8, 4 } }, { "ecx", { 12, 4 } } },
	  RECORD(msr) },
	{ .name = "userspace_exit",
	  .kinds = DETAIL_BIT(DETAIL_MSR),
	  .n_args = { 2 },
	  .fields = { { "reason", { 8, 4 } }, { "errno", { 12, 4 } } },
	  RECORD(userspace_exit) },
	{ .name = "pio",
	  .kinds = DETAIL_BIT(DETAIL_PIO),
	  .n_args = { 5 },
	  .fields = { { "rw", { 8, 4 } }, { "port", { 12, 4 } }, { "size", { 16, 4 } } },
	  RECORD(pio) },
	{ .name = "mmio",
	  .kinds = DETAIL_BIT(DETAIL_MMIO),
	  .n_args = { 4 },
	  .fields = { { "type", { 8, 4 } }, { "len", { 12, 4 } }, { "gpa", { 16, 8 } } },
	  RECORD(mmio) },
	{ .name = "fast_mmio",
	  .kinds = DETAIL_BIT(DETAIL_MMIO),
	  .optional = true,
	  .n_args = { 1 },
	  .fields = { { "gpa", { 8, 8 } } },
	  RECORD(fast_mmio) },
	{ .name = "hypercall",
	  .kinds = DETAIL_BIT(DETAIL_HYPERCALL),
	  .n_args = { 5 },
	  .fields = { { "nr", { 8, 8 } } },
	  RECORD(hypercall) },
	{ .name = "hv_hypercall",
	  .kinds = DETAIL_BIT(DETAIL_HV_HYPERCALL),
	  .n_args = { 6, 7 },
	  .fields = { { "code", { 32, 2 } } },
	  RECORD(hv_hypercall) },
	{ .name = "cpuid",
	  .kinds = DETAIL_BIT(DETAIL_CPUID),
	  .n_args = { 8 },
	  .fields = { { "function", { 8, 4 } } },
	  RECORD(cpuid) },
	{ .name = "inj_virq",
	  .kinds = DETAIL_BIT(DETAIL_VECTOR),
	  .n_args = { 1, 3 },
	  .fields = { { "vector", { 8, 4 } } },
	  /* Up to 5.15 it was named irq. */
	  .old = { .without = "vector", .reader = "inj_virq", .fields = { { "irq", { 8, 4 } } } },
	  RECORD(inj_virq) },
	{ .name = "page_fault",
	  .kinds = DETAIL_BIT(DETAIL_FAULT) | DETAIL_BIT(DETAIL_PAGE),
	  .n_args = { 2, 3 },
	  .more_args = offsetof(struct detail_bpf__rodata, cfg_fault_has_vcpu),
	  .fields = { { "fault_address", { 24, 8 } }, { "error_code", { 32, 8 } } },
	  /* Without a vCPU, up to 5.15. */
	  .old = { .without = "vcpu_id",
		   .reader = "page_fault_old",
		   .fields = { { "fault_address", { 8, 8 } }, { "error_code", { 16, 4 } } } },
	  RECORD(page_fault) },
	{ .name = "cr",
	  .kinds = DETAIL_BIT(DETAIL_CR),
	  .n_args = { 3 },
	  .fields = { { "rw", { 8, 4 } }, { "cr", { 12, 4 } } },
	  RECORD(cr) },
	{ .name = "vmgexit_enter",
	  .kinds = DETAIL_BIT(DETAIL_VMGEXIT),
	  .n_args = { 2 },
	  .fields = { { "exit_reason", { 16, 8 } } },
	  RECORD(vmgexit_enter) },
};

static const struct detail_reason svm_reasons[] = {
	{ DETAIL_MSR, SVM_EXIT_MSR, SVM_EXIT_MSR },
	{ DETAIL_PIO, SVM_EXIT_IOIO, SVM_EXIT_IOIO },
	{ DETAIL_HYPERCALL, SVM_EXIT_VMMCALL, SVM_EXIT_VMMCALL },
	{ DETAIL_CPUID, SVM_EXIT_CPUID, SVM_EXIT_CPUID },
	{ DETAIL_FAULT, SVM_EXIT_NPF, SVM_EXIT_NPF },
	{ DETAIL_FAULT, SVM_EXIT_EXCP_BASE + PF_VECTOR, SVM_EXIT_EXCP_BASE + PF_VECTOR },
	{ DETAIL_PAGE, SVM_EXIT_NPF, SVM_EXIT_NPF },
	{ DETAIL_PAGE, SVM_EXIT_EXCP_BASE + PF_VECTOR, SVM_EXIT_EXCP_BASE + PF_VECTOR },
	{ DETAIL_CR, SVM_EXIT_READ_CR0, SVM_EXIT_WRITE_CR0 + CR_NUMBERS - 1 },
	{ DETAIL_CR, SVM_EXIT_CR0_SEL_WRITE, SVM_EXIT_CR0_SEL_WRITE },
	{ DETAIL_CR, SVM_EXIT_CR0_WRITE_TRAP, SVM_EXIT_CR0_WRITE_TRAP + CR_NUMBERS - 1 },
	{ DETAIL_VMGEXIT, SVM_EXIT_VMGEXIT, SVM_EXIT_VMGEXIT },
};

static const struct detail_reason vmx_reasons[] = {
	{ DETAIL_MSR, EXIT_REASON_MSR_READ, EXIT_REASON_MSR_WRITE },
	{ DETAIL_MSR, EXIT_REASON_MSR_READ_IMM, EXIT_REASON_MSR_WRITE_IMM },
	{ DETAIL_PIO, EXIT_REASON_IO_INSTRUCTION, EXIT_REASON_IO_INSTRUCTION },
	{ DETAIL_MMIO, EXIT_REASON_EPT_MISCONFIG, EXIT_REASON_EPT_MISCONFIG },
	{ DETAIL_HYPERCALL, EXIT_REASON_VMCALL, EXIT_REASON_VMCALL },
	{ DETAIL_CPUID, EXIT_REASON_CPUID, EXIT_REASON_CPUID },
	{ DETAIL_FAULT, EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EPT_VIOLATION },
	{ DETAIL_PAGE, EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EPT_VIOLATION },
	{ DETAIL_CR, EXIT_REASON_CR_ACCESS, EXIT_REASON_CR_ACCESS },
};

/* AMD's EXITINFO1 of IOIO: bit 0 in, bits 4 to 6 the size, 16 to 31 the port (manual, volume 2, 15.10.2). */
static void decode_svm(const struct kvmtop_slow_record *record, struct slow_exit *slow)
{
	if (record->reason == SVM_EXIT_NPF) {
		slow->gpa_known = true;
		slow->gpa = record->info2;
	}
	if (record->reason != SVM_EXIT_IOIO || slow->about_known)
		return;
	slow->about_known = true;
	slow->kind = DETAIL_PIO;
	slow->key = record->info1 >> 16 & 0xffff;
	slow->sub = (record->info1 & 1 ? DETAIL_READ : DETAIL_WRITE) | (record->info1 >> 4 & 7)
									       << DETAIL_SIZE_SHIFT;
}

/* Intel's exit qualification of I/O: bits 0 to 2 the size - 1, bit 3 in, 16 to 31 the port (SDM, volume 3, table 28-5). */
static void decode_vmx(const struct kvmtop_slow_record *record, struct slow_exit *slow)
{
	if ((record->reason & 0xffff) != EXIT_REASON_IO_INSTRUCTION || slow->about_known)
		return;
	slow->about_known = true;
	slow->kind = DETAIL_PIO;
	slow->key = record->info1 >> 16 & 0xffff;
	slow->sub = (record->info1 & 8 ? DETAIL_READ : DETAIL_WRITE) | ((record->info1 & 7) + 1)
									       << DETAIL_SIZE_SHIFT;
}

static void decode(const struct kvmtop_slow_record *record, struct slow_exit *slow)
{
	if (record->isa == ISA_SVM)
		decode_svm(record, slow);
	else if (record->isa == ISA_VMX)
		decode_vmx(record, slow);
}

static const struct detail_isa isas[] = {
	{ ISA_SVM, svm_reasons, ARRAY_SIZE(svm_reasons), NULL },
	/* On VMX only the classic record has the guest's rip, which takes a VMREAD. */
	{ ISA_VMX, vmx_reasons, ARRAY_SIZE(vmx_reasons),
	  "slow exits have no rip and no port: kvm_exit's record has them on Intel" },
};

const struct arch_details arch_details_x86 = {
	.isas = isas,
	.n_isas = ARRAY_SIZE(isas),
	.events = events,
	.n_events = ARRAY_SIZE(events),
	.exit_fields = { { "exit_reason", { 8, 4 } },
			 { "guest_rip", { 16, 8 } },
			 { "isa", { 24, 4 } },
			 { "info1", { 32, 8 } },
			 { "info2", { 40, 8 } } },
	.exit_record = offsetof(struct detail_bpf__rodata, cfg_record_exit),
	.decode = decode,
};
#endif
