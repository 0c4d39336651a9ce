// SPDX-License-Identifier: GPL-2.0
/* What keys ask for, type and refuse; the mouse; what is compared. */
#include "unit.h"

#include <locale.h>

#include "../../user/model/slow.h"
#include "../../user/model/verify.h"
#include "../../user/tui/keys.h"
#include "screen_unit.h"

static struct screen *open_recording(size_t width, size_t height)
{
	const struct screen_opts opts = { .interval_s = 1, .recorded = true };
	struct screen *screen;

	assert_int_equal(screen__new(&opts, &screen), 0);
	assert_int_equal(screen__resize(screen, width, height), 0);
	show(screen, &three, 1);
	return screen;
}

/* ---- a recording */

/* In no view does a key ask for what a recording cannot give, and it says so at once. */
static void recordings_refuse_what_is_live(void **state)
{
	static const char views[] = "1234567";
	struct screen *screen = open_recording(80, 24);
	size_t refused = 0;

	(void)state;
	for (size_t v = 0; v < strlen(views); v++) {
		press(screen, (unsigned char)views[v], 1);
		for (size_t i = 0; i < keys_count(); i++) {
			const struct key_def *def = keys_at(i);
			char text[40];

			if (!def->live || !(def->views & VIEW_BIT(v)))
				continue;
			assert_int_equal(press(screen, def->keys[0], 1).kind, WISH_NOTHING);
			snprintf(text, sizeof(text), "%s: live only", def->name);
			assert_true(has(screen, text, 1));
			/* Nothing is asked for: the next key is none of a line that is typed. */
			assert_int_equal(press(screen, 'q', 1).kind, WISH_QUIT);
			refused++;
		}
	}
	/* s, d, r, S, T and V in each. */
	assert_int_equal(refused, 7 * 6);
	screen__free(screen);
}

static void live_keys_are_known(void **state)
{
	static const char live[] = "dSTVsr", not_live[] = "wWmeuzn@/";

	(void)state;
	for (size_t i = 0; i < strlen(live); i++)
		assert_true(keys_find((unsigned char)live[i], VIEW_VMS)->live);
	for (size_t i = 0; i < strlen(not_live); i++)
		assert_false(keys_find((unsigned char)not_live[i], VIEW_VMS)->live);
}

static void recordings_have_no_slow_exits(void **state)
{
	struct screen *screen = open_recording(80, 24);

	(void)state;
	press(screen, '6', 1);
	assert_true(has(screen, "A recording has no slow exits", 1));
	screen__free(screen);
}

/* At once, though times are all almost equal; also where more come in a second than are kept. */
static void the_newest_slow_exit_is_on_top(void **state)
{
	struct screen *screen = open_screen(80, 10);
	struct slow_exit slow = { .pid = 1, .vm_fd = 12, .name = "a", .reason = "npf" };

	(void)state;
	press(screen, '6', 1);
	for (unsigned int sec = 1; sec < 6; sec++) {
		char top[40];

		for (int i = 0; i < (sec < 4 ? 3 : 1500); i++) {
			slow.wall.tv_sec = 1795782900 + sec;
			slow.wall.tv_nsec = i * 1000;
			slow.ns = 1000000 + (uint64_t)sec;
			slow.isa = ISA_SVM;
			assert_int_equal(screen__add_slow(screen, &slow), 0);
		}
		slow.wall.tv_nsec = 999000000;
		assert_int_equal(screen__add_slow(screen, &slow), 0);
		show(screen, &three, sec);
		snprintf(top, sizeof(top), "%02u.999", (1795782900 + sec) % 60);
		assert_int_equal(line_with(screen, top, sec), 2);
	}
	screen__free(screen);
}

/* ---- lines that are typed */

/* The text is seen at any width, however much it is. */
static void typed_text_is_seen(void **state)
{
	static const struct {
		char key;
		const char *text, *seen;
	} lines[] = {
		{ 'S', "10ms", "slower than: 10ms" },
		{ 'd', "msr,pio", "details: msr,pio" },
		{ '@', "2026-01-31 03:00", "go to: 2026-01-31 03:00" },
		{ 's', "2.5", "seconds: 2.5" },
		{ 'T', "mean", "times: mean" },
		{ '/', "a word that is longer than all of the line, end", "all of the line, end" },
	};
	struct screen *screen = open_screen(40, 10);

	(void)state;
	show(screen, &three, 1);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		press(screen, (unsigned char)lines[i].key, 1);
		type(screen, lines[i].text, 1);
		assert_true(has(screen, lines[i].seen, 1));
		press(screen, KEY_CODE_ESCAPE, 1);
	}
	press(screen, 'S', 1);
	assert_int_equal(screen__resize(screen, 80, 24), 0);
	assert_true(has(screen, "exits slower than (as 10ms; empty for none): ", 1));
	screen__free(screen);
}

static void wishes_are_typed(void **state)
{
	struct screen *screen = open_screen(80, 24);
	struct wish wish;

	(void)state;
	show(screen, &three, 1);
	press(screen, 'S', 1);
	type(screen, "10ms", 1);
	wish = press(screen, KEY_CODE_ENTER, 1);
	assert_int_equal(wish.kind, WISH_SLOW);
	assert_string_equal(wish.text, "10ms");
	press(screen, 'T', 1);
	type(screen, "mean", 1);
	wish = press(screen, KEY_CODE_ENTER, 1);
	assert_int_equal(wish.kind, WISH_LATENCY);
	assert_int_equal(wish.n, LATENCY_MEAN);
	press(screen, 'T', 1);
	type(screen, "some", 1);
	assert_int_equal(press(screen, KEY_CODE_ENTER, 1).kind, WISH_NOTHING);
	assert_true(has(screen, "times are full, mean or off", 1));
	screen__free(screen);
}

static void lists_show_what_is_typed(void **state)
{
	struct screen *screen = open_screen(40, 10);

	(void)state;
	show(screen, &three, 1);
	press(screen, 'g', 1);
	type(screen, "B  (p", 1);
	assert_true(has(screen, "VM with: B  (p", 1));
	assert_true(has(screen, "1 of 3 rows", 1));
	press(screen, KEY_CODE_BACKSPACE, 1);
	assert_true(has(screen, "VM with: B  (", 1));
	screen__free(screen);
}

/* ---- filters */

static void filters_say_how_they_end(void **state)
{
	static const char views[] = "1234567";

	(void)state;
	for (size_t width = 40; width <= 80; width += 40) {
		struct screen *screen = open_screen(width, 10);

		show(screen, &three, 1);
		press(screen, '/', 1);
		type(screen, "b-name-of-a-vm-that-is-long", 1);
		press(screen, KEY_CODE_ENTER, 1);
		for (size_t v = 0; v < strlen(views); v++) {
			press(screen, (unsigned char)views[v], 1);
			assert_true(has(screen, "filter:", 1));
			assert_true(has(screen, "c clears", 1));
		}
		press(screen, 'c', 1);
		assert_false(has(screen, "c clears", 1));
		screen__free(screen);
	}
}

/* ---- the mouse */

static struct wish click(struct screen *screen, size_t row, size_t column)
{
	screen__point(screen, row, column);
	return press(screen, KEY_CODE_CLICK, 1);
}

/* Where @text begins in line @row. */
static size_t column_of(struct screen *screen, size_t row, const char *text)
{
	const char *all = line(screen, row, 1), *found = strstr(all, text);

	assert_non_null(found);
	return (size_t)(found - all);
}

static void a_click_selects_and_opens(void **state)
{
	struct screen *screen = open_screen(80, 24);
	size_t row;

	(void)state;
	show(screen, &three, 1);
	row = line_with(screen, "   b ", 1);
	click(screen, row, 40);
	assert_string_equal(selected(screen, 1), "b");
	/* Another row is only selected. */
	click(screen, line_with(screen, "   a ", 1), 3);
	assert_string_equal(selected(screen, 1), "a");
	click(screen, line_with(screen, ">  a ", 1), 3);
	assert_true(has(screen, "kvmtop  epyc-07 > a", 1));
	/* What is no row is nothing: the first line, below the list, the last line. */
	press(screen, KEY_CODE_BACKSPACE, 1);
	click(screen, 0, 3);
	click(screen, 18, 3);
	click(screen, 23, 3);
	click(screen, 5000, 5000);
	assert_string_equal(selected(screen, 1), "a");
	screen__free(screen);
}

static void a_click_on_a_title_sorts(void **state)
{
	struct screen *screen = open_screen(80, 24);
	size_t row;

	(void)state;
	show(screen, &three, 1);
	row = line_with(screen, "EXITS/s", 1);
	click(screen, row, column_of(screen, row, "KVM%"));
	assert_true(has(screen, "KVM%\u25be", 1));
	click(screen, row, column_of(screen, row, "KVM%"));
	assert_true(has(screen, "KVM%\u25b4", 1));
	click(screen, row, column_of(screen, row, "KVM%"));
	assert_true(has(screen, "KVM%\u25be", 1));
	/* By a bar nothing is sorted. */
	click(screen, row, column_of(screen, row, "TIME") - 2);
	assert_true(has(screen, "KVM%\u25be", 1));
	screen__free(screen);
}

static void a_click_gives_a_table_the_keys(void **state)
{
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show(screen, &three, 1);
	press(screen, KEY_CODE_DOWN, 1);
	press(screen, KEY_CODE_ENTER, 1);
	click(screen, line_with(screen, "KVM_EXIT_IO", 1), 3);
	assert_true(has(screen, "> KVM_EXIT_IO", 1) || has(screen, ">KVM_EXIT_IO", 1));
	screen__free(screen);
}

static void a_click_takes_from_a_list(void **state)
{
	struct screen *screen = open_screen(80, 24);
	size_t row;

	(void)state;
	show(screen, &three, 1);
	press(screen, 'g', 1);
	row = line_with(screen, "b  (pid 2)", 1);
	click(screen, row, 5);
	click(screen, row, 5);
	assert_true(has(screen, "VM: b", 1));
	screen__free(screen);
}

/* A page of text has no rows, and stays. */
static void a_click_leaves_text_alone(void **state)
{
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show(screen, &three, 1);
	press(screen, 'h', 1);
	click(screen, 5, 5);
	assert_true(has(screen, "help: VMs", 1));
	screen__free(screen);
}

/* ---- what is sorted by */

/* The mark of the order is never glued to the next title. */
static void titles_stay_apart(void **state)
{
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show(screen, &three, 1);
	for (int i = 0; i < 12; i++) {
		const size_t row = line_with(screen, "NAME", 1);
		const char *mark = strstr(line(screen, row, 1), "\u25be");

		if (!mark)
			mark = strstr(line(screen, row, 1), "\u25b4");
		assert_non_null(mark);
		assert_true(mark[3] == ' ' || !mark[3]);
		press(screen, i < 6 ? '>' : '<', 1);
	}
	screen__free(screen);
}

static void lost_has_room_at_40(void **state)
{
	struct screen *screen = open_screen(40, 10);

	(void)state;
	show(screen, &three, 1);
	assert_true(has(screen, "LOST", 1));
	screen__free(screen);
}

/* ---- what is compared */

static const struct verify_pair pairs[] = {
	{ .pid = 1,
	  .vm_id = "1-4",
	  .stat = "exits",
	  .event = "kvm_exit",
	  .tracepoint_valid = true,
	  .tracepoint = { 1000, 1000 },
	  .stats_valid = true,
	  .stats = { 1000, 1000 },
	  .verdict = VERIFY_OK },
	{ .pid = 1,
	  .vm_id = "1-4",
	  .stat = "io_exits",
	  .event = "kvm_exit(IO_INSTRUCTION|IOIO)",
	  .tracepoint_valid = true,
	  .tracepoint = { 10, 10 },
	  .stats_valid = true,
	  .stats = { 12, 13 },
	  .verdict = VERIFY_MISMATCH,
	  .why = "vCPU 0: 2 more" },
	{ .pid = 1,
	  .vm_id = "1-4",
	  .stat = "hypercalls",
	  .event = "kvm_hypercall",
	  .verdict = VERIFY_SKIPPED,
	  .why = "not counted" },
};

static void what_is_compared_is_shown(void **state)
{
	const struct screen_verified verified = { pairs, ARRAY_SIZE(pairs), 12.3, NULL };
	const struct screen_verified refused = { .why = "iterator: lockdown" };
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show(screen, &three, 1);
	assert_false(screen__wants_verify(screen));
	press(screen, 'V', 1);
	assert_true(screen__wants_verify(screen));
	screen__verified(screen, &verified);
	assert_true(has(screen,
			"1 pair agrees, 1 does not, over 1000 exits in 12 s; 1 not compared", 1));
	assert_true(line_with(screen, "DIFFERS io_exits", 1) <
		    line_with(screen, "ok      exits", 1));
	assert_true(has(screen, "12..13  vCPU", 1));
	assert_true(has(screen, "not counted", 1));
	/* Also below what is opened above it; the key again ends it. */
	press(screen, 'M', 1);
	assert_true(screen__wants_verify(screen));
	press(screen, KEY_CODE_BACKSPACE, 1);
	screen__verified(screen, &refused);
	assert_true(has(screen, "iterator: lockdown", 1));
	press(screen, 'V', 1);
	assert_false(screen__wants_verify(screen));
	screen__free(screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recordings_refuse_what_is_live),
		cmocka_unit_test(live_keys_are_known),
		cmocka_unit_test(recordings_have_no_slow_exits),
		cmocka_unit_test(the_newest_slow_exit_is_on_top),
		cmocka_unit_test(typed_text_is_seen),
		cmocka_unit_test(wishes_are_typed),
		cmocka_unit_test(lists_show_what_is_typed),
		cmocka_unit_test(filters_say_how_they_end),
		cmocka_unit_test(a_click_selects_and_opens),
		cmocka_unit_test(a_click_on_a_title_sorts),
		cmocka_unit_test(a_click_gives_a_table_the_keys),
		cmocka_unit_test(a_click_takes_from_a_list),
		cmocka_unit_test(a_click_leaves_text_alone),
		cmocka_unit_test(titles_stay_apart),
		cmocka_unit_test(lost_has_room_at_40),
		cmocka_unit_test(what_is_compared_is_shown),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
