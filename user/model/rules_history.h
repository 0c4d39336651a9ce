/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_history: damps findings over frames, so that none comes and goes with each frame. One is shown when its rule applied in 3 of
 * the last 5 frames and for 3 s. It goes when it was below 80 % of its limits in 5, or has not been strong enough for 30. A VM's first frame
 * never has one. Pure.
 */
#ifndef KVMTOP_MODEL_RULES_HISTORY_H
#define KVMTOP_MODEL_RULES_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "finding.h"

struct frame;
struct rules_history;
struct verdict;

/* How long a rule must apply before its finding is shown, at least. */
#define RULES_HISTORY_SECONDS 3.0
/* Intervals are a little longer or shorter: so much of it may be missing. */
#define RULES_HISTORY_SLACK 0.01
/* And in how many of the last frames. */
#define RULES_HISTORY_FRAMES_NEEDED 3

/*
 * What is shown depends on so many frames before only. In the first of them a rule that applied before is found again. The next ones take as long
 * as a rule may have to apply. In the last ones a finding may be shown without that.
 */
#define RULES_HISTORY_FIRST 6
#define RULES_HISTORY_LONGEST 10.0
#define RULES_HISTORY_FRAMES 31

/* @seconds: instead of RULES_HISTORY_SECONDS and of what a rule itself has, if that is longer. 0: the defaults. NULL: no memory. */
struct rules_history *rules_history__new(double seconds);
/* Takes NULL. */
void rules_history__free(struct rules_history *history);

/* Forgets all frames: what comes next does not follow them. */
void rules_history__reset(struct rules_history *history);

/*
 * Takes what the rules found in @frame: the @n findings of all its VMs, in any order. The frame must follow the one before. Each is
 * known by its VM's key, its vCPU's id and its rule. Gives those that are shown, malloc'ed; those that only were a moment ago
 * have fading set. 0, or -ENOMEM: then nothing has changed.
 */
int rules_history__take(struct rules_history *history, const struct frame *frame,
			struct finding *findings, size_t n, struct finding **ret_shown,
			size_t *ret_n);

/*
 * What the finding of @verdict was when its rule applied last, or nearly did, if that was in the last 4 frames. It points into @frame, the one after
 * them, and is fading. False: there is none, or its VM or vCPU is not in @frame.
 */
bool rules_history__last(const struct rules_history *history, const struct verdict *verdict,
			 const struct frame *frame, struct finding *ret_finding);

#endif
