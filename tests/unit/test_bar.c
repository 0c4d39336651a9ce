// SPDX-License-Identifier: GPL-2.0
/* bar: that the cells are those that the shares give, and that what hurts is seen. */
#include "unit.h"

#include "../../user/model/frame.h"
#include "../../user/render/bar.h"

#define MAX_CELLS 300

static const char letters[STATE_MAX + 2] = "GKVp.W-";

/* Guest, KVM, VMM, polling, halted, waiting, each in tenths of a percent. */
static struct time_shares shares_of(const unsigned int tenths[STATE_MAX])
{
	struct time_shares shares = { .valid = true, .run_delay_valid = true };

	for (size_t i = 0; i < STATE_MAX; i++) {
		shares.ns[i] = tenths[i] * UINT64_C(1000000);
		shares.wall_ns += shares.ns[i];
	}
	return shares;
}

static void draw(const struct time_shares *shares, size_t n, char text[MAX_CELLS + 1])
{
	uint8_t cells[MAX_CELLS + 1];

	memset(cells, 0xee, sizeof(cells));
	bar_cells(shares, n, cells);
	assert_int_equal(cells[n], 0xee); /* none more than asked for */
	for (size_t i = 0; i < n; i++) {
		assert_true(cells[i] <= BAR_UNKNOWN);
		text[i] = letters[cells[i]];
	}
	text[n] = '\0';
}

static void as_specified(void **state)
{
	static const struct {
		unsigned int tenths[STATE_MAX];
		const char *bar;
	} cases[] = {
		{ { 1000, 0, 0, 0, 0, 0 }, "GGGGGGGGGG" },
		/* All remainders are floors. */
		{ { 300, 100, 100, 100, 200, 200 }, "GGGKVp..WW" },
		/* 7.57 .36 .04 .25 1.58 2.2 of 12: the two that are left go to .58 and .57; KVM has 3 % and takes one. */
		{ { 631, 30, 3, 21, 132, 183 }, "GGGGGGGK..WW" },
		/* Of equal remainders the first. */
		{ { 500, 500, 0, 0, 0, 0 }, "GGGKK" },
		/* 2 % are seen, 1.9 % are not. */
		{ { 900, 20, 20, 20, 20, 20 }, "GGGGGGGKVW" },
		{ { 924, 19, 19, 19, 19, 0 }, "GGGGGGGGGG" },
		/* The largest gives, which may be the one that halts. */
		{ { 400, 0, 0, 0, 580, 20 }, "GGGG.....W" },
		/* One cell is not taken away, so the first in the order of what hurts has it. */
		{ { 940, 20, 20, 0, 0, 20 }, "G" },
		{ { 940, 20, 20, 0, 0, 20 }, "GW" },
		{ { 940, 20, 20, 0, 0, 20 }, "GVW" },
		{ { 940, 20, 20, 0, 0, 20 }, "GKVW" },
		{ { 0, 0, 0, 0, 0, 1000 }, "WWW" },
		{ { 500, 0, 0, 0, 0, 500 }, "" },
	};
	char text[MAX_CELLS + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct time_shares shares = shares_of(cases[i].tenths);

		draw(&shares, strlen(cases[i].bar), text);
		assert_string_equal(text, cases[i].bar);
	}
}

static void unknown(void **state)
{
	struct time_shares none = { .valid = false, .ns = { 5 } }, empty = { .valid = true };
	struct time_shares no_delay = {
		.valid = true,
		.wall_ns = 100,
		.ns = { [STATE_GUEST] = 50, [STATE_HALT_BLOCK] = 50, [STATE_RUN_DELAY] = 77 },
	};
	char text[MAX_CELLS + 1];

	(void)state;
	draw(&none, 4, text);
	assert_string_equal(text, "----");
	draw(&empty, 4, text);
	assert_string_equal(text, "----");
	draw(&no_delay, 6, text);
	assert_string_equal(text, "GGG...");
}

/* Whatever the shares: in order, as many as asked for. No state has a cell or more above its share, or lacks more than it gave. */
static void any_shares(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		size_t n = (size_t)rand() % MAX_CELLS, counts[BAR_UNKNOWN + 1] = { 0 };
		struct time_shares shares = { .valid = true, .run_delay_valid = rand() & 1 };
		uint8_t cells[MAX_CELLS];
		double sum = 0;

		for (size_t i = 0; i < STATE_MAX; i++) {
			shares.ns[i] = (uint64_t)rand() << (rand() % 30);
			if (time_shares_known(&shares, i))
				sum += (double)shares.ns[i];
		}
		bar_cells(&shares, n, cells);
		for (size_t i = 0; i < n; i++) {
			assert_true(!i || cells[i] >= cells[i - 1]);
			counts[cells[i]]++;
		}
		assert_int_equal(counts[BAR_UNKNOWN], 0);
		for (size_t i = 0; i < STATE_MAX; i++) {
			double exact = time_shares_known(&shares, i)
					       ? (double)shares.ns[i] * (double)n / sum
					       : 0;

			assert_true((double)counts[i] < exact + 1);
			assert_true((double)counts[i] > exact - 4); /* gave to all three */
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_specified),
		cmocka_unit_test(unknown),
		cmocka_unit_test(any_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
