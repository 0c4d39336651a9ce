/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timeline_find: looks for the next moment at which a finding is shown, in what is known and, of a recording, frame by frame beyond.
 */
#ifndef KVMTOP_RUN_TIMELINE_FIND_H
#define KVMTOP_RUN_TIMELINE_FIND_H

#include <stdbool.h>
#include <stdint.h>

struct timeline;
struct timeline_step;

enum timeline_found {
	TIMELINE_FOUND,	  /* it is shown */
	TIMELINE_NONE,	  /* there is none; what was shown still is */
	TIMELINE_STOPPED, /* what was looked at last is shown */
};

/*
 * The next moment (@n below 0: before) at which a finding of VM @vm_key, 0: of any, was shown; the picture stands still then. Looks until
 * @stop says so. 0 and @ret_found, or a negative errno as of feed.h.
 */
int timeline__find(struct timeline *timeline, int64_t n, uint64_t vm_key, bool (*stop)(void *arg),
		   void *arg, struct timeline_step *ret_step, enum timeline_found *ret_found);

#endif
