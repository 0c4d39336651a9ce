// SPDX-License-Identifier: GPL-2.0
/*
 * x86_arch: Intel's VMX and AMD's SVM.
 */
#include "x86.h"

#include "../base/cleanup.h"
#include "list.h"
#include "x86_classes.h"
#include "x86_codes.h"
#include "x86_details.h"
#include "x86_pairs.h"

/* Above it are VMX's flags; kvm_print_exit_reason() in arch/x86/kvm/trace.h splits them so, too. */
#define VMX_REASON 0xffffu

/* In union vmx_exit_reason (arch/x86/kvm/vmx/vmx.h). */
#define VMX_FAILED_ENTRY 0x80000000u

#define ENTRY(code, name) { code, name },
#define CONSTANT(code, name) { code, #name },

/* clang-format off */
static const struct arch_reason vmx_names[] = { VMX_REASONS(ENTRY) { 0, NULL } };
static const struct arch_reason svm_names[] = { SVM_REASONS(ENTRY) { 0, NULL } };
static const struct arch_reason vmx_constants[] = { VMX_CONSTANTS(CONSTANT) { 0, NULL } };
static const struct arch_reason svm_constants[] = { SVM_CONSTANTS(CONSTANT) { 0, NULL } };
/* clang-format on */

static const struct arch_isa isas[] = {
	{
		.number = ISA_SVM,
		.name = "svm",
		.module = "kvm_amd",
		.cpu_flag = "svm",
		.vcpu_struct = "vcpu_svm",
		.cpu_data = "svm_data",
		.reason_mask = UINT64_MAX,
		.handled_mask = UINT64_MAX,
		.negative_is_u32 = true, /* exit_code is a u32, and since 7.0 a u64 */
		/* Before 6.5 KVM counts in vcpu_enter_guest, and traces in handle_exit. */
		.traced_first = false,
		.halt = SVM_HLT,
		.names = svm_names,
		.constants = svm_constants,
		.classes = x86_svm_classes,
		.n_classes = X86_SVM_CLASSES,
	},
	{
		.number = ISA_VMX,
		.name = "vmx",
		.module = "kvm_intel",
		.cpu_flag = "vmx",
		.vcpu_struct = "vcpu_vmx",
		.reason_mask = VMX_REASON,
		.handled_mask = VMX_REASON | VMX_FAILED_ENTRY,
		.traced_first = true,
		.halt = VMX_HLT,
		.names = vmx_names,
		.constants = vmx_constants,
		.classes = x86_vmx_classes,
		.n_classes = X86_VMX_CLASSES,
	},
};

static const struct arch_exit_args exit_args[] = {
	{ .n = 2, .vcpu = 0, .has_reason = false }, /* (vcpu, isa), since 5.16 */
	{ .n = 3, .vcpu = 1, .has_reason = true },  /* (exit_reason, vcpu, isa) */
};

/* In debugfs_entries of arch/x86/kvm/x86.c. */
static const struct arch_old_stat old_stats[] = {
	{ "irq_window_exits", "irq_window", false },
	{ "nmi_window_exits", "nmi_window", false },
	{ "request_irq_exits", "request_irq", false },
	{ "lpages", "largepages", true },
	{ "nx_lpage_splits", "nx_largepages_splitted", true },
};

_Static_assert(ARRAY_SIZE(isas) <= ARCH_ISAS_MAX, "room for x86's isas");

const struct arch arch_x86 = {
	.isas = isas,
	.n_isas = ARRAY_SIZE(isas),
	.pairs = x86_pairs,
	.n_pairs = X86_PAIRS,
	.kinds = x86_kinds,
	.words = x86_words,
	.n_words = X86_WORDS,
	.exit_args = exit_args,
	.n_exit_args = ARRAY_SIZE(exit_args),
	.old_stats = old_stats,
	.n_old_stats = ARRAY_SIZE(old_stats),
	.user_classes = x86_user_classes,
	.n_user_classes = X86_USER_CLASSES,
	.origins = x86_origins,
	.n_origins = X86_ORIGINS,
	.hints = x86_hints,
	.n_hints = X86_HINTS,
	.runs_stat = "fpu_reload",
	.mode_flags = { "kvm_vcpu_arch", "hflags" },
	.cpuinfo_flags = "flags\t\t:",
};
