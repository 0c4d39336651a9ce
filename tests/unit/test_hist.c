// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <errno.h>
#include <math.h>

#include "../../user/base/hist.h"

#define MAX_VALUES 20000

enum { P50, P90, P99, P999, N_PERCENTILES };

static bool percentiles(struct hist hist, uint64_t max_ns, uint64_t ret_ns[N_PERCENTILES])
{
	static const unsigned int one_in[N_PERCENTILES] = { 2, 10, 100, 1000 };

	return hist_percentiles(hist, max_ns, one_in, N_PERCENTILES, ret_ns);
}

static void slot_bounds(void **state)
{
	(void)state;
	assert_int_equal(HIST_SLOTS, 304);
	for (size_t slot = 0; slot < 8; slot++)
		assert_int_equal(hist_slot_lo_ns(slot), slot);
	assert_int_equal(hist_slot_lo_ns(15), 15);
	assert_int_equal(hist_slot_lo_ns(16), 16);
	assert_int_equal(hist_slot_lo_ns(17), 18);
	assert_int_equal(hist_slot_lo_ns(hist_slot(1024)), 1024);
	assert_int_equal(hist_slot_lo_ns(hist_slot(1151)), 1024);
	assert_int_equal(hist_slot_lo_ns(hist_slot(1152)), 1152);
	assert_int_equal(hist_slot_lo_ns(HIST_SLOTS), UINT64_C(1) << 40);
}

/* Each slot begins where the one before ends, and none is wider than 1/8 of its lower bound. */
static void slots_are_gapless(void **state)
{
	(void)state;
	for (size_t slot = 0; slot < HIST_SLOTS; slot++) {
		uint64_t lo_ns = hist_slot_lo_ns(slot), end_ns = hist_slot_lo_ns(slot + 1);

		assert_true(end_ns > lo_ns);
		assert_int_equal(hist_slot(lo_ns), slot);
		assert_int_equal(hist_slot(end_ns - 1), slot);
		assert_true(end_ns - lo_ns == 1 || 8 * (end_ns - lo_ns) <= lo_ns);
	}
	assert_int_equal(hist_slot(UINT64_C(1) << 40), HIST_SLOTS - 1);
	assert_int_equal(hist_slot(UINT64_MAX), HIST_SLOTS - 1);
}

static void empty_has_no_percentile(void **state)
{
	const uint64_t zeroes[HIST_SLOTS] = { 0 };
	uint64_t p[N_PERCENTILES] = { 77 };

	(void)state;
	assert_int_equal(hist_of(zeroes).n, 0);
	assert_int_equal(hist_count(hist_of(zeroes)), 0);
	assert_false(percentiles(hist_of(zeroes), 0, p));
	assert_false(percentiles((struct hist){ .v = NULL }, 5, p));
	assert_false(percentiles((struct hist){ zeroes, 7, 20 }, 5, p));
	assert_int_equal(p[P50], 77); /* written on success only */
}

static void middle_of_the_slot(void **state)
{
	const struct hist hist = make_hist(100, 1024, 0, 1024); /* 1024 to 1151 */
	uint64_t p[N_PERCENTILES];

	(void)state;
	assert_true(percentiles(hist, 0, p));
	assert_int_equal(p[P50], 1087);
	assert_int_equal(p[P90], 1087);
	assert_int_equal(p[P99], 1087);
	assert_int_equal(p[P999], 1087);
	/* The maximum narrows it, and the last of all is the maximum. */
	assert_true(percentiles(hist, 1100, p));
	assert_int_equal(p[P50], 1062);
	assert_int_equal(p[P99], 1062);
	assert_int_equal(p[P999], 1100);
	/* Never above it, even if it contradicts the histogram. */
	assert_true(percentiles(hist, 900, p));
	assert_int_equal(p[P50], 900);
}

static void ranks(void **state)
{
	uint64_t p[N_PERCENTILES];

	(void)state;
	/* Half of them is still the lower one; of 1,000 the 999 lowest are p99.9's. */
	assert_true(percentiles(make_hist(5, 4, 5, 1000), 1000, p));
	assert_int_equal(p[P50], 4);
	assert_int_equal(p[P90], 980); /* of 960 to 1000 */
	assert_int_equal(p[P99], 1000);
	assert_true(percentiles(make_hist(999, 4, 1, 1000), 1000, p));
	assert_int_equal(p[P999], 4);
	assert_true(percentiles(make_hist(998, 4, 1, 1000), 1000, p));
	assert_int_equal(p[P99], 4);
	assert_int_equal(p[P999], 1000);
	assert_true(percentiles(make_hist(1, 7, 0, 7), 7, p));
	assert_int_equal(p[P50], 7);
	assert_int_equal(p[P999], 7);
}

static void last_slot_is_open(void **state)
{
	const uint64_t lo_ns = UINT64_C(15) << 36, far_ns = UINT64_C(1) << 50;
	uint64_t p[N_PERCENTILES];

	(void)state;
	assert_true(percentiles(make_hist(4, far_ns, 0, far_ns), 0, p));
	assert_int_equal(p[P99], lo_ns); /* all that is known */
	assert_true(percentiles(make_hist(4, far_ns, 0, far_ns), lo_ns + 1000, p));
	assert_int_equal(p[P50], lo_ns + 500);
	assert_int_equal(p[P99], lo_ns + 1000);
}

static void huge_counts(void **state)
{
	const struct hist hist = make_hist(UINT64_MAX / 2, 4, UINT64_MAX / 4, UINT64_C(1) << 30);
	uint64_t p[N_PERCENTILES];

	(void)state;
	assert_true(percentiles(hist, 0, p));
	assert_int_equal(p[P50], 4);
	assert_in_range(p[P90], 1 << 30, (1 << 30) + (1 << 27));
}

static void folds_to_octaves(void **state)
{
	uint64_t v[HIST_SLOTS], log2_hist[HIST_LOG2_SLOTS], sum = 0;

	(void)state;
	for (size_t slot = 0; slot < HIST_SLOTS; slot++)
		v[slot] = slot + 1;
	hist_fold_log2(hist_of(v), log2_hist);
	for (size_t i = 0; i < HIST_LOG2_SLOTS; i++) {
		uint64_t want = 0, end_ns = hist_log2_lo_ns(i + 1);

		for (size_t slot = hist_slot(hist_log2_lo_ns(i)); slot < HIST_SLOTS; slot++)
			if (hist_slot_lo_ns(slot) < end_ns)
				want += slot + 1;
		assert_int_equal(log2_hist[i], want);
		sum += want;
	}
	assert_int_equal(sum, hist_count(hist_of(v)));
	assert_int_equal(hist_log2_lo_ns(0), 0);
	assert_int_equal(hist_log2_lo_ns(1), 2);
}

static void growth(void **state)
{
	uint64_t v[HIST_SLOTS];
	struct hist got;

	(void)state;
	assert_true(hist_growth(make_hist(5, 100, 7, 3000), make_hist(5, 100, 9, 3000), v));
	got = hist_of(v);
	assert_int_equal(got.first, hist_slot(3000));
	assert_int_equal(got.n, 1);
	assert_int_equal(got.v[0], 2);
	/* from nothing, and with new slots on both sides */
	assert_true(hist_growth((struct hist){ .v = NULL }, make_hist(5, 100, 7, 3000), v));
	assert_int_equal(hist_count(hist_of(v)), 12);
	assert_true(hist_growth(make_hist(3, 500, 0, 500), make_hist(5, 500, 7, 3000), v));
	assert_int_equal(hist_count(hist_of(v)), 9);
	/* backwards: fewer, or a slot is not there any more */
	assert_false(hist_growth(make_hist(5, 100, 7, 3000), make_hist(5, 100, 6, 3000), v));
	assert_false(hist_growth(make_hist(5, 100, 7, 3000), make_hist(9, 100, 0, 100), v));
	assert_false(hist_growth(make_hist(5, 100, 0, 100), (struct hist){ .v = NULL }, v));
}

static void sums(void **state)
{
	const struct hist a = make_hist(5, 100, 7, 3000), b = make_hist(1, 50, 2, 100);
	struct hist_sum sum;

	(void)state;
	hist_sum__init(&sum);
	assert_int_equal(hist_count(sum.hist), 0);
	hist_sum__add(&sum, (struct hist){ .v = NULL });
	hist_sum__add(&sum, a);
	assert_ptr_equal(sum.hist.v, a.v); /* one is not copied */
	hist_sum__add(&sum, b);
	hist_sum__add(&sum, make_hist(1, 1 << 20, 0, 1 << 20));
	assert_int_equal(hist_count(sum.hist), 16);
	assert_int_equal(sum.hist.first, hist_slot(50));
	assert_int_equal(sum.hist.n, hist_slot(1 << 20) - hist_slot(50) + 1);
	assert_int_equal(sum.v[hist_slot(100)], 7);
	assert_int_equal(sum.v[hist_slot(3000)], 7);
	assert_int_equal(hist_count(a), 12); /* what was added is as it was */
}

static void totals_of_counts_that_wrap(void **state)
{
	uint32_t raw[HIST_SLOTS] = { 0 };
	struct hist_total total = { .v = NULL };
	uint64_t want[HIST_SLOTS] = { 0 };

	(void)state;
	assert_int_equal(hist_total__take(&total, raw), 0);
	assert_int_equal(hist_total__hist(&total).n, 0);
	for (unsigned int i = 0; i < 40; i++) {
		/* New slots below and above those that there are; three rounds of the counts, and through 0. */
		const size_t slots[] = { 100 - i, 120, 130 + i };

		for (size_t s = 0; s < 3; s++) {
			raw[slots[s]] += UINT32_C(400000000) + i;
			want[slots[s]] += UINT32_C(400000000) + i;
		}
		if (i == 20) {
			want[120] += -raw[120];
			raw[120] = 0;
		}
		assert_int_equal(hist_total__take(&total, raw), 0);
		for (size_t s = 0; s < HIST_SLOTS; s++) {
			struct hist h = hist_total__hist(&total);
			bool has = s >= h.first && s < h.first + h.n;

			assert_int_equal(has ? h.v[s - h.first] : 0, want[s]);
		}
	}
	assert_true(want[120] > UINT64_C(3) << 32);
	hist_total__release(&total);
	assert_int_equal(hist_total__hist(&total).n, 0);
}

/* ---- against true percentiles */

static uint64_t random_bits(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return *seed >> 33;
}

/* From 0 to 1, but not 0. */
static double random_unit(uint64_t *seed)
{
	return ((double)random_bits(seed) + 1) / 2147483648.0;
}

static uint64_t uniform(uint64_t *seed)
{
	return 300 + random_bits(seed) % 100000;
}

static uint64_t exponential(uint64_t *seed)
{
	return 500 + (uint64_t)(-3000 * log(random_unit(seed)));
}

/* A heavy tail, as host interrupts and page faults make it. */
static uint64_t pareto(uint64_t *seed)
{
	return (uint64_t)(800 * pow(random_unit(seed), -0.8));
}

static uint64_t two_humps(uint64_t *seed)
{
	return random_bits(seed) % 100 ? exponential(seed) : 1000000 + uniform(seed);
}

/* All octaves alike, from 1 ns to 16 s. */
static uint64_t log_uniform(uint64_t *seed)
{
	return (uint64_t)exp2(34 * random_unit(seed));
}

/* At the edges of slots, where a wrong bound would show. */
static uint64_t edges(uint64_t *seed)
{
	return hist_slot_lo_ns(random_bits(seed) % (HIST_SLOTS - 8)) - random_bits(seed) % 2;
}

static int cmp_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void check_percentile(uint64_t got, const uint64_t *sorted, size_t n, unsigned int permille)
{
	uint64_t exact = sorted[(n * permille + 999) / 1000 - 1];

	/* 1/16 is what is promised; 10 % what is asked for. */
	if (fabs((double)got - (double)exact) > (double)exact / 16 + 0.5)
		fail_msg("p%u/10 of %zu: %llu, is %llu", permille, n, (unsigned long long)got,
			 (unsigned long long)exact);
	assert_true(got <= sorted[n - 1]);
}

static void check_values(uint64_t *values, size_t n)
{
	uint64_t v[HIST_SLOTS] = { 0 };
	uint64_t p[N_PERCENTILES];

	for (size_t i = 0; i < n; i++) {
		if (values[i] > UINT64_C(1) << 60) /* 0 less 1 */
			values[i] = 0;
		v[hist_slot(values[i])]++;
	}
	qsort(values, n, sizeof(*values), cmp_u64);
	assert_true(percentiles(hist_of(v), values[n - 1], p));
	check_percentile(p[P50], values, n, 500);
	check_percentile(p[P90], values, n, 900);
	check_percentile(p[P99], values, n, 990);
	check_percentile(p[P999], values, n, 999);
}

static void against_true_percentiles(void **state)
{
	static uint64_t (*const draw[])(uint64_t * seed) = { uniform,	exponential, pareto,
							     two_humps, log_uniform, edges };
	static const size_t sizes[] = { 1, 2, 3, 10, 99, 1000, 1001, MAX_VALUES };
	static uint64_t values[MAX_VALUES];

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		for (size_t d = 0; d < ARRAY_SIZE(draw); d++) {
			for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
				uint64_t bits = seed * 1000 + d * 10 + s;

				for (size_t i = 0; i < sizes[s]; i++)
					values[i] = draw[d](&bits);
				check_values(values, sizes[s]);
			}
		}
	}
}

/* Parts that are summed have the percentiles of all their values together. */
static void merged_exactly(void **state)
{
	static uint64_t all[4000];
	uint64_t v[4][HIST_SLOTS] = { { 0 } }, whole[HIST_SLOTS] = { 0 }, seed = 3;
	uint64_t merged[N_PERCENTILES], direct[N_PERCENTILES];
	struct hist_sum sum;

	(void)state;
	hist_sum__init(&sum);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		all[i] = i % 4 ? exponential(&seed) : pareto(&seed);
		v[i % 4][hist_slot(all[i])]++;
		whole[hist_slot(all[i])]++;
	}
	for (size_t part = 0; part < 4; part++)
		hist_sum__add(&sum, hist_of(v[part]));
	assert_memory_equal(sum.v, whole, sizeof(whole));
	assert_true(percentiles(sum.hist, 0, merged));
	assert_true(percentiles(hist_of(whole), 0, direct));
	assert_memory_equal(&merged, &direct, sizeof(merged));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slot_bounds),
		cmocka_unit_test(slots_are_gapless),
		cmocka_unit_test(empty_has_no_percentile),
		cmocka_unit_test(middle_of_the_slot),
		cmocka_unit_test(ranks),
		cmocka_unit_test(last_slot_is_open),
		cmocka_unit_test(huge_counts),
		cmocka_unit_test(folds_to_octaves),
		cmocka_unit_test(growth),
		cmocka_unit_test(sums),
		cmocka_unit_test(totals_of_counts_that_wrap),
		cmocka_unit_test(against_true_percentiles),
		cmocka_unit_test(merged_exactly),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
