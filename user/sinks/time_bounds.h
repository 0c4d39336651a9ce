/* SPDX-License-Identifier: GPL-2.0 */
/*
 * time_bounds: upper bounds of the buckets that histograms of time have in metrics, those of exits and KVM's own alike.
 */
#ifndef KVMTOP_SINKS_TIME_BOUNDS_H
#define KVMTOP_SINKS_TIME_BOUNDS_H

#include <stddef.h>
#include <stdint.h>

/* Begins a slot of a hist. */
struct time_bound {
	uint64_t ns;
	const char *le; /* in seconds */
};

/* Those, ascending; NULL at the end. */
const struct time_bound *time_bound(size_t i);

#endif
