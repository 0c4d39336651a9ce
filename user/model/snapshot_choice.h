/* SPDX-License-Identifier: GPL-2.0 */
/*
 * snapshot_choice: what of a snapshot is shown: VMs, vCPUs, kinds of details, times. Pure.
 *
 * Only the later one of two snapshots needs to be chosen from: delta looks for each of its VMs and vCPUs in the earlier one.
 */
#ifndef KVMTOP_MODEL_SNAPSHOT_CHOICE_H
#define KVMTOP_MODEL_SNAPSHOT_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ids.h"

struct guest_filter;
struct scope;
struct snapshot;

/* What it points to outlives it. */
struct snapshot_choice {
	const struct scope *scope;
	struct guest_filter *guest; /* of its name; NULL: all */
	uint32_t detail_kinds;	    /* only these (DETAIL_BIT); 0: all that there are */
	enum latency latency;	    /* no more than that */
	bool include_past;	    /* see struct snapshot; true if @from has it */
};

/*
 * @ret_chosen: what is chosen of @from, with room for @more VMs behind it; most of it is @from's. 0 or -ENOMEM.
 */
int snapshot_choice__apply(const struct snapshot_choice *choice, const struct snapshot *from,
			   size_t more, struct snapshot **ret_chosen);

#endif
