/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drilldown: the drill-down and slow exits: loads bpf/detail.bpf.c besides the main programs, and reads what it counted
 * into snapshots.
 */
#ifndef KVMTOP_SOURCES_BPF_DRILLDOWN_H
#define KVMTOP_SOURCES_BPF_DRILLDOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../model/detail.h"
#include "../../model/ids.h"
#include "../../model/slow.h"
#include "../../model/test_knobs.h"

struct drilldown;
struct exits;
struct features;

/* Cells for the keys of all vCPUs together, 1 MB, unless a test sets another number. */
#define DRILLDOWN_KEYS 16384

/* The code space of this host's exit reasons, ISA_*. */
uint32_t drilldown_isa(void);

struct drilldown_opts {
	uint32_t kinds; /* DETAIL_BIT */
	bool pc_all;	/* DETAIL_PC: of all reasons, or only of these */
	const uint64_t *pc_reasons;
	size_t n_pc_reasons;
	enum latency latency;
	uint64_t slow_ns; /* report exits that take at least this long; 0: none */
	bool slow_held;	  /* but not before drilldown__begin_slow() */
	struct test_knobs knobs;
};

/*
 * Loads and attaches. From now on exits__read(@exits) reads the details, too (collector.h); @exits
 * must outlive it. On failure writes one line to @why and returns a negative errno.
 */
int drilldown__open(const struct drilldown_opts *opts, struct exits *exits,
		    const struct features *features, char *why, size_t why_size,
		    struct drilldown **ret_detail);
void drilldown__close(struct drilldown *detail);

/* Adds to @drops, by enum drop_cause, what it has lost until now: as the next snapshot would have it. Takes NULL. */
void drilldown__add_drops(const struct drilldown *detail, uint64_t *drops);

/* Readable when there are slow exits; -1: they were not asked for. */
int drilldown__slow_fd(const struct drilldown *detail);

/* Hands all slow exits that are there to @fn. 0 or what @fn returned, or a negative errno. */
int drilldown__take_slow(struct drilldown *detail, slow_fn fn, void *arg);

/* From now on slow exits are reported, those included that have begun since it was opened. */
void drilldown__begin_slow(struct drilldown *detail);

/* From now on no further slow exits are reported. Takes NULL. */
void drilldown__end_slow(struct drilldown *detail);

#endif
