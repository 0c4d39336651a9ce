// SPDX-License-Identifier: GPL-2.0
#include "feed_replay.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../model/codec.h"
#include "../model/delta.h"
#include "../model/frame.h"
#include "../model/snapshot.h"
#include "../options/options.h"
#include "feed.h"
#include "replay_pairs.h"
#include "replay_report.h"
#include "../sources/replay.h"

DEFINE_CLEANUP(shown, struct shown, shown__free)
DEFINE_CLEANUP(frame, struct frame, frame__free)

static struct feed_replay *replay_of(const struct feed *feed)
{
	return (struct feed_replay *)feed;
}

/* ---- frames */

/*
 * What -s says. Or what the recording was made with, for the first frame of its run: later it may have been changed. 0: not
 * known.
 */
static double asked_s(const struct feed_replay *run, const struct codec_run *recorded)
{
	const struct options *options = run->opts.options;
	const bool is_first = !run->frames || run->reported != recorded->id;

	if (options->interval_given)
		return (double)options->interval_ns / 1e9;
	return is_first ? (double)recorded->interval_ns / 1e9 : 0;
}

/* The frame that ends with @cur. */
static int make_frame(const struct feed_replay *run, const struct shown *cur,
		      struct frame **ret_frame)
{
	const struct codec_run *recorded = cur->item->run;
	int err;

	cur->snapshot->item_opts = run->opts.item_opts ? &run->counted.opts : NULL;
	err = delta__compute(run->prev->snapshot, cur->snapshot, &recorded->host, recorded->reasons,
			     ret_frame);
	if (err)
		return err;
	(*ret_frame)->asked_s = asked_s(run, recorded);
	snapshot__take_items(cur->snapshot, (*ret_frame)->items);
	return 0;
}

/* A frame ends with @cur, and was made if events are counted. */
static void pass(struct feed_replay *run, struct shown **cur)
{
	const struct counted up_to = {
		.place = (*cur)->item->place,
		.opts = run->counted.opts,
		.items = (*cur)->snapshot->items,
	};

	counted__release(&run->counted);
	run->counted = counted__share(&up_to);
	replay_pairs__go_on(run, cur);
}

/* Of the first frame of each run: what is known of the run, and what it lacks that the options can do without. */
static void report_run(struct feed_replay *run, const struct replay_item *item)
{
	if (run->frames && run->reported == item->run->id)
		return;
	replay_report_run(item->run);
	replay_report_missing(run->opts.options, item);
	run->reported = item->run->id;
}

static int next(struct feed *feed, struct frame **ret_frame)
{
	struct feed_replay *run = replay_of(feed);
	__cleanup(cleanup_shown) struct shown *cur = NULL;
	int err = replay_pairs__next(run, &cur);

	if (!err)
		err = make_frame(run, cur, ret_frame);
	if (err)
		return err;
	report_run(run, cur->item);
	run->begin = run->prev->item->place;
	run->frames++;
	pass(run, &cur);
	counted__release(&run->end);
	run->end = counted__share(&run->counted);
	return 0;
}

/* ---- the past */

static uint64_t first_place(const struct feed_replay *run)
{
	return replay__start_at(run->opts.replay, run->opts.since_ns);
}

static int note_known(struct feed_replay *run, const struct shown *begin)
{
	const struct boundary boundary = { begin->item->place,
					   timespec_ns(&begin->snapshot->wall) };

	if (run->opts.item_opts)
		counted_places__note(&run->places, &run->counted, boundary.wall_ns);
	else if (run->opts.options->interval_given)
		return boundaries__note(&run->known, &boundary);
	return 0;
}

/* From where to read to find frames that begin before @place and not after @wall_ns: the first snapshot that is asked for, or behind it. */
static struct counted find_start(const struct feed_replay *run, uint64_t place, int64_t wall_ns)
{
	struct counted start = { .place = first_place(run) };
	const struct counted *counted = counted_places__find(&run->places, place, wall_ns);
	const struct boundary *boundary = boundaries__find(&run->known, place, wall_ns);
	uint64_t known = 0;

	if (run->opts.item_opts)
		return counted ? *counted : start;
	if (!run->opts.options->interval_given)
		known = place == UINT64_MAX ? replay__start_at(run->opts.replay, wall_ns)
					    : replay__start_before(run->opts.replay, place);
	if (boundary)
		known = boundary->place;
	if (known > start.place)
		start.place = known;
	return start;
}

/* What is looked for: the last frame that ends not behind these. */
struct limit {
	uint64_t place;
	int64_t wall_ns;
};

static bool is_within(const struct limit *limit, const struct shown *cur)
{
	return cur->item->place <= limit->place &&
	       timespec_ns(&cur->snapshot->wall) <= limit->wall_ns;
}

/* A frame that is only looked for ends with @cur; it is made if what is counted depends on it. 0 or a negative errno. */
static int pass_over(struct feed_replay *run, struct shown **cur)
{
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	int err = run->opts.item_opts ? make_frame(run, *cur, &frame) : 0;

	if (!err)
		pass(run, cur);
	return err;
}

/* Reads from @start on, until it is behind @limit. 0: it begins at @ret_begin, which is to be released; -ENODATA: there is none. */
static int search_from(struct feed_replay *run, const struct counted *start,
		       const struct limit *limit, struct counted *ret_begin)
{
	bool found = false;
	int err = replay_pairs__begin_at(run, start);

	while (!err) {
		__cleanup(cleanup_shown) struct shown *cur = NULL;

		err = replay_pairs__next(run, &cur);
		if (err || !is_within(limit, cur))
			break;
		err = note_known(run, run->prev);
		counted__release(ret_begin);
		*ret_begin = counted__share(&run->counted);
		ret_begin->place = run->prev->item->place;
		found = true;
		if (!err)
			err = pass_over(run, &cur);
	}
	return err && err != -ENODATA ? err : found ? 0 : -ENODATA;
}

/* As search_from(), from where such a frame may be or as far before it as it takes. */
static int search(struct feed_replay *run, const struct limit *limit, uint64_t before,
		  struct counted *ret_begin)
{
	struct counted start = find_start(run, before, limit->wall_ns);
	const uint64_t first = first_place(run);
	int err;

	run->searching = true;
	for (;;) {
		err = search_from(run, &start, limit, ret_begin);
		if (err != -ENODATA || start.place <= first)
			break;
		start = find_start(run, start.place, INT64_MAX);
	}
	run->searching = false;
	return err;
}

/* The frame that begins at @begin. */
static int give(struct feed_replay *run, const struct counted *begin, struct frame **ret_frame)
{
	int err = replay_pairs__begin_at(run, begin);

	if (!err)
		err = next(&run->feed, ret_frame);
	run->feed.anew = true;
	return err;
}

static int prev(struct feed *feed, struct frame **ret_frame)
{
	struct feed_replay *run = replay_of(feed);
	const struct limit limit = { .place = run->begin, .wall_ns = INT64_MAX };
	__cleanup(counted__release) struct counted begin = { .place = 0 };
	int err;

	if (!run->frames)
		return -ENODATA;
	err = search(run, &limit, run->begin, &begin);
	if (!err)
		return give(run, &begin, ret_frame);
	if (err == -ENODATA) /* it stays where it was */
		err = replay_pairs__begin_at(run, &run->end) ?: -ENODATA;
	return err;
}

static int seek(struct feed *feed, int64_t wall_ns, struct frame **ret_frame)
{
	struct feed_replay *run = replay_of(feed);
	const struct limit limit = { .place = UINT64_MAX, .wall_ns = wall_ns };
	__cleanup(counted__release) struct counted begin = { .place = 0 };
	int err = search(run, &limit, UINT64_MAX, &begin);

	if (err == -ENODATA)
		begin.place = first_place(run);
	return err && err != -ENODATA ? err : give(run, &begin, ret_frame);
}

/* 0: that is not known before all of it was read. */
static uint64_t count_frames(const struct feed_replay *run, const struct replay_info *info)
{
	const bool whole =
		run->opts.since_ns < info->first_ns && run->opts.until_ns >= info->last_ns;
	/* A run may go on in the other piece, and what is damaged ends a row of frames. */
	const bool plain = !info->damaged_bytes && !(info->pieces[0] && info->pieces[1]);

	return whole && plain && !run->opts.options->interval_given && info->n > info->n_runs
		       ? info->n - info->n_runs
		       : 0;
}

static bool range(const struct feed *feed, struct feed_range *ret_range)
{
	const struct feed_replay *run = replay_of(feed);
	const struct replay_info *info = replay__info(run->opts.replay);

	*ret_range = (struct feed_range){
		.first_ns = info->first_ns,
		.frames = count_frames(run, info),
		.gaps = info->gaps,
		.n_gaps = info->n_gaps,
	};
	if (ret_range->first_ns < run->opts.since_ns)
		ret_range->first_ns = run->opts.since_ns;
	ret_range->last_ns = info->last_ns;
	if (ret_range->last_ns > run->opts.until_ns)
		ret_range->last_ns = run->opts.until_ns;
	return true;
}

static int measure(struct feed *feed, struct frame **ret_frame)
{
	(void)feed;
	(void)ret_frame;
	return -ENODATA;
}

static uint64_t due_ns(struct feed *feed)
{
	(void)feed;
	return 0;
}

/* ---- its life */

static int finish(struct feed *feed, int err)
{
	const struct feed_replay *run = replay_of(feed);

	return err ? 0
		   : replay_report_end(run->opts.options, run->opts.replay, run->frames,
				       run->lacks[0] ? run->lacks : NULL);
}

static void free_replay(struct feed *feed)
{
	struct feed_replay *run = replay_of(feed);

	shown__free(run->prev);
	shown__free(run->pending);
	replay_select__free(run->select);
	boundaries__release(&run->known);
	counted_places__release(&run->places);
	counted__release(&run->counted);
	counted__release(&run->end);
	counted__release(&run->start);
	free(run);
}

static const struct feed_ops ops = {
	.next = next,
	.prev = prev,
	.seek = seek,
	.measure = measure,
	.due_ns = due_ns,
	.range = range,
	.finish = finish,
	.free = free_replay,
};

int feed_replay__new(const struct feed_replay_opts *opts, struct feed **ret_feed)
{
	struct feed_replay *run = calloc(1, sizeof(*run));
	int err;

	if (!run)
		return -ENOMEM;
	run->feed.ops = &ops;
	run->opts = *opts;
	err = replay_report_choice(opts->options)
		      ?: replay_select__new(opts->options, opts->replay, opts->until_ns,
					    &run->select);
	if (!err)
		err = replay_report_error(opts->options,
					  replay__seek(opts->replay, opts->since_ns));
	if (err) {
		free_replay(&run->feed);
		return err;
	}
	*ret_feed = &run->feed;
	return 0;
}
