// SPDX-License-Identifier: GPL-2.0
/*
 * The past is judged as it was: whichever way one comes to a moment, its findings are those that it had when it was new. The feed has frames that end
 * each second, of a VM whose delay is one of a few values, by chance.
 */
#include "rules_frame.h"

#include <errno.h>

#include "base/arena.h"
#include "base/clock.h"
#include "model/verdicts.h"
#include "run/feed.h"
#include "run/judge.h"
#include "run/timeline.h"
#include "run/timeline_find.h"

#define N 400
#define VM_KEY 7

struct fake {
	struct feed feed; /* first */
	bool live;
	int64_t n, given, run_begins; /* frame @run_begins does not follow the one before */
	double delay[N + 1];
	uint64_t dropped[N + 1]; /* in all, up to the frame */
};

static struct fake *fake_of(const struct feed *feed)
{
	return (struct fake *)feed;
}

static void fill(const struct fake *fake, int64_t number, struct frame *frame)
{
	struct frame_vm *vm = arena__calloc(frame->arena, 1, sizeof(*vm));
	struct frame_vcpu *vcpu = arena__calloc(frame->arena, 1, sizeof(*vcpu));

	assert_true(vm && vcpu);
	vm->shares =
		(struct time_shares){ .valid = true, .run_delay_valid = true, .wall_ns = SEC_NS };
	vm->shares.pct[STATE_RUN_DELAY] = fake->delay[number];
	vm->shares.ns[STATE_RUN_DELAY] = (uint64_t)(fake->delay[number] * 1e7);
	vcpu->shares = vm->shares;
	vm->key = VM_KEY;
	vm->vcpus = vcpu;
	vm->n_vcpus = 1;
	frame->vms = vm;
	frame->n_vms = 1;
	frame->wall.tv_sec = number;
	frame->interval_s = 1;
	frame->latency = LATENCY_FULL;
	frame->host.cpus = 100;
	frame->drops[DROP_MAP_FULL] = fake->dropped[number];
}

static int give(struct fake *fake, int64_t number, bool anew, struct frame **ret_frame)
{
	if (number < 1 || number > fake->n)
		return -ENODATA;
	*ret_frame = frame__new();
	assert_non_null(*ret_frame);
	fill(fake, number, *ret_frame);
	fake->feed.anew = anew;
	fake->given = number;
	return 0;
}

static int next(struct feed *feed, struct frame **ret_frame)
{
	struct fake *fake = fake_of(feed);

	if (fake->live && fake->given == fake->n)
		fake->n++;
	assert_true(fake->n <= N);
	return give(fake, fake->given + 1, fake->given + 1 == fake->run_begins, ret_frame);
}

static int prev(struct feed *feed, struct frame **ret_frame)
{
	return give(fake_of(feed), fake_of(feed)->given - 1, true, ret_frame);
}

static int seek(struct feed *feed, int64_t wall_ns, struct frame **ret_frame)
{
	struct fake *fake = fake_of(feed);
	const int64_t number = wall_ns < 0 ? 0 : wall_ns / SEC_NS;

	return give(fake, number < 1 ? 1 : number > fake->n ? fake->n : number, true, ret_frame);
}

static int measure(struct feed *feed, struct frame **ret_frame)
{
	struct fake *fake = fake_of(feed);
	const int64_t given = fake->given;
	int err;

	fake->n++;
	err = give(fake, fake->n, false, ret_frame);
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
	return fake->n;
}

static const struct feed_ops ops = {
	.next = next,
	.prev = prev,
	.seek = seek,
	.measure = measure,
	.due_ns = due_ns,
	.range = range,
};

/* ---- what is shown */

/* A word on the findings of a frame; their numbers are in it. */
struct shown {
	char text[160];
};

static struct shown shown_in(const struct frame *frame)
{
	struct shown shown = { "" };
	size_t used = 0;

	assert_non_null(frame->findings);
	for (size_t i = 0; i < frame->findings->n; i++) {
		const struct finding *finding = &frame->findings->v[i];

		assert_ptr_equal(finding->vm, frame->vms);
		used += (size_t)snprintf(shown.text + used, sizeof(shown.text) - used,
					 "%u %u %.2f %.1f %d %d;", finding->rule, finding->severity,
					 finding->cost_pct, finding->strength, finding->fading,
					 finding->incomplete);
	}
	return shown;
}

/* The delays come in spells. Some of them only nearly are a finding, some for long. */
static void init(struct fake *fake, bool live, unsigned int seed)
{
	static const double delays[] = { 0, 0, 0, 0, 4.2, 4.6, 7, 7, 18, 30 };
	double delay = 0;

	*fake = (struct fake){ .feed.ops = &ops, .live = live, .n = live ? 0 : N };
	srand(seed);
	for (int64_t i = 1, left = 0; i <= N; i++) {
		int longest; /* a statement each: the order of calls in one is not defined */

		if (!left--) {
			delay = delays[(size_t)rand() % ARRAY_SIZE(delays)];
			longest = rand() % 4 ? 6 : 60;
			left = rand() % longest;
		}
		fake->delay[i] = delay;
		fake->dropped[i] = fake->dropped[i - 1] + (rand() % 9 == 0);
	}
}

struct past {
	struct fake fake;
	struct judge *judge;
	struct timeline timeline;
	struct shown want[N + 1]; /* as it was when each was new */
};

/* What each frame has when all are taken in order. */
static void judge_in_order(struct past *past)
{
	struct diagnosis *diagnosis = diagnosis__new(&(struct diagnosis_opts){ .all_vms = true });
	size_t n = 0;

	assert_non_null(diagnosis);
	for (int64_t i = 1; i <= N; i++) {
		struct frame *frame = frame__new();

		assert_non_null(frame);
		fill(&past->fake, i, frame);
		if (i == past->fake.run_begins)
			diagnosis__reset(diagnosis);
		assert_int_equal(diagnosis__make(diagnosis, frame), 0);
		past->want[i] = shown_in(frame);
		n += frame->findings->n > 0;
		frame__free(frame);
	}
	diagnosis__free(diagnosis);
	assert_true(n > N / 10 && n < N * 9 / 10);
}

static void open_past(struct past *past)
{
	past->judge = judge__new(&past->fake.feed, &(struct diagnosis_opts){ .all_vms = true });
	assert_non_null(past->judge);
	timeline__init(&past->timeline, &past->fake.feed, past->judge);
}

static void close_past(struct past *past)
{
	timeline__release(&past->timeline);
	judge__free(past->judge);
}

static int64_t number_of(const struct past *past)
{
	return past->timeline.shown->wall.tv_sec;
}

static void check_shown(const struct past *past)
{
	assert_string_equal(shown_in(past->timeline.shown).text, past->want[number_of(past)].text);
}

static void measure_all(struct past *past)
{
	for (int i = 0; i < N; i++) {
		struct timeline_step step;

		assert_int_equal(timeline__tick(&past->timeline, &step), 0);
		assert_string_equal(shown_in(step.measured).text,
				    past->want[step.measured->wall.tv_sec].text);
		frame__free(step.measured);
	}
}

/* ---- ways to a moment */

static bool never(void *arg)
{
	(void)arg;
	return false;
}

/* Steps, jumps, seeks, plays and searches, by chance: each time it is as it was. */
static void wander(struct past *past, int moves)
{
	for (int i = 0; i < moves; i++) {
		struct timeline_step step;
		enum timeline_found found;
		int err;

		switch (rand() % 6) {
		case 0:
			err = timeline__seek(&past->timeline, rand() % (N + 20) * (int64_t)SEC_NS,
					     &step);
			break;
		case 1:
			err = timeline__step(&past->timeline, rand() % 3 - 1, &step);
			break;
		case 2:
			err = timeline__step(&past->timeline, rand() % 121 - 60, &step);
			break;
		case 3:
			err = timeline__find(&past->timeline, rand() % 2 ? 1 : -1, 0, never, NULL,
					     &step, &found);
			break;
		case 4:
			err = timeline__step(&past->timeline, 1, &step);
			break;
		default:
			err = past->fake.live ? 0 : timeline__go_on(&past->timeline, &step);
		}
		assert_int_equal(err, 0);
		check_shown(past);
	}
}

static void a_recording_is_judged_as_if_it_was_played(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= 20; seed++) {
		struct past past;
		struct timeline_step step;

		init(&past.fake, false, seed);
		past.fake.run_begins = seed % 2 ? 150 : 0;
		judge_in_order(&past);
		open_past(&past);
		assert_int_equal(timeline__seek(&past.timeline, 300 * (int64_t)SEC_NS, &step), 0);
		check_shown(&past);
		wander(&past, 100);
		close_past(&past);
	}
}

/* Asked so often, it says yes. */
static bool at_last(void *arg)
{
	int *left = arg;

	return (*left)-- <= 0;
}

/*
 * Judging what came before ends when it is asked to. The frame is there all the same, and those behind it go on from it. It is judged
 * anew when one comes to it again.
 */
static void judging_can_be_stopped(void **state)
{
	const int64_t wall_ns = 300 * (int64_t)SEC_NS;

	(void)state;
	for (int left = 0; left < 40; left += 13) {
		struct past past;
		struct timeline_step step;
		int asked = left;

		init(&past.fake, false, 3);
		judge_in_order(&past);
		open_past(&past);
		judge__set_stop(past.judge, at_last, &asked);
		assert_int_equal(timeline__seek(&past.timeline, wall_ns, &step), 0);
		assert_true(step.changed && judge__take_stopped(past.judge));
		assert_false(judge__take_stopped(past.judge));
		assert_int_equal(number_of(&past), 300);
		assert_int_equal(asked, -1); /* not once more */
		for (int64_t i = 301; i <= N; i++) {
			assert_int_equal(timeline__go_on(&past.timeline, &step), 0);
			assert_int_equal(number_of(&past), i);
		}
		assert_int_equal(asked, -1);
		assert_false(judge__take_stopped(past.judge));
		check_shown(&past); /* it has seen enough */
		judge__set_stop(past.judge, NULL, NULL);
		assert_int_equal(timeline__seek(&past.timeline, wall_ns, &step), 0);
		check_shown(&past);
		assert_false(judge__take_stopped(past.judge));
		close_past(&past);
	}
}

static void what_was_live_is_as_it_was(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= 20; seed++) {
		struct past past;

		init(&past.fake, true, seed);
		judge_in_order(&past);
		open_past(&past);
		measure_all(&past);
		wander(&past, 100);
		assert_int_equal(past.fake.n, N);
		close_past(&past);
	}
}

/* ---- the search */

/* The next one that has something; 0: none. */
static int64_t next_marked(const struct past *past, int64_t from, int by)
{
	for (int64_t i = from + by; i >= 1 && i <= N; i += by)
		if (past->want[i].text[0])
			return i;
	return 0;
}

static void search_from(struct past *past, int64_t from, int by)
{
	struct timeline_step step;
	enum timeline_found found;
	const int64_t want = next_marked(past, from, by);

	assert_int_equal(timeline__seek(&past->timeline, from * (int64_t)SEC_NS, &step), 0);
	assert_int_equal(timeline__find(&past->timeline, by, VM_KEY, never, NULL, &step, &found),
			 0);
	assert_int_equal(found, want ? TIMELINE_FOUND : TIMELINE_NONE);
	assert_int_equal(number_of(past), want ?: from);
	check_shown(past);
	assert_int_equal(
		timeline__find(&past->timeline, by, VM_KEY + 1, never, NULL, &step, &found), 0);
	assert_int_equal(found, TIMELINE_NONE);
}

static void a_search_ends_where_a_mark_is_shown(void **state)
{
	(void)state;
	for (int live = 0; live < 2; live++) {
		struct past past;

		init(&past.fake, live, 3);
		judge_in_order(&past);
		open_past(&past);
		if (live)
			measure_all(&past);
		for (int64_t from = 1; from <= N; from += 13) {
			search_from(&past, from, 1);
			search_from(&past, from, -1);
		}
		close_past(&past);
	}
}

static bool at_once(void *arg)
{
	++*(int *)arg;
	return true;
}

/* And goes on from there. */
static void a_search_can_be_stopped(void **state)
{
	struct past past;
	struct timeline_step step;
	enum timeline_found found;
	int stops = 0;

	(void)state;
	init(&past.fake, false, 1);
	for (int64_t i = 0; i <= N; i++)
		past.fake.delay[i] = 0;
	open_past(&past);
	assert_int_equal(timeline__seek(&past.timeline, 300 * (int64_t)SEC_NS, &step), 0);
	for (int64_t i = 299; i > 290; i--) {
		assert_int_equal(
			timeline__find(&past.timeline, -1, 0, at_once, &stops, &step, &found), 0);
		assert_int_equal(found, TIMELINE_STOPPED);
		assert_int_equal(number_of(&past), i);
	}
	assert_int_equal(stops, 9);
	close_past(&past);
}

/* ---- what is kept */

static void note(struct verdicts *verdicts, int64_t sec, int64_t before, bool finding)
{
	struct frame_vm vm = { .key = VM_KEY };
	struct finding v = { .rule = RULE_R9, .severity = SEVERITY_ACT, .vm = &vm, .seconds = 4 };
	const struct findings findings = { .v = &v, .n = finding };
	const struct frame frame = { .wall = { .tv_sec = sec }, .findings = &findings };

	assert_int_equal(verdicts__note(verdicts, &frame, before), 0);
}

static void verdicts_are_kept_up_to_a_bound(void **state)
{
	struct verdicts *verdicts = verdicts__new(4096);
	const struct verdict *v;
	size_t n, kept = 0;
	int64_t other;

	(void)state;
	assert_non_null(verdicts);
	for (int64_t i = 1; i <= 1000; i++)
		note(verdicts, i, (i - 1) * (int64_t)SEC_NS, i % 2);
	for (int64_t i = 1; i <= 1000; i++)
		kept += verdicts__find(verdicts, i * (int64_t)SEC_NS, &v, &n);
	assert_true(kept >= 50 && kept <= 4096 / 40);
	assert_true(verdicts__find(verdicts, 999 * (int64_t)SEC_NS, &v, &n));
	assert_int_equal(n, 1);
	assert_int_equal(v->rule, RULE_R9);
	assert_int_equal(v->hundredths, 400);
	assert_true(verdicts__before(verdicts, 999 * (int64_t)SEC_NS, &other));
	assert_int_equal(other, 998 * (int64_t)SEC_NS);
	assert_true(verdicts__after(verdicts, 999 * (int64_t)SEC_NS, &other));
	assert_false(verdicts__after(verdicts, 1000 * (int64_t)SEC_NS, &other));
	/* what is known stays */
	note(verdicts, 999, VERDICTS_NONE, false);
	assert_true(verdicts__has_mark(verdicts, 999 * (int64_t)SEC_NS, VM_KEY));
	assert_false(verdicts__has_mark(verdicts, 999 * (int64_t)SEC_NS, VM_KEY + 1));
	verdicts__forget_before(verdicts, 999 * (int64_t)SEC_NS);
	assert_false(verdicts__find(verdicts, 998 * (int64_t)SEC_NS, &v, &n));
	assert_false(verdicts__before(verdicts, 999 * (int64_t)SEC_NS, &other));
	verdicts__free(verdicts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_is_judged_as_if_it_was_played),
		cmocka_unit_test(judging_can_be_stopped),
		cmocka_unit_test(what_was_live_is_as_it_was),
		cmocka_unit_test(a_search_ends_where_a_mark_is_shown),
		cmocka_unit_test(a_search_can_be_stopped),
		cmocka_unit_test(verdicts_are_kept_up_to_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
