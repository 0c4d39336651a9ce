// SPDX-License-Identifier: GPL-2.0
/* The history: within its bound, and what comes out is what went in. */
#include <errno.h>

#include "../../user/base/clock.h"
#include "../../user/model/history.h"
#include "codec_samples.h"
#include "unit.h"

#define N 400

struct fixture {
	struct sample_world w;
	struct snapshot *v[N];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	sample_world__init(&f->w, 5);
	for (size_t i = 0; i < N; i++) {
		f->v[i] = sample_next(&f->w, i ? f->v[i - 1] : NULL);
		f->v[i]->detail_names = f->w.details;
	}
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < N; i++)
		snapshot__free(f->v[i]);
	sample_world__done(&f->w);
	free(f);
	return 0;
}

static void add(const struct fixture *f, struct history *history, size_t i)
{
	assert_int_equal(history__add(history, f->v[i], i ? f->v[i - 1] : NULL), 0);
}

static struct history *history_of(const struct fixture *f, size_t bytes_max, size_t n)
{
	struct history *history;

	assert_int_equal(history__new(bytes_max, &history), 0);
	for (size_t i = 0; i < n; i++)
		add(f, history, i);
	return history;
}

/* It has snapshot @i and the one before it. */
static void expect(const struct fixture *f, struct history *history, size_t i)
{
	const struct snapshot *prev, *cur;

	assert_int_equal(history__unpack(history, i, &prev, &cur), 0);
	assert_true(same_snapshots(&f->w, prev, f->v[i - 1]));
	assert_true(same_snapshots(&f->w, cur, f->v[i]));
	assert_ptr_equal(cur->vm_layout, f->v[i]->vm_layout);
	assert_ptr_equal(cur->event_names, f->v[i]->event_names);
	assert_ptr_equal(cur->detail_names, f->v[i]->detail_names);
	assert_true(history__wall_ns(history, i) == timespec_ns(&f->v[i]->wall));
}

static void expect_nothing(struct history *history, uint64_t i)
{
	const struct snapshot *prev, *cur;

	assert_int_equal(history__unpack(history, i, &prev, &cur), -ENODATA);
}

static void all_in_any_order(void **state)
{
	const struct fixture *f = *state;
	struct history *history = history_of(f, 1 << 30, N);
	uint64_t dice = 77;

	for (size_t i = 1; i < N; i++)
		expect(f, history, i);
	for (size_t i = N; i-- > 1;)
		expect(f, history, i);
	for (size_t i = 0; i < 300; i++)
		expect(f, history, 1 + roll_below(&dice, N - 1));
	expect_nothing(history, 0);
	expect_nothing(history, N);
	history__free(history);
}

/* Whole stretches are dropped, the oldest first; what is left is whole. */
static void within_its_bound(void **state)
{
	const struct fixture *f = *state;
	struct history *all = history_of(f, 1 << 30, N);

	for (size_t part = 2; part < 20; part++) {
		size_t bytes_max = history__bytes(all) / part;
		struct history *history = history_of(f, bytes_max, 0);
		struct history_range range = history__range(history);

		assert_true(range.first == 0 && range.end == 0);
		for (size_t i = 0; i < N; i++) {
			add(f, history, i);
			assert_true(history__bytes(history) <= bytes_max);
			assert_true(history__range(history).first >= range.first);
			range = history__range(history);
			assert_true(range.end == i + 1);
			if (range.end - range.first > 1)
				expect(f, history, i);
		}
		/* Dropping a stretch leaves the most of it. */
		assert_true(history__bytes(history) > bytes_max / 2);
		expect_nothing(history, range.first);
		for (uint64_t i = range.first + 1; i < range.end; i++)
			expect(f, history, i);
		history__free(history);
	}
	history__free(all);
}

/* Too small for one snapshot: it has none, and that is all. */
static void no_room_at_all(void **state)
{
	const struct fixture *f = *state;
	struct history *history = history_of(f, 100, 20);
	struct history_range range = history__range(history);

	assert_true(range.first == 20 && range.end == 20);
	assert_int_equal(history__bytes(history), 0);
	expect_nothing(history, 19);
	history__free(history);
}

/* Other events are counted from some snapshot on: each has its own names. */
static void what_it_is_about_changes(void **state)
{
	static const char *const names[] = { "kvm_entry", "kvm_pio", "kvm_msr" };
	const struct event_names others = { names, ARRAY_SIZE(names) };
	struct fixture *f = *state;
	struct history *history;

	for (size_t i = 0; i < N; i++)
		if (i / 7 % 2)
			f->v[i]->event_names = &others;
	history = history_of(f, 1 << 30, N);
	for (size_t i = 1; i < N; i++)
		expect(f, history, i);
	history__free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_in_any_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(within_its_bound, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_room_at_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_it_is_about_changes, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
