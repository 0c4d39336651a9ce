// SPDX-License-Identifier: GPL-2.0
#include "base/cleanup.h"
#include "unit.h"

#include "../../user/model/delta.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"
#include "../../user/model/stats.h"

#define __autosnap __cleanup(cleanup_snapshot)
#define __autoframe __cleanup(cleanup_frame)

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(frame, struct frame, frame__free)

/* One statistic of each kind; the order of the values of a sample is below. */
enum { EXITS, GAUGE, HIST, PEAK, PAIR, N_STATS };
enum { V_EXITS, V_GAUGE, V_HIST, V_PEAK = V_HIST + 3, V_PAIR, N_VALUES = V_PAIR + 2 };

static struct stat_desc descs[N_STATS] = {
	[EXITS] = { .name = "exits", .type = STAT_CUMULATIVE, .n = 1, .first = V_EXITS },
	[GAUGE] = { .name = "gauge", .type = STAT_INSTANT, .n = 1, .first = V_GAUGE },
	[HIST] = { .name = "hist", .type = STAT_LOG_HIST, .n = 3, .first = V_HIST },
	[PEAK] = { .name = "peak", .type = STAT_PEAK, .n = 1, .first = V_PEAK },
	[PAIR] = { .name = "pair", .type = STAT_CUMULATIVE, .n = 2, .first = V_PAIR },
};
static const struct stat_layout layout = { .v = descs, .n = N_STATS, .n_values = N_VALUES };
static const struct stat_layout other_layout = { .v = descs, .n = N_STATS, .n_values = N_VALUES };

/* In the summed statistics gauges and peaks are left out. */
enum { SUM_EXITS, SUM_HIST, SUM_PAIR, N_SUMS };

static const uint64_t one[] = { 100, 7, 1, 2, 3, 50, 10, 20 };
static const uint64_t two[] = { 300, 5, 1, 4, 9, 60, 11, 20 };
static const uint64_t reset[] = { 4, 5, 1, 0, 9, 60, 9, 20 };

/* One VM of two vCPUs, at second @sec; all of them have @values (NULL: not known). */
static struct snapshot *snap(uint64_t sec, const uint64_t *values)
{
	struct snapshot *s = make_snapshot(sec, 1);

	s->vm_layout = s->vcpu_layout = &layout;
	make_vcpus(s, &s->vms[0], 2);
	s->vms[0].stats = values;
	s->vms[0].stats_source = STATS_FD;
	for (size_t i = 0; i < 2; i++) {
		s->vms[0].vcpus[i].stats = values;
		s->vms[0].vcpus[i].stats_source = STATS_FD;
	}
	return s;
}

static struct frame *compute(const struct snapshot *prev, const struct snapshot *cur)
{
	static const struct host_info host;
	struct reason_names *names = reason_names__new();
	struct frame *frame = NULL;

	assert_non_null(names);
	assert_int_equal(delta__compute(prev, cur, &host, names, &frame), 0);
	reason_names__free(names);
	return frame;
}

static void assert_values(const uint64_t *v, const uint64_t *expected, size_t n)
{
	assert_non_null(v);
	assert_memory_equal(v, expected, n * sizeof(*v));
}

/* @stats have the totals of two[] and no deltas. */
static void assert_no_delta(const struct frame_stats *stats)
{
	assert_int_equal(stats->n, N_STATS);
	assert_int_equal(stats->v[EXITS].count.total, 300);
	assert_false(stats->v[EXITS].count.delta_valid);
	assert_int_equal(stats->v[EXITS].count.delta, 0);
	assert_values(stats->v[HIST].totals, (uint64_t[]){ 1, 4, 9 }, 3);
	assert_null(stats->v[HIST].deltas);
	assert_null(stats->v[PAIR].deltas);
	assert_int_equal(stats->v[GAUGE].value, 5);
}

/* The sums have totals of two vCPUs with two[], and no deltas. */
static void assert_no_delta_of_sums(const struct frame_stats *sums)
{
	assert_int_equal(sums->n, N_SUMS);
	assert_int_equal(sums->v[SUM_EXITS].count.total, 600);
	assert_false(sums->v[SUM_EXITS].count.delta_valid);
	assert_int_equal(sums->v[SUM_EXITS].count.delta, 0);
	assert_values(sums->v[SUM_HIST].totals, (uint64_t[]){ 2, 8, 18 }, 3);
	assert_null(sums->v[SUM_HIST].deltas);
}

static void assert_unknown(const struct frame_stats *stats)
{
	assert_int_equal(stats->source, STATS_NONE);
	assert_int_equal(stats->n, 0);
}

static void each_kind(void **state)
{
	__autosnap struct snapshot *prev = snap(1, one);
	__autosnap struct snapshot *cur = snap(3, two);
	__autoframe struct frame *f = compute(prev, cur);
	const struct frame_stats *all[] = { &f->vms[0].stats, &f->vms[0].vcpus[1].stats };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct frame_stat *v = all[i]->v;

		assert_int_equal(all[i]->source, STATS_FD);
		assert_int_equal(all[i]->n, N_STATS);
		assert_ptr_equal(v[PEAK].desc, &descs[PEAK]);
		assert_int_equal(v[EXITS].count.total, 300);
		assert_true(v[EXITS].count.delta_valid);
		assert_int_equal(v[EXITS].count.delta, 200);
		assert_near(v[EXITS].count.rate, 100);
		assert_null(v[EXITS].totals);
		assert_int_equal(v[GAUGE].value, 5);
		assert_int_equal(v[PEAK].value, 60);
		assert_values(v[HIST].totals, (uint64_t[]){ 1, 4, 9 }, 3);
		assert_values(v[HIST].deltas, (uint64_t[]){ 0, 2, 6 }, 3);
		assert_values(v[PAIR].totals, (uint64_t[]){ 11, 20 }, 2);
		assert_values(v[PAIR].deltas, (uint64_t[]){ 1, 0 }, 2);
	}
}

static void sums_over_vcpus(void **state)
{
	__autosnap struct snapshot *prev = snap(1, one);
	__autosnap struct snapshot *cur = snap(3, two);
	__autoframe struct frame *f = NULL;
	const struct frame_stats *sums;

	(void)state;
	cur->vms[0].vcpus[1].stats_source = STATS_ITERATOR; /* the same values, by another way */
	f = compute(prev, cur);
	sums = &f->vms[0].vcpu_stats;
	assert_int_equal(sums->source, STATS_ITERATOR);
	assert_int_equal(sums->n, N_SUMS);
	assert_ptr_equal(sums->v[SUM_HIST].desc, &descs[HIST]);
	assert_int_equal(sums->v[SUM_EXITS].count.total, 600);
	assert_int_equal(sums->v[SUM_EXITS].count.delta, 400);
	assert_true(sums->v[SUM_EXITS].count.delta_valid);
	assert_near(sums->v[SUM_EXITS].count.rate, 200);
	assert_values(sums->v[SUM_HIST].totals, (uint64_t[]){ 2, 8, 18 }, 3);
	assert_values(sums->v[SUM_HIST].deltas, (uint64_t[]){ 0, 4, 12 }, 3);
	assert_values(sums->v[SUM_PAIR].deltas, (uint64_t[]){ 2, 0 }, 2);
}

/* What began before we looked: a total, and how much of it is of this interval is not known. */
static void assert_from_zero(const struct frame_stats *stats)
{
	assert_true(stats->v[EXITS].count.delta_valid);
	assert_int_equal(stats->v[EXITS].count.delta, stats->v[EXITS].count.total);
}

/*
 * A VM may have run for long when kvmtop sees it first. That is not so for a vCPU that a known VM gets, or a VM that
 * was not there.
 */
static void delta_of_what_is_new(void **state)
{
	__autosnap struct snapshot *nothing = make_snapshot(1, 0);
	__autosnap struct snapshot *prev = snap(1, one);
	__autosnap struct snapshot *cur = snap(2, two);
	__autoframe struct frame *new_vm = compute(nothing, cur);
	__autoframe struct frame *new_vcpu = NULL, *later = NULL;

	(void)state;
	assert_no_delta(&new_vm->vms[0].stats);
	assert_no_delta(&new_vm->vms[0].vcpus[0].stats);
	assert_no_delta_of_sums(&new_vm->vms[0].vcpu_stats);

	prev->vms[0].n_vcpus = 1;
	new_vcpu = compute(prev, cur);
	assert_true(new_vcpu->vms[0].vcpus[0].stats.v[EXITS].count.delta_valid);
	assert_from_zero(&new_vcpu->vms[0].vcpus[1].stats);

	cur->vms[0].later = true;
	later = compute(nothing, cur);
	assert_from_zero(&later->vms[0].vcpus[0].stats);
	assert_from_zero(&later->vms[0].stats);
}

static void no_delta_of_what_was_not_known(void **state)
{
	__autosnap struct snapshot *prev = snap(1, NULL);
	__autosnap struct snapshot *other = snap(1, one);
	__autosnap struct snapshot *cur = snap(2, two);
	__autoframe struct frame *f = compute(prev, cur);
	__autoframe struct frame *g = NULL;

	(void)state;
	assert_no_delta(&f->vms[0].stats);
	assert_no_delta(&f->vms[0].vcpus[0].stats);
	assert_no_delta_of_sums(&f->vms[0].vcpu_stats);

	other->vm_layout = other->vcpu_layout = &other_layout;
	g = compute(other, cur);
	assert_no_delta(&g->vms[0].stats);
	assert_no_delta(&g->vms[0].vcpus[0].stats);
	assert_no_delta_of_sums(&g->vms[0].vcpu_stats);
}

/* Root writes to debugfs: what was reset has no delta, the rest has. */
static void reset_counter(void **state)
{
	__autosnap struct snapshot *prev = snap(1, one);
	__autosnap struct snapshot *cur = snap(2, two);
	__autoframe struct frame *f = NULL;
	const struct frame_stat *v, *sums;

	(void)state;
	cur->vms[0].vcpus[1].stats = reset;
	f = compute(prev, cur);
	v = f->vms[0].vcpus[1].stats.v;
	assert_int_equal(v[EXITS].count.total, 4);
	assert_false(v[EXITS].count.delta_valid);
	assert_values(v[HIST].totals, (uint64_t[]){ 1, 0, 9 }, 3);
	assert_null(v[HIST].deltas);
	assert_null(v[PAIR].deltas);
	assert_true(f->vms[0].vcpus[0].stats.v[EXITS].count.delta_valid);
	assert_true(f->vms[0].stats.v[EXITS].count.delta_valid);

	sums = f->vms[0].vcpu_stats.v;
	assert_int_equal(sums[SUM_EXITS].count.total, 304);
	assert_false(sums[SUM_EXITS].count.delta_valid);
	assert_int_equal(sums[SUM_EXITS].count.delta, 0);
	assert_near(sums[SUM_EXITS].count.rate, 0);
	assert_null(sums[SUM_HIST].deltas);
}

static void unknown_is_not_zero(void **state)
{
	__autosnap struct snapshot *prev = snap(1, one);
	__autosnap struct snapshot *cur = snap(2, two);
	__autosnap struct snapshot *no_layout = snap(2, two);
	__autosnap struct snapshot *no_vcpus = snap(2, two);
	__autoframe struct frame *f = NULL, *g = NULL, *h = NULL;

	(void)state;
	cur->vms[0].stats = NULL;
	cur->vms[0].vcpus[1].stats = NULL;
	f = compute(prev, cur);
	assert_unknown(&f->vms[0].stats);
	assert_unknown(&f->vms[0].vcpus[1].stats);
	assert_int_equal(f->vms[0].vcpus[0].stats.n, N_STATS);
	assert_unknown(&f->vms[0].vcpu_stats);

	no_layout->vm_layout = no_layout->vcpu_layout = NULL;
	g = compute(prev, no_layout);
	assert_unknown(&g->vms[0].stats);
	assert_unknown(&g->vms[0].vcpus[0].stats);
	assert_unknown(&g->vms[0].vcpu_stats);

	no_vcpus->vms[0].n_vcpus = 0;
	h = compute(prev, no_vcpus);
	assert_unknown(&h->vms[0].vcpu_stats);
	assert_int_equal(h->vms[0].stats.n, N_STATS);
}

/* debugfs has sums only; they come first where there are any. */
static void sums_of_debugfs(void **state)
{
	__autosnap struct snapshot *prev = snap(1, NULL);
	__autosnap struct snapshot *cur = snap(2, NULL);
	__autosnap struct snapshot *with_both = snap(3, one);
	__autoframe struct frame *f = NULL, *g = NULL;
	const struct frame_stats *sums;

	(void)state;
	prev->vms[0].vcpu_sums = one;
	cur->vms[0].vcpu_sums = two;
	f = compute(prev, cur);
	sums = &f->vms[0].vcpu_stats;
	assert_unknown(&f->vms[0].stats);
	assert_unknown(&f->vms[0].vcpus[0].stats);
	assert_int_equal(sums->source, STATS_DEBUGFS);
	assert_int_equal(sums->n, N_SUMS);
	assert_int_equal(sums->v[SUM_EXITS].count.total, 300);
	assert_int_equal(sums->v[SUM_EXITS].count.delta, 200);
	assert_values(sums->v[SUM_HIST].deltas, (uint64_t[]){ 0, 2, 6 }, 3);

	/* there were none before: no delta, although the vCPUs' statistics would have one */
	with_both->vms[0].vcpu_sums = two;
	prev->vms[0].vcpu_sums = NULL;
	g = compute(prev, with_both);
	assert_int_equal(g->vms[0].vcpu_stats.source, STATS_DEBUGFS);
	assert_int_equal(g->vms[0].vcpu_stats.v[SUM_EXITS].count.total, 300);
	assert_false(g->vms[0].vcpu_stats.v[SUM_EXITS].count.delta_valid);
}

/* Snapshots end before their frame does. */
static void frame_has_its_own_values(void **state)
{
	uint64_t values[N_VALUES];
	__autosnap struct snapshot *prev = snap(1, one);
	__autosnap struct snapshot *cur = snap(2, values);
	__autoframe struct frame *f = NULL;

	(void)state;
	memcpy(values, two, sizeof(values));
	f = compute(prev, cur);
	memset(values, 0xff, sizeof(values));
	assert_values(f->vms[0].stats.v[HIST].totals, (uint64_t[]){ 1, 4, 9 }, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind),
		cmocka_unit_test(sums_over_vcpus),
		cmocka_unit_test(delta_of_what_is_new),
		cmocka_unit_test(no_delta_of_what_was_not_known),
		cmocka_unit_test(reset_counter),
		cmocka_unit_test(unknown_is_not_zero),
		cmocka_unit_test(sums_of_debugfs),
		cmocka_unit_test(frame_has_its_own_values),
	};

	return cmocka_run_group_tests_name("stats_delta", tests, NULL, NULL);
}
