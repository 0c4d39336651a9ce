// SPDX-License-Identifier: GPL-2.0
#include "replay_pairs.h"

#include <errno.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../model/codec.h"
#include "../model/snapshot.h"
#include "../options/options.h"
#include "../sources/replay.h"
#include "replay_report.h"
#include "signals.h"

DEFINE_CLEANUP(item, struct replay_item, replay_item__put)
DEFINE_CLEANUP(shown, struct shown, shown__free)

/* ---- snapshots */

/* The next one from where we are on. -ENODATA: there is none. */
static int next_item(const struct feed_replay *run, struct replay_item **ret_item)
{
	for (;;) {
		int err = replay__next(run->opts.replay, ret_item);

		if (err)
			return replay_report_error(run->opts.options, err);
		if ((*ret_item)->place >= run->from)
			return 0;
		replay_item__put(*ret_item);
	}
}

/* A run without what the options ask for is left out. */
static bool is_left_out(struct feed_replay *run, const struct replay_item *item)
{
	char lacks[sizeof(run->lacks)] = "";

	if (!replay_lacks(run->opts.options, item, lacks, sizeof(lacks)))
		return false;
	/* No frame would have ended with what is before --since. */
	if (timespec_ns(&item->snapshot->wall) > run->opts.since_ns)
		memcpy(run->lacks, lacks, sizeof(lacks));
	return true;
}

/* The next one as it is shown. -ENODATA: that was all; -EAGAIN: it is left out. */
static int next_shown(struct feed_replay *run, struct shown **ret_shown)
{
	__cleanup(cleanup_item) struct replay_item *item = NULL;
	int err = run->over ? -ENODATA : next_item(run, &item);

	if (!err && timespec_ns(&item->snapshot->wall) > run->opts.until_ns)
		err = -ENODATA;
	run->over |= err == -ENODATA;
	if (err)
		return err;
	return is_left_out(run, item) ? -EAGAIN : shown__new(run->select, item, ret_shown);
}

/* Whether @cur can be compared with what is before. */
static bool is_next(const struct feed_replay *run, const struct shown *cur)
{
	return run->prev->item->run_number == cur->item->run_number &&
	       cur->snapshot->mono_ns > run->prev->snapshot->mono_ns;
}

/* -s: not before so much time has passed; a tenth of what was recorded less is as much. */
static bool is_far_enough(const struct feed_replay *run, const struct shown *cur)
{
	const struct options *options = run->opts.options;
	uint64_t passed_ns = cur->snapshot->mono_ns - run->prev->snapshot->mono_ns;
	uint64_t slack_ns = cur->item->run->interval_ns / 10;

	return !options->interval_given || passed_ns >= options->interval_ns ||
	       options->interval_ns - passed_ns <= slack_ns;
}

void replay_pairs__go_on(struct feed_replay *run, struct shown **cur)
{
	replay_select__forget(run->select, *cur);
	shown__free(run->prev);
	run->prev = take_ptr(*cur);
}

/* What the event view counts begins with @cur, or goes on from what was counted up to there. */
static void begin_counting(struct feed_replay *run, const struct shown *cur)
{
	if (!run->prev && run->start.opts.names && run->start.place == cur->item->place) {
		counted__release(&run->counted);
		run->counted = counted__share(&run->start);
		snapshot__take_items(cur->snapshot, run->start.items);
		return;
	}
	counted__release(&run->counted);
	run->counted = counted__begin(run->opts.item_opts, cur->item);
}

static void begin_run(struct feed_replay *run, struct shown **cur)
{
	begin_counting(run, *cur);
	run->feed.anew = true;
	if (!run->searching)
		log_info("another run of kvmtop begins: what was in between is not known");
	replay_pairs__go_on(run, cur);
}

/* -s: what is left at the end of a run is shown, although it is not as long. @cur is what comes then; NULL: nothing. */
static bool end_run(struct feed_replay *run, struct shown **cur)
{
	struct shown *passed = replay_select__take_passed(run->select);

	if (!passed)
		return false;
	run->pending = take_ptr(*cur);
	*cur = passed;
	return true;
}

/* What @cur is to the snapshots before it. 0: a frame ends with it; -EAGAIN: none does, and it was taken. */
static int look_at(struct feed_replay *run, struct shown **cur)
{
	if (run->prev && !is_next(run, *cur)) {
		if (end_run(run, cur))
			return 0;
		begin_run(run, cur);
		return -EAGAIN;
	}
	if (!run->prev)
		begin_counting(run, *cur);
	if (!run->prev || timespec_ns(&(*cur)->snapshot->wall) <= run->opts.since_ns) {
		replay_pairs__go_on(run, cur);
		return -EAGAIN;
	}
	if (is_far_enough(run, *cur))
		return 0;
	replay_select__pass_over(run->select, take_ptr(*cur));
	return -EAGAIN;
}

int replay_pairs__next(struct feed_replay *run, struct shown **ret_cur)
{
	__cleanup(cleanup_shown) struct shown *cur = NULL;
	int err;

	run->feed.anew = false;
	if (run->pending)
		begin_run(run, &run->pending);
	do {
		/* Many snapshots may be passed over until there is a frame. */
		err = signals__check() ?: next_shown(run, &cur);
		if (!err)
			err = look_at(run, &cur);
		else if (err == -ENODATA && end_run(run, &cur))
			err = 0;
	} while (err == -EAGAIN);
	if (!err)
		*ret_cur = take_ptr(cur);
	return err;
}

int replay_pairs__begin_at(struct feed_replay *run, const struct counted *start)
{
	const struct counted shared = counted__share(start);

	counted__release(&run->start);
	run->start = shared;
	shown__free(take_ptr(run->prev));
	shown__free(take_ptr(run->pending));
	shown__free(replay_select__take_passed(run->select));
	run->over = false;
	run->from = shared.place;
	return replay_report_error(run->opts.options,
				   replay__seek_place(run->opts.replay, shared.place));
}
