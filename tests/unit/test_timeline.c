// SPDX-License-Identifier: GPL-2.0
/* Which frame is looked at. The feed has frames that end each second, numbered from 1; a live one measures one more whenever it is asked. */
#include "unit.h"

#include <errno.h>

#include "base/clock.h"
#include "model/frame.h"
#include "run/feed.h"
#include "run/timeline.h"

struct fake {
	struct feed feed; /* first */
	bool live, no_past;
	int64_t n, given; /* frames that there are; the one that was given last */
};

static struct fake *fake_of(const struct feed *feed)
{
	return (struct fake *)feed;
}

static int give(struct fake *fake, int64_t number, struct frame **ret_frame)
{
	struct frame *frame;

	if (number < 1 || number > fake->n)
		return -ENODATA;
	frame = frame__new();
	assert_non_null(frame);
	frame->wall.tv_sec = number;
	frame->interval_s = 1;
	fake->feed.anew = number != fake->given + 1;
	fake->given = number;
	*ret_frame = frame;
	return 0;
}

static int next(struct feed *feed, struct frame **ret_frame)
{
	struct fake *fake = fake_of(feed);

	if (fake->live && fake->given == fake->n)
		fake->n++;
	return give(fake, fake->given + 1, ret_frame);
}

static int prev(struct feed *feed, struct frame **ret_frame)
{
	struct fake *fake = fake_of(feed);

	return fake->no_past ? -ENODATA : give(fake, fake->given - 1, ret_frame);
}

static int seek(struct feed *feed, int64_t wall_ns, struct frame **ret_frame)
{
	struct fake *fake = fake_of(feed);
	const int64_t number = wall_ns / 1000000000;

	if (fake->no_past)
		return -ENODATA;
	return give(fake, number < 1 ? 1 : number > fake->n ? fake->n : number, ret_frame);
}

static int measure(struct feed *feed, struct frame **ret_frame)
{
	struct fake *fake = fake_of(feed);
	const int64_t given = fake->given;
	int err;

	if (!fake->live)
		return -ENODATA;
	fake->n++;
	err = give(fake, fake->n, ret_frame);
	if (!fake->no_past)
		fake->given = given;
	return err;
}

static uint64_t due_ns(struct feed *feed)
{
	return fake_of(feed)->live ? 12345 : 0;
}

static bool range(const struct feed *feed, struct feed_range *ret_range)
{
	const struct fake *fake = fake_of(feed);

	*ret_range =
		(struct feed_range){ .first_ns = SEC_NS, .last_ns = fake->n * (int64_t)SEC_NS };
	return fake->n && !fake->no_past;
}

static const struct feed_ops ops = {
	.next = next,
	.prev = prev,
	.seek = seek,
	.measure = measure,
	.due_ns = due_ns,
	.range = range,
};

static int64_t shown(const struct timeline *timeline)
{
	return timeline->shown ? timeline->shown->wall.tv_sec : 0;
}

/* Measures, and says which frame that was; 0: none. */
static int64_t tick(struct timeline *timeline)
{
	struct timeline_step step;
	int64_t number;

	assert_int_equal(timeline__tick(timeline, &step), 0);
	number = step.measured ? step.measured->wall.tv_sec : 0;
	frame__free(step.measured);
	return number;
}

static void live_shows_what_is_measured(void **state)
{
	struct fake fake = { .feed.ops = &ops, .live = true };
	struct timeline timeline;

	(void)state;
	timeline__init(&timeline, &fake.feed, NULL);
	assert_int_equal(timeline.mode, SCREEN_LIVE);
	assert_int_equal(timeline__due_ns(&timeline), 12345);
	for (int64_t i = 1; i < 4; i++) {
		assert_int_equal(tick(&timeline), i);
		assert_int_equal(shown(&timeline), i);
	}
	timeline__release(&timeline);
}

static void a_pause_loses_nothing(void **state)
{
	struct fake fake = { .feed.ops = &ops, .live = true };
	struct timeline_step step;
	struct timeline timeline;

	(void)state;
	timeline__init(&timeline, &fake.feed, NULL);
	for (int i = 0; i < 10; i++)
		tick(&timeline);
	timeline__pause(&timeline);
	for (int64_t i = 11; i < 21; i++) {
		assert_int_equal(tick(&timeline), i); /* for the other outputs */
		assert_int_equal(shown(&timeline), 10);
	}
	/* Each of them is there. */
	for (int64_t i = 11; i < 21; i++) {
		assert_int_equal(timeline__step(&timeline, 1, &step), 0);
		assert_true(step.changed && !step.follows && !step.measured);
		assert_int_equal(shown(&timeline), i);
	}
	/* The next one is not measured before its time. */
	assert_int_equal(timeline__step(&timeline, 1, &step), 0);
	assert_false(step.changed);
	assert_int_equal(fake.n, 20);
	assert_int_equal(timeline__step(&timeline, -3, &step), 0);
	assert_int_equal(shown(&timeline), 17);
	assert_int_equal(timeline__go_on(&timeline, &step), 0);
	assert_int_equal(shown(&timeline), 20);
	assert_int_equal(timeline.mode, SCREEN_LIVE);
	assert_int_equal(tick(&timeline), 21);
	assert_int_equal(shown(&timeline), 21);
	timeline__release(&timeline);
}

static void steps_and_jumps(void **state)
{
	static const struct {
		int64_t n, want;
	} steps[] = { { -1, 99 }, { -10, 89 }, { -60, 29 }, { -60, 1 }, { -1, 1 },
		      { 10, 11 }, { 60, 71 },  { 60, 100 }, { 1, 100 } };
	struct fake fake = { .feed.ops = &ops, .live = true, .n = 99, .given = 99 };
	struct timeline_step step;
	struct timeline timeline;

	(void)state;
	timeline__init(&timeline, &fake.feed, NULL);
	tick(&timeline);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		assert_int_equal(timeline__step(&timeline, steps[i].n, &step), 0);
		assert_int_equal(shown(&timeline), steps[i].want);
		assert_int_equal(timeline.mode, SCREEN_PAUSED);
	}
	assert_int_equal(timeline__seek(&timeline, 42 * SEC_NS, &step), 0);
	assert_int_equal(shown(&timeline), 42);
	timeline__release(&timeline);
}

/* To the frame that a moment is in, and not to the one before. */
static void a_moment_is_in_a_frame(void **state)
{
	struct fake fake = { .feed.ops = &ops, .live = true, .n = 99, .given = 99 };
	struct timeline_step step;
	struct timeline timeline;

	(void)state;
	timeline__init(&timeline, &fake.feed, NULL);
	tick(&timeline);
	assert_int_equal(timeline__seek_to(&timeline, 42 * SEC_NS, &step), 0);
	assert_int_equal(shown(&timeline), 42);
	assert_int_equal(timeline__seek_to(&timeline, 42 * SEC_NS + 1, &step), 0);
	assert_int_equal(shown(&timeline), 43);
	assert_int_equal(timeline__seek_to(&timeline, -1, &step), 0);
	assert_int_equal(shown(&timeline), 1);
	assert_int_equal(timeline__seek_to(&timeline, 1000 * SEC_NS, &step), 0);
	assert_int_equal(shown(&timeline), 100);
	assert_int_equal(fake.n, 100);
	timeline__release(&timeline);
}

/* With -n: all of it, and it ends behind the last one. */
static void a_recording_is_played_from_its_beginning(void **state)
{
	struct fake fake = { .feed.ops = &ops, .n = 3 };
	struct timeline_step step;
	struct timeline timeline;

	(void)state;
	timeline__init(&timeline, &fake.feed, NULL);
	assert_int_equal(timeline__play_all(&timeline, &step), 0);
	assert_true(step.changed && step.follows);
	for (int64_t i = 1; i <= 3; i++) {
		assert_int_equal(shown(&timeline), i);
		assert_int_equal(timeline.mode, SCREEN_PLAYING);
		tick(&timeline);
	}
	assert_int_equal(timeline.mode, SCREEN_AT_END);
	timeline__release(&timeline);
}

static void without_a_past(void **state)
{
	struct fake fake = { .feed.ops = &ops, .live = true, .no_past = true };
	struct timeline_step step;
	struct timeline timeline;

	(void)state;
	timeline__init(&timeline, &fake.feed, NULL);
	tick(&timeline);
	assert_int_equal(timeline__step(&timeline, -1, &step), 0);
	assert_false(step.changed);
	assert_int_equal(tick(&timeline), 2); /* paused */
	assert_int_equal(shown(&timeline), 1);
	assert_false(timeline__time(&timeline, 1).has_past);
	assert_int_equal(timeline__go_on(&timeline, &step), 0);
	assert_int_equal(tick(&timeline), 3);
	assert_int_equal(shown(&timeline), 3);
	timeline__release(&timeline);
}

static int count(void *arg, const struct timeline_step *step)
{
	assert_true(step->changed && step->follows);
	++*(int *)arg;
	return 0;
}

static void a_recording_begins_at_its_end(void **state)
{
	struct fake fake = { .feed.ops = &ops, .n = 100 };
	struct timeline_step step;
	struct timeline timeline;
	int n = 0;

	(void)state;
	timeline__init(&timeline, &fake.feed, NULL);
	assert_int_equal(timeline__show_end(&timeline, 60, count, &n), 0);
	assert_int_equal(n, 61);
	assert_int_equal(shown(&timeline), 100);
	assert_int_equal(timeline.mode, SCREEN_AT_END);
	assert_int_equal(timeline__due_ns(&timeline), UINT64_MAX);
	assert_int_equal(timeline__go_on(&timeline, &step), 0); /* there is nothing to play */
	assert_int_equal(timeline.mode, SCREEN_AT_END);
	assert_int_equal(timeline__time(&timeline, 1).frames, 100);
	timeline__release(&timeline);
}

/* How long until the next frame is played. */
static uint64_t wait_ns(const struct timeline *timeline, uint64_t begun_ns)
{
	return timeline__due_ns(timeline) - begun_ns;
}

static void a_recording_is_played(void **state)
{
	struct fake fake = { .feed.ops = &ops, .n = 3 };
	struct timeline_step step;
	struct timeline timeline;
	uint64_t begun_ns;

	(void)state;
	timeline__init(&timeline, &fake.feed, NULL);
	assert_int_equal(timeline__seek(&timeline, 0, &step), 0);
	begun_ns = clock_now_ns();
	assert_int_equal(timeline__go_on(&timeline, &step), 0);
	assert_int_equal(shown(&timeline), 2);
	assert_true(step.follows);
	assert_true(wait_ns(&timeline, begun_ns) >= SEC_NS);
	begun_ns = clock_now_ns();
	for (int i = 0; i < 20; i++)
		timeline__set_speed(&timeline, -1);
	assert_true(wait_ns(&timeline, begun_ns) >= 128 * SEC_NS);
	for (int i = 0; i < 8; i++)
		timeline__set_speed(&timeline, 1);
	assert_int_equal(timeline.speed, 1);
	assert_int_equal(tick(&timeline), 0);
	assert_int_equal(shown(&timeline), 3);
	assert_int_equal(tick(&timeline), 0);
	assert_int_equal(timeline.mode, SCREEN_AT_END);
	assert_int_equal(timeline__step(&timeline, -1, &step), 0);
	assert_int_equal(shown(&timeline), 2);
	assert_int_equal(timeline.mode, SCREEN_PAUSED);
	timeline__release(&timeline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_shows_what_is_measured),
		cmocka_unit_test(a_pause_loses_nothing),
		cmocka_unit_test(steps_and_jumps),
		cmocka_unit_test(a_moment_is_in_a_frame),
		cmocka_unit_test(a_recording_is_played_from_its_beginning),
		cmocka_unit_test(without_a_past),
		cmocka_unit_test(a_recording_begins_at_its_end),
		cmocka_unit_test(a_recording_is_played),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
