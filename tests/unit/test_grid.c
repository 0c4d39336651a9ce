// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <locale.h>

#include "../../user/tui/cells.h"
#include "../../user/tui/glyphs.h"
#include "../../user/tui/grid.h"

static struct grid make_grid(size_t width, size_t height)
{
	struct grid grid = { .cells = NULL };

	assert_int_equal(grid__resize(&grid, width, height), 0);
	return grid;
}

/* The text of the first row. */
static const char *first_row(const struct grid *grid)
{
	static char text[200];

	text[0] = '\0';
	for (size_t i = 0; i < grid->width; i++)
		strcat(text, grid__cell(grid, 0, i)->text);
	return text;
}

static void text_is_cut_at_its_end(void **state)
{
	struct grid grid = make_grid(6, 1);

	(void)state;
	assert_int_equal(grid__put(&grid, 0, 1, 3, STYLE_BOLD, "abcdef"), 4);
	assert_string_equal(first_row(&grid), " abc  ");
	assert_int_equal(grid__cell(&grid, 0, 3)->style, STYLE_BOLD);
	assert_int_equal(grid__cell(&grid, 0, 4)->style, STYLE_PLAIN);
	assert_int_equal(grid__put(&grid, 0, 4, SIZE_MAX, STYLE_PLAIN, "xyz"), 6);
	assert_string_equal(first_row(&grid), " abcxy");
	assert_int_equal(grid__put(&grid, 0, 9, 3, STYLE_PLAIN, "out"), 9);
	assert_int_equal(grid__put(&grid, 1, 0, 3, STYLE_PLAIN, "out"), 0);
	assert_string_equal(first_row(&grid), " abcxy");
	grid__release(&grid);
}

static void wide_characters_are_never_split(void **state)
{
	struct grid grid = make_grid(5, 1);

	(void)state;
	assert_int_equal(grid__put(&grid, 0, 0, 5, STYLE_PLAIN, "a日本"), 5);
	assert_string_equal(grid__cell(&grid, 0, 1)->text, "日");
	assert_string_equal(grid__cell(&grid, 0, 2)->text, "");
	assert_string_equal(first_row(&grid), "a日本");
	/* What loses one half loses the other. */
	grid__put(&grid, 0, 2, 1, STYLE_PLAIN, "x");
	assert_string_equal(first_row(&grid), "a x本");
	grid__put(&grid, 0, 3, 1, STYLE_PLAIN, "y");
	assert_string_equal(first_row(&grid), "a xy ");
	/* At the end there is room for half of it. */
	assert_int_equal(grid__put(&grid, 0, 0, 2, STYLE_PLAIN, "b日"), 1);
	assert_string_equal(first_row(&grid), "b xy ");
	grid__release(&grid);
}

static void marks_go_with_their_letter(void **state)
{
	struct grid grid = make_grid(4, 1);

	(void)state;
	assert_int_equal(grid__put(&grid, 0, 0, 4, STYLE_PLAIN, "e\xcc\x81z"), 2);
	assert_string_equal(grid__cell(&grid, 0, 0)->text, "e\xcc\x81");
	assert_string_equal(grid__cell(&grid, 0, 1)->text, "z");
	/* More than a cell has room for; without a letter; with a wide one. */
	grid__put(&grid, 0, 0, 1, STYLE_PLAIN,
		  "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81");
	assert_int_equal(strlen(grid__cell(&grid, 0, 0)->text), 15);
	assert_int_equal(grid__put(&grid, 0, 2, 2, STYLE_PLAIN, "\xcc\x81"), 2);
	assert_string_equal(grid__cell(&grid, 0, 2)->text, " ");
	grid__put(&grid, 0, 2, 2, STYLE_PLAIN, "日\xcc\x81");
	assert_string_equal(grid__cell(&grid, 0, 2)->text, "日\xcc\x81");
	grid__release(&grid);
}

static void what_a_terminal_acts_on_does_not_get_in(void **state)
{
	struct grid grid = make_grid(8, 1);

	(void)state;
	grid__put(&grid, 0, 0, 8, STYLE_PLAIN, "a\x1b[2J\xff\xe2\x80\xae");
	assert_string_equal(first_row(&grid), "a?[2J?? ");
	grid__release(&grid);
}

static void each_glyph_is_one_column(void **state)
{
	struct grid grid = make_grid(8, 1);

	(void)state;
	for (enum glyph_set set = 0; set < GLYPH_SET_MAX; set++) {
		for (unsigned int i = 0; i < 12; i++) {
			const char *const glyphs[] = { glyph_state(set, i),
						       glyph_trend(set, (int)i - 2),
						       glyph_sort(set, i % 2), glyph_heat(set, i) };

			for (size_t j = 0; j < ARRAY_SIZE(glyphs); j++) {
				assert_int_equal(grid__put(&grid, 0, 0, 8, STYLE_PLAIN, glyphs[j]),
						 1);
				assert_true(set != GLYPHS_ASCII ||
					    (unsigned char)*glyphs[j] < 0x80);
			}
		}
	}
	grid__release(&grid);
}

static void check_cut(const char *text, size_t columns, const char *want)
{
	char buf[100];
	size_t kept;

	snprintf(buf, sizeof(buf), "%s", text);
	kept = cut_middle(buf, columns);
	assert_string_equal(buf, want);
	assert_int_equal(kept, fmt_width(buf));
	assert_true(kept <= columns);
}

static void names_are_cut_in_the_middle(void **state)
{
	(void)state;
	check_cut("web-frontend-17", 15, "web-frontend-17");
	check_cut("web-frontend-17", 10, "web-f~d-17");
	check_cut("web-frontend-17", 4, "web~");
	check_cut("web-frontend-17", 0, "");
	/* Wide characters stay whole, and marks with their letters. */
	check_cut("日本語日本語日本語", 9, "日本~本語");
	check_cut("aaaaaaaae\xcc\x81"
		  "bcd",
		  8, "aaaa~bcd");
	check_cut("aaaaaaaae\xcc\x81"
		  "bc",
		  8,
		  "aaaa~e\xcc\x81"
		  "bc");
}

static void rates_have_three_digits(void **state)
{
	static const struct {
		double rate;
		const char *text;
	} cases[] = { { 0, "0" },	   { 0.5, "0.5" },	{ 9480, "9480" },
		      { 9999.4, "9999" },  { 9999.5, "10.0k" }, { 61240, "61.2k" },
		      { 99949, "99.9k" },  { 99951, "100k" },	{ 138000, "138k" },
		      { 4.06e6, "4.06M" }, { -1, FMT_UNKNOWN } };
	char buf[FMT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(short_rate(cases[i].rate, buf, sizeof(buf)), cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_at_its_end),
		cmocka_unit_test(wide_characters_are_never_split),
		cmocka_unit_test(marks_go_with_their_letter),
		cmocka_unit_test(what_a_terminal_acts_on_does_not_get_in),
		cmocka_unit_test(each_glyph_is_one_column),
		cmocka_unit_test(names_are_cut_in_the_middle),
		cmocka_unit_test(rates_have_three_digits),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
