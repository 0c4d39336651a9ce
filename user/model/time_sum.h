/* SPDX-License-Identifier: GPL-2.0 */
/*
 * time_sum: sums of handling times: of a reason over vCPUs and VMs, of a scope over its reasons.
 * Pure.
 */
#ifndef KVMTOP_MODEL_TIME_SUM_H
#define KVMTOP_MODEL_TIME_SUM_H

#include "frame.h"

/* A sum that is being made. */
struct time_sum {
	struct time_delta
		time; /* after the finish; its histograms live as long as this and what was added */
	bool hist_missing, total_missing; /* some part has none, so that there is none of the sum */
	struct hist_sum hist, total_hist;
};

void time_sum__init(struct time_sum *sum);

/* The interval's. An unknown part adds nothing. */
void time_sum__add(struct time_sum *sum, const struct time_delta *part);

/* And the total. */
void time_sum__add_total(struct time_sum *sum, const struct time_total *part);

/* Once all is added. What is derived is left to time_delta__finish(). */
void time_sum__finish(struct time_sum *sum);

/* What is derived: average and percentiles. But not those of the total, which few look at. */
void time_delta__finish(struct time_delta *time);

/* Average and percentiles since kvmtop attached. */
struct time_derived {
	bool avg_valid, max_valid, pct_valid;
	double avg_ns;
	uint64_t max_ns;
	uint64_t pct_ns[PERCENTILE_MAX];
};

/* "p99.9". */
const char *percentile_label(enum percentile percentile);

struct time_derived time_total__derive(const struct time_total *total);

#endif
