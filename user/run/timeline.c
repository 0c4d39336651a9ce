// SPDX-License-Identifier: GPL-2.0
#include "timeline.h"

#include <errno.h>
#include <stddef.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../model/frame.h"
#include "feed.h"
#include "judge.h"

/* From a hundredth of the speed to a hundred times of it. */
#define SPEED_MAX 7

/* So many steps are taken one by one; more are a jump in time. */
#define STEPS_MAX 5

#define NS_PER_S 1e9

DEFINE_CLEANUP(frame, struct frame, frame__free)

void timeline__init(struct timeline *timeline, struct feed *feed, struct judge *judge)
{
	const bool recorded = !feed__due_ns(feed);

	*timeline = (struct timeline){
		.feed = feed,
		.judge = judge,
		.recorded = recorded,
		.mode = recorded ? SCREEN_PAUSED : SCREEN_LIVE,
	};
}

void timeline__release(struct timeline *timeline)
{
	frame__free(timeline->shown);
	timeline->shown = NULL;
}

static int64_t wall_of(const struct frame *frame)
{
	return timespec_ns(&frame->wall);
}

/* @frame was given last by the feed. */
static int judge(const struct timeline *timeline, struct frame **frame, enum judge_way way)
{
	return timeline->judge ? judge__given(timeline->judge, frame, way) : 0;
}

/* Takes over @frame. */
static void show(struct timeline *timeline, const struct frame *frame, bool follows,
		 struct timeline_step *step)
{
	frame__free(timeline->shown);
	timeline->shown = frame;
	step->changed = true;
	step->follows = follows;
}

/* There is no further one, which is no failure. */
static int no_further(int err)
{
	return err == -ENODATA ? 0 : err;
}

/* ---- going on by itself */

/* After the frame that is shown the next one comes when as much time has passed as was recorded. */
static void plan_next(struct timeline *timeline)
{
	double ns = timeline->shown ? timeline->shown->interval_s * NS_PER_S : 0;

	for (int i = 0; i < timeline->speed; i++)
		ns /= 2;
	for (int i = 0; i > timeline->speed; i--)
		ns *= 2;
	timeline->play_ns = clock_now_ns() + (uint64_t)ns;
}

uint64_t timeline__due_ns(const struct timeline *timeline)
{
	if (!timeline->recorded)
		return feed__due_ns(timeline->feed);
	return timeline->mode == SCREEN_PLAYING ? timeline->play_ns : UINT64_MAX;
}

static int play(struct timeline *timeline, struct timeline_step *step)
{
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	int err = feed__next(timeline->feed, &frame);
	bool anew;

	if (err == -ENODATA)
		timeline->mode = SCREEN_AT_END;
	if (err)
		return no_further(err);
	anew = feed__begins_anew(timeline->feed);
	err = judge(timeline, &frame, JUDGE_NEXT);
	if (err)
		return err;
	show(timeline, take_ptr(frame), !anew, step);
	step->breaks = anew;
	plan_next(timeline);
	return 0;
}

int timeline__tick(struct timeline *timeline, struct timeline_step *ret_step)
{
	/* The first one is shown in any case. */
	const bool live = timeline->mode == SCREEN_LIVE || !timeline->shown;
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	int err;

	*ret_step = (struct timeline_step){ .changed = false };
	if (timeline->recorded)
		return timeline->mode == SCREEN_PLAYING ? play(timeline, ret_step) : 0;
	err = live ? feed__next(timeline->feed, &frame) : feed__measure(timeline->feed, &frame);
	if (!err && timeline->judge)
		err = judge__measured(timeline->judge, frame);
	if (err)
		return err;
	ret_step->measured = frame__share(frame);
	if (live)
		show(timeline, take_ptr(frame), true, ret_step);
	return 0;
}

void timeline__pause(struct timeline *timeline)
{
	if (timeline->mode != SCREEN_AT_END)
		timeline->mode = SCREEN_PAUSED;
}

int timeline__go_on(struct timeline *timeline, struct timeline_step *ret_step)
{
	*ret_step = (struct timeline_step){ .changed = false };
	if (timeline->recorded) {
		timeline->mode = SCREEN_PLAYING;
		return play(timeline, ret_step);
	}
	if (timeline->mode != SCREEN_LIVE) {
		int err = timeline__seek(timeline, INT64_MAX, ret_step);

		if (err)
			return err;
	}
	timeline->mode = SCREEN_LIVE;
	return 0;
}

/* ---- as the user likes */

int timeline__seek(struct timeline *timeline, int64_t wall_ns, struct timeline_step *ret_step)
{
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	int err = feed__seek(timeline->feed, wall_ns, &frame);

	*ret_step = (struct timeline_step){ .changed = false };
	timeline->mode = SCREEN_PAUSED;
	if (!err)
		err = judge(timeline, &frame, JUDGE_ANYWHERE);
	if (!err)
		show(timeline, take_ptr(frame), false, ret_step);
	return no_further(err);
}

/* Whether the newest frame of a live feed is shown: the next one would be measured, and that is not what was asked for. */
static bool is_newest(const struct timeline *timeline)
{
	struct feed_range range;

	if (timeline->recorded)
		return false;
	return !feed__range(timeline->feed, &range) || !timeline->shown ||
	       wall_of(timeline->shown) >= range.last_ns;
}

int timeline__step_once(struct timeline *timeline, bool on, struct timeline_step *step)
{
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	int err;

	if (on && is_newest(timeline))
		return -ENODATA;
	err = on ? feed__next(timeline->feed, &frame) : feed__prev(timeline->feed, &frame);
	if (!err)
		err = judge(timeline, &frame, on ? JUDGE_NEXT : JUDGE_BACK);
	if (!err)
		show(timeline, take_ptr(frame), false, step);
	return err;
}

int timeline__seek_to(struct timeline *timeline, int64_t wall_ns, struct timeline_step *ret_step)
{
	int err = timeline__seek(timeline, wall_ns, ret_step);

	if (!err && ret_step->changed && wall_of(timeline->shown) < wall_ns)
		err = timeline__step_once(timeline, true, ret_step);
	return no_further(err);
}

/* By time: each of many steps back would unpack all that is before it. */
static int jump(struct timeline *timeline, int64_t n, struct timeline_step *step)
{
	const int64_t from = wall_of(timeline->shown);
	/* Intervals are not quite alike: in the middle of the one behind it is no other's. */
	const double by = ((double)n + 0.5) * timeline->shown->interval_s * NS_PER_S;

	return timeline__seek(timeline, moment_add(from, (int64_t)by), step);
}

int timeline__step(struct timeline *timeline, int64_t n, struct timeline_step *ret_step)
{
	int err = 0;

	*ret_step = (struct timeline_step){ .changed = false };
	if (n > 0 && timeline->mode == SCREEN_AT_END)
		return 0;
	timeline->mode = SCREEN_PAUSED;
	if (timeline->shown && (n > STEPS_MAX || n < -STEPS_MAX))
		return jump(timeline, n, ret_step);
	for (int64_t i = 0; i < (n < 0 ? -n : n) && !err; i++)
		err = timeline__step_once(timeline, n > 0, ret_step);
	return no_further(err);
}

/* Without judging: what is shown is another one. */
static int find_end(const struct timeline *timeline, int64_t frames, int64_t *ret_wall_ns)
{
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	int err = feed__seek(timeline->feed, INT64_MAX, &frame);

	if (!err)
		*ret_wall_ns = moment_add(wall_of(frame), -(int64_t)(((double)frames - 0.5) *
								     frame->interval_s * NS_PER_S));
	return err;
}

int timeline__show_end(struct timeline *timeline, int64_t frames,
		       int (*show_step)(void *arg, const struct timeline_step *step), void *arg)
{
	struct timeline_step step = { .changed = false };
	int64_t wall_ns;
	int err = find_end(timeline, frames, &wall_ns);

	if (!err)
		err = timeline__seek(timeline, wall_ns, &step);
	step.follows = true; /* there is nothing before it that it could not follow */
	while (!err && step.changed) {
		err = show_step(arg, &step);
		step.changed = false;
		if (!err)
			err = play(timeline, &step);
	}
	timeline->mode = SCREEN_AT_END;
	return no_further(err);
}

int timeline__play_all(struct timeline *timeline, struct timeline_step *ret_step)
{
	int err = timeline__seek(timeline, INT64_MIN, ret_step);

	ret_step->follows = ret_step->changed;
	timeline->mode = SCREEN_PLAYING;
	plan_next(timeline);
	return err;
}

void timeline__set_speed(struct timeline *timeline, int64_t n)
{
	timeline->speed += n > 0 ? 1 : -1;
	if (timeline->speed > SPEED_MAX)
		timeline->speed = SPEED_MAX;
	if (timeline->speed < -SPEED_MAX)
		timeline->speed = -SPEED_MAX;
	plan_next(timeline);
}

struct screen_time timeline__time(const struct timeline *timeline, double interval_s)
{
	struct screen_time time = { .mode = timeline->mode, .interval_s = interval_s };
	struct feed_range range;

	time.has_past = feed__range(timeline->feed, &range);
	if (!time.has_past)
		return time;
	time.first_ns = range.first_ns;
	time.last_ns = range.last_ns;
	time.gaps = range.gaps;
	time.n_gaps = range.n_gaps;
	time.frames = range.frames;
	time.about = !range.frames;
	if (time.about && interval_s > 0)
		time.frames = 1 + (uint64_t)(((double)range.last_ns - (double)range.first_ns) /
					     (interval_s * NS_PER_S));
	return time;
}
