/* SPDX-License-Identifier: GPL-2.0 */
/*
 * diagnosis: why VMs are slow: gives each frame of a feed its findings (frame->findings), by the rules and what came before. Pure.
 */
#ifndef KVMTOP_MODEL_DIAGNOSIS_H
#define KVMTOP_MODEL_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

struct diagnosis;
struct frame;
struct rules_set;
struct verdict;

struct diagnosis_opts {
	bool all_vms;	/* frames have all VMs of the host: none was left out by -p, -g or --vcpu */
	bool recorded;	/* they are of a recording: nothing more can be measured */
	double seconds; /* see rules_history__new() */
	const struct rules_set *rules; /* outlives the diagnosis; NULL: those of the table */
};

/* NULL: no memory. */
struct diagnosis *diagnosis__new(const struct diagnosis_opts *opts);
/* Takes NULL. */
void diagnosis__free(struct diagnosis *diagnosis);

/* The next frame is of another run: what was before it is nothing to it. So is the first one. */
void diagnosis__reset(struct diagnosis *diagnosis);

/* The next frame is somewhere in the past: what was before it is not known. */
void diagnosis__run_up(struct diagnosis *diagnosis);

/*
 * Whether the frame that was taken last has the findings that it had when it was new. Then enough frames were taken before it.
 */
bool diagnosis__is_settled(const struct diagnosis *diagnosis);

/*
 * Sets @frame->findings, which live as long as it does; it follows the frame before. After the first frame, and after a
 * reset, there are none before the rules have applied for some frames. 0 or -ENOMEM; then it has none.
 */
int diagnosis__make(struct diagnosis *diagnosis, struct frame *frame);

/* The same for a single frame, whatever came before it: whatever applies in it is shown. Changes nothing else. */
int diagnosis__make_single(const struct diagnosis *diagnosis, struct frame *frame);

/*
 * The same for a frame of which it is known what was shown: the @n @verdicts. Nothing of the history changes. Where a rule does not apply any
 * more, its numbers are in the frames before. If these were not taken *@ret_lacking is set, and the finding is left out. 0 or -ENOMEM.
 */
int diagnosis__recall(const struct diagnosis *diagnosis, struct frame *frame,
		      const struct verdict *verdicts, size_t n, bool *ret_lacking);

#endif
