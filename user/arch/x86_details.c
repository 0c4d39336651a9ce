// SPDX-License-Identifier: GPL-2.0
/*
 * x86_details: the kinds of keys that x86 has, their names, and the words of --detail.
 *
 * MSRs, hypercalls and vectors are called as in the kernel's headers (x86_names.h, generated). The
 * vectors are those of a Linux guest; other guests use them differently. Ports are called as on the
 * host, but only where the PC's standard devices are: above, each machine has its own.
 */
#include "x86_details.h"

#include "../base/cleanup.h"
#include "details.h"
#include "x86.h"
#include "x86_names.h"

#define NUMBERS(table) .numbers = (table), .n_numbers = ARRAY_SIZE(table)

/* The ISA bus's ports, and those of PCI's configuration. */
static const struct detail_range standard_ports[] = { { 0, 0x3ff }, { 0xcf8, 0xcff } };

const struct detail_kind_def x86_kinds[DETAIL_KIND_MAX] = {
	[DETAIL_MMIO] = { .name = "mmio", .class = REASON_CLASS_FAULT, .has_dir = true },
	[DETAIL_HYPERCALL] = { .name = "hypercall", .class = REASON_CLASS_CALL, .decimal = "", NUMBERS(hypercall_names) },
	[DETAIL_HV_HYPERCALL] = { .name = "hv_hypercall", .class = REASON_CLASS_CALL, NUMBERS(hv_hypercall_names) },
	[DETAIL_VECTOR] = { .name = "vector", NUMBERS(vector_names) },
	[DETAIL_FAULT] = { .name = "pf" },
	[DETAIL_PAGE] = { .name = "page" },
	[DETAIL_PC] = { .name = "rip" },
	[DETAIL_MSR] = { .name = "msr", .class = REASON_CLASS_REGISTER, .has_dir = true, NUMBERS(msr_names) },
	[DETAIL_PIO] = { .name = "pio", .class = REASON_CLASS_PORT,
			 .has_dir = true,
			 .ports = standard_ports,
			 .n_ports = ARRAY_SIZE(standard_ports) },
	[DETAIL_CPUID] = { .name = "cpuid", .class = REASON_CLASS_FEATURES, },
	[DETAIL_CR] = { .name = "cr", .class = REASON_CLASS_CONTROL, .has_dir = true, .decimal = "cr" },
	[DETAIL_VMGEXIT] = { .name = "vmgexit", .class = REASON_CLASS_ENCRYPTED, .reasons_of = ISA_SVM },
};

const struct detail_word x86_words[X86_WORDS] = {
	{ "msr", DETAIL_BIT(DETAIL_MSR), "MSRs, read and written", NULL },
	{ "pio", DETAIL_BIT(DETAIL_PIO), "ports, direction, size", NULL },
	{ "mmio", DETAIL_BIT(DETAIL_MMIO),
	  "emulated memory: guest physical address, direction, size", NULL },
	{ "hypercall", DETAIL_BIT(DETAIL_HYPERCALL) | DETAIL_BIT(DETAIL_HV_HYPERCALL),
	  "hypercalls: KVM's and Hyper-V's numbers", NULL },
	{ "cpuid", DETAIL_BIT(DETAIL_CPUID), "CPUID leaves", NULL },
	{ "vector", DETAIL_BIT(DETAIL_VECTOR), "vectors of injected interrupts", NULL },
	{ "pf", DETAIL_BIT(DETAIL_FAULT), "page faults, by error code", NULL },
	{ "page", DETAIL_BIT(DETAIL_PAGE), "page faults, by address of the page and error code",
	  NULL },
	{ "cr", DETAIL_BIT(DETAIL_CR), "control registers, read and written", NULL },
	{ "vmgexit", DETAIL_BIT(DETAIL_VMGEXIT),
	  "what encrypted guests of AMD (SEV-ES, SNP) ask for, by exit code", NULL },
	{ "rip", DETAIL_BIT(DETAIL_PC), "the guest's instructions that exited, by exit reason",
	  NULL },
	{ "rip:REASON", DETAIL_BIT(DETAIL_PC),
	  "the same of one exit reason (its name or number), as rip:npf; repeatable", "rip:" },
};
