// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "../../user/base/hist.h"

static void slot_bounds(void **state)
{
	(void)state;
	assert_int_equal(hist_slot_lo_ns(0), 0);
	assert_int_equal(hist_slot_lo_ns(1), 2);
	assert_int_equal(hist_slot_lo_ns(10), 1024);
	assert_int_equal(hist_slot_lo_ns(HIST_SLOTS - 1), UINT64_C(1) << 39);
}

static void empty_has_no_percentile(void **state)
{
	uint64_t hist[HIST_SLOTS] = { 0 };
	uint64_t ns = 77;

	(void)state;
	assert_int_equal(hist_count(hist), 0);
	assert_false(hist_percentile_ns(hist, 50, 0, &ns));
	assert_int_equal(ns, 77); /* written on success only */
}

static void interpolates_in_slot(void **state)
{
	uint64_t hist[HIST_SLOTS] = { [10] = 100 }; /* [1024, 2048) */
	uint64_t ns;

	(void)state;
	assert_true(hist_percentile_ns(hist, 0, 0, &ns));
	assert_int_equal(ns, 1024);
	assert_true(hist_percentile_ns(hist, 50, 0, &ns));
	assert_int_equal(ns, 1536);
	assert_true(hist_percentile_ns(hist, 100, 0, &ns));
	assert_int_equal(ns, 2048);
}

static void capped_by_maximum(void **state)
{
	uint64_t hist[HIST_SLOTS] = { [10] = 100 };
	uint64_t ns;

	(void)state;
	assert_true(hist_percentile_ns(hist, 99, 1100, &ns));
	assert_int_equal(ns, 1100);
	assert_true(hist_percentile_ns(hist, 5, 1100, &ns));
	assert_int_equal(ns, 1075);
}

static void skips_empty_slots(void **state)
{
	uint64_t hist[HIST_SLOTS] = { [0] = 90, [20] = 10 };
	uint64_t ns;

	(void)state;
	assert_true(hist_percentile_ns(hist, 50, 0, &ns));
	assert_true(ns < 2);
	/* Exactly at the border: still the lower slot, not somewhere in the hole. */
	assert_true(hist_percentile_ns(hist, 90, 0, &ns));
	assert_int_equal(ns, 2);
	assert_true(hist_percentile_ns(hist, 91, 0, &ns));
	assert_in_range(ns, 1 << 20, (1 << 21) - 1);
}

static void last_slot_is_open(void **state)
{
	uint64_t hist[HIST_SLOTS] = { [HIST_SLOTS - 1] = 4 };
	const uint64_t lo_ns = UINT64_C(1) << 39;
	uint64_t ns;

	(void)state;
	assert_true(hist_percentile_ns(hist, 99, 0, &ns));
	assert_int_equal(ns, lo_ns); /* all that is known */
	assert_true(hist_percentile_ns(hist, 50, lo_ns + 1000, &ns));
	assert_int_equal(ns, lo_ns + 500);
}

static void strange_percentages(void **state)
{
	uint64_t hist[HIST_SLOTS] = { [3] = 1, [5] = 1 };
	uint64_t ns;

	(void)state;
	assert_true(hist_percentile_ns(hist, -5, 0, &ns));
	assert_int_equal(ns, 8);
	assert_true(hist_percentile_ns(hist, 1e9, 0, &ns));
	assert_int_equal(ns, 64);
	assert_true(hist_percentile_ns(hist, 0.0 / 0.0, 0, &ns));
}

static void huge_counts(void **state)
{
	uint64_t hist[HIST_SLOTS] = { [2] = UINT64_MAX / 2, [30] = UINT64_MAX / 4 };
	uint64_t ns;

	(void)state;
	assert_true(hist_percentile_ns(hist, 50, 0, &ns));
	assert_in_range(ns, 4, 8);
	assert_true(hist_percentile_ns(hist, 100, 0, &ns));
	assert_int_equal(ns, UINT64_C(1) << 31);
}

static int cmp_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A log2 histogram must put a percentile into the slot of the exact one. */
static void against_exact_values(void **state)
{
	static uint64_t values[10000];
	uint64_t hist[HIST_SLOTS] = { 0 };
	const size_t n = sizeof(values) / sizeof(values[0]);
	uint64_t seed = 42;
	static const double pcts[] = { 1, 10, 50, 90, 99, 99.9 };

	(void)state;
	for (size_t i = 0; i < n; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		values[i] = (seed >> 33) >> (seed >> 60); /* spread over many slots */
		hist[values[i] < 2 ? 0 : 63 - __builtin_clzll(values[i])]++;
	}
	qsort(values, n, sizeof(values[0]), cmp_u64);

	for (size_t i = 0; i < sizeof(pcts) / sizeof(pcts[0]); i++) {
		uint64_t exact = values[(size_t)(pcts[i] / 100 * (double)n) - 1];
		uint64_t ns;

		assert_true(hist_percentile_ns(hist, pcts[i], values[n - 1], &ns));
		assert_true(ns <= values[n - 1]);
		assert_true(ns <= 2 * exact + 2 && 2 * ns + 2 >= exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slot_bounds),		cmocka_unit_test(empty_has_no_percentile),
		cmocka_unit_test(interpolates_in_slot), cmocka_unit_test(capped_by_maximum),
		cmocka_unit_test(skips_empty_slots),	cmocka_unit_test(last_slot_is_open),
		cmocka_unit_test(strange_percentages),	cmocka_unit_test(huge_counts),
		cmocka_unit_test(against_exact_values),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
