/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drilldown_priv: what drilldown and its parts share: how programs are chosen, and the tables of architectures,
 * drilldown_NAME.c.
 */
#ifndef KVMTOP_SOURCES_BPF_DRILLDOWN_PRIV_H
#define KVMTOP_SOURCES_BPF_DRILLDOWN_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

#include "../../../bpf/detail.h"
#include "../../../bpf/kvmtop.h"
#include "../../arch/details.h"
#include "../../arch/list.h"
#include "record_fields.h"

struct drilldown;
struct drilldown_opts;
struct exits;
struct detail_bpf;
struct features;
struct slow_exit;
struct unkeyed_reasons;

/* Sets @reasons to this host's. */
void drilldown_reasons(struct unkeyed_reasons *reasons);

/* A tracepoint and what bpf/detail_NAME.bpf.c expects of it. */
struct detail_event {
	const char *name; /* of the programs "raw_NAME", "classic_NAME" and the event kvm_NAME */
	uint32_t kinds;
	bool optional; /* there is another one for its kinds */
	int n_args[2]; /* of the raw one: one of these */
	size_t more_args; /* the knob that says which, a u32 that is 1 for the second; 0: there is none */
	struct record_field fields[KVMTOP_RECORD_FIELDS]; /* of the classic one */
	size_t record; /* where its knob is among the programs' */
	/* Another form of the classic one: that of a format without a field. */
	struct {
		const char *without; /* NULL: there is none */
		const char *reader;  /* the program is "classic_READER" */
		struct record_field fields[KVMTOP_RECORD_FIELDS];
	} old;
};

/*
 * Exit reasons by kind. An exit for one of these is about a key of this kind; if no event names the
 * key, it is among the others. Kinds without reasons count events, whatever exit they come with.
 */
struct detail_reason {
	enum detail_kind kind;
	uint64_t first, last;
};

/* The part of a code space. */
struct detail_isa {
	uint32_t number;
	const struct detail_reason *reasons;
	size_t n_reasons;
	/*
	 * If the raw program of kvm_exit does not know the guest's instruction: what is missing,
	 * for a warning. NULL: it does.
	 */
	const char *raw_lacks;
};

/* What the drill-down needs of one architecture. */
struct arch_details {
	const struct detail_isa *isas;
	size_t n_isas; /* 0: it has no programs yet */
	const struct detail_event *events;
	size_t n_events;
	struct record_field exit_fields[KVMTOP_RECORD_FIELDS]; /* of kvm_exit's record */
	size_t exit_record;				       /* where its knob is */
	/* What KVM's exit_info says the exit was about. */
	void (*decode)(const struct kvmtop_slow_record *record, struct slow_exit *slow);
};

/* This architecture's. */
extern const struct arch_details ARCH_DRILL_DOWN;

/* Chooses this architecture's programs, before they are loaded. 0 or a negative errno, with @why. */
int drilldown_choose(struct detail_bpf *skel, const struct drilldown_opts *opts,
		     const struct exits *exits, const struct features *features, char *why,
		     size_t why_size);

/* Adds to @slow what KVM's exit_info says the exit was about. */
void drilldown_decode(const struct kvmtop_slow_record *record, struct slow_exit *slow);

#endif
