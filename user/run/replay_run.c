// SPDX-License-Identifier: GPL-2.0
#include "replay_run.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/fmt.h"
#include "../base/log.h"
#include "../model/item_opts.h"
#include "../options/options.h"
#include "feed.h"
#include "feed_replay.h"
#include "loop.h"
#include "outputs.h"
#include "replay_report.h"
#include "screen_run.h"
#include "signals.h"
#include "../sources/replay.h"

struct replay_run {
	const struct options *options;
	struct term *term; /* NULL: there is no screen */
	struct replay *replay;
	struct feed *feed;
	struct outputs *outputs;
	struct item_opts item_opts;
	int64_t since_ns, until_ns; /* frames after the one, up to the other */
};

DEFINE_CLEANUP(item, struct replay_item, replay_item__put)

/* ---- what is asked for */

static int no_such_time(const struct replay_run *run, const char *option, int64_t ns)
{
	const struct replay_info *info = replay__info(run->replay);
	char when[32], first[32], last[32];

	log_error("%s %s: nothing was recorded then: %s is from %s to %s", option,
		  when_format(ns, when, sizeof(when)), run->options->replay,
		  when_format(info->first_ns, first, sizeof(first)),
		  when_format(info->last_ns, last, sizeof(last)));
	return -ENOENT;
}

/*
 * With --since before its begin all of the recording is shown, although the user may have meant
 * another day.
 */
static void report_since(const struct replay_run *run)
{
	const struct replay_info *info = replay__info(run->replay);
	char since[32], first[32];

	when_format(run->since_ns, since, sizeof(since));
	when_format(info->first_ns, first, sizeof(first));
	/* Not the same second, which would look odd. */
	if (run->since_ns < info->first_ns && strcmp(since, first))
		log_warning("since %s: %s begins later, at %s: shown from there", since,
			    run->options->replay, first);
	else
		log_info("since %s", since);
}

/* The times were given in short, perhaps, and are of other days. */
static int nothing_between(const struct replay_run *run)
{
	char since[32], until[32];

	log_error("--since %s is not before --until %s: nothing is in between",
		  when_format(run->since_ns, since, sizeof(since)),
		  when_format(run->until_ns, until, sizeof(until)));
	return -EINVAL;
}

/* Times are shown to the millisecond: what is shown as @ns is not after it. */
static int64_t end_of_ms(int64_t ns)
{
	return moment_add(ns - ns % 1000000, 999999);
}

static int set_span(struct replay_run *run)
{
	const struct options *options = run->options;
	const struct replay_info *info = replay__info(run->replay);
	char until[32];

	run->since_ns = INT64_MIN;
	run->until_ns = INT64_MAX;
	if (options->since.kind)
		run->since_ns = end_of_ms(when_resolve(&options->since, info->last_ns));
	if (options->until.kind)
		run->until_ns = end_of_ms(when_resolve(&options->until, info->last_ns));
	if (options->since.kind && options->until.kind && run->since_ns >= run->until_ns)
		return nothing_between(run);
	if (options->since.kind && run->since_ns >= info->last_ns)
		return no_such_time(run, "--since", run->since_ns);
	if (options->until.kind && run->until_ns <= info->first_ns)
		return no_such_time(run, "--until", run->until_ns);
	if (options->since.kind)
		report_since(run);
	if (options->until.kind)
		log_info("until %s", when_format(run->until_ns, until, sizeof(until)));
	return replay__seek(run->replay, run->since_ns);
}

/* ---- all of it */

static int open_recording(struct replay_run *run)
{
	const struct options *options = run->options;
	char why[512];
	int err = replay__open(options->replay, true, why, sizeof(why), &run->replay);

	if (err && err != -ENOMEM)
		log_error("--replay %s", why);
	if (err)
		return err;
	replay_report_damage(options, run->replay);
	if (replay__info(run->replay)->n < 2) {
		log_error("--replay %s: %s", options->replay,
			  replay__info(run->replay)->n
				  ? "it has one snapshot, and it takes two for an interval"
				  : "no snapshot is in it");
		return -ENODATA;
	}
	replay_report_info(options, run->replay);
	return 0;
}

/* -ENODATA after a line: nothing can be read from where it begins. */
static int check_first(struct replay_run *run)
{
	__cleanup(cleanup_item) struct replay_item *item = NULL;
	int err = replay_report_error(run->options, replay__next(run->replay, &item));

	return err == -ENODATA ? replay_report_end(run->options, run->replay, 0, NULL) : err;
}

static int open_feed(struct replay_run *run)
{
	const struct options *options = run->options;
	/* On a screen only if asked for: to count them, all of the recording must be read. */
	const bool wants_items = outputs_want_items(options, NULL, 0, &run->item_opts) ||
				 (run->term && options__event_view(options));
	const struct feed_replay_opts opts = {
		.options = options,
		.replay = run->replay,
		.since_ns = run->since_ns,
		.until_ns = run->until_ns,
		.item_opts = wants_items ? &run->item_opts : NULL,
	};

	return feed_replay__new(&opts, &run->feed);
}

static int run_loop(const struct replay_run *run)
{
	const struct loop_parts parts = { .options = run->options,
					  .feed = run->feed,
					  .outputs = run->outputs };

	if (!run->term)
		return loop__run(&parts);
	return screen_run(&(struct screen_run_parts){ .loop = parts, .term = run->term });
}

static int run_all(struct replay_run *run)
{
	int err = open_recording(run);

	if (!err)
		err = set_span(run);
	if (!err)
		err = check_first(run);
	if (!err)
		err = open_feed(run);
	/* Until here a signal ends us: nothing is printed yet. */
	if (!err)
		err = signals__take(false);
	if (!err)
		err = outputs__open(run->options, &run->outputs);
	if (err)
		return err;
	return run_loop(run);
}

int replay_run(const struct options *options, struct term *term, bool *ret_to_act)
{
	struct replay_run run = { .options = options, .term = term };
	int err;

	signal(SIGPIPE, SIG_IGN); /* also of what is reported before there is a frame */
	err = run_all(&run);
	*ret_to_act = !err && outputs__is_to_act(run.outputs);
	feed__free(run.feed);
	outputs__close(run.outputs);
	replay__close(run.replay);
	return err;
}
