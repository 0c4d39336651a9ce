// SPDX-License-Identifier: GPL-2.0
#include "screen_run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
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
#include "feed_live.h"
#include "outputs.h"
#include "screen_files.h"
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

/* So long a frame with a finding is looked for. */
#define SEARCH_NS UINT64_C(2000000000)

struct screen_run {
	const struct screen_run_parts *parts;
	struct loop_parts loop; /* with slow exits that are shown, too */
	struct screen *screen;
	struct stderr_lines *lines;
	struct diagnosis *diagnosis;
	struct timeline timeline;
	uint64_t search_until_ns; /* for a frame with a finding */
	struct screen_wish wish;
	struct screen_self self;
	double took_s;		    /* the last refresh */
	uint64_t measured;	    /* frames */
	uint64_t cpu_ns, looked_ns; /* what we have used, and until when */
	bool over, prints;	    /* it ends; and what is shown stays */
	bool late;		    /* the terminal has not got the newest picture */
	struct ending ending;
};

/* ---- what it costs */

static uint64_t used_ns(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

static uint64_t file_bytes(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : (uint64_t)st.st_size;
}

static void look_at_self(struct screen_run *run)
{
	const struct options *options = run->loop.options;
	const uint64_t now_ns = clock_now_ns(), cpu_ns = used_ns();
	char older[4096];

	run->self.cpu_pct =
		run->looked_ns && now_ns > run->looked_ns
			? 100.0 * (double)(cpu_ns - run->cpu_ns) / (double)(now_ns - run->looked_ns)
			: -1;
	run->cpu_ns = cpu_ns;
	run->looked_ns = now_ns;
	if (run->parts->live_switch)
		run->self.history_bytes = feed_live__history_bytes(run->loop.feed);
	if (!options->record)
		return;
	snprintf(older, sizeof(older), "%s.1", options->record);
	run->self.recorded_bytes = file_bytes(options->record) + file_bytes(older);
}

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

/* Measures if it is live, for the other outputs, too. */
static int tick(struct screen_run *run)
{
	const uint64_t begun_ns = clock_now_ns();
	struct timeline_step step = { .measured = NULL };
	int err = run->parts->live_switch ? loop__write_slow_exits(&run->loop, NULL) : 0;

	if (!err)
		err = timeline__tick(&run->timeline, &step);
	if (!err && step.measured) {
		run->measured++;
		look_at_self(run);
		err = outputs__write_frame(run->loop.outputs, step.measured, false);
	}
	run->took_s = (double)(clock_now_ns() - begun_ns) / 1e9;
	if (!err)
		err = take_step(run, &step);
	frame__free(step.measured);
	if (run->loop.options->count && run->measured >= run->loop.options->count)
		run->over = true;
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

/* A search ends with the next key, or a signal, or when it has taken too long. */
static bool is_search_over(void *arg)
{
	const struct screen_run *run = arg;
	struct pollfd pollfd = { .fd = term__fd(run->parts->term), .events = POLLIN };

	signals__look();
	return signals__count() || clock_now_ns() >= run->search_until_ns ||
	       poll(&pollfd, 1, 0) > 0;
}

static int find(struct screen_run *run, const struct wish *wish, struct timeline_step *step)
{
	bool found;
	int err;

	run->search_until_ns = clock_now_ns() + SEARCH_NS;
	err = timeline__find(&run->timeline, wish->n, wish->vm_key, is_search_over, run, step,
			     &found);
	return err || found ? err : tell(run, "no finding up to here");
}

static int move(struct screen_run *run, const struct wish *wish)
{
	struct timeline *timeline = &run->timeline;
	struct timeline_step step = { .measured = NULL };
	int err = 0;

	switch (wish->kind) {
	case WISH_PAUSE:
		timeline__pause(timeline);
		break;
	case WISH_LIVE:
		err = timeline__go_on(timeline, &step);
		break;
	case WISH_STEP:
		err = timeline__step(timeline, wish->n, &step);
		break;
	case WISH_SEEK:
		err = timeline__seek(timeline, wish->wall_ns, &step);
		break;
	case WISH_SPEED:
		timeline__set_speed(timeline, wish->n);
		break;
	default:
		err = find(run, wish, &step);
	}
	return err ?: take_step(run, &step);
}

/* About what is measured, and files. */
static int do_other(struct screen_run *run, const struct wish *wish)
{
	const struct timeline_step same = { .changed = false };
	char said[512];
	int err;

	screen_wish__do(&run->wish, wish, said, sizeof(said));
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
	int err = screen__press(run->screen, key, clock_now_ns(), &wish);

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
	fds[FD_SLOW] = (struct pollfd){ .fd = drilldown__slow_fd(run->loop.slow.detail),
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

/* The view that the options ask for, by its key. */
static uint32_t first_key(const struct options *options)
{
	if (options__event_view(options))
		return '4';
	if (options->by_given && options->query.by == BY_VCPU)
		return '2';
	return options->hist || (options->by_given && options->query.by == BY_REASON) ? '3' : 0;
}

/* --sort, or what the settings say. */
static void choose(const struct options *options, struct screen_chosen *chosen)
{
	const struct order *order = &options->query.order;
	const char *sort = options->sort;

	chosen->reversed = options->reversed;
	snprintf(chosen->off, sizeof(chosen->off), "%s", options->columns_off);
	if (order->given) {
		sort = order->key < SORT_KEY_MAX
			       ? sort_key_name((enum sort_key)order->key)
			       : registry_column((enum column_id)(order->key - SORT_KEY_MAX))->name;
		chosen->reversed = order->reversed;
	}
	snprintf(chosen->sort, sizeof(chosen->sort), "%s", sort ? sort : "");
}

static int open_screen(struct screen_run *run)
{
	const struct options *options = run->loop.options;
	const struct term *term = run->parts->term;
	struct screen_opts opts = {
		.version = options__version(),
		.glyphs = term__glyphs(term),
		.recorded = !run->parts->live_switch,
		.interval_s = (double)options->interval_ns / 1e9,
		.mouse = options->mouse,
		.fields = options->fields,
		.no_children = options->no_children,
		.cursor_on_selection = !term__has_colors(term) || getenv("KVMTOP_CURSOR"),
	};
	const struct diagnosis_opts rules = { .all_vms = scope__is_all(&options->scope) };
	int err;

	choose(options, &opts.chosen);
	err = screen__new(&opts, &run->screen);
	run->diagnosis = diagnosis__new(&rules);
	if (!run->diagnosis)
		err = -ENOMEM;
	timeline__init(&run->timeline, run->loop.feed, run->diagnosis);
	if (!err)
		err = stderr_lines__new(&run->lines);
	if (!err)
		err = take_size(run);
	if (!err && first_key(options))
		err = press(run, first_key(options));
	return err;
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
		err = timeline__show_end(&run->timeline, END_FRAMES, take_step, run)
			      ?: take_step(run, &(struct timeline_step){ .changed = false });
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
			  .mouse = options->mouse },
		.self = { .cpu_pct = -1,
			  .history_max_bytes = parts->live_switch ? options->history_bytes : 0,
			  .recording = options->record,
			  .recorded_max_bytes = options->record_bytes },
	};
	int err;

	run.loop.slow.seen = slow_seen;
	run.loop.slow.arg = &run;
	err = start(&run) ?: run_loop(&run);
	give_back(&run);
	err = finish(&run, err);
	timeline__release(&run.timeline);
	diagnosis__free(run.diagnosis);
	screen__free(run.screen);
	return err;
}
