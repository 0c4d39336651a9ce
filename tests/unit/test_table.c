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

/* Parts that do not all fit give way to their sum. */
static void sum_instead_of_parts(void **state)
{
	static const struct table_column columns[] = {
		{ .title = "NAME", .left = true },
		{ .title = "PART1", .drop = 1, .sum = 3 },
		{ .title = "PART2", .sum = 3 },
		{ .title = "SUM" },
	};
	struct table *table __cleanup(cleanup_table) = table__new(columns, ARRAY_SIZE(columns));

	(void)state;
	assert_non_null(table);
	check_line(table, 0, TABLE_TITLES, "NAME  PART1  PART2");
	check_line(table, 16, TABLE_TITLES, "NAME PART1 PART2");
	check_line(table, 15, TABLE_TITLES, "NAME SUM");
}

/* What is shown of @line: titles "C00", "C01", ... from the left, none left out between. */
static size_t count_titles(const char *line)
{
	size_t n = 0;

	for (const char *p = line; (p = strchr(p, 'C')); p++)
		assert_int_equal(strtoul(p + 1, NULL, 10), n++);
	return n;
}

/* At each width there are as many columns as fit, and a gap between them. */
static void many_columns_at_all_widths(void **state)
{
	struct table_column columns[MANY] = { 0 };
	char titles[MANY][8];
	struct table *table __cleanup(cleanup_table) = NULL;

	(void)state;
	for (size_t c = 0; c < MANY; c++) {
		snprintf(titles[c], sizeof(titles[c]), "C%02zu", c);
		columns[c] = (struct table_column){ .title = titles[c], .drop = (unsigned int)c };
	}
	table = table__new(columns, MANY);
	assert_non_null(table);
	for (size_t width = 3; width <= MANY * 5; width++) {
		struct table_layout layout __cleanup(table_layout__release) = { .gap = 0 };
		__autofree char *line = NULL;
		size_t fit = (width + 1) / 4; /* three letters and a gap each */

		assert_int_equal(table__fit(table, width, &layout), 0);
		line = table__line(table, TABLE_TITLES, &layout);
		assert_non_null(line);
		assert_true(strlen(line) <= width);
		assert_int_equal(count_titles(line), fit < MANY ? fit : MANY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_columns),
		cmocka_unit_test(shrinks_then_drops),
		cmocka_unit_test(sum_instead_of_parts),
		cmocka_unit_test(many_columns_at_all_widths),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
