/* SPDX-License-Identifier: GPL-2.0 */
/*
 * loop: takes frames from a feed, each when it is due, and hands them to the outputs.
 */
#ifndef KVMTOP_RUN_LOOP_H
#define KVMTOP_RUN_LOOP_H

#include <stdint.h>

#include "slow_exits.h"

struct ending;
struct feed;
struct options;
struct outputs;

/* What it works with; all outlive it. */
struct loop_parts {
	const struct options *options;
	struct feed *feed;
	struct outputs *outputs;
	struct slow_exits slow; /* .collection NULL: there are none */
};

/*
 * Runs until options->count frames are written, the feed ends, a SIGINT or SIGTERM that was taken comes (a last frame is shown then, if the feed
 * measures), or the reader of stdout is gone. Then ends the feed and waits for the readers. 0, or a negative errno after one line on stderr unless it is
 * -ENOMEM.
 */
int loop__run(const struct loop_parts *parts);

/* ---- what the loop of the screen (screen_run.h) does in the same way */

/* After a SIGHUP that was taken: logrotate may be about to compress the old file. */
void loop__reopen_if_asked(const struct loop_parts *parts);

/* One of them is readable: slow exits are written until CLOCK_MONOTONIC is @until_ns. 0 or a negative errno of the outputs. */
int loop__look(const struct loop_parts *parts, uint64_t until_ns);

/*
 * Those of an interval come before its frame, also when a signal ended it; and before VMs that have ended are forgotten. With @ending, which has begun, there
 * are no further ones, so all of them are written. NULL: there are more to come. As above.
 */
int loop__write_slow_exits(const struct loop_parts *parts, struct ending *ending);

/* The end of the feed, which came by @err, and the readers' turn as long as @ending, which has begun, has time. 0 or a negative errno. */
int loop__finish(const struct loop_parts *parts, struct ending *ending, int err);

#endif
