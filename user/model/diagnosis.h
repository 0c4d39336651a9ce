/* SPDX-License-Identifier: GPL-2.0 */
/*
 * diagnosis: why VMs are slow: gives each frame of a feed its findings (frame->findings), by the rules and what came before. Pure.
 */
#ifndef KVMTOP_MODEL_DIAGNOSIS_H
#define KVMTOP_MODEL_DIAGNOSIS_H

#include <stdbool.h>

struct diagnosis;
struct frame;

struct diagnosis_opts {
	bool all_vms;	/* frames have all VMs of the host: none was left out by -p, -g or --vcpu */
	double seconds; /* see rules_history__new() */
};

/* NULL: no memory. */
struct diagnosis *diagnosis__new(const struct diagnosis_opts *opts);
/* Takes NULL. */
void diagnosis__free(struct diagnosis *diagnosis);

/* The next frame does not follow the one before: a step back, another run, a choice of other VMs. */
void diagnosis__reset(struct diagnosis *diagnosis);

/*
 * Sets @frame->findings, which live as long as it does; it follows the frame before. After the first frame, and after a
 * reset, there are none before the rules have applied for some frames. 0 or -ENOMEM; then it has none.
 */
int diagnosis__make(struct diagnosis *diagnosis, struct frame *frame);

/* The same for a single frame out of the past, whatever came before it: whatever applies in it is shown. Changes nothing else. */
int diagnosis__make_single(const struct diagnosis *diagnosis, struct frame *frame);

#endif
