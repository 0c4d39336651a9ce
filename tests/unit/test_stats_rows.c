// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "../../user/model/frame.h"
#include "../../user/model/query.h"
#include "../../user/model/stats.h"
#include "../../user/model/stats_rows.h"

#define __autorows __cleanup(stats_rows__release)

enum { EXITS, GAUGE, PEAK, HIST, PAIR, SIZES, NEVER, N_STATS };

static struct stat_desc descs[N_STATS] = {
	[EXITS] = { .name = "exits", .type = STAT_CUMULATIVE, .n = 1 },
	[GAUGE] = { .name = "gauge", .type = STAT_INSTANT, .n = 1 },
	[PEAK] = { .name = "peak", .type = STAT_PEAK, .n = 1 },
	[HIST] = { .name = "hist", .type = STAT_LOG_HIST, .n = 3 },
	[PAIR] = { .name = "pair", .type = STAT_CUMULATIVE, .n = 2 },
	[SIZES] = { .name = "sizes", .type = STAT_INSTANT, .n = 2 },
	[NEVER] = { .name = "never", .type = STAT_CUMULATIVE, .n = 1 },
};

static const uint64_t three[] = { 1, 20, 300 };
static const uint64_t three_deltas[] = { 0, 4, 6 };

/* What a VM may have in two seconds. */
static struct frame_stat stats[N_STATS] = {
	[EXITS] = { .desc = &descs[EXITS], .count = { 1000, 50, 25, true } },
	[GAUGE] = { .desc = &descs[GAUGE], .value = 7 },
	[PEAK] = { .desc = &descs[PEAK], .value = 9 },
	[HIST] = { .desc = &descs[HIST], .totals = three, .deltas = three_deltas },
	[PAIR] = { .desc = &descs[PAIR], .totals = three, .deltas = three_deltas },
	[SIZES] = { .desc = &descs[SIZES], .totals = three },
	[NEVER] = { .desc = &descs[NEVER], .count = { .delta_valid = true } },
};

static const struct frame_stats vm = { STATS_FD, stats, N_STATS };
static const struct query by_default = { .order = { .key = SORT_DEFAULT } };

static void add(struct stats_rows *rows, const struct frame_stats *part)
{
	assert_int_equal(stats_rows__add(rows, part, 2), 0);
}

static void add_one(struct stats_rows *rows, struct frame_stat stat)
{
	const struct frame_stats part = { STATS_FD, &stat, 1 };

	add(rows, &part);
}

static const struct stats_row *find(const struct stats_rows *rows, size_t stat)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->v[i].desc == &descs[stat])
			return &rows->v[i];
	fail_msg("no row %s", descs[stat].name);
	return NULL;
}

static void assert_count(const struct stats_rows *rows, size_t stat, uint64_t total, uint64_t delta,
			 double rate)
{
	const struct stats_row *row = find(rows, stat);

	assert_false(row->gauge);
	assert_int_equal(row->count.total, total);
	assert_true(row->count.delta_valid);
	assert_int_equal(row->count.delta, delta);
	assert_near(row->count.rate, rate);
}

static void assert_no_rate(const struct stats_rows *rows, size_t stat, uint64_t total)
{
	const struct stats_row *row = find(rows, stat);

	assert_int_equal(row->count.total, total);
	assert_false(row->count.delta_valid);
	assert_int_equal(row->count.delta, 0);
	assert_near(row->count.rate, 0);
}

static void assert_gauge(const struct stats_rows *rows, size_t stat, uint64_t value)
{
	assert_true(find(rows, stat)->gauge);
	assert_int_equal(find(rows, stat)->value, value);
}

static void assert_order(const struct stats_rows *rows, const char *names)
{
	char text[256] = "";

	for (size_t i = 0; i < rows->n; i++) {
		strcat(text, i ? " " : "");
		strcat(text, rows->v[i].desc->name);
	}
	assert_string_equal(text, names);
}

static void one_vm(void **state)
{
	__autorows struct stats_rows rows = { .n = 0 };

	(void)state;
	add(&rows, &vm);
	assert_int_equal(stats_rows__finish(&rows, &by_default), 0);
	assert_count(&rows, EXITS, 1000, 50, 25);
	assert_count(&rows, HIST, 321, 10, 5); /* samples */
	assert_count(&rows, PAIR, 21, 4, 2);
	assert_gauge(&rows, GAUGE, 7);
	assert_gauge(&rows, PEAK, 9);
	assert_gauge(&rows, SIZES, 21);
	assert_order(&rows, "exits hist pair sizes peak gauge");
	assert_int_equal(rows.zero, 1);
	assert_int_equal(rows.left_out, 0);
}

static void sums(void **state)
{
	__autorows struct stats_rows rows = { .n = 0 };
	/* the vCPUs' sums have no gauges; the order is the same */
	struct frame_stat some[] = { stats[EXITS], stats[HIST], stats[NEVER] };
	const struct frame_stats part = { STATS_ITERATOR, some, 3 };

	(void)state;
	add(&rows, &vm);
	add(&rows, &vm);
	add(&rows, &part);
	assert_int_equal(stats_rows__finish(&rows, &by_default), 0);
	assert_int_equal(rows.n, 6);
	assert_count(&rows, EXITS, 3000, 150, 75);
	assert_count(&rows, HIST, 963, 30, 15);
	assert_count(&rows, PAIR, 42, 8, 4);
	assert_gauge(&rows, GAUGE, 14);
	assert_gauge(&rows, PEAK, 18);
	assert_gauge(&rows, SIZES, 42);
	assert_int_equal(rows.zero, 1);
}

static void unknown_rates(void **state)
{
	__autorows struct stats_rows rows = { .n = 0 };
	struct frame_stat reset[] = { stats[EXITS], stats[HIST] };
	const struct frame_stats part = { STATS_FD, reset, 2 };

	(void)state;
	reset[0].count = (struct counter){ .total = 5 };
	reset[1].deltas = NULL;
	add(&rows, &vm);
	add(&rows, &part);
	add(&rows, &vm); /* makes it no better */
	assert_int_equal(stats_rows__finish(&rows, &by_default), 0);
	assert_no_rate(&rows, EXITS, 2005);
	assert_no_rate(&rows, HIST, 963);
	assert_count(&rows, PAIR, 42, 8, 4);
	assert_order(&rows, "pair exits hist sizes peak gauge");
}

static void unknown_vm(void **state)
{
	__autorows struct stats_rows rows = { .n = 0 };
	const struct frame_stats none = { .source = STATS_NONE };

	(void)state;
	add(&rows, &none);
	assert_int_equal(stats_rows__finish(&rows, &by_default), 0);
	assert_int_equal(rows.n, 0);
	assert_int_equal(rows.zero, 0);
	add(&rows, &vm);
	add(&rows, &none);
	assert_int_equal(stats_rows__finish(&rows, &by_default), 0);
	assert_count(&rows, EXITS, 1000, 50, 25);
}

static void zero(void **state)
{
	__autorows struct stats_rows rows = { .n = 0 };

	(void)state;
	/* new, or reset: nothing has happened since; not in one VM, but in another */
	add_one(&rows, (struct frame_stat){ .desc = &descs[NEVER] });
	add_one(&rows, (struct frame_stat){ .desc = &descs[EXITS] });
	add_one(&rows, (struct frame_stat){ .desc = &descs[EXITS], .count = { .total = 3 } });
	add_one(&rows, (struct frame_stat){ .desc = &descs[GAUGE] });
	/* was, and is not now: a total is not zero */
	add_one(&rows, (struct frame_stat){ .desc = &descs[PAIR],
					    .totals = three,
					    .deltas = (uint64_t[]){ 0, 0 } });
	assert_int_equal(stats_rows__finish(&rows, &by_default), 0);
	assert_order(&rows, "pair exits");
	assert_count(&rows, PAIR, 21, 0, 0);
	assert_no_rate(&rows, EXITS, 3);
	assert_int_equal(rows.zero, 2);
}

static void too_much(void **state)
{
	__autorows struct stats_rows rows = { .n = 0 };
	static const uint64_t most[] = { UINT64_MAX, UINT64_MAX, 2 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		add_one(&rows, (struct frame_stat){ .desc = &descs[GAUGE], .value = UINT64_MAX });
		add_one(&rows, (struct frame_stat){ .desc = &descs[EXITS],
						    .count = { UINT64_MAX, UINT64_MAX, 1, true } });
		add_one(&rows, (struct frame_stat){
				       .desc = &descs[HIST], .totals = most, .deltas = most });
	}
	assert_int_equal(stats_rows__finish(&rows, &by_default), 0);
	assert_gauge(&rows, GAUGE, UINT64_MAX);
	assert_count(&rows, EXITS, UINT64_MAX, UINT64_MAX, 2);
	assert_int_equal(find(&rows, HIST)->count.total, UINT64_MAX);
}

/* The rows of one VM by @sort, as names; @top of them. */
static void check_order(enum sort_key sort, size_t top, const char *names)
{
	__autorows struct stats_rows rows = { .n = 0 };
	const struct query query = { .order = { .key = sort }, .top = top };

	add(&rows, &vm);
	add_one(&rows, (struct frame_stat){ .desc = &descs[NEVER], .count = { .total = 2000 } });
	assert_int_equal(stats_rows__finish(&rows, &query), 0);
	assert_order(&rows, names);
	assert_int_equal(rows.left_out, top ? N_STATS - rows.n : 0);
	assert_int_equal(rows.zero, 0);
}

static void order(void **state)
{
	(void)state;
	check_order(SORT_DEFAULT, 0, "exits hist pair never sizes peak gauge");
	check_order(SORT_RATE, 0, "exits hist pair never sizes peak gauge");
	check_order(SORT_COUNT, 0, "never exits hist pair sizes peak gauge");
	check_order(SORT_NAME, 0, "exits gauge hist never pair peak sizes");
	check_order(SORT_P99, 0, "exits hist pair never sizes peak gauge"); /* they have none */
	check_order(SORT_NAME, 2, "exits gauge");
	check_order(SORT_COUNT, 1, "never");
	check_order(SORT_DEFAULT, N_STATS, "exits hist pair never sizes peak gauge");
}

/* The same rate: the greater total; the same total: the name. */
static void ties(void **state)
{
	__autorows struct stats_rows rows = { .n = 0 };

	(void)state;
	add_one(&rows, (struct frame_stat){ &descs[NEVER], .count = { 8, 2, 1, true } });
	add_one(&rows, (struct frame_stat){ &descs[EXITS], .count = { 8, 2, 1, true } });
	add_one(&rows, (struct frame_stat){ &descs[PAIR], .count = { 9, 2, 1, true } });
	add_one(&rows, (struct frame_stat){ &descs[PEAK], .value = 5 });
	add_one(&rows, (struct frame_stat){ &descs[GAUGE], .value = 5 });
	assert_int_equal(stats_rows__finish(&rows, &by_default), 0);
	assert_order(&rows, "pair exits never gauge peak");
}

/* More than there is room for at first; in an order in which the next is never where it is looked for. */
static void many(void **state)
{
	enum { N = 300 };
	static struct stat_desc all[N];
	static struct frame_stat v[N];
	static char names[N][8];
	struct frame_stats part = { STATS_DEBUGFS, v, N };
	__autorows struct stats_rows rows = { .n = 0 };
	const struct query query = { .order = { .key = SORT_NAME }, .top = 10 };

	(void)state;
	for (size_t round = 0; round < 2; round++) {
		for (size_t i = 0; i < N; i++) {
			size_t at = round ? N - 1 - i : i;

			snprintf(names[i], sizeof(names[i]), "s%03zu", i);
			all[i] = (struct stat_desc){ .name = names[i], .n = 1 };
			v[at] = (struct frame_stat){ &all[i], .count = { i + 1, 1, 0.5, true } };
		}
		add(&rows, &part);
	}
	assert_int_equal(rows.n, N);
	assert_int_equal(stats_rows__finish(&rows, &query), 0);
	assert_int_equal(rows.n, 10);
	assert_int_equal(rows.left_out, N - 10);
	for (size_t i = 0; i < rows.n; i++) {
		assert_string_equal(rows.v[i].desc->name, names[i]);
		assert_int_equal(rows.v[i].count.total, 2 * (i + 1));
		assert_near(rows.v[i].count.rate, 1);
	}
}

static void release(void **state)
{
	struct stats_rows rows = { .n = 0 };

	(void)state;
	stats_rows__release(&rows);
	add(&rows, &vm);
	stats_rows__release(&rows);
	assert_null(rows.v);
	assert_int_equal(rows.n, 0);
	assert_int_equal(rows.room, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_vm),	 cmocka_unit_test(sums),
		cmocka_unit_test(unknown_rates), cmocka_unit_test(unknown_vm),
		cmocka_unit_test(zero),		 cmocka_unit_test(too_much),
		cmocka_unit_test(order),	 cmocka_unit_test(ties),
		cmocka_unit_test(many),		 cmocka_unit_test(release),
	};

	return cmocka_run_group_tests_name("stats_rows", tests, NULL, NULL);
}
