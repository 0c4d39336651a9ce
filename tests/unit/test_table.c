// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "../../user/base/cleanup.h"
#include "../../user/render/table.h"

#define MANY 40

DEFINE_CLEANUP(table, struct table, table__free)

/* Line @row of @table, fitted to @width, is @want. */
static void check_line(const struct table *table, size_t width, size_t row, const char *want)
{
	struct table_layout layout __cleanup(table_layout__release) = { .gap = 0 };
	__autofree char *line = NULL;

	assert_int_equal(table__fit(table, width, &layout), 0);
	line = table__line(table, row, &layout);
	assert_string_equal(line, want);
}

/* Far more than any view has: no maximum is written into anything. */
static void many_columns(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCD";
	struct table_column columns[MANY] = { 0 };
	char titles[MANY][2] = { 0 }, want[2 * MANY] = "", row[2 * MANY] = "";
	struct table *table __cleanup(cleanup_table) = NULL;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		titles[i][0] = letters[i];
		columns[i] =
			(struct table_column){ .title = titles[i], .drop = MANY - (unsigned int)i };
		want[2 * i] = letters[i];
		row[2 * i] = '1';
		want[2 * i + 1] = row[2 * i + 1] = i + 1 < MANY ? ' ' : '\0';
	}
	table = table__new(columns, MANY);
	assert_non_null(table);
	assert_int_equal(table__add_row(table), 0);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(table__set(table, i, "1"), 0);
	assert_int_equal(table__n_rows(table), 1);
	check_line(table, 2 * MANY - 1, TABLE_TITLES, want);
	check_line(table, 2 * MANY - 1, 0, row);
	/* the first have the highest number and go first */
	check_line(table, 3, TABLE_TITLES, "C D");
}

static void shrinks_then_drops(void **state)
{
	static const struct table_column columns[] = {
		{ .title = "NAME", .left = true, .shrink = 4 },
		{ .title = "X", .drop = 1 },
	};
	struct table *table __cleanup(cleanup_table) = table__new(columns, 2);

	(void)state;
	assert_non_null(table);
	assert_int_equal(table__add_row(table), 0);
	assert_int_equal(table__set(table, 0, "a long name"), 0);
	assert_int_equal(table__set(table, 1, "22"), 0);
	check_line(table, 0, TABLE_TITLES, "NAME          X");
	check_line(table, 0, 0, "a long name  22");
	check_line(table, 14, 0, "a long name 22");
	check_line(table, 9, 0, "a lon~ 22");
	check_line(table, 4, TABLE_TITLES, "NAME");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_columns),
		cmocka_unit_test(shrinks_then_drops),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
