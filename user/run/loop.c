// SPDX-License-Identifier: GPL-2.0
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../model/delta.h"
#include "../model/event_counts.h"
#include "../model/frame.h"
#include "../model/snapshot.h"
#include "../options/options.h"
#include "outputs.h"
#include "privileges.h"
#include "recorder.h"
#include "selection.h"
#include "signals.h"
#include "slow_exits.h"
#include "../sources/bpf_detail.h"

/* How long slow exits are printed at the end of an interval, at most. */
#define LAST_SLOW_NS 500000000ull

struct loop {
	const struct options *options;
	struct live live;
	struct bpf_detail *detail;
	struct slow_exits slow;
	const struct detail_names *detail_names;
	const struct host_info *host;
	const struct reason_names *names;
	struct event_opts event_opts;
	bool wants_events; /* by them */
	struct recorder *recorder;
	bool recording_fails;  /* that was said */
	uint64_t not_recorded; /* snapshots, since then */
	struct selection *selection;
	struct outputs *outputs;
	struct snapshot *prev;
	bool ends; /* this is the last interval */
	struct ending ending;
};

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(frame, struct frame, frame__free)

static int take_snapshot(struct loop *loop, struct snapshot **ret_snapshot)
{
	__cleanup(cleanup_snapshot) struct snapshot *snapshot = snapshot__new();
	int err;

	if (!snapshot)
		return -ENOMEM;
	snapshot->include_past = loop->options->include_past;
	snapshot->detail_names = loop->detail_names;
	snapshot->event_opts = loop->wants_events ? &loop->event_opts : NULL;
	err = live__read(&loop->live, snapshot);
	snapshot->drops[DROP_FRAMES] = outputs__frames_left_out(loop->outputs);
	snapshot->drops[DROP_SLOW] += outputs__slow_left_out(loop->outputs);
	if (err && err != -ENOMEM) /* which main says */
		log_error("cannot read the counters: %s", strerror(-err));
	if (err)
		return err;
	selection__apply(loop->selection, loop->live.bpf, snapshot);
	*ret_snapshot = take_ptr(snapshot);
	return 0;
}

/* A full disk does not end what is shown; when there is room again it goes on. */
static void record(struct loop *loop, const struct snapshot *cur, const struct snapshot *prev)
{
	int err = loop->recorder ? recorder__write(loop->recorder, cur, prev) : 0;

	if (err && !loop->recording_fails)
		log_warning("%s: cannot record (%s): left out until it can", loop->options->record,
			    strerror(-err));
	else if (!err && loop->recording_fails)
		log_warning("%s: recording again", loop->options->record);
	loop->recording_fails = err;
	loop->not_recorded = err ? loop->not_recorded + 1 : 0;
}

/*
 * Those of an interval come before its frame, also when a signal ended it; and before VMs that have ended are forgotten. After the
 * last ones there are no further ones, so all of them are printed.
 */
static int write_last_slow_exits(struct loop *loop)
{
	if (loop->ends)
		return slow_exits__end(&loop->slow, &loop->ending);
	return slow_exits__write(&loop->slow, clock_now_ns() + LAST_SLOW_NS, SLOW_TO_THE_END);
}

/* The last one waits for a reader that is slow. */
static int write_frame(struct loop *loop, const struct frame *frame)
{
	int err = loop->ends ? outputs__wait_for_room(loop->outputs, &loop->ending) : 0;

	return err && err != -EINTR ? err : outputs__write_frame(loop->outputs, frame);
}

static int tick(struct loop *loop)
{
	__cleanup(cleanup_snapshot) struct snapshot *cur = NULL;
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	int err;

	err = write_last_slow_exits(loop);
	if (!err)
		err = take_snapshot(loop, &cur);
	if (err)
		return err;
	err = delta__compute(loop->prev, cur, loop->host, loop->names, &frame);
	if (err && err != -ENOMEM)
		log_error("no interval: CLOCK_MONOTONIC did not go on");
	if (err)
		return err;
	snapshot__take_events(cur, frame->events);
	selection__check_pids(loop->selection);
	record(loop, cur, loop->prev);
	snapshot__free(loop->prev);
	loop->prev = take_ptr(cur);
	return write_frame(loop, frame);
}

enum wakeup { WAKEUP_TIME, WAKEUP_SIGNAL, WAKEUP_NO_READER };

/* At once, and not with the next row: who moved the file away may be about to compress it. */
static void reopen_if_asked(struct loop *loop)
{
	if (signals__take_hangup())
		outputs__reopen(loop->outputs);
}

/* Waits until @deadline_ns, a signal, or the end of stdout or of its reader; slow exits are printed as they come. */
static int wait_until(struct loop *loop, uint64_t deadline_ns, enum wakeup *ret_wakeup)
{
	struct pollfd fds[] = {
		{ .fd = outputs__has_stdout(loop->outputs) ? STDOUT_FILENO : -1 },
		{ .fd = bpf_detail__slow_fd(loop->detail),
		  .events = POLLIN }, /* -1: not looked at */
		{ .fd = outputs__fd(loop->outputs), .events = POLLIN },
	};
	const sigset_t mask = signals__mask();

	for (;;) {
		uint64_t now_ns = clock_now_ns();
		uint64_t left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
		struct timespec timeout = {
			.tv_sec = (time_t)(left_ns / 1000000000ull),
			.tv_nsec = (long)(left_ns % 1000000000ull),
		};
		int n, err;

		reopen_if_asked(loop);
		n = signals__count() ? -1 : ppoll(fds, ARRAY_SIZE(fds), &timeout, &mask);
		if (n < 0 && !signals__count() && errno != EINTR) {
			log_error("cannot wait: %s", strerror(errno));
			return -errno;
		}
		if (signals__count())
			*ret_wakeup = WAKEUP_SIGNAL;
		else if (n == 0 || !left_ns)
			*ret_wakeup = WAKEUP_TIME;
		else if (n > 0 && fds[0].revents & (POLLERR | POLLHUP))
			*ret_wakeup = WAKEUP_NO_READER;
		else if ((err = outputs__check(loop->outputs)) ||
			 (err = slow_exits__write(&loop->slow, deadline_ns, SLOW_TO_A_SIGNAL)))
			return err;
		else
			continue;
		return 0;
	}
}

static int run(struct loop *loop)
{
	const struct options *options = loop->options;
	uint64_t deadline_ns = clock_now_ns();
	enum wakeup wakeup = WAKEUP_TIME;
	uint64_t done = 0;
	int err;

	while (wakeup == WAKEUP_TIME && (!options->count || done < options->count)) {
		/* From deadline to deadline, so that the intervals do not drift; a missed one is not made up. */
		deadline_ns += options->interval_ns;
		if (deadline_ns < clock_now_ns())
			deadline_ns = clock_now_ns() + options->interval_ns;
		err = wait_until(loop, deadline_ns, &wakeup);
		if (err)
			return err;
		if (wakeup == WAKEUP_NO_READER)
			return 0;
		reopen_if_asked(loop);
		done++;
		loop->ends = wakeup == WAKEUP_SIGNAL || done == options->count;
		if (loop->ends)
			ending__begin(&loop->ending);
		err = tick(loop);
		if (err)
			return err;
	}
	return 0;
}

static int start(struct loop *loop, uint32_t isa)
{
	int err = signals__take(loop->options->log_file);

	if (err)
		return err;
	err = selection__new(&loop->options->scope, &loop->selection);
	if (!err)
		err = outputs__open(loop->options, &loop->outputs);
	if (err)
		return err;
	loop->wants_events =
		outputs_want_events(loop->options, loop->names, isa, &loop->event_opts);
	loop->slow = (struct slow_exits){
		.detail = loop->detail,
		.names = loop->names,
		.detail_names = loop->detail_names,
		.selection = loop->selection,
		.outputs = loop->outputs,
	};
	privileges_drop(&(struct privileges_needs){
		.bpf = loop->live.bpf,
		.stats = loop->live.stats,
		.writes_files = loop->options->log_file || loop->options->record,
	});
	err = take_snapshot(loop, &loop->prev);
	if (!err)
		record(loop, loop->prev, NULL);
	return err;
}

/* What was not recorded by now never will be. */
static int finish_recording(const struct loop *loop)
{
	int err = loop->recorder ? recorder__sync(loop->recorder) : 0;

	if (loop->recording_fails)
		log_error("%s: the last %llu snapshots are not recorded", loop->options->record,
			  (unsigned long long)loop->not_recorded);
	else if (err)
		log_error("%s: the last snapshots may not be recorded: %s", loop->options->record,
			  strerror(-err));
	return loop->recording_fails ? -EIO : err;
}

/* The readers' turn. What is lost in a file for good is a failure; that nobody reads stdout any more is none. */
static int finish(struct loop *loop)
{
	int err, recorded = finish_recording(loop);

	if (!loop->ends)
		ending__begin(&loop->ending);
	err = loop->outputs ? outputs__finish(loop->outputs, &loop->ending) : 0;
	if (err == -EPIPE || err == -EINTR)
		err = 0;
	return err ? err : recorded;
}

int loop__run(const struct options *options, const struct loop_parts *parts)
{
	struct loop loop = {
		.options = options,
		.live = parts->live,
		.detail = parts->detail,
		.detail_names = parts->detail_names,
		.recorder = parts->recorder,
		.host = parts->host,
		.names = parts->names,
	};
	int err, finished;

	err = start(&loop, parts->isa);
	if (!err)
		err = run(&loop);
	if (err == -EPIPE)
		err = 0; /* nobody reads any more */
	finished = finish(&loop);
	if (!err)
		err = finished;
	snapshot__free(loop.prev);
	outputs__close(loop.outputs);
	selection__free(loop.selection);
	return err;
}
