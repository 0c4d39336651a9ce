/* SPDX-License-Identifier: GPL-2.0 */
/*
 * metric: what a metric is, whatever format it is written in: its family, and the end of a histogram.
 */
#ifndef KVMTOP_SINKS_METRIC_H
#define KVMTOP_SINKS_METRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/hist.h"

enum metric_type {
	METRIC_COUNTER,
	METRIC_GAUGE,
	METRIC_HISTOGRAM,
	METRIC_INFO,
};

/* What samples are of. Its name has neither "_total" nor "_info" at its end; with a unit it ends with that. */
struct metric_family {
	const char *name;
	enum metric_type type;
	const char *unit; /* NULL: none */
	const char *help; /* one line */
};

/* The end of a histogram's sample. */
struct hist_totals {
	uint64_t count; /* in all buckets, +Inf among them */
	bool has_sum;
	uint64_t sum_ns;
	const struct hist *ns; /* the same durations, for native buckets; NULL: there are none */
};

#endif
