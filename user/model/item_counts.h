/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_counts: what the event view has counted up to a snapshot. Of all VMs together, ended ones
 * included, and of each VM (and vCPU) that is there. Immutable and shared: by the frame that shows
 * it, and by the snapshot from which the next frame goes on.
 */
#ifndef KVMTOP_MODEL_ITEM_COUNTS_H
#define KVMTOP_MODEL_ITEM_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct item_defs;

/* An item in a scope. */
struct item_count {
	uint32_t def;	  /* which: its index in the item_defs */
	bool had;	  /* it was read at least once */
	bool delta_valid; /* false: it could not be read, or it is a gauge that was not there before */
	bool lost;	  /* of all VMs together: the count of one VM is not known */
	bool unread; /* a gauge that could not be read in this interval: total is an earlier one */
	uint64_t total; /* since the first snapshot, or (-i) the VMs began; of a gauge: its value */
	int64_t delta; /* in the interval; unsigned unless it is a gauge's, which can be negative */
	uint64_t last; /* what it had when it was read last */
};

/* Sorted by def. */
struct item_list {
	const struct item_count *v;
	size_t n;
};

#define ITEM_ALL_VCPUS UINT64_MAX

/* A VM, or a vCPU of one. */
struct item_scope {
	uint64_t key;
	uint64_t vcpu; /* its id, or ITEM_ALL_VCPUS: the VM */
	struct item_list list;
};

struct item_counts {
	struct arena *arena;
	unsigned int owners;	      /* atomic; the last one frees it */
	const struct item_defs *defs; /* one of its owners */
	struct item_list all;	      /* of all VMs together: every item, by def */
	struct item_scope *scopes;    /* sorted by key and vCPU */
	size_t n_scopes;
};

/* Without any, with an arena and one owner; takes @defs. NULL: no memory, and @defs is freed. */
struct item_counts *item_counts__new(const struct item_defs *defs);

/* One owner more, in any thread; each calls item_counts__free() once. */
const struct item_counts *item_counts__share(const struct item_counts *counts);

/* Takes NULL. */
void item_counts__free(const struct item_counts *counts);

/* What is counted of the VM (@vcpu ITEM_ALL_VCPUS) or vCPU; empty: it is not among them, or @counts is NULL. */
struct item_list item_counts__find(const struct item_counts *counts, uint64_t key, uint64_t vcpu);

/* To be called when all are there. */
void item_counts__sort(struct item_counts *counts);

#endif
