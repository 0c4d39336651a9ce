// SPDX-License-Identifier: GPL-2.0
/* Feeds: the same snapshots give the same frames, byte for byte, live and recorded, new and past, in any order. */
#include <errno.h>
#include <unistd.h>

#include "../../user/base/clock.h"
#include "../../user/model/item_counts.h"
#include "../../user/model/item_opts.h"
#include "../../user/model/item_rows.h"
#include "../../user/model/scope.h"
#include "../../user/model/snapshot_choice.h"
#include "../../user/options/options.h"
#include "../../user/run/feed.h"
#include "../../user/run/feed_live.h"
#include "../../user/run/feed_replay.h"
#include "../../user/run/recorder.h"
#include "../../user/sources/replay.h"
#include "codec_samples.h"
#include "output.h"
#include "unit.h"

#define N 150 /* snapshots, of unequal intervals; more than two stretches of a history */
#define FRAMES (N - 1)
#define SECONDS INT64_C(1000000000)

struct fixture {
	struct sample_world w;
	struct codec_run run;
	char path[32];
	struct snapshot *v[N];
	size_t n, taken; /* how many the live feed may take, and has taken */
	char *frames[FRAMES];
	int64_t ends_ns[FRAMES];
	size_t n_frames;
	struct options options;
	struct item_opts item_opts; /* -d and -t */
	bool wants_items;	    /* by them */
	struct replay *replay;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	sample_world__init(&f->w, 3);
	f->run = sample_run(&f->w);
	strcpy(f->path, "/tmp/kvmtop-test-XXXXXX");
	fd = mkstemp(f->path);
	assert_true(fd >= 0);
	close(fd);
	for (; f->n < N; f->n++) {
		f->v[f->n] = sample_next(&f->w, f->n ? f->v[f->n - 1] : NULL);
		f->v[f->n]->detail_names = f->w.details;
	}
	f->options = (struct options){ .replay = f->path, .latency = LATENCY_FULL };
	*state = f;
	return 0;
}

static void forget_frames(struct fixture *f)
{
	for (size_t i = 0; i < f->n_frames; i++)
		free(f->frames[i]);
	f->n_frames = 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	forget_frames(f);
	for (size_t i = 0; i < N; i++)
		snapshot__free(f->v[i]);
	replay__close(f->replay);
	sample_world__done(&f->w);
	free(f);
	return 0;
}

/* ---- the two feeds */

/* All of it is memory that a copy may share, as the originals outlive it. */
static int read_next(void *arg, struct snapshot **ret_snapshot)
{
	struct fixture *f = arg;
	struct snapshot *copy = snapshot__new();
	struct arena *arena = copy->arena;

	if (f->taken == f->n) {
		snapshot__free(copy);
		return -EIO;
	}
	*copy = *f->v[f->taken++];
	copy->arena = arena;
	copy->item_opts = f->wants_items ? &f->item_opts : NULL;
	*ret_snapshot = copy;
	return 0;
}

static struct feed *open_live(struct fixture *f, size_t history_bytes)
{
	const struct feed_live_opts opts = {
		.interval_ns = UINT64_C(1000000000),
		.history_bytes = history_bytes,
		.host = &f->run.host,
		.names = f->w.reasons,
		.read = read_next,
		.arg = f,
	};
	struct feed *feed;

	assert_int_equal(feed_live__new(&opts, &feed), 0);
	return feed;
}

/* The snapshots from @from to @to - 1 are of one run. */
static void record(struct fixture *f, size_t from, size_t to)
{
	const struct recorder_opts opts = { f->path, 1 << 30, f->run };
	struct recorder *recorder;
	char why[512];

	assert_int_equal(recorder__open(&opts, why, sizeof(why), &recorder), 0);
	for (size_t i = from; i < to; i++)
		assert_int_equal(recorder__write(recorder, f->v[i], i > from ? f->v[i - 1] : NULL),
				 0);
	recorder__close(recorder);
}

static struct feed *open_replay_within(struct fixture *f, int64_t since_ns, int64_t until_ns)
{
	struct feed_replay_opts opts = {
		.options = &f->options,
		.since_ns = since_ns,
		.until_ns = until_ns,
		.item_opts = f->wants_items ? &f->item_opts : NULL,
	};
	struct feed *feed;
	char why[512];

	assert_int_equal(replay__open(f->path, true, why, sizeof(why), &f->replay), 0);
	opts.replay = f->replay;
	assert_int_equal(feed_replay__new(&opts, &feed), 0);
	return feed;
}

static struct feed *open_replay(struct fixture *f)
{
	return open_replay_within(f, INT64_MIN, INT64_MAX);
}

/* ---- what they give */

/* With events: the rows of all VMs together, of each VM and of each vCPU. */
static char *text_of(const struct frame *frame)
{
	const struct item_spec spec = { .stats = true, .tracepoints = true };
	struct view view = { .version = "v1-test" };
	struct item_rows *rows = NULL;
	char *text;

	if (frame->items) {
		assert_int_equal(item_rows__new(frame, &spec, &rows), 0);
		view.items = rows;
		view.fields = view.by_given = true;
		view.query.by = BY_VCPU;
	}
	text = output_of(json__write, frame, &view);
	item_rows__free(rows);
	return text;
}

/* All that comes, from where @feed is. */
static void take_all(struct fixture *f, struct feed *feed, int end)
{
	struct frame *frame;
	int err;

	while (!(err = feed__next(feed, &frame))) {
		assert_true(f->n_frames < FRAMES);
		f->ends_ns[f->n_frames] = timespec_ns(&frame->wall);
		f->frames[f->n_frames++] = text_of(frame);
		frame__free(frame);
	}
	assert_int_equal(err, end);
}

static void expect(const struct fixture *f, struct frame *frame, size_t i)
{
	char *text = text_of(frame);

	if (strcmp(text, f->frames[i]))
		fail_msg("not frame %zu:\n%s%s", i, text, f->frames[i]);
	free(text);
	frame__free(frame);
}

static void expect_next(const struct fixture *f, struct feed *feed, size_t i)
{
	struct frame *frame;

	assert_int_equal(feed__next(feed, &frame), 0);
	expect(f, frame, i);
}

static void expect_prev(const struct fixture *f, struct feed *feed, size_t i)
{
	struct frame *frame;

	assert_int_equal(feed__prev(feed, &frame), 0);
	assert_true(feed__begins_anew(feed));
	expect(f, frame, i);
}

static void expect_seek(const struct fixture *f, struct feed *feed, int64_t ns, size_t i)
{
	struct frame *frame;

	assert_int_equal(feed__seek(feed, ns, &frame), 0);
	expect(f, frame, i);
}

static void expect_no_prev(struct feed *feed)
{
	struct frame *frame;

	assert_int_equal(feed__prev(feed, &frame), -ENODATA);
}

/* To and fro over the frames that were taken, by dice; @feed is at the last one. */
static void walk(const struct fixture *f, struct feed *feed)
{
	const size_t last = f->n_frames - 1;
	size_t at = last;
	uint64_t dice = 4711;

	while (at)
		expect_prev(f, feed, --at);
	expect_no_prev(feed);
	expect_no_prev(feed);
	while (at < last)
		expect_next(f, feed, ++at);
	for (int i = 0; i < 200; i++) {
		switch (roll_below(&dice, 3)) {
		case 0:
			at = roll_below(&dice, f->n_frames);
			expect_seek(f, feed, f->ends_ns[at], at);
			break;
		case 1:
			if (at)
				expect_prev(f, feed, --at);
			else
				expect_no_prev(feed);
			break;
		default:
			if (at < last)
				expect_next(f, feed, ++at);
		}
	}
	/* In between it is the one before; and beyond the ends the first and the last. */
	expect_seek(f, feed, f->ends_ns[last / 2] + 1, last / 2);
	expect_seek(f, feed, INT64_MIN, 0);
	expect_seek(f, feed, INT64_MAX, last);
	expect_seek(f, feed, f->ends_ns[last / 3], last / 3);
	expect_next(f, feed, last / 3 + 1);
	expect_seek(f, feed, INT64_MAX, last);
}

/* ---- tests */

static void live_and_its_past(void **state)
{
	struct fixture *f = *state;
	struct feed *feed = open_live(f, 1 << 30);
	struct feed_range range;

	assert_false(feed__range(feed, &range));
	take_all(f, feed, -EIO);
	assert_int_equal(f->n_frames, FRAMES);
	walk(f, feed);
	assert_true(feed__range(feed, &range));
	assert_true(range.first_ns == f->ends_ns[0] && range.last_ns == f->ends_ns[FRAMES - 1]);
	assert_int_equal(feed__finish(feed, 0), 0);
	feed__free(feed);
}

static void recorded_as_live(void **state)
{
	struct fixture *f = *state;
	struct feed *live = open_live(f, 0), *feed;
	struct feed_range range;
	struct frame *frame;

	take_all(f, live, -EIO);
	feed__free(live);
	record(f, 0, N);
	feed = open_replay(f);
	for (size_t i = 0; i < FRAMES; i++)
		expect_next(f, feed, i);
	assert_int_equal(feed__next(feed, &frame), -ENODATA);
	assert_int_equal(feed__next(feed, &frame), -ENODATA);
	walk(f, feed);
	assert_int_equal(feed__measure(feed, &frame), -ENODATA);
	assert_true(feed__range(feed, &range));
	assert_true(range.last_ns == f->ends_ns[FRAMES - 1]);
	assert_int_equal(feed__finish(feed, 0), 0);
	feed__free(feed);
}

/* Each test below takes the frames one after the other first, and then walks over them. */
static void take_and_walk(struct fixture *f, struct feed *feed)
{
	take_all(f, feed, -ENODATA);
	walk(f, feed);
	feed__free(feed);
}

static void runs(void **state)
{
	struct fixture *f = *state;

	record(f, 0, 40);
	record(f, 40, 41); /* no interval */
	record(f, 41, 43);
	record(f, 43, N);
	take_and_walk(f, open_replay(f));
	assert_int_equal(f->n_frames, N - 4);
}

static void set_latency(struct fixture *f, size_t from, size_t to, enum latency latency)
{
	for (size_t i = from; i < to; i++)
		f->v[i]->latency = latency;
}

/* -H: runs without histograms are left out, and those that have them are all shown. */
static void runs_without_histograms(void **state)
{
	struct fixture *f = *state;
	struct feed *feed;

	f->options.hist = true;
	set_latency(f, 0, N, LATENCY_FULL);
	set_latency(f, 0, 3, LATENCY_OFF);
	set_latency(f, 40, 43, LATENCY_MEAN);
	record(f, 0, 3);
	record(f, 3, 40);
	record(f, 40, 43);
	record(f, 43, N);
	feed = open_replay(f);
	take_all(f, feed, -ENODATA);
	assert_int_equal(f->n_frames, 36 + N - 44);
	walk(f, feed);
	assert_int_equal(feed__finish(feed, 0), 0);
	feed__free(feed);
}

static void no_histograms(void **state)
{
	struct fixture *f = *state;
	struct feed *feed;

	f->options.hist = true;
	set_latency(f, 0, N, LATENCY_MEAN);
	record(f, 0, 3);
	record(f, 3, N);
	feed = open_replay(f);
	take_all(f, feed, -ENODATA);
	assert_int_equal(f->n_frames, 0);
	assert_int_equal(feed__finish(feed, 0), -ENODATA);
	feed__free(feed);
}

/* -s: the end of a run is shown, too; VMs that ended in between are. */
static void merged(void **state)
{
	struct fixture *f = *state;

	f->options.interval_given = true;
	f->options.interval_ns = UINT64_C(7000000000);
	record(f, 0, 60);
	record(f, 60, 61);
	record(f, 61, N);
	take_and_walk(f, open_replay(f));
	assert_in_range(f->n_frames, 10, N / 3);
}

static void within_times(void **state)
{
	struct fixture *f = *state;
	const int64_t since_ns = timespec_ns(&f->v[70]->wall), until_ns = since_ns + 20 * SECONDS;

	record(f, 0, N);
	take_and_walk(f, open_replay_within(f, since_ns, until_ns));
	assert_true(f->ends_ns[0] > since_ns && f->ends_ns[f->n_frames - 1] <= until_ns);
	assert_in_range(f->n_frames, 15, 25);
}

static void merged_within_times(void **state)
{
	struct fixture *f = *state;
	const int64_t since_ns = timespec_ns(&f->v[10]->wall);

	f->options.interval_given = true;
	f->options.interval_ns = UINT64_C(3000000000);
	record(f, 0, N);
	take_and_walk(f, open_replay_within(f, since_ns, since_ns + 100 * SECONDS));
}

/* @f is with what the event view counts from now on. */
static void want_events(struct fixture *f)
{
	f->wants_items = true;
	f->item_opts = (struct item_opts){
		.stats = true,
		.tracepoints = true,
		.per_vcpu = true,
		.names = f->w.reasons,
	};
}

/* Totals that VMs have left behind are in the past, too. */
static void with_events(void **state)
{
	struct fixture *f = *state;
	struct feed *live, *feed;

	want_events(f);
	f->run.isa = f->item_opts.isa = ISA_SVM;
	live = open_live(f, 1 << 30);
	take_all(f, live, -EIO);
	assert_non_null(strstr(f->frames[0], "event_rows"));
	walk(f, live);
	feed__free(live);
	record(f, 0, N);
	feed = open_replay(f);
	for (size_t i = 0; i < FRAMES; i++)
		expect_next(f, feed, i);
	walk(f, feed);
	feed__free(feed);
}

static void events_of_runs(void **state)
{
	struct fixture *f = *state;

	want_events(f);
	record(f, 0, 40);
	record(f, 40, 41);
	record(f, 41, N);
	take_and_walk(f, open_replay(f));
}

static void events_merged_within_times(void **state)
{
	struct fixture *f = *state;
	const int64_t since_ns = timespec_ns(&f->v[10]->wall);

	want_events(f);
	f->options.interval_given = true;
	f->options.interval_ns = UINT64_C(3000000000);
	record(f, 0, N);
	take_and_walk(f, open_replay_within(f, since_ns, since_ns + 100 * SECONDS));
}

/* From snapshot @from on, details are of a drill-down that was switched on before it. */
static void switch_details(struct fixture *f, size_t from)
{
	for (size_t i = from; i < N; i++)
		f->v[i]->since_ns[PART_DETAIL] = f->v[from]->mono_ns - 1;
}

/* A switch is another run of the recording, and no frame is lost by it. All frames are those that were live, also out of the past. */
static void switched(void **state)
{
	struct fixture *f = *state;
	const struct recorder_opts opts = { f->path, 1 << 30, f->run };
	const size_t at[] = { 40, 41, 100 };
	struct feed *live, *feed;
	struct recorder *recorder;
	char why[512];

	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		switch_details(f, at[i]);
	live = open_live(f, 1 << 30);
	take_all(f, live, -EIO);
	walk(f, live);
	feed__free(live);
	assert_int_equal(recorder__open(&opts, why, sizeof(why), &recorder), 0);
	for (size_t i = 0; i < N; i++) {
		if (i == at[0] || i == at[1] || i == at[2])
			recorder__begin_run(recorder, f->run.detail_kinds, f->run.details);
		assert_int_equal(recorder__write(recorder, f->v[i], i ? f->v[i - 1] : NULL), 0);
	}
	recorder__close(recorder);
	feed = open_replay(f);
	for (size_t i = 0; i < FRAMES; i++)
		expect_next(f, feed, i);
	walk(f, feed);
	feed__free(feed);
}

static void expect_only(struct frame *frame, pid_t pid)
{
	for (size_t i = 0; i < frame->n_vms; i++)
		assert_int_equal(frame->vms[i].pid, pid);
	frame__free(frame);
}

/* A feed whose past is kept, after @n frames; all of them are known. */
static struct feed *open_live_at(struct fixture *f, size_t n)
{
	struct feed *feed = open_live(f, 1 << 30);

	take_all(f, feed, -EIO);
	feed__free(feed);
	f->taken = 0;
	feed = open_live(f, 1 << 30);
	for (size_t i = 0; i < n; i++)
		expect_next(f, feed, i);
	return feed;
}

/* Only some VMs, and then all again: what comes back has counted on, live and in the past. */
static void chosen(void **state)
{
	struct fixture *f = *state;
	struct feed *feed = open_live_at(f, 20);
	struct scope scope = { 0 };
	struct snapshot_choice choice = { .scope = &scope, .latency = LATENCY_FULL };
	struct frame *frame;
	size_t n;

	assert_int_equal(scope__add_pid(&scope, f->v[20]->vms[0].pid), 0);
	assert_int_equal(feed_live__count_chosen(feed, &choice, &n), 0);
	assert_int_equal(n, 1);
	feed_live__choose(feed, &choice, true);
	for (size_t i = 20; i < 40; i++) {
		assert_int_equal(feed__next(feed, &frame), 0);
		expect_only(frame, scope.pids[0]);
	}
	assert_int_equal(feed__seek(feed, f->ends_ns[5], &frame), 0);
	expect_only(frame, scope.pids[0]);
	feed_live__choose(feed, NULL, true);
	expect_next(f, feed, 6);
	expect_seek(f, feed, INT64_MAX, 39);
	for (size_t i = 40; i < 60; i++)
		expect_next(f, feed, i);
	feed__free(feed);
	scope__done(&scope);
}

/* The event view begins from 0 when something else is chosen, live and in the past. */
static void chosen_events(void **state)
{
	struct fixture *f = *state;
	struct snapshot_choice choice = { .scope = &f->options.scope, .latency = LATENCY_FULL };
	struct feed *feed;
	struct frame *frame;
	char *live[10], *past;

	want_events(f);
	feed = open_live(f, 1 << 30);
	for (size_t i = 0; i < 20; i++) {
		if (i == 10)
			feed_live__choose(feed, &choice, true);
		assert_int_equal(feed__next(feed, &frame), 0);
		if (i >= 10)
			live[i - 10] = text_of(frame);
		frame__free(frame);
	}
	for (size_t i = 19; i >= 10; i--) {
		assert_int_equal(feed__seek(feed, timespec_ns(&f->v[i + 1]->wall), &frame), 0);
		past = text_of(frame);
		assert_string_equal(past, live[i - 10]);
		free(past);
		free(live[i - 10]);
		frame__free(frame);
	}
	feed__free(feed);
}

static void nothing_recorded(void **state)
{
	struct fixture *f = *state;
	struct frame *frame;
	struct feed *feed;

	record(f, 0, 1);
	feed = open_replay(f);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(feed__next(feed, &frame), -ENODATA);
		expect_no_prev(feed);
		assert_int_equal(feed__seek(feed, INT64_MAX, &frame), -ENODATA);
		assert_int_equal(feed__seek(feed, 0, &frame), -ENODATA);
	}
	assert_int_equal(feed__finish(feed, 0), -ENODATA);
	feed__free(feed);
}

/* Without a history there is no past, also when it was measured aside. */
static void no_history(void **state)
{
	struct fixture *f = *state;
	struct feed *feed = open_live(f, 0);
	struct frame *frame;

	expect_no_prev(feed);
	take_all(f, feed, -EIO);
	expect_no_prev(feed);
	assert_int_equal(feed__seek(feed, 0, &frame), -ENODATA);
	feed__free(feed);
	f->taken = 0;
	feed = open_live(f, 0);
	assert_int_equal(feed__measure(feed, &frame), 0);
	expect(f, frame, 0);
	expect_next(f, feed, 1);
	feed__free(feed);
}

/* The picture stands, the measuring goes on. */
static void paused(void **state)
{
	struct fixture *f = *state;
	struct feed *feed = open_live_at(f, 10);
	struct frame *frame;

	for (size_t i = 10; i < 20; i++) {
		assert_int_equal(feed__measure(feed, &frame), 0);
		expect(f, frame, i);
	}
	expect_prev(f, feed, 8);
	for (size_t i = 9; i < 25; i++) {
		expect_next(f, feed, i);
		assert_false(feed__begins_anew(feed));
	}
	assert_int_equal(feed__measure(feed, &frame), 0);
	frame__free(frame);
	expect_seek(f, feed, INT64_MAX, 25);
	expect_next(f, feed, 26);
	feed__free(feed);
}

/* While one looks at the past, it is dropped: what comes next is the oldest that is left. */
static void overtaken(void **state)
{
	struct fixture *f = *state;
	struct feed *feed = open_live(f, 1 << 30);
	struct feed_range range;
	struct frame *frame;
	size_t first = 0;

	take_all(f, feed, -EIO);
	feed__free(feed);
	f->taken = 0;
	feed = open_live(f, 200000);
	expect_next(f, feed, 0);
	for (size_t i = 1; i < FRAMES; i++) {
		assert_int_equal(feed__measure(feed, &frame), 0);
		frame__free(frame);
	}
	assert_true(feed__range(feed, &range));
	while (f->ends_ns[first] != range.first_ns)
		first++;
	assert_in_range(first, 2, FRAMES - 2);
	expect_no_prev(feed);
	expect_next(f, feed, first);
	assert_true(feed__begins_anew(feed));
	expect_no_prev(feed);
	for (size_t i = first + 1; i < FRAMES; i++) {
		expect_next(f, feed, i);
		assert_false(feed__begins_anew(feed));
	}
	feed__free(feed);
}

/* From deadline to deadline; another interval begins where the present one did. */
#define HOUR_NS (3600 * SEC_NS)

static void interval(void **state)
{
	struct fixture *f = *state;
	const uint64_t before_ns = clock_now_ns();
	struct feed *feed = open_live(f, 0);
	uint64_t due_ns = feed__due_ns(feed), next_ns;
	struct frame *frame;

	assert_in_range(due_ns, before_ns + SEC_NS, clock_now_ns() + SEC_NS);
	assert_true(feed__due_ns(feed) == due_ns);
	/* So long that it is not over when this machine stands still. */
	feed_live__set_interval(feed, HOUR_NS);
	assert_true(feed__due_ns(feed) == due_ns + HOUR_NS - SEC_NS);
	/* Before it is due. */
	assert_int_equal(feed__next(feed, &frame), 0);
	frame__free(frame);
	next_ns = feed__due_ns(feed);
	assert_in_range(next_ns, due_ns + HOUR_NS - SEC_NS, clock_now_ns() + HOUR_NS);
	/* One that would be over already begins now. */
	feed_live__set_interval(feed, 1);
	due_ns = feed__due_ns(feed);
	assert_in_range(due_ns, before_ns, clock_now_ns() + 1);
	while (clock_now_ns() <= due_ns)
		;
	assert_int_equal(feed__next(feed, &frame), 0);
	frame__free(frame);
	feed_live__set_interval(feed, HOUR_NS);
	assert_true(feed__due_ns(feed) == due_ns + HOUR_NS);
	feed__free(feed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(live_and_its_past),
		TEST(recorded_as_live),
		TEST(runs),
		TEST(runs_without_histograms),
		TEST(no_histograms),
		TEST(merged),
		TEST(within_times),
		TEST(merged_within_times),
		TEST(with_events),
		TEST(events_of_runs),
		TEST(events_merged_within_times),
		TEST(switched),
		TEST(chosen),
		TEST(chosen_events),
		TEST(nothing_recorded),
		TEST(no_history),
		TEST(paused),
		TEST(overtaken),
		TEST(interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
