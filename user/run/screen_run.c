// SPDX-License-Identifier: GPL-2.0
#include "screen_run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../model/diagnosis.h"
#include "../model/frame.h"
#include "../options/command_line.h"
#include "../options/options.h"
#include "../sources/bpf/drilldown.h"
#include "../tui/screen.h"
#include "../tui/term.h"
#include "collection.h"
#include "feed_live.h"
#include "judge.h"
#include "live_switch.h"
#include "outputs.h"
#include "screen_cost.h"
#include "screen_files.h"
#include "screen_move.h"
#include "screen_start.h"
#include "screen_stop.h"
#include "screen_verify.h"
#include "screen_wish.h"
#include "signals.h"
#include "stderr_lines.h"
#include "timeline.h"

/* The picture is made anew at least so often: a hint goes, an order is not held any more. */
#define REDRAW_NS UINT64_C(1000000000)
/* A picture that the terminal had no room for is tried again. */
#define RETRY_NS UINT64_C(30000000)
/* So long slow exits are written before keys are looked at again. */
#define SLOW_NS UINT64_C(20000000)
/* Of a recording that is opened at its end: what the trends have. */
#define END_FRAMES 60

struct screen_run {
	const struct screen_run_parts *parts;
	struct loop_parts loop; /* with slow exits that are shown, too */
	struct screen *screen;
	struct stderr_lines *lines;
	struct judge *judge;
	struct timeline timeline;
	struct screen_wish wish;
	struct screen_stop stop;
	struct screen_cost cost;
	struct screen_verify verify;
	struct screen_self self;
	double took_s;	   /* the last refresh */
	uint64_t n;	   /* frames that were measured, or played */
	bool over, prints; /* it ends; and what is shown stays */
	bool late;	   /* the terminal has not got the newest picture */
	struct ending ending;
};

/* ---- frames */

static struct screen_time time_now(const struct screen_run *run)
{
	const struct frame *shown = run->timeline.recorded ? run->timeline.shown : NULL;
	struct screen_time time = timeline__time(
		&run->timeline, shown ? shown->interval_s : (double)run->wish.interval_ns / 1e9);

	time.took_s = run->took_s;
	return time;
}

/* What came of a step is shown; what was measured beside it is only noted. */
static int take_step(void *arg, const struct timeline_step *step)
{
	struct screen_run *run = arg;
	const struct screen_time time = time_now(run);
	int err = 0;

	if (step->breaks)
		screen__break(run->screen);
	run->wish.shown = run->timeline.shown;
	if (step->measured && !step->changed)
		err = screen__note(run->screen, step->measured, &time);
	if (!err && run->timeline.shown)
		err = screen__show(run->screen, run->timeline.shown, step->changed && step->follows,
				   &time, &run->self);
	return err;
}

/* -n: it ends after so many. */
static void count(struct screen_run *run, const struct timeline_step *step)
{
	const uint64_t most = run->loop.options->count;

	run->n += run->timeline.recorded ? step->changed : !!step->measured;
	if (most && (run->n >= most || run->timeline.mode == SCREEN_AT_END))
		run->over = true;
}

static void look_at_self(struct screen_run *run)
{
	run->self.cpu_pct = screen_cost__cpu_pct(&run->cost);
	if (run->parts->live_switch)
		run->self.history_bytes = feed_live__history_bytes(run->loop.feed);
	if (run->loop.options->record)
		run->self.recorded_bytes = screen_cost__recorded(run->loop.options->record);
}

/* Measures if it is live, for the other outputs, too. */
static int tick(struct screen_run *run)
{
	const uint64_t begun_ns = clock_now_ns();
	struct timeline_step step = { .measured = NULL };
	int err = run->parts->live_switch ? loop__look(&run->loop, begun_ns + SLOW_NS) : 0;

	screen_stop__begin(&run->stop);
	if (!err)
		err = timeline__tick(&run->timeline, &step) ?: screen_stop__end(&run->stop);
	if (!err && step.measured) {
		look_at_self(run);
		err = outputs__write_frame(run->loop.outputs, step.measured, false)
			      ?: screen_verify__look(&run->verify, run->screen);
	}
	run->took_s = (double)(clock_now_ns() - begun_ns) / 1e9;
	if (!err)
		err = take_step(run, &step);
	count(run, &step);
	frame__free(step.measured);
	return err;
}

static int slow_seen(void *arg, const struct slow_exit *slow)
{
	const struct screen_run *run = arg;

	return screen__add_slow(run->screen, slow);
}

/* ---- the terminal */

static int take_size(struct screen_run *run)
{
	struct wish wish;
	size_t width, height;
	int err;

	term__size(run->parts->term, &width, &height);
	term__repaint(run->parts->term);
	err = screen__resize(run->screen, width, height);
	return err ?: screen__press(run->screen, KEY_CODE_RESIZE, clock_now_ns(), &wish);
}

/* One that is gone meanwhile, or another's, ends it. */
static int come_back(struct screen_run *run)
{
	if (term__enter(run->parts->term))
		run->over = true;
	return run->over ? 0 : take_size(run);
}

/* Nothing of ours is on the terminal while we are stopped. */
static int suspend(struct screen_run *run)
{
	term__leave(run->parts->term);
	signals__stop();
	signals__take_continue();
	/* Asked to end meanwhile, perhaps from the shell that has the terminal now. */
	signals__look();
	run->over |= signals__count();
	return run->over ? 0 : come_back(run);
}

static int draw(struct screen_run *run)
{
	const struct grid *grid = screen__draw(run->screen, clock_now_ns());
	int err = grid ? term__show(run->parts->term, grid) : -ENOMEM;

	run->late = err == -EAGAIN;
	if (err == -ENOMEM || !err)
		return err;
	run->over |= err != -EAGAIN; /* the terminal is gone */
	return 0;
}

/* ---- wishes */

static int tell(void *arg, const char *line)
{
	const struct screen_run *run = arg;

	return screen__tell(run->screen, line);
}

static int move(struct screen_run *run, const struct wish *wish)
{
	struct timeline_step step;
	char said[SCREEN_MOVE_SAID];
	int err;

	screen_stop__begin(&run->stop);
	err = screen_move__do(&run->timeline, wish, &run->stop, &step, said)
		      ?: screen_stop__end(&run->stop)
		      ?: (*said ? tell(run, said) : 0);
	return err ?: take_step(run, &step);
}

/* About what is measured, and files. */
static int do_other(struct screen_run *run, const struct wish *wish)
{
	const struct timeline_step same = { .changed = false };
	char said[512];
	int err;

	screen_wish__do(&run->wish, wish, said, sizeof(said));
	run->self.slow_ns = run->wish.slow_ns;
	err = *said ? tell(run, said) : 0;
	return err ?: take_step(run, &same);
}

static int repaint(struct screen_run *run)
{
	term__repaint(run->parts->term);
	return run->timeline.mode == SCREEN_LIVE ? tick(run) : 0;
}

static int do_wish(struct screen_run *run, const struct wish *wish)
{
	switch (wish->kind) {
	case WISH_NOTHING:
		return 0;
	case WISH_QUIT_AND_PRINT:
		run->prints = true;
		/* fallthrough */
	case WISH_QUIT:
		run->over = true;
		return 0;
	case WISH_REPAINT:
		return repaint(run);
	case WISH_SUSPEND:
		return suspend(run);
	case WISH_MOUSE:
		run->wish.mouse = wish->n;
		term__set_mouse(run->parts->term, wish->n);
		return 0;
	case WISH_PAUSE:
	case WISH_LIVE:
	case WISH_STEP:
	case WISH_SEEK:
	case WISH_NEXT_FINDING:
	case WISH_SPEED:
		return move(run, wish);
	default:
		return do_other(run, wish);
	}
}

static int press(struct screen_run *run, uint32_t key)
{
	struct wish wish = { .kind = WISH_NOTHING };
	size_t row, column;
	int err;

	if (screen_stop__takes(&run->stop, key))
		return 0;
	if (key == KEY_CODE_CLICK) {
		term__click(run->parts->term, &row, &column);
		screen__point(run->screen, row, column);
	}
	err = screen__press(run->screen, key, clock_now_ns(), &wish);
	screen_verify__follow(&run->verify, run->screen);
	return err ?: do_wish(run, &wish);
}

/* ---- the loop */

static int take_signals(struct screen_run *run)
{
	int err = 0;

	run->over |= signals__count();
	loop__reopen_if_asked(&run->loop);
	if (signals__take_stop())
		err = suspend(run); /* also while a line is typed */
	/* Stopped by a signal that cannot be taken, say: the shell had the terminal meanwhile. */
	if (!err && !run->over && signals__take_continue()) {
		signals__take_resize();
		err = come_back(run);
	}
	if (!err && signals__take_resize())
		err = take_size(run);
	return err;
}

/* All that has come, and then the picture of it. */
static int take_input(struct screen_run *run)
{
	int err = take_signals(run);
	uint32_t key;

	if (!err)
		err = stderr_lines__take(run->lines, tell, run);
	while (!err && !run->over && (key = term__key(run->parts->term)))
		err = press(run, key);
	return err || run->over ? err : draw(run);
}

static uint64_t earlier(uint64_t a_ns, uint64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

enum { FD_TERM, FD_SLOW, FD_OUTPUTS, FD_LINES, FD_MAX };

/* Until something has come or is due. 0 or a negative errno. */
static int wait_for_any(struct screen_run *run, struct pollfd fds[FD_MAX])
{
	const uint64_t now_ns = clock_now_ns(), due_ns = timeline__due_ns(&run->timeline);
	const uint64_t until_ns = earlier(due_ns, now_ns + (run->late ? RETRY_NS : REDRAW_NS));
	const uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	const struct timespec timeout = { .tv_sec = (time_t)(left_ns / 1000000000),
					  .tv_nsec = (long)(left_ns % 1000000000) };
	const sigset_t mask = signals__mask();
	struct term *term = run->parts->term;

	fds[FD_TERM] = (struct pollfd){ .fd = term__fd(term), .events = POLLIN };
	if (term__is_behind(term))
		fds[FD_TERM].events |= POLLOUT;
	fds[FD_SLOW] = (struct pollfd){ .fd = drilldown__slow_fd(
						collection__slow(run->loop.slow.collection)),
					.events = POLLIN };
	fds[FD_OUTPUTS] = (struct pollfd){ .fd = outputs__fd(run->loop.outputs), .events = POLLIN };
	fds[FD_LINES] = (struct pollfd){ .fd = stderr_lines__fd(run->lines), .events = POLLIN };
	if (ppoll(fds, FD_MAX, &timeout, &mask) >= 0)
		return 0;
	for (size_t i = 0; i < FD_MAX; i++)
		fds[i].revents = 0;
	return errno == EINTR ? 0 : -errno;
}

/* What has come but for keys and signals. */
static int take_others(struct screen_run *run, const struct pollfd fds[FD_MAX])
{
	int err = 0;

	/* Hung up. */
	if (fds[FD_TERM].revents & (POLLERR | POLLHUP | POLLNVAL) || term__push(run->parts->term))
		run->over = true;
	if (fds[FD_SLOW].revents || fds[FD_OUTPUTS].revents)
		err = loop__look(&run->loop, clock_now_ns() + SLOW_NS);
	return err;
}

static int run_loop(struct screen_run *run)
{
	struct pollfd fds[FD_MAX];
	int err;

	for (;;) {
		err = take_input(run);
		if (err || run->over)
			return err;
		if (clock_now_ns() >= timeline__due_ns(&run->timeline)) {
			err = tick(run) ?: take_input(run);
			if (err || run->over)
				return err;
		}
		err = wait_for_any(run, fds) ?: take_others(run, fds);
		if (err || run->over)
			return err;
	}
}

/* ---- its life */

static int open_screen(struct screen_run *run)
{
	const struct options *options = run->loop.options;
	const struct diagnosis_opts rules = { .all_vms = scope__is_all(&options->scope),
					      .recorded = !run->parts->live_switch,
					      .rules = &options->rules };
	const struct screen_opts shown = { .recorded = !run->parts->live_switch,
					   .kvm = run->parts->kvm,
					   .exit_path = run->parts->exit_path,
					   .statistics = run->parts->statistics };
	const uint32_t key = screen_start__key(options);
	int err = screen_start__new(options, run->parts->term, &shown, &run->screen);

	run->judge = judge__new(run->loop.feed, &rules);
	if (!run->judge)
		return -ENOMEM;
	screen_stop__init(&run->stop, run->screen, run->parts->term, run->judge);
	timeline__init(&run->timeline, run->loop.feed, run->judge);
	if (!err)
		err = stderr_lines__new(&run->lines);
	if (!err)
		err = take_size(run);
	return err || !key ? err : press(run, key);
}

/* Of a recording its end; or with -n all of it, from its beginning. */
static int show_recording(struct screen_run *run)
{
	struct timeline_step step = { .changed = false };
	int err;

	screen_stop__begin(&run->stop);
	if (!run->loop.options->count)
		return timeline__show_end(&run->timeline, END_FRAMES, take_step, run)
			       ?: take_step(run, &step) ?: screen_stop__end(&run->stop);
	err = timeline__play_all(&run->timeline, &step) ?: screen_stop__end(&run->stop);
	count(run, &step);
	return err ?: take_step(run, &step);
}

static int start(struct screen_run *run)
{
	int err = signals__take_screen();

	if (!err)
		err = open_screen(run);
	if (err)
		return err;
	err = term__enter(run->parts->term);
	if (err)
		log_error("cannot use the terminal: %s", strerror(-err));
	if (!err && run->loop.options->mouse)
		term__set_mouse(run->parts->term, true);
	if (!err && run->timeline.recorded)
		err = show_recording(run);
	return err;
}

/* The terminal is the user's again before anything is said. */
static void give_back(struct screen_run *run)
{
	const struct grid *grid = run->prints ? screen__draw(run->screen, clock_now_ns()) : NULL;

	term__leave(run->parts->term);
	stderr_lines__free(run->lines);
	if (grid) {
		screen_files__print(grid, stdout);
		fflush(stdout);
	}
}

/* A signal, and a reader that is gone, are no failures; see loop__run(). */
static int finish(struct screen_run *run, int err)
{
	int finished, slow = 0;

	ending__begin(&run->ending);
	if (!err && run->parts->live_switch)
		slow = loop__write_slow_exits(&run->loop, &run->ending);
	finished = loop__finish(&run->loop, &run->ending, err);
	return err && err != -EPIPE && err != -EINTR ? err : finished ?: slow;
}

int screen_run(const struct screen_run_parts *parts)
{
	const struct options *options = parts->loop.options;
	struct screen_run run = {
		.parts = parts,
		.loop = parts->loop,
		.wish = { .options = options,
			  .live_switch = parts->live_switch,
			  .outputs = parts->loop.outputs,
			  .interval_ns = options->interval_ns,
			  .slow_ns = options->slower_than_ns,
			  .mouse = options->mouse },
		.verify = { .live_switch = parts->live_switch },
		.self = { .cpu_pct = -1,
			  .slow_ns = options->slower_than_ns,
			  .history_max_bytes = parts->live_switch ? options->history_bytes : 0,
			  .recording = options->record,
			  .recorded_max_bytes = options->record_bytes },
	};
	int err;

	run.loop.slow.seen = slow_seen;
	run.loop.slow.arg = &run;
	if (parts->live_switch)
		live_switch__set_slow_exits(parts->live_switch, &run.loop.slow);
	err = start(&run) ?: run_loop(&run);
	give_back(&run);
	err = finish(&run, err);
	if (parts->live_switch)
		live_switch__set_slow_exits(parts->live_switch, NULL);
	timeline__release(&run.timeline);
	judge__free(run.judge);
	screen__free(run.screen);
	return err;
}
