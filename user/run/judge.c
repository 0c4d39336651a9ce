// SPDX-License-Identifier: GPL-2.0
#include "judge.h"

#include <errno.h>
#include <stdlib.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../model/diagnosis.h"
#include "../model/frame.h"
#include "../model/rules_history.h"
#include "../model/verdicts.h"
#include "feed.h"

/* Of what was shown: a hundred VMs with a finding each for two hours. */
#define VERDICTS_BYTES ((size_t)16 << 20)

/* A run-up that was too short is begun so much earlier, and so often. */
#define LONGER 4
#define TRIES 5

/* So many intervals before a frame are enough to recall what was shown in it. */
#define RECALL_INTERVALS 6.5

#define NS_PER_S 1e9

struct judge {
	struct feed *feed;
	bool live;
	struct diagnosis *
		diagnosis; /* of frames in order: those that are measured, or of a recording those that are given */
	struct diagnosis *past; /* of a live feed: of frames that are gone back to */
	struct verdicts *verdicts;
	int64_t measured_ns; /* the end of the frame that was measured last */
	int64_t given_ns; /* the end of the frame that was judged last of those that were given */
	bool (*stop)(void *arg);
	void *stop_arg;
	bool stopped;
	bool in_order; /* the frame after that one can be judged as the next one */
};

DEFINE_CLEANUP(frame, struct frame, frame__free)

struct judge *judge__new(struct feed *feed, const struct diagnosis_opts *opts)
{
	struct judge *judge = calloc(1, sizeof(*judge));

	if (!judge)
		return NULL;
	judge->feed = feed;
	judge->live = feed__due_ns(feed);
	judge->measured_ns = judge->given_ns = VERDICTS_NONE;
	judge->diagnosis = diagnosis__new(opts);
	judge->past = diagnosis__new(opts);
	judge->verdicts = verdicts__new(VERDICTS_BYTES);
	if (judge->diagnosis && judge->past && judge->verdicts)
		return judge;
	judge__free(judge);
	return NULL;
}

void judge__free(struct judge *judge)
{
	if (!judge)
		return;
	diagnosis__free(judge->diagnosis);
	diagnosis__free(judge->past);
	verdicts__free(judge->verdicts);
	free(judge);
}

void judge__set_stop(struct judge *judge, bool (*stop)(void *arg), void *arg)
{
	judge->stop = stop;
	judge->stop_arg = arg;
}

bool judge__take_stopped(struct judge *judge)
{
	const bool stopped = judge->stopped;

	judge->stopped = false;
	return stopped;
}

static int64_t wall_of(const struct frame *frame)
{
	return timespec_ns(&frame->wall);
}

/* Nothing is known of what was not timed. 0 or -ENOMEM. */
static int diagnose(struct diagnosis *diagnosis, struct frame *frame)
{
	return frame->latency == LATENCY_OFF ? 0 : diagnosis__make(diagnosis, frame);
}

/* ---- what is measured */

/* Only of frames that can be gone back to. */
static void forget_old(struct judge *judge, const struct frame *frame)
{
	struct feed_range range;

	/* The clock was set back: what there was is not in order any more. */
	if (wall_of(frame) <= judge->measured_ns)
		verdicts__clear(judge->verdicts);
	verdicts__forget_before(judge->verdicts,
				feed__range(judge->feed, &range) ? range.first_ns : wall_of(frame));
}

int judge__measured(struct judge *judge, struct frame *frame)
{
	int err = diagnose(judge->diagnosis, frame);

	forget_old(judge, frame);
	if (!err)
		err = verdicts__note(judge->verdicts, frame, judge->measured_ns);
	judge->measured_ns = wall_of(frame);
	return err;
}

/* ---- frames before one that is given */

/* What is done with the frames before another one, in order. */
struct run_up {
	struct judge *judge;
	struct diagnosis *diagnosis;
	bool notes; /* what was shown in them */
	int64_t before_ns;
};

/* What of it is settled is noted. 0 or a negative errno. */
static int pass(struct run_up *run_up, struct frame *frame, bool begins)
{
	int err;

	if (begins)
		diagnosis__reset(run_up->diagnosis);
	err = diagnose(run_up->diagnosis, frame);
	if (!err && run_up->notes && diagnosis__is_settled(run_up->diagnosis))
		err = verdicts__note(run_up->judge->verdicts, frame, run_up->before_ns);
	run_up->before_ns = wall_of(frame);
	return err;
}

/* As feed__next(), but nothing is measured. -ECANCELED: it is not to go on. */
static int go_on(struct judge *judge, struct frame **frame)
{
	const int64_t wall_ns = wall_of(*frame);
	struct feed_range range;

	if (judge->stop && judge->stop(judge->stop_arg)) {
		judge->stopped = true;
		return -ECANCELED;
	}
	frame__free(take_ptr(*frame));
	if (judge->live && (!feed__range(judge->feed, &range) || wall_ns >= range.last_ns))
		return -ENODATA;
	return feed__next(judge->feed, frame);
}

/*
 * Goes to the frame at @from_ns and on to the one at @to_ns, and passes all of them but that, or @last, that as well. Gives it, and whether there is
 * nothing before the first. -ENODATA: it was not met. -ECANCELED: it was stopped.
 */
static int walk(struct run_up *run_up, int64_t from_ns, int64_t to_ns, bool last,
		struct frame **ret_frame, bool *ret_whole)
{
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	struct feed *feed = run_up->judge->feed;
	int err = feed__seek(feed, from_ns, &frame);
	bool begins;

	if (err)
		return err;
	begins = *ret_whole = wall_of(frame) > from_ns;
	diagnosis__run_up(run_up->diagnosis);
	run_up->before_ns = VERDICTS_NONE;
	while (!err && wall_of(frame) != to_ns) {
		err = wall_of(frame) > to_ns ? -ENODATA : pass(run_up, frame, begins);
		if (!err)
			err = go_on(run_up->judge, &frame);
		begins = !err && feed__begins_anew(feed);
	}
	if (!err && last)
		err = pass(run_up, frame, begins);
	else if (!err && begins)
		diagnosis__reset(run_up->diagnosis);
	if (!err)
		*ret_frame = take_ptr(frame);
	return err;
}

/* The frames before it are not known: it is none that the feed gives again, or that was stopped. The feed stands at it. */
static int stay(struct judge *judge, int64_t wall_ns, struct frame **frame)
{
	struct frame *again = NULL;
	int err = feed__seek(judge->feed, wall_ns, &again);

	if (err)
		return err == -ENODATA ? 0 : err;
	frame__free(*frame);
	*frame = again;
	return diagnosis__make_single(judge->past, again);
}

/* As stay(). The frames that come next go on from it: what nobody waited for is not judged again for each of them. */
static int go_on_from(struct judge *judge, int64_t wall_ns, struct frame **frame)
{
	int err = stay(judge, wall_ns, frame);

	if (err || judge->live)
		return err;
	diagnosis__run_up(judge->diagnosis);
	judge->in_order = true;
	return diagnose(judge->diagnosis, *frame) ?: diagnosis__make_single(judge->past, *frame);
}

/* ---- frames of the past */

/* How long before a frame to begin. */
static double run_up_s(const struct frame *frame, bool back)
{
	const double interval_s = frame->interval_s > 0 ? frame->interval_s : 1;
	const double least =
		(RULES_HISTORY_FIRST + RULES_HISTORY_FRAMES + 7) * interval_s; /* and to settle */

	return (back ? 2 : 1) * (least + RULES_HISTORY_LONGEST);
}

/* Judges the frames before it, and then it. */
static int judge_anew(struct judge *judge, struct frame **frame, bool back)
{
	struct run_up run_up = { .judge = judge,
				 .diagnosis = judge->live ? judge->past : judge->diagnosis,
				 .notes = true };
	const int64_t wall_ns = wall_of(*frame);
	double before_s = run_up_s(*frame, back);
	bool whole = false;
	int err = 0;

	for (int i = 0; i < TRIES && !err && !whole; i++, before_s *= LONGER) {
		struct frame *again = NULL;

		err = walk(&run_up, moment_add(wall_ns, -(int64_t)(before_s * NS_PER_S)), wall_ns,
			   true, &again, &whole);
		if (err)
			break;
		frame__free(*frame);
		*frame = again;
		if (diagnosis__is_settled(run_up.diagnosis))
			break;
	}
	judge->in_order = !err;
	if (err == -ECANCELED)
		return go_on_from(judge, wall_ns, frame);
	return err == -ENODATA ? stay(judge, wall_ns, frame) : err;
}

/* What was shown is known. Numbers that are of shortly before are looked up there. */
static int recall(struct judge *judge, struct frame **frame, const struct verdict *verdicts,
		  size_t n)
{
	struct run_up run_up = { .judge = judge, .diagnosis = judge->past };
	const int64_t wall_ns = wall_of(*frame);
	double before_s = RECALL_INTERVALS * (*frame)->interval_s;
	bool whole = false, lacking;
	int err;

	diagnosis__reset(judge->past);
	err = diagnosis__recall(judge->past, *frame, verdicts, n, &lacking);
	for (int i = 0; i < TRIES && !err && lacking && !whole; i++, before_s *= LONGER) {
		struct frame *again = NULL;

		err = walk(&run_up, moment_add(wall_ns, -(int64_t)(before_s * NS_PER_S)), wall_ns,
			   false, &again, &whole);
		if (err)
			break;
		frame__free(*frame);
		*frame = again;
		err = diagnosis__recall(judge->past, again, verdicts, n, &lacking);
	}
	judge->in_order = false;
	return err == -ENODATA || err == -ECANCELED ? stay(judge, wall_ns, frame) : err;
}

/* It comes after the one that was judged last. */
static int judge_next(struct judge *judge, struct frame *frame)
{
	struct run_up run_up = { .judge = judge,
				 .diagnosis = judge->diagnosis,
				 .notes = true,
				 .before_ns = judge->given_ns };

	return pass(&run_up, frame, feed__begins_anew(judge->feed));
}

int judge__given(struct judge *judge, struct frame **frame, enum judge_way way)
{
	const struct verdict *verdicts;
	size_t n;
	int err;

	if (!judge->live && judge->in_order && way == JUDGE_NEXT) {
		err = judge_next(judge, *frame);
	} else if ((*frame)->latency == LATENCY_OFF) {
		judge->in_order = false;
		err = 0;
	} else if (verdicts__find(judge->verdicts, wall_of(*frame), &verdicts, &n)) {
		err = recall(judge, frame, verdicts, n);
	} else {
		err = judge_anew(judge, frame, way == JUDGE_BACK);
	}
	judge->given_ns = wall_of(*frame);
	return err;
}

/* ---- what is known */

bool judge__next_known(const struct judge *judge, int64_t wall_ns, bool on, int64_t *ret_wall_ns)
{
	return on ? verdicts__after(judge->verdicts, wall_ns, ret_wall_ns)
		  : verdicts__before(judge->verdicts, wall_ns, ret_wall_ns);
}

bool judge__has_mark(const struct judge *judge, int64_t wall_ns, uint64_t vm_key)
{
	return verdicts__has_mark(judge->verdicts, wall_ns, vm_key);
}
