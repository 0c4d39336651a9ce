// SPDX-License-Identifier: GPL-2.0
/* How VMs are called on the screen: those without a name are told apart, however narrow it is. */
#include <locale.h>

#include "../../user/model/slow.h"
#include "../../user/model/verify.h"
#include "../../user/tui/cells.h"
#include "screen_unit.h"

/* Two processes of one program; one has two VMs. */
static const struct scene_vm nameless[] = {
	{ "web", "q", 7, 1, 900, { 90, 1, 0, 0, 9, 0 }, 0, 0 },
	{ NULL, "qemu-system-x86", 30118, 1, 1000, { 90, 6, 0, 0, 4, 0 }, 0, 0 },
	{ NULL, "qemu-system-x86", 30118, 1, 2000, { 90, 5, 0, 0, 5, 0 }, 1, 10 },
	{ NULL, "qemu-system-x86", 30151, 1, 3000, { 90, 4, 0, 0, 6, 0 }, 0, 0 },
	{ NULL, NULL, 9, 1, 4000, { 90, 3, 0, 0, 7, 0 }, 0, 0 },
	{ "", "crosvm", 4194304, 1, 5000, { 90, 2, 0, 0, 8, 0 }, 0, 0 },
};

static const struct scene scene = { nameless, ARRAY_SIZE(nameless), 4, .noise = 0 };

static void names_are_cut(void **state)
{
	static const struct {
		const char *name;
		size_t columns;
		const char *want;
	} cases[] = {
		{ "30118-12 [qemu-system-x86]", 26, "30118-12 [qemu-system-x86]" },
		{ "30118-12 [qemu-system-x86]", 14, "30118-12 [qem~" },
		{ "30118-12 [qemu-system-x86]", 12, "30118-12 [q~" },
		{ "30118-12 [qemu-system-x86]", 11, "30118-12" },
		{ "30118-12 [qemu-system-x86]", 8, "30118-12" },
		{ "30118-12 [qemu-system-x86]", 7, "~118-12" },
		{ "30118-? [x]", 8, "30118-?" },
		{ "30118 [qemu-system-x86]", 8, "30118" },
		{ "30119 [qemu-system-x86]", 9, "30119 [q~" },
		{ "4194304-12", 8, "~4304-12" },
		{ "(stopped) 30118-12 [qemu-system-x86]", 24, "(stopped) 30118-12 [qem~" },
		{ "(stopped) 30118-12 [qemu-system-x86]", 20, "(stopped) 30118-12" },
		{ "(stopped) 30118-12 [qemu-system-x86]", 14, "(stop~30118-12" },
		{ "(stopped) 30118-12 [qemu-system-x86]", 11, "30118-12" },
		{ "(ended) 30118-12 [qemu-system-x86]", 24, "30118-12 [qemu-system-x~" },
		{ "(ended) web", 8, "web" },
		{ "30118-12", 1, "~" },
		{ "30118-12", 0, "" },
		/* What has a name is cut in its middle. */
		{ "ci-runner-07", 8, "ci-r~-07" },
		{ "2019-web-server", 8, "2019~ver" },
		{ "(stopped) web-server", 10, "(stop~rver" },
		{ "(\xc3\xa4) 42 [qemu]", 8, "(\xc3\xa4) ~mu]" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		strcpy(text, cases[i].name);
		cut_name(text, cases[i].columns);
		assert_string_equal(text, cases[i].want);
	}
}

static void they_differ_at_any_width(void **state)
{
	static const size_t widths[] = { 40, 60, 80, 120, 200 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		struct screen *screen = open_screen(widths[i], 24);

		show(screen, &scene, 1);
		assert_true(has(screen, " 30118-12 ", 1) && has(screen, " 30118-13 ", 1));
		assert_true(has(screen, " 30151 ", 1) && has(screen, " 4194304 ", 1));
		screen__free(screen);
	}
}

/* The list and the panel below it say the same. */
static void one_screen_says_one_name(void **state)
{
	struct screen *screen = open_screen(120, 40);

	(void)state;
	show(screen, &scene, 1);
	for (size_t i = 0; i < 4; i++)
		press(screen, KEY_CODE_DOWN, 1);
	assert_string_equal(selected(screen, 1), "9");
	assert_true(has(screen, "--- 9 ---", 1));
	screen__free(screen);
}

/* By pid and fd, as numbers, and then by name. */
static void names_sort_as_they_are_shown(void **state)
{
	static const char *const order[] = { " 9 ",	 " 30118-12 [", " 30118-13 [",
					     " 30151 [", " 4194304 [",	" web " };
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show(screen, &scene, 1);
	for (size_t i = 0; i < 10 && !has(screen, "NAME\xe2\x96\xb4", 1); i++)
		press(screen, '<', 1);
	for (size_t i = 1; i < ARRAY_SIZE(order); i++)
		assert_true(line_with(screen, order[i - 1], 1) < line_with(screen, order[i], 1));
	press(screen, 'R', 1);
	for (size_t i = 1; i < ARRAY_SIZE(order); i++)
		assert_true(line_with(screen, order[i - 1], 1) > line_with(screen, order[i], 1));
	screen__free(screen);
}

/* What ended keeps its fd as long as the other one of its process is shown. */
static void an_ended_one_keeps_its_fd(void **state)
{
	struct screen *screen = open_screen(120, 24);

	(void)state;
	for (unsigned int sec = 8; sec < 12; sec++)
		show(screen, &scene, sec);
	assert_true(strstr(line(screen, line_with(screen, " 30118-13 [", 11), 11), "ended"));
	assert_true(has(screen, " 30118 [", 11));
	screen__free(screen);
}

static void pids_are_shown_once(void **state)
{
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show(screen, &scene, 1);
	press(screen, 'p', 1);
	assert_true(has(screen, " 30118-13  [qemu-system-x86]", 1));
	assert_true(has(screen, "   30151  [qemu-system-x86]", 1));
	assert_true(has(screen, "       7  web", 1));
	press(screen, KEY_CODE_BACKSPACE, 1);
	press(screen, 'g', 1);
	assert_true(has(screen, "30151 [qemu-system-x86]", 1));
	assert_true(has(screen, "web  (pid 7)", 1));
	assert_false(has(screen, "(pid 3", 1));
	screen__free(screen);
}

static void ids_stand_behind_plain_names(void **state)
{
	const struct verify_pair pairs[] = {
		{ .vm_id = "30118-12", .event = "kvm_exit", .stat = "exits", .verdict = VERIFY_OK },
		{ .vm_id = "7-12", .event = "kvm_exit", .stat = "exits", .verdict = VERIFY_OK },
	};
	const struct screen_verified verified = { pairs, ARRAY_SIZE(pairs), 1, NULL };
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show(screen, &scene, 1);
	press(screen, 'V', 1);
	screen__verified(screen, &verified);
	assert_true(has(screen, " [qemu-system-x86]  30118-12", 1));
	assert_false(has(screen, "30118-12 [", 1));
	assert_true(has(screen, " web  7-12", 1));
	screen__free(screen);
}

/* Of a VM that is not in the frame it is not known whether it was alone in its process. */
static void slow_exits_outlive_their_vm(void **state)
{
	const struct slow_exit slow[] = {
		{ .pid = 77, .vm_fd = 5, .comm = "qemu", .reason = "io", .ns = 1 },
		{ .pid = 78, .vm_fd = VM_FD_NONE, .comm = "qemu", .reason = "io", .ns = 1 },
		{ .pid = 30151, .vm_fd = 12, .comm = "qemu", .reason = "io", .ns = 1 },
	};
	struct screen *screen = open_screen(80, 24);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(slow); i++)
		assert_int_equal(screen__add_slow(screen, &slow[i]), 0);
	show(screen, &scene, 1);
	press(screen, '6', 1);
	assert_true(has(screen, " 77-5 [qemu] ", 1));
	assert_true(has(screen, " 78 [qemu] ", 1));
	assert_true(has(screen, " 30151 [qemu] ", 1));
	screen__free(screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_cut),
		cmocka_unit_test(they_differ_at_any_width),
		cmocka_unit_test(one_screen_says_one_name),
		cmocka_unit_test(names_sort_as_they_are_shown),
		cmocka_unit_test(an_ended_one_keeps_its_fd),
		cmocka_unit_test(pids_are_shown_once),
		cmocka_unit_test(ids_stand_behind_plain_names),
		cmocka_unit_test(slow_exits_outlive_their_vm),
	};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests_name("vm_names", tests, NULL, NULL);
}
