/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen_cost: what kvmtop itself takes: CPU time, and the files that it records to.
 */
#ifndef KVMTOP_RUN_SCREEN_COST_H
#define KVMTOP_RUN_SCREEN_COST_H

#include <stdint.h>

/* Begins as zeroes. */
struct screen_cost {
	uint64_t cpu_ns, looked_ns; /* what we had used, and when */
};

/* The CPU time since the last call, in % of a CPU; below 0: this is the first one. */
double screen_cost__cpu_pct(struct screen_cost *cost);

/* The bytes of the recording at @path and of its older piece. */
uint64_t screen_cost__recorded(const char *path);

#endif
