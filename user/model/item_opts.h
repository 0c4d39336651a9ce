/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_opts: what the event view is to count.
 */
#ifndef KVMTOP_MODEL_ITEM_OPTS_H
#define KVMTOP_MODEL_ITEM_OPTS_H

#include <stdbool.h>
#include <stdint.h>

struct reason_names;

/* All pointers outlive what is counted by it. */
struct item_opts {
	bool stats, tracepoints;	  /* -d, -t */
	bool past;			  /* -i: totals from the start of the VMs on */
	bool selected;			  /* only what is of the frame's VMs: they were chosen */
	bool per_vcpu;			  /* vCPUs have counts of their own */
	const struct reason_names *names; /* of the children */
	uint32_t isa; /* of the host's exit reasons, each of which is an item; 0: not known */
};

#endif
