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
#include "collection.h"
#include "feed.h"
#include "outputs.h"
#include "signals.h"
#include "../sources/bpf/drilldown.h"

/* How long slow exits are printed at the end of an interval, at most. */
#define LAST_SLOW_NS 500000000ull

/* --why: a rule need not apply longer than this part of the whole time, which may be short. */
#define WHY_SHARE 0.6

struct loop {
	const struct loop_parts *parts;
	struct diagnosis *diagnosis; /* NULL: no findings are wanted */
	bool recorded; /* nothing is measured: frames are there at once, and their readers are waited for */
	bool ends; /* this is the last interval */
	bool over; /* there is no further one */
	struct ending ending;
};

DEFINE_CLEANUP(frame, struct frame, frame__free)

/* ---- also of the screen's loop */

void loop__reopen_if_asked(const struct loop_parts *parts)
{
	if (signals__take_hangup())
		outputs__reopen(parts->outputs);
}

int loop__look(const struct loop_parts *parts, uint64_t until_ns)
{
	return outputs__check(parts->outputs)
		       ?: slow_exits__write(&parts->slow, until_ns, SLOW_TO_A_SIGNAL);
}

int loop__write_slow_exits(const struct loop_parts *parts, struct ending *ending)
{
	if (ending)
		return slow_exits__end(&parts->slow, ending);
	return slow_exits__write(&parts->slow, clock_now_ns() + LAST_SLOW_NS, SLOW_TO_THE_END);
}

/* Losing rows of a file is a failure; a closed stdout is none. */
int loop__finish(const struct loop_parts *parts, struct ending *ending, int err)
{
	int fed = feed__finish(parts->feed, err), written;

	written = outputs__finish(parts->outputs, ending);
	if (written == -EPIPE || written == -EINTR)
		written = 0;
	return written ? written : fed;
}

/* ---- the loop of the outputs */

/* The last one waits for a reader that is slow; of a recording all do, and a signal leaves out what still waits. */
static int write_frame(struct loop *loop, const struct frame *frame)
{
	const bool waits = loop->ends || loop->recorded;
	struct outputs *outputs = loop->parts->outputs;
	int err = waits ? outputs__wait_for_room(outputs, &loop->ending) : 0;

	if (err == -EINTR && !loop->recorded)
		err = 0;
	return err ? err
		   : outputs__write_frame(outputs, frame, feed__begins_anew(loop->parts->feed));
}

/* Why VMs are slow, if an output wants to know; nothing is known of what was not timed. */
static int diagnose(struct loop *loop, struct frame *frame)
{
	if (!loop->diagnosis || frame->latency == LATENCY_OFF)
		return 0;
	if (feed__begins_anew(loop->parts->feed))
		diagnosis__reset(loop->diagnosis);
	return diagnosis__make(loop->diagnosis, frame);
}

/* Sets @loop->over instead if there is no further frame. */
static int tick(struct loop *loop)
{
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	int err = loop__write_slow_exits(loop->parts, loop->ends ? &loop->ending : NULL);

	if (err)
		return err;
	err = feed__next(loop->parts->feed, &frame);
	loop->over = err == -ENODATA;
	if (err)
		return loop->over ? 0 : err;
	return diagnose(loop, frame) ?: write_frame(loop, frame);
}

enum wakeup { WAKEUP_TIME, WAKEUP_SIGNAL, WAKEUP_NO_READER };

/* Waits until @deadline_ns, a signal, or the end of stdout or of its reader; slow exits are printed as they come. */
static int wait_until(struct loop *loop, uint64_t deadline_ns, enum wakeup *ret_wakeup)
{
	const struct loop_parts *parts = loop->parts;
	struct pollfd fds[] = {
		{ .fd = outputs__has_stdout(parts->outputs) ? STDOUT_FILENO : -1 },
		{ .fd = drilldown__slow_fd(collection__slow(parts->slow.collection)),
		  .events = POLLIN }, /* -1: not looked at */
		{ .fd = outputs__fd(parts->outputs), .events = POLLIN },
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

		loop__reopen_if_asked(loop->parts);
		n = signals__count() ? -1 : ppoll(fds, ARRAY_SIZE(fds), &timeout, &mask);
		if (n < 0 && !signals__count() && errno != EINTR) {
			log_error("cannot wait for the next interval: %s", strerror(errno));
			return -errno;
		}
		if (signals__count())
			*ret_wakeup = WAKEUP_SIGNAL;
		else if (n == 0 || !left_ns)
			*ret_wakeup = WAKEUP_TIME;
		else if (n > 0 && fds[0].revents & (POLLERR | POLLHUP))
			*ret_wakeup = WAKEUP_NO_READER;
		else if ((err = loop__look(parts, deadline_ns)))
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
	err = wait_until(loop, feed__due_ns(loop->parts->feed), ret_wakeup);
	if (!err)
		loop__reopen_if_asked(loop->parts);
	return err;
}

static int run(struct loop *loop)
{
	const uint64_t count = loop->parts->options->count;
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

/* 0 or -ENOMEM. */
static int open_diagnosis(struct loop *loop)
{
	const struct diagnosis_opts opts = {
		.all_vms = scope__is_all(&loop->parts->options->scope),
		.recorded = loop->recorded,
		.rules = &loop->parts->options->rules,
		.seconds = WHY_SHARE * (double)loop->parts->options->why_ns / 1e9,
	};

	if (!outputs_want_findings(loop->parts->options))
		return 0;
	loop->diagnosis = diagnosis__new(&opts);
	return loop->diagnosis ? 0 : -ENOMEM;
}

int loop__run(const struct loop_parts *parts)
{
	struct loop loop = {
		.parts = parts,
		.recorded = !feed__due_ns(parts->feed),
	};
	int err, finished;

	err = open_diagnosis(&loop);
	ending__begin(&loop.ending);
	if (!err)
		err = run(&loop);
	if (!loop.ends)
		ending__begin(&loop.ending);
	finished = loop__finish(parts, &loop.ending, err);
	diagnosis__free(loop.diagnosis);
	/* -EPIPE: there is no reader any more; -EINTR: a signal, which ends a recording between two frames. */
	return err && err != -EPIPE && err != -EINTR ? err : finished;
}
