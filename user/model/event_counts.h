/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_counts: what the event view has counted up to a snapshot: of all VMs together, also of those that have ended, and of each
 * VM (and vCPU) that is there. Immutable and shared: by the frame that shows it, and by the snapshot that the next one goes on
 * from.
 */
#ifndef KVMTOP_MODEL_EVENT_COUNTS_H
#define KVMTOP_MODEL_EVENT_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct event_defs;
struct reason_names;

/* What is to be counted; all pointers outlive what is counted by it. */
struct event_opts {
	bool stats, tracepoints;	  /* -d, -t */
	bool past;			  /* -i: totals from the start of the VMs on */
	bool selected;			  /* only what is of the frame's VMs: they were chosen */
	bool per_vcpu;			  /* vCPUs have counts of their own */
	const struct reason_names *names; /* of the children */
	uint32_t isa; /* of the host's exit reasons, whose names all are events; 0: not known */
};

/* An event in a scope. */
struct event_count {
	uint32_t def;	  /* which: its index in the event_defs */
	bool had;	  /* it was read at least once */
	bool delta_valid; /* false: nobody could read it, or it is a gauge that was not there before */
	bool lost;	  /* of all VMs together: that of one of them is not known */
	bool unread; /* a gauge that nobody could read in this interval: total is an earlier one */
	uint64_t total; /* since the first snapshot, or (-i) the VMs began; of a gauge: its value */
	int64_t delta;	/* in the interval; only a gauge's can be negative */
	uint64_t last;	/* what it had when it was read last */
};

/* Sorted by def. */
struct event_list {
	const struct event_count *v;
	size_t n;
};

#define EVENT_ALL_VCPUS UINT64_MAX

/* A VM, or a vCPU of one. */
struct event_scope {
	uint64_t key;
	uint64_t vcpu; /* its id, or EVENT_ALL_VCPUS: the VM */
	struct event_list list;
};

struct event_counts {
	struct arena *arena;
	unsigned int owners;	       /* atomic; the last one frees it */
	const struct event_defs *defs; /* one of its owners */
	struct event_list all;	       /* of all VMs together: every event, by def */
	struct event_scope *scopes;    /* sorted by key and vCPU */
	size_t n_scopes;
};

/* Without any, with an arena and one owner; takes @defs. NULL: no memory, and @defs is freed. */
struct event_counts *event_counts__new(const struct event_defs *defs);

/* One owner more, in any thread; each calls event_counts__free() once. */
const struct event_counts *event_counts__share(const struct event_counts *counts);

/* Takes NULL. */
void event_counts__free(const struct event_counts *counts);

/* What is counted of the VM (@vcpu EVENT_ALL_VCPUS) or vCPU; empty: it is not among them, or @counts is NULL. */
struct event_list event_counts__find(const struct event_counts *counts, uint64_t key,
				     uint64_t vcpu);

/* To be called when all are there. */
void event_counts__sort(struct event_counts *counts);

#endif
