// SPDX-License-Identifier: GPL-2.0
/*
 * drilldown_choose: which of the drill-down's programs fit this kernel. A raw program expects
 * certain arguments of the tracepoint, checked by KVM's BTF. A classic one expects a certain
 * record, checked by the "format" file.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "../../arch/words.h"
#include "../../base/cleanup.h"
#include "../../base/log.h"
#include "../../model/slow.h"
#include "../features.h"
#include "../tracefs.h"
#include "drilldown.h"
#include "drilldown_priv.h"
#include "unkeyed.h"
#include "exits.h"
#include "detail.skel.h"

/* Of kvm_exit. */
#define RAW_PLAIN "detail_exit_plain"
#define RAW_PROBE "detail_exit_probe"
#define CLASSIC "detail_exit_classic"

uint32_t drilldown_isa(void)
{
	const struct arch *arch = arch_here();
	char module[64];

	for (size_t i = arch->n_isas; i > 0; i--) {
		if (!arch->isas[i - 1].module)
			continue;
		snprintf(module, sizeof(module), "/sys/module/%s", arch->isas[i - 1].module);
		if (!access(module, F_OK))
			return arch->isas[i - 1].number;
	}
	return arch->n_isas ? arch->isas[0].number : 0;
}

/* The part of this host's code space; NULL: the architecture has no programs. */
static const struct detail_isa *find_isa(void)
{
	const struct arch_details *arch = &ARCH_DRILL_DOWN;
	const uint32_t here = drilldown_isa();

	for (size_t i = 0; i < arch->n_isas; i++)
		if (arch->isas[i].number == here)
			return &arch->isas[i];
	return NULL;
}

static void add_reasons(struct unkeyed_reasons *reasons, const struct detail_isa *isa)
{
	for (size_t i = 0; i < isa->n_reasons; i++) {
		const struct detail_reason *reason = &isa->reasons[i];
		struct kvmtop_detail_range *range = reasons->ranges[reason->kind];

		/* One without a kind is free. */
		while (range->first <= range->last)
			range++;
		*range = (struct kvmtop_detail_range){ reason->first, reason->last };
		reasons->kinds |= DETAIL_BIT(reason->kind);
	}
}

void drilldown_reasons(struct unkeyed_reasons *reasons)
{
	const struct detail_isa *isa = find_isa();

	*reasons = (struct unkeyed_reasons){
		.isa = isa ? isa->number : 0,
		.mask = isa ? arch_isa(isa->number)->reason_mask : 0,
	};
	for (size_t kind = 0; kind < KVMTOP_DETAIL_ROOM; kind++)
		for (size_t i = 0; i < KVMTOP_DETAIL_RANGES; i++)
			reasons->ranges[kind][i].first = 1; /* above the last: none */
	if (isa)
		add_reasons(reasons, isa);
}

/* The fields of the record of @event whose format is @text, and the name of the classic program that reads it. */
static const struct record_field *find_fields(const struct detail_event *event, const char *text,
					      const char **ret_reader)
{
	struct format_field field;

	*ret_reader = event->name;
	if (!event->old.without || !format_field_find(text, event->old.without, &field))
		return event->fields;
	*ret_reader = event->old.reader;
	return event->old.fields;
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

static int choose_classic(struct detail_bpf *skel, const struct detail_event *event, bool relocated)
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
	if (record_fields_parse(text, fields, record))
		return -EPROTO;
	record->relocated |= relocated;
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
	if (event->more_args)
		*(uint32_t *)((char *)skel->rodata + event->more_args) = n == event->n_args[1];
	return bpf_program__set_autoload(find_program(skel, "raw_", event->name), true);
}

static void explain(const struct detail_event *event, int err, char *why, size_t why_size)
{
	if (err == -ENOENT)
		snprintf(why, why_size, "this kernel has no tracepoint kvm_%s", event->name);
	else
		snprintf(why, why_size,
			 "kvm_%s: neither KVM's BTF nor tracefs has its fields here: %s",
			 event->name, err == -EPROTO ? "it is of another form" : strerror(-err));
}

/*
 * Classic ones where raw ones may be skipped. Elsewhere raw ones, or classic ones if the arguments
 * are not known.
 */
static int choose_event(struct detail_bpf *skel, const struct detail_event *event,
			const struct drilldown_opts *opts, const struct features *features,
			char *why, size_t why_size)
{
	bool classic_first = features->v[FEATURE_USER_RECORD].ok || opts->knobs.relocated_records;
	int err = classic_first ? choose_classic(skel, event, opts->knobs.relocated_records)
				: choose_raw(skel, event, features);

	if (err)
		err = classic_first ? choose_raw(skel, event, features)
				    : choose_classic(skel, event, opts->knobs.relocated_records);
	if (err == -ENOENT && event->optional)
		return 0;
	if (err)
		explain(event, err, why, why_size);
	return err;
}

/* The raw program of the exit path, or NULL. */
static struct bpf_program *raw_exit(struct detail_bpf *skel, const struct exits *exits)
{
	switch (exits__path(exits)) {
	case EXIT_PATH_PLAIN:
		return find_program(skel, RAW_PLAIN, "");
	case EXIT_PATH_PROBE:
		return find_program(skel, RAW_PROBE, "");
	default:
		return NULL;
	}
}

static int choose_exit(struct detail_bpf *skel, const struct drilldown_opts *opts,
		       const struct exits *exits, char *why, size_t why_size)
{
	const struct arch_details *arch = &ARCH_DRILL_DOWN;
	const struct detail_isa *isa = find_isa();
	struct kvmtop_record *record = record_at(skel, arch->exit_record);
	__autofree char *text = NULL;
	struct bpf_program *raw = raw_exit(skel, exits);
	size_t len;
	int err;

	if (raw && isa && !isa->raw_lacks)
		return bpf_program__set_autoload(raw, true);
	err = tracefs_read_format("kvm_exit", &text, &len);
	if (!err && record_fields_parse(text, arch->exit_fields, record))
		err = -EPROTO;
	if (err && raw && isa && !(opts->kinds & DETAIL_BIT(DETAIL_PC))) {
		log_warning("%s, and tracefs does not say where", isa->raw_lacks);
		return bpf_program__set_autoload(raw, true);
	}
	if (err) {
		snprintf(why, why_size,
			 "kvm_exit: here the guest's " ARCH_PC
			 " is only in its record, and tracefs does not say where: %s",
			 err == -EPROTO ? "it is of another form" : strerror(-err));
		return err;
	}
	record->relocated |= opts->knobs.relocated_records;
	return bpf_program__set_autoload(find_program(skel, CLASSIC, ""), true);
}

int drilldown_choose(struct detail_bpf *skel, const struct drilldown_opts *opts,
		     const struct exits *exits, const struct features *features, char *why,
		     size_t why_size)
{
	const struct arch_details *arch = &ARCH_DRILL_DOWN;
	int err = 0;

	if (!arch->n_isas) {
		snprintf(why, why_size, "not on this architecture yet");
		return -EOPNOTSUPP;
	}
	for (size_t i = 0; i < arch->n_events && !err; i++)
		if (opts->kinds & arch->events[i].kinds)
			err = choose_event(skel, &arch->events[i], opts, features, why, why_size);
	if (!err && (opts->slow_ns || opts->kinds & DETAIL_BIT(DETAIL_PC)))
		err = choose_exit(skel, opts, exits, why, why_size);
	return err;
}

void drilldown_decode(const struct kvmtop_slow_record *record, struct slow_exit *slow)
{
	if (record->known & KVMTOP_EXIT_INFO && ARCH_DRILL_DOWN.decode)
		ARCH_DRILL_DOWN.decode(record, slow);
}
