/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timeline: which frame of a feed is looked at: the newest, one of the past, or the next of a recording that is played.
 *
 * What of a live feed is due is measured in any case.
 */
#ifndef KVMTOP_RUN_TIMELINE_H
#define KVMTOP_RUN_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "../tui/outside.h"

struct feed;
struct frame;
struct judge;

struct timeline {
	struct feed *feed;
	struct judge *judge; /* NULL: frames get no findings */
	bool recorded;
	enum screen_mode mode;
	const struct frame *shown; /* NULL: there was none yet */
	int speed;		   /* of a recording: so many times doubled; below 0: halved */
	uint64_t play_ns;	   /* when the next one is played (CLOCK_MONOTONIC) */
};

/* What came of a step. */
struct timeline_step {
	bool changed; /* another frame is shown */
	bool follows; /* and it follows the one before */
	bool breaks;  /* another run begins, whose VMs are others, even with the same keys */
	/* What was measured meanwhile, with a share of the caller's; NULL: nothing. May be the one that is shown. */
	const struct frame *measured;
};

/* A live feed is followed; a recording stands still. @judge may be NULL. What errors there are is those of feed.h, here and below. */
void timeline__init(struct timeline *timeline, struct feed *feed, struct judge *judge);
void timeline__release(struct timeline *timeline);

/* When timeline__tick() is due (CLOCK_MONOTONIC); UINT64_MAX: never. */
uint64_t timeline__due_ns(const struct timeline *timeline);

/* It is due, or the user does not want to wait for it. 0 or a negative errno. */
int timeline__tick(struct timeline *timeline, struct timeline_step *ret_step);

void timeline__pause(struct timeline *timeline);

/* Live again; a recording is played from where it is. 0 or a negative errno. */
int timeline__go_on(struct timeline *timeline, struct timeline_step *ret_step);

/*
 * So many frames on (@n below 0: back), or the one at @wall_ns; the picture stands still then. 0, also when there is none further; or a negative
 * errno.
 */
int timeline__step(struct timeline *timeline, int64_t n, struct timeline_step *ret_step);
int timeline__seek(struct timeline *timeline, int64_t wall_ns, struct timeline_step *ret_step);

/* The frame that the moment is in, or the first after it; behind all of them, the last. 0, also if the past is not kept; or a negative errno. */
int timeline__seek_to(struct timeline *timeline, int64_t wall_ns, struct timeline_step *ret_step);

/* The end of a recording, with the frames before it: calls @show for each of them. 0 or a negative errno. */
int timeline__show_end(struct timeline *timeline, int64_t frames,
		       int (*show)(void *arg, const struct timeline_step *step), void *arg);

/* A recording is played from its beginning. 0 or a negative errno. */
int timeline__play_all(struct timeline *timeline, struct timeline_step *ret_step);

/* A recording is played twice as fast, or half (@n below 0). */
void timeline__set_speed(struct timeline *timeline, int64_t n);

/* How the picture relates to time, but for took_s. */
struct screen_time timeline__time(const struct timeline *timeline, double interval_s);

/* ---- for the search for findings (timeline_find.h) */

/* The next frame, or the one before, is shown; a live feed measures none. -ENODATA: there is none. */
int timeline__step_once(struct timeline *timeline, bool on, struct timeline_step *step);

#endif
