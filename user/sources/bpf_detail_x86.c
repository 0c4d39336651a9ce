// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_detail_x86: which of the drill-down's programs fit this kernel. A raw program needs the tracepoint's arguments to be what
 * it believes (KVM's BTF tells), a classic one its record (the "format" file tells).
 */
#if defined(__x86_64__)
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <asm/svm.h>
#include <asm/vmx.h>
#include <linux/kvm.h>

#include <bpf/libbpf.h>

#include "../arch/x86.h"
#include "../base/cleanup.h"
#include "../base/log.h"
#include "../model/format_field.h"
#include "../model/slow.h"
#include "bpf_detail.h"
#include "bpf_detail_priv.h"
#include "bpf_exit.h"
#include "bpf_record.h"
#include "detail.skel.h"
#include "features.h"
#include "tracefs.h"

_Static_assert(offsetof(struct kvm_run, msr.index) == KVMTOP_RUN_MSR_INDEX,
	       "the place is that of the contract");

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

/* A tracepoint and what bpf/detail_x86.bpf.c believes of it. */
struct detail_event {
	const char *name; /* of the programs "raw_NAME", "classic_NAME" and the event kvm_NAME */
	uint32_t kinds;
	bool optional;					  /* there is another one for its kinds */
	int n_args[2];					  /* of the raw one */
	struct record_field fields[KVMTOP_RECORD_FIELDS]; /* of the classic one */
	size_t record; /* where its knob is among the programs' */
};

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
	  RECORD(inj_virq) },
	{ .name = "page_fault",
	  .kinds = DETAIL_BIT(DETAIL_FAULT) | DETAIL_BIT(DETAIL_PAGE),
	  .n_args = { 2, 3 },
	  .fields = { { "fault_address", { 24, 8 } }, { "error_code", { 32, 8 } } },
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

/* The record of kvm_page_fault without a vCPU, up to 5.15. */
static const struct record_field old_fault_fields[KVMTOP_RECORD_FIELDS] = {
	{ "fault_address", { 8, 8 } },
	{ "error_code", { 16, 4 } },
};

/* The vector's name was irq up to 5.15. */
static const struct record_field old_virq_fields[KVMTOP_RECORD_FIELDS] = { { "irq", { 8, 4 } } };

static const struct record_field exit_fields[KVMTOP_RECORD_FIELDS] = {
	{ "exit_reason", { 8, 4 } }, { "guest_rip", { 16, 8 } }, { "isa", { 24, 4 } },
	{ "info1", { 32, 8 } },	     { "info2", { 40, 8 } },
};

/*
 * Exit reasons by kind: an exit for one of these is about a key of this kind, and is among the others if no event says which. Kinds
 * without any count events, whatever exit they come with.
 */
struct reason_range {
	enum detail_kind kind;
	uint64_t first, last;
};

static const struct reason_range svm_reasons[] = {
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

static const struct reason_range vmx_reasons[] = {
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

static void add_reasons(struct bpf_detail_reasons *reasons, const struct reason_range *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct kvmtop_detail_range *range = reasons->ranges[v[i].kind];

		/* One that is none is free. */
		while (range->first <= range->last)
			range++;
		*range = (struct kvmtop_detail_range){ v[i].first, v[i].last };
		reasons->kinds |= DETAIL_BIT(v[i].kind);
	}
}

void bpf_detail_reasons(struct bpf_detail_reasons *reasons)
{
	bool svm = bpf_detail_isa() == ISA_SVM;

	*reasons = (struct bpf_detail_reasons){
		.isa = svm ? ISA_SVM : ISA_VMX,
		.mask = svm ? UINT64_MAX : 0xffff, /* above are flags */
	};
	for (size_t kind = 0; kind < KVMTOP_DETAIL_ROOM; kind++)
		for (size_t i = 0; i < KVMTOP_DETAIL_RANGES; i++)
			reasons->ranges[kind][i].first = 1; /* above the last: none */
	if (svm)
		add_reasons(reasons, svm_reasons, ARRAY_SIZE(svm_reasons));
	else
		add_reasons(reasons, vmx_reasons, ARRAY_SIZE(vmx_reasons));
}

/*
 * The fields of the record of @event whose format is @text, and the name of the classic program that reads it: both have had other
 * forms.
 */
static const struct record_field *find_fields(const struct detail_event *event, const char *text,
					      const char **ret_reader)
{
	struct format_field field;

	*ret_reader = event->name;
	if (!strcmp(event->name, "page_fault") && format_field_find(text, "vcpu_id", &field)) {
		*ret_reader = "page_fault_old";
		return old_fault_fields;
	}
	if (!strcmp(event->name, "inj_virq") && format_field_find(text, "vector", &field))
		return old_virq_fields;
	return event->fields;
}

static struct kvmtop_record *record_at(struct detail_bpf *skel, size_t offset)
{
	return (struct kvmtop_record *)((char *)skel->rodata + offset);
}

static struct bpf_program *find_program(struct detail_bpf *skel, const char *prefix,
					const char *name)
{
	char whole[64];

	snprintf(whole, sizeof(whole), "%s%s", prefix, name);
	return bpf_object__find_program_by_name(skel->obj, whole);
}

static int choose_classic(struct detail_bpf *skel, const struct detail_event *event, bool moved)
{
	struct kvmtop_record *record = record_at(skel, event->record);
	const struct record_field *fields;
	__autofree char *text = NULL;
	const char *reader;
	char name[64];
	size_t len;
	int err;

	snprintf(name, sizeof(name), "kvm_%s", event->name);
	err = tracefs_read_format(name, &text, &len);
	if (err)
		return err;
	fields = find_fields(event, text, &reader);
	if (bpf_record_parse(text, fields, record))
		return -EPROTO;
	record->moved |= moved;
	return bpf_program__set_autoload(find_program(skel, "classic_", reader), true);
}

static int choose_raw(struct detail_bpf *skel, const struct detail_event *event,
		      const struct features *features)
{
	char name[64];
	int n;

	snprintf(name, sizeof(name), "kvm_%s", event->name);
	n = features_raw_args(features, name);
	if (n < 0)
		return n;
	if (n != event->n_args[0] && n != event->n_args[1])
		return -EPROTO;
	if (!strcmp(event->name, "page_fault"))
		skel->rodata->cfg_fault_has_vcpu = n == 3;
	return bpf_program__set_autoload(find_program(skel, "raw_", event->name), true);
}

static void explain(const struct detail_event *event, int err, char *why, size_t why_size)
{
	if (err == -ENOENT)
		snprintf(why, why_size, "this kernel has no tracepoint kvm_%s", event->name);
	else
		snprintf(why, why_size,
			 "kvm_%s: neither KVM's BTF nor tracefs tells what it says here: %s",
			 event->name, err == -EPROTO ? "it is of another form" : strerror(-err));
}

/* Classic ones where raw ones may be skipped, raw ones as far as their arguments are known, else classic ones. */
static int choose_event(struct detail_bpf *skel, const struct detail_event *event,
			const struct bpf_detail_opts *opts, const struct features *features,
			char *why, size_t why_size)
{
	bool classic_first = features->v[FEATURE_USER_RECORD].ok || opts->moved_records;
	int err = classic_first ? choose_classic(skel, event, opts->moved_records)
				: choose_raw(skel, event, features);

	if (err)
		err = classic_first ? choose_raw(skel, event, features)
				    : choose_classic(skel, event, opts->moved_records);
	if (err == -ENOENT && event->optional)
		return 0;
	if (err)
		explain(event, err, why, why_size);
	return err;
}

uint32_t bpf_detail_isa(void)
{
	return access("/sys/module/kvm_intel", F_OK) ? ISA_SVM : ISA_VMX;
}

/* The raw program of the exit path, or NULL. On VMX it does not know the rip. */
static struct bpf_program *raw_exit(struct detail_bpf *skel, const struct bpf_exit *exit)
{
	switch (bpf_exit__path(exit)) {
	case EXIT_PATH_PLAIN:
		return skel->progs.detail_exit_plain;
	case EXIT_PATH_PROBE:
		return skel->progs.detail_exit_probe;
	default:
		return NULL;
	}
}

static int choose_exit(struct detail_bpf *skel, const struct bpf_detail_opts *opts,
		       const struct bpf_exit *exit, char *why, size_t why_size)
{
	struct kvmtop_record *record =
		record_at(skel, offsetof(struct detail_bpf__rodata, cfg_record_exit));
	__autofree char *text = NULL;
	struct bpf_program *raw = raw_exit(skel, exit);
	size_t len;
	int err;

	if (raw && bpf_detail_isa() != ISA_VMX)
		return bpf_program__set_autoload(raw, true);
	err = tracefs_read_format("kvm_exit", &text, &len);
	if (!err && bpf_record_parse(text, exit_fields, record))
		err = -EPROTO;
	if (err && raw && !(opts->kinds & DETAIL_BIT(DETAIL_RIP))) {
		log_warning("slow exits have no rip and no port: kvm_exit's record has them on "
			    "Intel, and tracefs does not tell where");
		return bpf_program__set_autoload(raw, true);
	}
	if (err) {
		snprintf(why, why_size,
			 "kvm_exit: here the guest's rip is only in its record, and tracefs does "
			 "not "
			 "tell where: %s",
			 err == -EPROTO ? "it is of another form" : strerror(-err));
		return err;
	}
	record->moved |= opts->moved_records;
	return bpf_program__set_autoload(skel->progs.detail_exit_classic, true);
}

int bpf_detail_choose(struct detail_bpf *skel, const struct bpf_detail_opts *opts,
		      const struct bpf_exit *exit, const struct features *features, char *why,
		      size_t why_size)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(events) && !err; i++)
		if (opts->kinds & events[i].kinds)
			err = choose_event(skel, &events[i], opts, features, why, why_size);
	if (!err && (opts->slow_ns || opts->kinds & DETAIL_BIT(DETAIL_RIP)))
		err = choose_exit(skel, opts, exit, why, why_size);
	return err;
}

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

void bpf_detail_decode(const struct kvmtop_slow_record *record, struct slow_exit *slow)
{
	if (!(record->known & KVMTOP_EXIT_INFO))
		return;
	if (record->isa == ISA_SVM)
		decode_svm(record, slow);
	else if (record->isa == ISA_VMX)
		decode_vmx(record, slow);
}
#endif
