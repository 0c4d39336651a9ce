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

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../model/diagnosis.h"
#include "../model/frame.h"
#include "../options/options.h"
#include "feed.h"
#include "outputs.h"
#include "signals.h"
#include "../sources/bpf/drilldown.h"

/* How long slow exits are printed at the end of an interval, at most. */
#define LAST_SLOW_NS 500000000ull

/* --why: a rule need not apply longer than this part of the whole time, which may be short. */
#define WHY_SHARE 0.6

struct loop {
	const struct options *options;
	struct feed *feed;
	struct outputs *outputs;
	struct slow_exits slow;
	struct diagnosis *diagnosis; /* NULL: no findings are wanted */
	bool recorded; /* nothing is measured: frames are there at once, and their readers are waited for */
	bool ends; /* this is the last interval */
	bool over; /* there is no further one */
	struct ending ending;
};

DEFINE_CLEANUP(frame, struct frame, frame__free)

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

/* The last one waits for a reader that is slow; of a recording all do, and a signal leaves out what still waits. */
static int write_frame(struct loop *loop, const struct frame *frame)
{
	const bool waits = loop->ends || loop->recorded;
	int err = waits ? outputs__wait_for_room(loop->outputs, &loop->ending) : 0;

	if (err == -EINTR && !loop->recorded)
		err = 0;
	return err ? err
		   : outputs__write_frame(loop->outputs, frame, feed__begins_anew(loop->feed));
}

/* Why VMs are slow, if an output wants to know; nothing is known of what was not timed. */
static int diagnose(struct loop *loop, struct frame *frame)
{
	if (!loop->diagnosis || frame->latency == LATENCY_OFF)
		return 0;
	if (feed__begins_anew(loop->feed))
		diagnosis__reset(loop->diagnosis);
	return diagnosis__make(loop->diagnosis, frame);
}

/* Sets @loop->over instead if there is no further frame. */
static int tick(struct loop *loop)
{
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	int err = write_last_slow_exits(loop);

	if (err)
		return err;
	err = feed__next(loop->feed, &frame);
	loop->over = err == -ENODATA;
	if (err)
		return loop->over ? 0 : err;
	return diagnose(loop, frame) ?: write_frame(loop, frame);
}

enum wakeup { WAKEUP_TIME, WAKEUP_SIGNAL, WAKEUP_NO_READER };

/* At once, and not with the next row: logrotate may be about to compress the old file. */
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
		{ .fd = drilldown__slow_fd(loop->slow.detail),
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

/* Until the next frame is to be had, see wait_until(). -EINTR: a signal came, and nothing is measured that a last frame could show. */
static int wait_for_frame(struct loop *loop, enum wakeup *ret_wakeup)
{
	int err;

	if (loop->recorded)
		return signals__check();
	err = wait_until(loop, feed__due_ns(loop->feed), ret_wakeup);
	if (!err)
		reopen_if_asked(loop);
	return err;
}

static int run(struct loop *loop)
{
	const uint64_t count = loop->options->count;
	enum wakeup wakeup = WAKEUP_TIME;
	uint64_t done = 0;
	int err;

	while (wakeup == WAKEUP_TIME && (!count || done < count)) {
		err = wait_for_frame(loop, &wakeup);
		if (err || wakeup == WAKEUP_NO_READER)
			return err;
		done++;
		loop->ends = wakeup == WAKEUP_SIGNAL || done == count;
		if (loop->ends)
			ending__begin(&loop->ending);
		err = tick(loop);
		if (err || loop->over)
			return err;
	}
	return 0;
}

/* The readers' turn. Losing rows of a file is a failure; a closed stdout is none. */
static int finish(struct loop *loop, int err)
{
	int fed = feed__finish(loop->feed, err), written;

	if (!loop->ends)
		ending__begin(&loop->ending);
	written = outputs__finish(loop->outputs, &loop->ending);
	if (written == -EPIPE || written == -EINTR)
		written = 0;
	return written ? written : fed;
}

/* 0 or -ENOMEM. */
static int open_diagnosis(struct loop *loop)
{
	const struct diagnosis_opts opts = {
		.all_vms = scope__is_all(&loop->options->scope),
		.seconds = WHY_SHARE * (double)loop->options->why_ns / 1e9,
	};

	if (!outputs_want_findings(loop->options))
		return 0;
	loop->diagnosis = diagnosis__new(&opts);
	return loop->diagnosis ? 0 : -ENOMEM;
}

int loop__run(const struct loop_parts *parts)
{
	struct loop loop = {
		.options = parts->options,
		.feed = parts->feed,
		.outputs = parts->outputs,
		.slow = parts->slow,
		.recorded = !feed__due_ns(parts->feed),
	};
	int err, finished;

	err = open_diagnosis(&loop);
	ending__begin(&loop.ending);
	if (!err)
		err = run(&loop);
	finished = finish(&loop, err);
	diagnosis__free(loop.diagnosis);
	/* -EPIPE: there is no reader any more; -EINTR: a signal, which ends a recording between two frames. */
	return err && err != -EPIPE && err != -EINTR ? err : finished;
}
