/* SPDX-License-Identifier: GPL-2.0 */
/*
 * feed_replay: frames of a recording, of the part that the options ask for (replay_select.h).
 */
#ifndef KVMTOP_RUN_FEED_REPLAY_H
#define KVMTOP_RUN_FEED_REPLAY_H

#include <stdint.h>

struct item_opts;
struct feed;
struct options;
struct replay;

/* All of it outlives the feed. */
struct feed_replay_opts {
	const struct options *options;
	struct replay *replay;	    /* the feed's alone, from now on */
	int64_t since_ns, until_ns; /* frames after the one, up to the other */
	/* What the event view is to count; names and ISA do not matter, as each run has its own. NULL: nothing. */
	const struct item_opts *item_opts;
};

/* The feed is before its first frame. 0, or a negative errno after one line on stderr unless it is -ENOMEM. */
int feed_replay__new(const struct feed_replay_opts *opts, struct feed **ret_feed);

#endif
