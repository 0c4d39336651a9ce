/* SPDX-License-Identifier: GPL-2.0 */
/*
 * feed_replay_opts: what is to be read of a recording.
 */
#ifndef KVMTOP_RUN_FEED_REPLAY_OPTS_H
#define KVMTOP_RUN_FEED_REPLAY_OPTS_H

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

#endif
