/* SPDX-License-Identifier: GPL-2.0 */
/*
 * collection: what is collected besides exits, the drill-down and tracepoints, and how exits are timed: opened at the start, and switched while
 * kvmtop runs.
 *
 * A switch comes between two snapshots. What was switched on has totals in the frame of that interval and no deltas (frame->begun): it
 * was not there for all of it. The next frame is whole. What is off is in no frame. Nothing else changes: unless they are to be timed
 * otherwise, exits go on being counted by the same programs. What a part that was closed has lost stays among the drops.
 */
#ifndef KVMTOP_RUN_COLLECTION_H
#define KVMTOP_RUN_COLLECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/ids.h"
#include "../model/test_knobs.h"

struct collection;
struct detail_names;
struct detail_spec;
struct drilldown;
struct exits;
struct features;
struct kvm_stats;
struct reason_names;
struct snapshot;

/* What it works with; all outlive it. */
struct collection_opts {
	struct exits *exits;
	const struct features
		*features; /* with their types, as long as anything is to be switched on */
	const struct kvm_stats *stats;
	const struct reason_names *names;
	enum latency latency;
	bool notes_exits;   /* also without times it is known which exit a vCPU is in */
	uint64_t slow_ns;   /* --slower-than; 0: off */
	bool only_some_vms; /* not all VMs and vCPUs are counted */
	struct test_knobs knobs;
};

/* Nothing is collected yet. 0 or -ENOMEM. */
int collection__new(const struct collection_opts *opts, struct collection **ret_collection);
/* Takes NULL. */
void collection__free(struct collection *collection);

/*
 * At the start, before the first snapshot: what is opened so is whole in the first frame. Slow exits are reported whatever @spec has. 0, or a negative
 * errno after one line on stderr unless it is -ENOMEM.
 */
int collection__open_detail(struct collection *collection, const struct detail_spec *spec);
/* @fields: only these events, a regular expression, or NULL. As above. */
int collection__open_tracepoints(struct collection *collection, const char *fields);

/*
 * From now on the keys of @spec are collected, and no others; kinds 0: none. All of them begin at zero. 0, or a negative errno and in @why one line:
 * then all is as it was.
 */
int collection__set_detail(struct collection *collection, const struct detail_spec *spec, char *why,
			   size_t why_size);

/*
 * From now on exits of at least @slow_ns are reported; 0: none. One that has begun before is not. Keys that are collected begin at zero, as their
 * programs are loaded anew. As above.
 */
int collection__set_slow(struct collection *collection, uint64_t slow_ns, char *why,
			 size_t why_size);

/* @write is called while collection__slow() still has all that was reported, before the programs that did so go. */
void collection__set_slow_writer(struct collection *collection, void (*write)(void *arg),
				 void *arg);

/* From now on tracepoints are counted, those of @fields (as above), or with @on false none. As above. */
int collection__set_tracepoints(struct collection *collection, bool on, const char *fields,
				char *why, size_t why_size);

/*
 * From now on exits are timed so, by other programs. Exits, their times, keys and tracepoints begin at zero. From when the new programs are attached each
 * exit is counted once; what came between the last snapshot and that is in no frame. Keys, slow exits or tracepoints that cannot be had again
 * are off, with a warning. As above.
 */
int collection__set_latency(struct collection *collection, enum latency latency, char *why,
			    size_t why_size);

/* Adds to @snapshot, which was just read, since when there is what, and what was lost before. */
void collection__note(const struct collection *collection, struct snapshot *snapshot);

/* Where slow exits come from, until the next switch. NULL: they are not asked for. Takes NULL. */
struct drilldown *collection__slow(const struct collection *collection);

/* Whether tracepoints are counted now. */
bool collection__has_tracepoints(const struct collection *collection);

/* Which keys are collected now (DETAIL_BIT), and the names of ports, which stay; NULL: they were not needed yet. */
uint32_t collection__kinds(const struct collection *collection);
const struct detail_names *collection__detail_names(const struct collection *collection);

#endif
