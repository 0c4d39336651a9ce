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

#include "registry.h"

struct query;

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
 * Takes out what is zero (unless all are to be kept), puts the rest in @query's order (order.h), and cuts it to @query->top rows. 0 or
 * -ENOMEM.
 */
int stats_rows__finish(struct stats_rows *rows, const struct query *query);

/* Frees the rows; zeroes again. */
void stats_rows__release(struct stats_rows *rows);

#endif
