// SPDX-License-Identifier: GPL-2.0
/* stacked: how the lines of a view are shared out to its lists. */
#include "unit.h"

#include "../../user/tui/stacked.h"

static void check(size_t lines, const size_t *rows, size_t at, const size_t *want, size_t want_left)
{
	size_t heights[3] = { 77, 77, 77 };
	size_t left = stacked_share(lines, rows, 3, at, heights);

	for (size_t i = 0; i < 3; i++)
		if (heights[i] != want[i])
			fail_msg("of %zu lines list %zu has %zu, not %zu", lines, i, heights[i],
				 want[i]);
	assert_int_equal(left, want_left);
}

#define V(...) ((const size_t[]){ __VA_ARGS__ })

static void shares(void **state)
{
	(void)state;
	/* All have what they need: a header and their rows. */
	check(30, V(6, 2, 8), 0, V(7, 3, 9), 11);
	/* Then they get lines in turn. */
	check(16, V(6, 2, 8), 0, V(7, 3, 6), 0);
	check(15, V(6, 2, 8), 2, V(6, 3, 6), 0);
	check(9, V(6, 2, 8), 1, V(3, 3, 3), 0);
	/* Too few: only the one with the keys. */
	check(8, V(6, 2, 8), 0, V(7, 0, 0), 1);
	check(8, V(6, 2, 8), 1, V(0, 3, 0), 5);
	check(8, V(6, 2, 8), 2, V(0, 0, 8), 0);
	check(1, V(6, 2, 8), 2, V(0, 0, 1), 0);
	/* An empty one has a header only. */
	check(8, V(6, 0, 8), 0, V(4, 1, 3), 0);
	check(3, V(0, 0, 0), 0, V(1, 1, 1), 0);
	check(0, V(0, 0, 0), 0, V(0, 0, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
