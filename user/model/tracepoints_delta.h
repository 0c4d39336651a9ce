/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tracepoints_delta: the counts of tracepoints of a frame, from two snapshots.
 */
#ifndef KVMTOP_MODEL_TRACEPOINTS_DELTA_H
#define KVMTOP_MODEL_TRACEPOINTS_DELTA_H

struct frame;
struct frame_vcpu;
struct frame_vm;
struct snapshot;
struct vcpu_sample;
struct vm_sample;

/* What is being made of what. */
struct tracepoints_delta {
	const struct snapshot *prev, *cur;
	struct frame *frame;
};

/* Those of a vCPU; of a VM, whose vCPUs are done; of all. @prev may be NULL: then all started at zero. 0 or -ENOMEM. */
int tracepoints_delta__vcpu(const struct tracepoints_delta *d, const struct vcpu_sample *prev,
			    const struct vcpu_sample *cur, struct frame_vcpu *vcpu);
int tracepoints_delta__vm(const struct tracepoints_delta *d, const struct vm_sample *prev,
			  const struct vm_sample *cur, struct frame_vm *vm);
int tracepoints_delta__frame(const struct tracepoints_delta *d);

#endif
