// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_detail_x86: which of the drill-down's programs fit this kernel. A raw program needs the tracepoint's arguments to be what
 * it believes (KVM's BTF tells), a classic one its record (the "format" file tells).
 */
#if defined(__x86_64__)
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <asm/svm.h>
#include <asm/vmx.h>

#include <bpf/libbpf.h>

#include "../base/cleanup.h"
#include "../model/format_field.h"
#include "../model/slow.h"
#include "bpf_detail.h"
#include "bpf_detail_priv.h"
#include "bpf_priv.h"
#include "detail.skel.h"
#include "features.h"
#include "tracefs.h"

#define MAX_FIELDS 5

struct record_field {
	const char *name;
	uint32_t offset, size;
};

/* A tracepoint and what bpf/detail_x86.bpf.c believes of it. */
struct detail_event {
	const char *name; /* of the programs "raw_NAME", "classic_NAME" and the event kvm_NAME */
	uint32_t kinds;
	int n_args[2]; /* of the raw one */
	struct record_field fields[MAX_FIELDS];
};

static const struct detail_event events[] = {
	{ "msr", DETAIL_BIT(DETAIL_MSR), { 4 }, { { "write", 8, 4 }, { "ecx", 12, 4 } } },
	{ "pio",
	  DETAIL_BIT(DETAIL_PIO),
	  { 5 },
	  { { "rw", 8, 4 }, { "port", 12, 4 }, { "size", 16, 4 } } },
	{ "mmio",
	  DETAIL_BIT(DETAIL_MMIO),
	  { 4 },
	  { { "type", 8, 4 }, { "len", 12, 4 }, { "gpa", 16, 8 } } },
	{ "hypercall", DETAIL_BIT(DETAIL_HYPERCALL), { 5 }, { { "nr", 8, 8 } } },
	{ "hv_hypercall", DETAIL_BIT(DETAIL_HV_HYPERCALL), { 6, 7 }, { { 0 } } },
	{ "cpuid", DETAIL_BIT(DETAIL_CPUID), { 8 }, { { "function", 8, 4 } } },
	{ "inj_virq", DETAIL_BIT(DETAIL_VECTOR), { 1, 3 }, { { 0 } } },
	{ "page_fault", DETAIL_BIT(DETAIL_FAULT) | DETAIL_BIT(DETAIL_PAGE), { 2, 3 }, { { 0 } } },
	{ "cr", DETAIL_BIT(DETAIL_CR), { 3 }, { { "rw", 8, 4 }, { "cr", 12, 4 } } },
};

/* kvm_page_fault's two records. */
static const struct record_field fault_fields[2][MAX_FIELDS] = {
	{ { "fault_address", 8, 8 }, { "error_code", 16, 4 } },
	{ { "vcpu_id", 8, 4 }, { "fault_address", 24, 8 }, { "error_code", 32, 8 } },
};

/* The vector's name was irq up to 5.15. */
static const struct record_field virq_fields[2][MAX_FIELDS] = {
	{ { "irq", 8, 4 } },
	{ { "vector", 8, 4 } },
};

static const struct record_field exit_fields[MAX_FIELDS] = {
	{ "exit_reason", 8, 4 }, { "guest_rip", 16, 8 }, { "isa", 24, 4 },
	{ "info1", 32, 8 },	 { "info2", 40, 8 },
};

static bool has_fields(const char *text, const struct record_field *fields)
{
	for (int i = 0; i < MAX_FIELDS && fields[i].name; i++) {
		struct format_field field;

		if (format_field_find(text, fields[i].name, &field) ||
		    field.offset != fields[i].offset || field.size != fields[i].size)
			return false;
	}
	return true;
}

/*
 * The name of the classic program for @event that can read the record whose format is @text; NULL: none can. What differs
 * otherwise is set.
 */
static const char *find_reader(struct detail_bpf *skel, const struct detail_event *event,
			       const char *text)
{
	struct format_field code;

	if (!strcmp(event->name, "page_fault")) {
		if (has_fields(text, fault_fields[0]))
			return "page_fault_old";
		return has_fields(text, fault_fields[1]) ? event->name : NULL;
	}
	if (!strcmp(event->name, "inj_virq"))
		return has_fields(text, virq_fields[0]) || has_fields(text, virq_fields[1])
			       ? event->name
			       : NULL;
	if (!strcmp(event->name, "hv_hypercall")) {
		if (format_field_find(text, "code", &code) || code.size != 2)
			return NULL;
		skel->rodata->cfg_hv_code_offset = code.offset;
		return event->name;
	}
	return has_fields(text, event->fields) ? event->name : NULL;
}

static struct bpf_program *find_program(struct detail_bpf *skel, const char *prefix,
					const char *name)
{
	char whole[64];

	snprintf(whole, sizeof(whole), "%s%s", prefix, name);
	return bpf_object__find_program_by_name(skel->obj, whole);
}

static int choose_classic(struct detail_bpf *skel, const struct detail_event *event)
{
	__autofree char *text = NULL;
	const char *reader;
	char name[64];
	size_t len;
	int err;

	snprintf(name, sizeof(name), "kvm_%s", event->name);
	err = tracefs_read_format(name, &text, &len);
	if (err)
		return err;
	reader = find_reader(skel, event, text);
	if (!reader)
		return -EPROTO;
	return bpf_program__set_autoload(find_program(skel, "classic_", reader), true);
}

static int choose_raw(struct detail_bpf *skel, const struct detail_event *event)
{
	char name[64];
	int n;

	snprintf(name, sizeof(name), "kvm_%s", event->name);
	n = features_raw_args(name);
	if (n < 0)
		return n;
	if (n != event->n_args[0] && n != event->n_args[1])
		return -EPROTO;
	if (!strcmp(event->name, "page_fault"))
		skel->rodata->cfg_fault_has_vcpu = n == 3;
	return bpf_program__set_autoload(find_program(skel, "raw_", event->name), true);
}

/* Classic ones where raw ones may be skipped, raw ones as far as their arguments are known, else classic ones. */
static int choose_event(struct detail_bpf *skel, const struct detail_event *event,
			const struct features *features, char *why, size_t why_size)
{
	bool classic_first = features->v[FEATURE_USER_RECORD].ok;
	int err = classic_first ? choose_classic(skel, event) : choose_raw(skel, event);

	if (err)
		err = classic_first ? choose_raw(skel, event) : choose_classic(skel, event);
	if (err)
		snprintf(why, why_size,
			 "kvm_%s: neither KVM's BTF nor tracefs tells what it says here: %s",
			 event->name, err == -EPROTO ? "it is of another form" : strerror(-err));
	return err;
}

uint32_t bpf_detail_isa(void)
{
	return access("/sys/module/kvm_intel", F_OK) ? ISA_SVM : ISA_VMX;
}

static int choose_exit(struct detail_bpf *skel, const struct bpf_exit *exit, char *why,
		       size_t why_size)
{
	__autofree char *text = NULL;
	bool vmx = bpf_detail_isa() == ISA_VMX;
	size_t len;
	int err;

	if (!vmx && exit->path == EXIT_PATH_PLAIN)
		return bpf_program__set_autoload(skel->progs.detail_exit_plain, true);
	if (!vmx && exit->path == EXIT_PATH_PROBE)
		return bpf_program__set_autoload(skel->progs.detail_exit_probe, true);
	err = tracefs_read_format("kvm_exit", &text, &len);
	if (!err && !has_fields(text, exit_fields))
		err = -EPROTO;
	if (err) {
		snprintf(why, why_size,
			 "kvm_exit: here the guest's rip is only in its record, and tracefs does "
			 "not "
			 "tell where: %s",
			 err == -EPROTO ? "it is of another form" : strerror(-err));
		return err;
	}
	return bpf_program__set_autoload(skel->progs.detail_exit_classic, true);
}

int bpf_detail_choose(struct detail_bpf *skel, const struct bpf_detail_opts *opts,
		      const struct bpf_exit *exit, const struct features *features, char *why,
		      size_t why_size)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(events) && !err; i++)
		if (opts->kinds & events[i].kinds)
			err = choose_event(skel, &events[i], features, why, why_size);
	if (!err && (opts->slow_ns || opts->kinds & DETAIL_BIT(DETAIL_RIP)))
		err = choose_exit(skel, exit, why, why_size);
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
	if (!record->info_known)
		return;
	if (record->isa == ISA_SVM)
		decode_svm(record, slow);
	else if (record->isa == ISA_VMX)
		decode_vmx(record, slow);
}
#endif
