// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <math.h>

#include "../../user/render/trend.h"

static void check(const double *values, size_t n, double max, const char *want)
{
	static const char letters[] = " -01234567"; /* none, blank, levels */
	int8_t levels[16];
	char text[17] = "";

	trend_levels(values, n, max, levels);
	for (size_t i = 0; i < n; i++) {
		assert_in_range(levels[i] - TREND_NONE, 0, TREND_LEVELS + 1);
		text[i] = letters[levels[i] - TREND_NONE];
	}
	assert_string_equal(text, want);
}

static void levels(void **state)
{
	const double rising[] = { 0, 0.999, 1, 1.999, 2, 6.999, 7, 8, 9, INFINITY, -1 };
	const double tiny[] = { 0, 5e-324, 1e-300 }, huge[] = { 1e308, 1e307 };

	(void)state;
	check(rising, ARRAY_SIZE(rising), 8, "00112677770");
	check(tiny, ARRAY_SIZE(tiny), 1e-300, "007");
	check(huge, ARRAY_SIZE(huge), 1e308, "70");
	check(rising, ARRAY_SIZE(rising), INFINITY, "00000000000");
}

static void nothing_to_see(void **state)
{
	const double values[] = { 0, NAN, 0 }, gap[] = { 4, NAN, 8 };

	(void)state;
	check(values, ARRAY_SIZE(values), 0, "- -");
	check(values, ARRAY_SIZE(values), NAN, "- -");
	check(values, ARRAY_SIZE(values), -1, "- -");
	check(gap, ARRAY_SIZE(gap), 8, "4 7");
	check(gap, 0, 8, "");
}

static void maximum(void **state)
{
	const double values[] = { NAN, -3, 4, NAN, 2 }, none[] = { NAN, NAN };

	(void)state;
	assert_true(trend_max(values, ARRAY_SIZE(values)) == 4);
	assert_true(isnan(trend_max(none, ARRAY_SIZE(none))));
	assert_true(isnan(trend_max(none, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
		cmocka_unit_test(nothing_to_see),
		cmocka_unit_test(maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
