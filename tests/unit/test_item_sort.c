// SPDX-License-Identifier: GPL-2.0
#include "base/cleanup.h"
#include "unit.h"

#include "../../user/model/item_rows.h"
#include "../../user/model/item_sort.h"
#include "../../user/model/query.h"

static const struct item_row sorted_rows[] = {
	{ "a", .total = 50, .delta_valid = true, .delta = 1, .rate = 1 },
	{ "b", .total = 9, .delta_valid = true, .delta = 5, .rate = 5 },
	{ "b(x)", "b", .total = 4, .delta_valid = true, .delta = 4, .rate = 4 },
	{ "b(y)", "b", .total = 5, .delta_valid = true, .delta = 1, .rate = 1 },
	{ "b(z)", "b", .delta_valid = true },
	{ "gauge", .kind = ITEM_GAUGE, .total = 1000, .delta_valid = true },
	{ "ns", .kind = ITEM_AMOUNT, .total = 99999, .delta_valid = true, .delta = 9, .rate = 9 },
	{ "u", .total = 70 },
	{ "zero", .delta_valid = true },
};

static void assert_order(struct query query, const char *expected, size_t left_out)
{
	struct item_row rows[ARRAY_SIZE(sorted_rows)];
	struct item_table table;
	char text[128] = "";

	memcpy(rows, sorted_rows, sizeof(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].parent)
			rows[i].parent = rows[1].name; /* as rows have it */
	assert_int_equal(item_table__make(rows, ARRAY_SIZE(rows), &query, &table), 0);
	for (size_t i = 0; i < table.n; i++) {
		strcat(text, i ? " " : "");
		strcat(text, table.v[i].name);
	}
	assert_string_equal(text, expected);
	assert_int_equal(table.left_out, left_out);
	assert_int_equal(table.zero, 2);
	assert_int_equal(table.sums[ITEM_TRACEPOINT].total, 129);
	assert_true(table.sums[ITEM_TRACEPOINT].rate_valid);
	assert_near(table.sums[ITEM_TRACEPOINT].rate, 6);
	assert_false(table.sums[ITEM_STATISTIC].there);
	item_table__done(&table);
}

static void order(void **state)
{
	(void)state;
	assert_order((struct query){ .order = { .key = SORT_DEFAULT } }, "b b(x) b(y) a u ns gauge",
		     0);
	assert_order((struct query){ .order = { .key = SORT_COUNT } }, "u a b b(y) b(x) ns gauge",
		     0);
	assert_order((struct query){ .order = { .key = SORT_NAME } }, "a b b(x) b(y) u gauge ns",
		     0);
	assert_order((struct query){ .order = { .key = SORT_RATE }, .top = 1 }, "b b(x)", 5);
}

/* What is counted as a tracepoint and as a statistic is not counted twice. */
static void sums(void **state)
{
	static const struct item_row rows[] = {
		{ "exits", .source = ITEM_STATISTIC, .total = 8, .delta_valid = true, .rate = 2 },
		{ "kvm_exit", .total = 7, .delta_valid = true, .rate = 1 },
		{ "kvm_entry", .total = 5, .delta_valid = true, .rate = 3 },
		{ "halt_ns", .source = ITEM_STATISTIC, .kind = ITEM_AMOUNT, .total = 1000 },
	};
	const struct query query = { .order = { .key = SORT_DEFAULT } };
	struct item_table table;

	(void)state;
	assert_int_equal(item_table__make(rows, ARRAY_SIZE(rows), &query, &table), 0);
	assert_int_equal(table.sums[ITEM_STATISTIC].total, 8);
	assert_near(table.sums[ITEM_STATISTIC].rate, 2);
	assert_int_equal(table.sums[ITEM_TRACEPOINT].total, 12);
	assert_near(table.sums[ITEM_TRACEPOINT].rate, 4);
	item_table__done(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(sums),
	};

	return cmocka_run_group_tests_name("item_sort", tests, NULL, NULL);
}
