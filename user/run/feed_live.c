// SPDX-License-Identifier: GPL-2.0
#include "feed_live.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../model/delta.h"
#include "../model/frame.h"
#include "../model/history.h"
#include "../model/snapshot.h"
#include "../model/snapshot_choice.h"
#include "feed.h"

struct feed_live {
	struct feed feed; /* first */
	struct feed_live_opts opts;
	struct history *history; /* NULL: the past is not kept */
	struct snapshot *newest;
	/* Snapshots are numbered from 0; a frame has the number of the snapshot that it ends with. */
	uint64_t n, given; /* how many there were; the frame that was given last, 0: none */
	uint64_t begun_ns; /* when the interval began that is measured, as far as deadlines go */
	uint64_t due_ns;   /* its end; 0: to be found */
	const struct snapshot_choice *choice; /* NULL: all is shown */
	bool chosen;			      /* since the newest snapshot */
	uint64_t
		chosen_at; /* what the event view counts begins in the frame of this snapshot; 0: in the first one */
};

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)

static struct feed_live *live_of(const struct feed *feed)
{
	return (struct feed_live *)feed;
}

/* ---- measuring */

static int keep(struct feed_live *live, struct snapshot **cur)
{
	int err = 0;

	if (live->opts.taken)
		live->opts.taken(live->opts.arg, *cur, live->newest);
	if (live->history)
		err = history__add(live->history, *cur, live->newest);
	snapshot__free(live->newest);
	live->newest = take_ptr(*cur);
	live->n++;
	return err;
}

/* At its deadline, or now, if that was not waited for. */
static void begin_interval(struct feed_live *live)
{
	const uint64_t now_ns = clock_now_ns();

	live->begun_ns = live->due_ns && live->due_ns < now_ns ? live->due_ns : now_ns;
	live->due_ns = 0;
}

/* What the event view has counted of another choice is left out. */
static bool counts_anew(const struct feed_live *live, uint64_t number)
{
	return live->chosen || number <= live->chosen_at;
}

/* The frame of snapshot @number, which is @cur; @prev is the one before. */
static int make_frame(const struct feed_live *live, uint64_t number, const struct snapshot *prev,
		      const struct snapshot *cur, struct frame **ret_frame)
{
	__cleanup(cleanup_snapshot) struct snapshot *chosen = NULL;
	struct snapshot before = *prev;
	int err = live->choice ? snapshot_choice__apply(live->choice, cur, 0, &chosen) : 0;

	if (counts_anew(live, number))
		before.items = NULL;
	return err ? err
		   : delta__compute(&before, chosen ? chosen : cur, live->opts.host,
				    live->opts.names, ret_frame);
}

static int measure(struct feed_live *live, struct frame **ret_frame)
{
	__cleanup(cleanup_snapshot) struct snapshot *cur = NULL;
	struct frame *frame = NULL;
	int err = live->opts.read(live->opts.arg, &cur);

	if (err)
		return err;
	if (live->chosen)
		live->chosen_at = live->n;
	live->chosen = false;
	err = make_frame(live, live->n, live->newest, cur, &frame);
	if (err && err != -ENOMEM)
		log_error("no time has passed between two readings: CLOCK_MONOTONIC stands still");
	if (!err) {
		frame->asked_s = (double)live->opts.interval_ns / 1e9;
		snapshot__take_items(cur, frame->items);
		err = keep(live, &cur);
	}
	if (err) {
		frame__free(frame);
		return err;
	}
	begin_interval(live);
	*ret_frame = frame;
	return 0;
}

/* From deadline to deadline, so that the intervals do not drift; a missed one is not made up. */
static uint64_t due_ns(struct feed *feed)
{
	struct feed_live *live = live_of(feed);
	const uint64_t now_ns = live->due_ns ? 0 : clock_now_ns();

	if (live->due_ns)
		return live->due_ns;
	live->due_ns = live->begun_ns + live->opts.interval_ns;
	if (live->due_ns < now_ns)
		live->due_ns = now_ns + live->opts.interval_ns;
	return live->due_ns;
}

static int measure_aside(struct feed *feed, struct frame **ret_frame)
{
	struct feed_live *live = live_of(feed);
	int err = measure(live, ret_frame);

	/* Without a past there is nowhere else to be. */
	if (!err && !live->history)
		live->given = live->n - 1;
	return err;
}

/* ---- the past */

/* The frames that can be made of what is kept: from @ret_first to the newest. */
static bool find_kept(const struct feed_live *live, uint64_t *ret_first)
{
	struct history_range range;

	if (!live->history)
		return false;
	range = history__range(live->history);
	*ret_first = range.first + 1; /* the first snapshot ends no frame */
	return range.end > *ret_first;
}

/* @anew: it does not follow the one that was given before. */
static int give_past(struct feed_live *live, uint64_t number, bool anew, struct frame **ret_frame)
{
	const struct snapshot *prev, *cur;
	int err = history__unpack(live->history, number, &prev, &cur);

	if (!err)
		err = make_frame(live, number, prev, cur, ret_frame);
	if (err)
		return err;
	live->given = number;
	live->feed.anew = anew;
	return 0;
}

static int next(struct feed *feed, struct frame **ret_frame)
{
	struct feed_live *live = live_of(feed);
	uint64_t first;
	int err;

	/* Where the one after it was dropped meanwhile, the oldest that is left. */
	if (live->given + 1 < live->n && find_kept(live, &first)) {
		const bool gap = live->given + 1 < first;

		return give_past(live, gap ? first : live->given + 1, gap, ret_frame);
	}
	err = measure(live, ret_frame);
	if (err)
		return err;
	live->feed.anew = live->given + 2 < live->n;
	live->given = live->n - 1;
	return 0;
}

static int prev(struct feed *feed, struct frame **ret_frame)
{
	struct feed_live *live = live_of(feed);
	uint64_t first;

	if (!find_kept(live, &first) || live->given <= first)
		return -ENODATA;
	return give_past(live, live->given - 1, true, ret_frame);
}

static int seek(struct feed *feed, int64_t wall_ns, struct frame **ret_frame)
{
	struct feed_live *live = live_of(feed);
	uint64_t first, number = live->n - 1;

	if (!find_kept(live, &first))
		return -ENODATA;
	while (number > first && history__wall_ns(live->history, number) > wall_ns)
		number--;
	return give_past(live, number, number != live->given + 1, ret_frame);
}

static bool range(const struct feed *feed, struct feed_range *ret_range)
{
	const struct feed_live *live = live_of(feed);
	uint64_t first;

	if (!find_kept(live, &first))
		return false;
	*ret_range = (struct feed_range){
		.first_ns = history__wall_ns(live->history, first),
		.last_ns = history__wall_ns(live->history, live->n - 1),
		.frames = live->n - first,
	};
	return true;
}

/* ---- its life */

static int finish(struct feed *feed, int err)
{
	const struct feed_live *live = live_of(feed);

	(void)err;
	return live->opts.finish ? live->opts.finish(live->opts.arg) : 0;
}

static void free_live(struct feed *feed)
{
	struct feed_live *live = live_of(feed);

	snapshot__free(live->newest);
	history__free(live->history);
	free(live);
}

static const struct feed_ops ops = {
	.next = next,
	.prev = prev,
	.seek = seek,
	.measure = measure_aside,
	.due_ns = due_ns,
	.range = range,
	.finish = finish,
	.free = free_live,
};

static int start(struct feed_live *live)
{
	__cleanup(cleanup_snapshot) struct snapshot *first = NULL;
	int err = 0;

	if (live->opts.history_bytes)
		err = history__new(live->opts.history_bytes, &live->history);
	if (!err)
		err = live->opts.read(live->opts.arg, &first);
	if (!err)
		err = keep(live, &first);
	live->begun_ns = clock_now_ns();
	return err;
}

int feed_live__new(const struct feed_live_opts *opts, struct feed **ret_feed)
{
	struct feed_live *live = calloc(1, sizeof(*live));
	int err;

	if (!live)
		return -ENOMEM;
	live->feed.ops = &ops;
	live->opts = *opts;
	err = start(live);
	if (err) {
		free_live(&live->feed);
		return err;
	}
	*ret_feed = &live->feed;
	return 0;
}

void feed_live__set_interval(struct feed *feed, uint64_t interval_ns)
{
	struct feed_live *live = live_of(feed);
	const uint64_t now_ns = clock_now_ns(), due_ns = live->begun_ns + interval_ns;

	live->opts.interval_ns = interval_ns;
	live->due_ns = due_ns > now_ns ? due_ns : now_ns; /* over already: at once */
}

void feed_live__choose(struct feed *feed, const struct snapshot_choice *choice, bool others)
{
	struct feed_live *live = live_of(feed);

	live->choice = choice;
	live->chosen |= others;
}

size_t feed_live__history_bytes(const struct feed *feed)
{
	const struct feed_live *live = live_of(feed);

	return live->history ? history__bytes(live->history) : 0;
}

int feed_live__count_chosen(const struct feed *feed, const struct snapshot_choice *choice,
			    size_t *ret_n)
{
	__cleanup(cleanup_snapshot) struct snapshot *chosen = NULL;
	int err = snapshot_choice__apply(choice, live_of(feed)->newest, 0, &chosen);

	*ret_n = err ? 0 : chosen->n_vms;
	return err;
}
