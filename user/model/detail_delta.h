/* SPDX-License-Identifier: GPL-2.0 */
/*
 * detail_delta: the drill-down's part of a frame, made from two snapshots. Pure.
 *
 * A key may lose its tally to the others, and come back with a new one that began at zero. So the
 * others are always computed from the sum of all: the keys shown and the others add up to all
 * events.
 */
#ifndef KVMTOP_MODEL_DETAIL_DELTA_H
#define KVMTOP_MODEL_DETAIL_DELTA_H

struct detail_names;
struct frame;
struct frame_details;
struct frame_vm;
struct reason_names;
struct vcpu_sample;

/* The frame being made: its arena, interval_s and latency are set. */
struct detail_delta {
	struct frame *frame;
	const struct detail_names *names;
	const struct reason_names *reasons;
};

/* Of a vCPU; @prev NULL: it was not there. 0 or -ENOMEM. */
int detail_delta__vcpu(const struct detail_delta *d, const struct vcpu_sample *prev,
		       const struct vcpu_sample *cur, struct frame_details *details);

/* Of a VM, after its vCPUs have theirs. 0 or -ENOMEM. */
int detail_delta__vm(const struct detail_delta *d, struct frame_vm *vm);

#endif
