/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats_rows: KVM's statistics as rows, one per statistic, merged over VMs or vCPUs, in the order that is asked for.
 * Pure; does not know how they are shown.
 */
#ifndef KVMTOP_MODEL_STATS_ROWS_H
#define KVMTOP_MODEL_STATS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

struct query;
struct stat_desc;

struct stats_row {
	const struct stat_desc *desc;
	bool gauge; /* STAT_INSTANT, STAT_PEAK: it has @value; what is not one has @count */
	uint64_t value;
	struct counter count; /* total since the VM began; of a histogram: its samples */
};

/* Begins as zeroes. */
struct stats_rows {
	struct stats_row *v;
	size_t n, room;
	size_t left_out; /* rows that --top cut */
	size_t zero;	 /* rows taken out as nothing ever happened */
	bool keep_zero;	 /* none is */
};

/*
 * Adds the statistics of a VM or vCPU in an interval of @interval_s; all that are of one frame have their descriptors
 * in common. A sum that would not fit is UINT64_MAX. A count is only as valid as each of its parts. 0 or
 * -ENOMEM.
 */
int stats_rows__add(struct stats_rows *rows, const struct frame_stats *stats, double interval_s);

/*
 * Takes out what is zero (unless all are to be kept), sorts, and cuts to @query->top rows. SORT_COUNT is by total, SORT_NAME by name; all other
 * keys by rate, then total. What a row does not have comes last: unknown rates, then gauges, by their
 * value.
 */
void stats_rows__finish(struct stats_rows *rows, const struct query *query);

/* Frees the rows; zeroes again. */
void stats_rows__release(struct stats_rows *rows);

#endif
