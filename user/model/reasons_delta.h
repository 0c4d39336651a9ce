/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reasons_delta: what a frame has by exit reason, from the tallies of two snapshots. A part of delta, and as pure.
 *
 * Bottom up: a reason of a vCPU comes from its two tallies. A VM's reasons are its vCPUs' merged,
 * the frame's are the VMs' merged. A scope's exits are the sum of its reasons. Only then are the
 * derived values (rate, average, percentiles, shares) worked out, the same way in every scope.
 */
#ifndef KVMTOP_MODEL_REASONS_DELTA_H
#define KVMTOP_MODEL_REASONS_DELTA_H

struct frame;
struct frame_vcpu;
struct frame_vm;
struct reason_names;
struct vcpu_sample;

/*
 * Reasons and exits of a vCPU; of a VM, whose vCPUs are done; of all, when the VMs are done. The arena, interval_s and latency of @frame
 * are set. @prev NULL: all began at zero. 0 or -ENOMEM.
 */
int reasons_delta__vcpu(struct frame *frame, const struct vcpu_sample *prev,
			const struct vcpu_sample *cur, struct frame_vcpu *vcpu);
int reasons_delta__vm(struct frame *frame, struct frame_vm *vm);
int reasons_delta__frame(struct frame *frame);

/* Names the reasons of all scopes; those with the same name share it. 0 or -ENOMEM. */
int reasons_delta__name(struct frame *frame, const struct reason_names *names);

#endif
