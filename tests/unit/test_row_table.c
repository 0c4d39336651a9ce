// SPDX-License-Identifier: GPL-2.0
/* row_table: each table is whole, and has titles, cells and alignment for the code that draws it. */
#include "unit.h"

#include "../../user/base/cleanup.h"
#include "../../user/model/frame.h"
#include "../../user/model/registry.h"
#include "../../user/render/row_table.h"
#include "../../user/render/table.h"

DEFINE_CLEANUP(table, struct table, table__free)

static struct frame_reason reasons[] = {
	{ .isa = 2, .code = 1, .name = "rare", .count = { 9, 1, 1, true } },
	{ .isa = 2, .code = 2, .name = "first", .count = { 9, 100, 100, true } },
	{ .isa = 2, .code = 3, .name = "new", .count = { 9, 0, 0, false } },
	{ .isa = 2, .code = 4, .name = "second", .count = { 9, 100, 100, true } },
	{ .isa = 2, .code = 5, .name = "third", .count = { 9, 50, 50, true } },
	{ .isa = 2, .code = 6, .name = "fourth", .count = { 9, 49, 49, true } },
};
static const struct frame_vm vm = { .pid = 42,
				    .vm_fd = 7,
				    .id = (char[]){ "42-7" },
				    .comm = (char[]){ "qemu\t" },
				    .exits = { 400, 300, 300, true },
				    .reasons = { reasons, ARRAY_SIZE(reasons) },
				    .shares = { .valid = true,
						.run_delay_valid = true,
						.wall_ns = 100,
						.pct = { 50, 20, 10, 5, 5.5, 9.5 } },
				    .held = HELD_STOPPED };

static size_t find(const struct table *table, const char *title)
{
	for (size_t c = 0; c < table__n_columns(table); c++)
		if (!strcmp(table__column(table, c)->title, title))
			return c;
	fail_msg("no column %s", title);
	return 0;
}

static void check_cell(const struct table *table, const char *title, const char *want)
{
	assert_string_equal(table__cell(table, 0, find(table, title)), want);
}

static void tables_are_whole(void **state)
{
	(void)state;
	for (int i = 0; i < ROW_TABLE_MAX; i++) {
		struct table *table __cleanup(cleanup_table) =
			row_table_make((enum row_table)i, NULL, 0, FMT_ESCAPE_ASCII);

		assert_non_null(table);
		assert_int_equal(table__n_rows(table), 0);
		assert_true(table__n_columns(table) > 1);
		for (size_t c = 0; c < table__n_columns(table); c++) {
			assert_non_null(table__column(table, c)->title);
			assert_true(table__column(table, c)->sum < table__n_columns(table));
		}
	}
}

static bool has_isa(struct row *rows, size_t n)
{
	struct table *table __cleanup(cleanup_table) =
		row_table_make(ROW_TABLE_REASONS, rows, n, FMT_ESCAPE_ASCII);
	bool found = false;

	assert_non_null(table);
	for (size_t c = 0; c < table__n_columns(table); c++)
		found |= !strcmp(table__column(table, c)->title, "ISA");
	return found;
}

/* What defines the codes is shown where there is more than one. */
static void isa_if_there_are_two(void **state)
{
	struct frame_reason other = { .isa = 1, .code = 1, .name = "other" };
	struct row rows[] = { { .kind = ROW_REASON, .reason = &reasons[0] },
			      { .kind = ROW_REASON, .reason = &reasons[1] },
			      { .kind = ROW_REASON, .reason = &other } };

	(void)state;
	assert_false(has_isa(rows, 1));
	assert_false(has_isa(rows, 2));
	assert_true(has_isa(rows, 3));
}

static void a_vm(void **state)
{
	struct row row = { .kind = ROW_VM, .vm = &vm };
	struct table *table __cleanup(cleanup_table) =
		row_table_make(ROW_TABLE_VMS, &row, 1, FMT_ESCAPE_ASCII);

	(void)state;
	assert_non_null(table);
	assert_int_equal(table__n_rows(table), 1);
	check_cell(table, "PID", "42");
	check_cell(table, "FD", "7");
	check_cell(table, "NAME", "(stopped) [qemu\\x09]");
	check_cell(table, "HALT%", "10.5");
	check_cell(table, "P99.9", "-");
	check_cell(table, "TOP REASONS", "first 33% second 33% third 17%");
	assert_true(table__column(table, find(table, "NAME"))->left);
	assert_false(table__column(table, find(table, "PID"))->left);
	assert_int_equal(table__column(table, find(table, "POLL%"))->sum, find(table, "HALT%"));
	assert_int_equal(table__column(table, find(table, "GUEST%"))->sum, 0);
}

/* Of all vCPUs, and of a kind that has neither direction nor size. */
static void a_key(void **state)
{
	static const struct frame_detail detail = { .kind = DETAIL_PAGE, .key = 0x1000, .sub = 6 };
	static const struct frame_detail others = { .kind = DETAIL_PAGE, .others = true };
	struct row rows[] = { { .kind = ROW_VM_DETAIL, .vm = &vm, .detail = &detail },
			      { .kind = ROW_VM_DETAIL, .vm = &vm, .detail = &others } };
	struct table *table __cleanup(cleanup_table) =
		row_table_make(ROW_TABLE_KEYS, rows, 2, FMT_ESCAPE_ASCII);

	(void)state;
	assert_non_null(table);
	check_cell(table, "VCPU", "all");
	check_cell(table, "NAME", "error 0x6");
	check_cell(table, "DIR", "");
	check_cell(table, "SIZE", "");
	check_cell(table, "AVG", "-");
	assert_string_equal(table__cell(table, 1, find(table, "KEY")), "others");
	assert_string_equal(table__cell(table, 1, find(table, "NAME")), "");
}

/* A cell is empty where the kind of row has no such column. */
static void an_exit_to_user_space(void **state)
{
	static const struct frame_reason reason = { .isa = ISA_USER, .name = "KVM_EXIT_IO" };
	struct row row = { .kind = ROW_USER_EXIT, .reason = &reason };
	struct table *table __cleanup(cleanup_table) =
		row_table_make(ROW_TABLE_USER_EXITS, &row, 1, FMT_ESCAPE_ASCII);

	(void)state;
	assert_non_null(table);
	check_cell(table, "USERSPACE EXIT", "KVM_EXIT_IO");
	check_cell(table, "TOTAL", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_whole),
		cmocka_unit_test(isa_if_there_are_two),
		cmocka_unit_test(a_vm),
		cmocka_unit_test(a_key),
		cmocka_unit_test(an_exit_to_user_space),
	};

	return cmocka_run_group_tests_name("row_table", tests, NULL, NULL);
}
