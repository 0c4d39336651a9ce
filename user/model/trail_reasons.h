/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trail_reasons: what a trail keeps of the exit reasons of one frame: rates and coarse histograms of those that occur most. Pure.
 */
#ifndef KVMTOP_MODEL_TRAIL_REASONS_H
#define KVMTOP_MODEL_TRAIL_REASONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/hist.h"

/*
 * Of all VMs together, of the VMs with most exits, and of the VM that is watched and its first vCPUs. Of each those that occurred most;
 * of what is watched all.
 */
#define TRAIL_REASONS_VMS 32
#define TRAIL_REASONS_VCPUS 32
#define TRAIL_REASONS_EACH 8

struct frame;
struct trail_reasons;
struct trail_row;

/* A reason of a scope. */
struct trail_reason {
	double rate; /* per second */
	bool hist_known;
	/* Counts of one slot in eight, which stands for all of them: from slot 8 on an octave. Valid as long as the trail is not added to. */
	const uint32_t *v;
	uint32_t first, n; /* of those groups of slots */
};

/* What room a histogram of all slots needs. */
struct trail_hist {
	struct hist hist;
	uint64_t v[HIST_SLOTS];
};

/* @watched: a VM or a vCPU; NULL: none. NULL: no memory. */
struct trail_reasons *trail_reasons__new(const struct frame *frame,
					 const struct trail_row *watched);
/* Takes NULL. */
void trail_reasons__free(struct trail_reasons *reasons);
size_t trail_reasons__bytes(const struct trail_reasons *reasons);

/* False: nothing is known of it. One that is known not to have occurred has a rate of 0. Takes NULL. */
bool trail_reasons__get(const struct trail_reasons *reasons, const struct trail_row *row,
			uint32_t isa, uint64_t code, struct trail_reason *ret);

/* The histogram of @reason, in which a value may be anywhere in its group. */
void trail_reason__hist(const struct trail_reason *reason, struct trail_hist *ret);

#endif
