// SPDX-License-Identifier: GPL-2.0
/* native_hist: which native bucket a slot is in, the spans, and how far off what is read off them may be. */
#include "unit.h"

#include <math.h>

#include "../../user/sinks/native_hist.h"

/* What the documentation says. */
#define ERROR_MAX 0.14

#define VALUES 2000

/* Upper bound of a bucket, in ns. */
static double bound_ns(int bucket)
{
	return 1e9 * exp2(bucket / 8.0);
}

/* The middle of a slot, as whole ns. */
static uint64_t middle_ns(size_t slot)
{
	return (hist_slot_lo_ns(slot) + hist_slot_lo_ns(slot + 1) - 1) / 2;
}

/* By a way without any logarithm: @ns^8 <= 10^72 * 2^@bucket. */
static bool is_not_above(uint64_t ns, int bucket)
{
	/* Both sides by 10^72. It is not exact, but no middle is that near to a bound. */
	long double v = (long double)ns / 1e9L;

	v *= v;
	v *= v;
	v *= v;
	return v <= exp2l(bucket);
}

static void slots_are_in_their_buckets(void **state)
{
	struct native_map map;

	(void)state;
	native_map__init(&map);
	for (size_t slot = 1; slot < HIST_SLOTS; slot++) {
		assert_true(is_not_above(middle_ns(slot), map.bucket[slot]));
		assert_false(is_not_above(middle_ns(slot), map.bucket[slot] - 1));
		assert_true(map.bucket[slot] >= map.bucket[slot - 1]);
	}
	/* 1 ns; 1 s is the upper bound of bucket 0, and in the slot that begins at 7/8 of 2^30 ns. */
	assert_int_equal(map.bucket[1], -239);
	assert_int_equal(map.bucket[hist_slot(1000000000)], 0);
	assert_int_equal(map.bucket[hist_slot(1000000000) + 1], 1);
}

/* Any value of a slot is not farther than so from both bounds of its bucket, and one is nearly as far. */
static void error_is_as_documented(void **state)
{
	struct native_map map;
	double worst = 0;

	(void)state;
	native_map__init(&map);
	for (size_t slot = 1; slot + 1 < HIST_SLOTS; slot++) {
		double lo_ns = (double)hist_slot_lo_ns(slot);
		double hi_ns = (double)(hist_slot_lo_ns(slot + 1) - 1);
		double up = bound_ns(map.bucket[slot]) / lo_ns - 1;
		double down = 1 - bound_ns(map.bucket[slot] - 1) / hi_ns;

		worst = fmax(worst, fmax(up, down));
	}
	assert_true(worst <= ERROR_MAX && worst > ERROR_MAX - 0.005);
}

/* The count of each bucket, by its number; checks that the spans are well formed. */
static uint64_t count_of(const struct native_hist *native, int wanted)
{
	int64_t count = 0;
	uint64_t found = 0;
	size_t next = 0;
	int bucket = 0;

	for (size_t i = 0; i < native->n_spans; i++) {
		assert_true(native->spans[i].length > 0);
		assert_true(!i || native->spans[i].offset > 0);
		bucket += native->spans[i].offset;
		for (uint32_t j = 0; j < native->spans[i].length; j++, bucket++) {
			assert_true(next < native->n_buckets);
			count += native->deltas[next++];
			assert_true(count >= 0);
			if (bucket == wanted)
				found = (uint64_t)count;
		}
	}
	assert_int_equal(next, native->n_buckets);
	return found;
}

static void empty(void **state)
{
	static const uint64_t zeroes[HIST_SLOTS];
	struct native_hist native;
	struct native_map map;

	(void)state;
	native_map__init(&map);
	native_hist__fill(&native, &map, (struct hist){ .v = NULL });
	assert_int_equal(native.zero_count + native.n_spans + native.n_buckets, 0);
	native_hist__fill(&native, &map, (struct hist){ zeroes, 0, HIST_SLOTS });
	assert_int_equal(native.zero_count + native.n_spans + native.n_buckets, 0);
}

static void spans(void **state)
{
	uint64_t v[HIST_SLOTS] = { 0 };
	struct native_hist native;
	struct native_map map;
	size_t second = hist_slot(1000000000);

	(void)state;
	native_map__init(&map);
	v[0] = 5;
	v[1] = 7;
	v[hist_slot(1000)] = 1;
	v[second] = 9;		  /* bucket 0 */
	v[second + 1] = 4;	  /* 1 */
	v[HIST_SLOTS - 1] = 1000; /* the open one */
	native_hist__fill(&native, &map, hist_of(v));
	assert_int_equal(native.zero_count, 5);
	assert_int_equal(native.n_spans, 4);
	assert_int_equal(native.n_buckets, 5);
	assert_int_equal(native.spans[0].offset, -239);
	assert_int_equal(native.spans[0].length, 1);
	assert_int_equal(native.spans[1].offset, map.bucket[hist_slot(1000)] + 238);
	assert_int_equal(native.spans[2].offset, -map.bucket[hist_slot(1000)] - 1);
	assert_int_equal(native.spans[2].length, 2);
	assert_int_equal(native.spans[3].offset, map.bucket[HIST_SLOTS - 1] - 2);
	assert_int_equal(native.deltas[0], 7);
	assert_int_equal(native.deltas[1], -6);
	assert_int_equal(native.deltas[2], 8);
	assert_int_equal(native.deltas[3], -5);
	assert_int_equal(native.deltas[4], 996);
	assert_int_equal(count_of(&native, 1), 4);
}

/* Two empty buckets are cheaper than a span; three are not. */
static void gaps(void **state)
{
	struct native_map map;

	(void)state;
	native_map__init(&map);
	for (size_t slot = 1; slot < HIST_SLOTS; slot++) {
		uint64_t v[HIST_SLOTS] = { 0 };
		struct native_hist native;
		int gap;

		for (size_t other = slot + 1; other < HIST_SLOTS && other < slot + 8; other++) {
			memset(v, 0, sizeof(v));
			v[slot] = 3;
			v[other] += 2;
			gap = map.bucket[other] - map.bucket[slot] - 1;
			native_hist__fill(&native, &map, hist_of(v));
			assert_int_equal(native.n_spans, gap > 2 ? 2 : 1);
			assert_int_equal(native.n_buckets, gap > 2 ? 2 : gap + 2);
			assert_int_equal(count_of(&native, map.bucket[slot]), gap < 0 ? 5 : 3);
			assert_int_equal(count_of(&native, map.bucket[other]), gap < 0 ? 5 : 2);
		}
	}
}

/* As many buckets as there can be. */
static void all_slots(void **state)
{
	uint64_t v[HIST_SLOTS], sum = 0;
	struct native_hist native;
	struct native_map map;
	int64_t count = 0;

	(void)state;
	native_map__init(&map);
	for (size_t slot = 0; slot < HIST_SLOTS; slot++)
		v[slot] = slot + 1;
	native_hist__fill(&native, &map, hist_of(v));
	assert_true(native.n_buckets > HIST_SLOTS && native.n_buckets <= NATIVE_BUCKETS_MAX);
	for (size_t i = 0; i < native.n_buckets; i++)
		sum += (uint64_t)(count += native.deltas[i]);
	assert_int_equal(native.zero_count + sum, HIST_SLOTS * (HIST_SLOTS + 1) / 2);
}

static int cmp_u64(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* What Prometheus says: the one of @rank is in this bucket. */
static int bucket_of_rank(const struct native_hist *native, uint64_t rank)
{
	uint64_t seen = native->zero_count;

	for (int bucket = -240; bucket < 100; bucket++) {
		seen += count_of(native, bucket);
		if (seen >= rank)
			return bucket;
	}
	fail_msg("no rank %llu", (unsigned long long)rank);
	return 0;
}

/* Values of all magnitudes, more and more of them: no bucket goes backwards, and quantiles are near the true ones. */
static void quantiles(void **state)
{
	static uint64_t values[VALUES];
	uint64_t v[HIST_SLOTS] = { 0 };
	struct native_hist native, before;
	struct native_map map;
	unsigned int seed = 3;

	(void)state;
	native_map__init(&map);
	native_hist__fill(&before, &map, hist_of(v));
	for (size_t n = 0; n < VALUES; n++) {
		values[n] =
			1 + ((uint64_t)rand_r(&seed) << 8) % (UINT64_C(2) << rand_r(&seed) % 38);
		v[hist_slot(values[n])]++;
		native_hist__fill(&native, &map, hist_of(v));
		for (int bucket = -240; n < 300 && bucket < 100; bucket++)
			assert_true(count_of(&native, bucket) >= count_of(&before, bucket));
		before = native;
	}
	qsort(values, VALUES, sizeof(values[0]), cmp_u64);
	for (uint64_t rank = 1; rank <= VALUES; rank++) {
		double value = (double)values[rank - 1];
		int bucket = bucket_of_rank(&native, rank);

		assert_true(bound_ns(bucket) / value - 1 <= ERROR_MAX);
		assert_true(1 - bound_ns(bucket - 1) / value <= ERROR_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_are_in_their_buckets),
		cmocka_unit_test(error_is_as_documented),
		cmocka_unit_test(empty),
		cmocka_unit_test(spans),
		cmocka_unit_test(gaps),
		cmocka_unit_test(all_slots),
		cmocka_unit_test(quantiles),
	};

	return cmocka_run_group_tests_name("native_hist", tests, NULL, NULL);
}
