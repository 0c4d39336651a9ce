/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replay_pairs: finds the two snapshots of a recording that the next frame is between.
 */
#ifndef KVMTOP_RUN_REPLAY_PAIRS_H
#define KVMTOP_RUN_REPLAY_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

#include "feed.h"
#include "feed_replay_opts.h"
#include "replay_boundaries.h"
#include "replay_counted.h"
#include "replay_select.h"

/* The feed; its state is of the frames that were given and of where it reads. */
struct feed_replay {
	struct feed feed; /* first */
	struct feed_replay_opts opts;
	struct replay_select *select;
	struct shown *prev; /* NULL: the next snapshot is one to compare with */
	struct shown *
		pending; /* begins another run, behind a frame that ends with the run before; NULL: none */
	bool over;		/* there is nothing further */
	bool searching;		/* frames are only passed, and runs are not reported */
	uint64_t from;		/* snapshots before this place are not looked at */
	uint64_t frames;	/* that were given */
	uint64_t begin;		/* the place of the snapshot that the last frame begins with */
	struct counted counted; /* up to @prev */
	struct counted end;   /* up to the snapshot that the frame that was given last ends with */
	struct counted start; /* up to @from, if that is known */
	uint64_t reported;    /* the id of the last frame's run */
	char lacks[512]; /* of the last run that was left out: what it lacks; empty: none was */
	/* -s: a frame's place follows from the frames before it, so those that a search found are kept. */
	struct boundaries known;
	struct counted_places places; /* likewise, what was counted */
};

/* The snapshot that the next frame ends with; the one that it begins with is run->prev. -ENODATA: there is none. */
int replay_pairs__next(struct feed_replay *run, struct shown **ret_cur);

/* What comes next is compared with @cur, which it takes over. */
void replay_pairs__go_on(struct feed_replay *run, struct shown **cur);

/* Goes to the snapshot of @start->place, or the first one behind it: a frame begins there. 0 or a negative errno. */
int replay_pairs__begin_at(struct feed_replay *run, const struct counted *start);

#endif
