// SPDX-License-Identifier: GPL-2.0
/*
 * missed: the events that the kernel ran no program of ours for.
 */
#include <time.h>

#include "exits_priv.h"
#include "programs.h"
#include "kvmtop.skel.h"

/* Number of looks, one millisecond apart, to tell a lost event from a late one. */
#define MAX_LOOKS 20

/*
 * How many userspace exits no program ran for and none rescued. An exit that is just being rescued
 * looks lost for a moment, or for long if its thread is preempted in between. So if there are more
 * than @known, the least of several looks is taken. Never less than @known.
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
		rescued = READ_ONCE(exits->skel->data->drops.rescued);
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
