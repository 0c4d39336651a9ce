// SPDX-License-Identifier: GPL-2.0
/*
 * missed: the events that the kernel ran no program of ours for.
 */
#include <time.h>

#include "exits_priv.h"
#include "programs.h"
#include "kvmtop.skel.h"

/* How often it is looked whether an event is lost or late, at intervals of a millisecond. */
#define MAX_LOOKS 20

/*
 * How many userspace exits no program was run for and nobody rescued. One that is just being
 * rescued looks lost for a moment, or, when its thread is preempted in between, for long; so if there are
 * more than @known the least of some looks is taken. Never less than @known.
 */
static uint64_t not_rescued(const struct exits *exits, uint64_t known)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t least = UINT64_MAX;

	for (int looks = 0; looks < MAX_LOOKS && least > known; looks++) {
		uint64_t missed, rescued, lost;

		if (looks)
			nanosleep(&pause, NULL);
		missed = programs_missed(exits->skel, ROLE_BIT(ROLE_USER_EXIT)) -
			 exits->missed_at_start;
		rescued = READ_ONCE(exits->skel->bss->drops.rescued);
		lost = missed > rescued ? missed - rescued : 0;
		if (lost < least)
			least = lost;
	}
	return least > known ? least : known;
}

void exits_begin_missed(struct exits *exits)
{
	exits->missed_at_start = not_rescued(exits, 0);
}

uint64_t exits_missed(struct exits *exits)
{
	exits->missed_user_exits = not_rescued(exits, exits->missed_user_exits);
	return programs_missed(exits->skel, ROLES_OF_EXITS);
}
