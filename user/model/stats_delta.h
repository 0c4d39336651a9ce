/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats_delta: KVM's statistics in an interval, from their values in two snapshots. A part of delta, and as pure.
 *
 * Totals are since the VM or vCPU began, not since kvmtop did. So a first reading has a total and
 * no delta, as its share of this interval is not known. If the VM or vCPU is known to have begun
 * meanwhile, it has both.
 */
#ifndef KVMTOP_MODEL_STATS_DELTA_H
#define KVMTOP_MODEL_STATS_DELTA_H

#include <stdbool.h>

struct frame;
struct frame_stats;
struct frame_vm;
struct snapshot;
struct vcpu_sample;
struct vm_sample;

/* The two snapshots, and the frame that is made from them, whose arena and interval_s are set. */
struct stats_delta {
	const struct snapshot *prev, *cur;
	struct frame *frame;
	bool vcpus_from_zero; /* vCPUs that were not there before have begun in this interval */
};

/* Statistics of a vCPU; @prev NULL: it was not there. 0 or -ENOMEM. */
int stats_delta__vcpu(const struct stats_delta *d, const struct vcpu_sample *prev,
		      const struct vcpu_sample *cur, struct frame_stats *stats);

/* Those of a VM (stats, vcpu_stats), after its vCPUs have theirs; @prev as above. 0 or -ENOMEM. */
int stats_delta__vm(const struct stats_delta *d, const struct vm_sample *prev,
		    const struct vm_sample *cur, struct frame_vm *vm);

#endif
