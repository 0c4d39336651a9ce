/* SPDX-License-Identifier: GPL-2.0 */
/*
 * feed_replay: frames of a recording, of the part that the options ask for (replay_select.h).
 */
#ifndef KVMTOP_RUN_FEED_REPLAY_H
#define KVMTOP_RUN_FEED_REPLAY_H

#include "feed_replay_opts.h"

struct feed;

/* The feed is before its first frame. 0, or a negative errno after one line on stderr unless it is -ENOMEM. */
int feed_replay__new(const struct feed_replay_opts *opts, struct feed **ret_feed);

#endif
