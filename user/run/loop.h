/* SPDX-License-Identifier: GPL-2.0 */
/*
 * loop: takes frames from a feed, each when it is due, and hands them to the outputs.
 */
#ifndef KVMTOP_RUN_LOOP_H
#define KVMTOP_RUN_LOOP_H

#include "slow_exits.h"

struct feed;
struct options;
struct outputs;

/* What it works with; all outlive it. */
struct loop_parts {
	const struct options *options;
	struct feed *feed;
	struct outputs *outputs;
	struct slow_exits slow; /* .detail NULL: there are none */
};

/*
 * Runs until options->count frames are written, the feed ends, a SIGINT or SIGTERM that was taken comes (a last frame is shown then, if the feed
 * measures), or the reader of stdout is gone. Then ends the feed and waits for the readers. 0, or a negative errno after one line on stderr unless it is
 * -ENOMEM.
 */
int loop__run(const struct loop_parts *parts);

#endif
