// SPDX-License-Identifier: GPL-2.0
/* What the screen does with keys and frames. */
#include "unit.h"

#include <locale.h>

#include "../../user/base/clock.h"
#include "../../user/model/list_choice.h"
#include "../../user/tui/keys.h"
#include "../../user/tui/list_columns.h"
#include "../../user/tui/view.h"
#include "../../user/tui/views.h"
#include "screen_unit.h"

/* ---- rows */

static void nothing_is_selected_at_first(void **state)
{
	struct screen *screen = open_screen(80, 24);

	(void)state;
	assert_true(has(screen, "measuring", 0));
	show(screen, &three, 1);
	assert_string_equal(selected(screen, 1), "");
	press(screen, KEY_CODE_DOWN, 1);
	assert_string_equal(selected(screen, 1), "a");
	press(screen, 'j', 1);
	assert_string_equal(selected(screen, 1), "b");
	press(screen, KEY_CODE_END, 1);
	assert_string_equal(selected(screen, 1), "c");
	press(screen, KEY_CODE_DOWN, 1);
	assert_string_equal(selected(screen, 1), "c");
	press(screen, 'k', 1);
	assert_string_equal(selected(screen, 1), "b");
	press(screen, KEY_CODE_HOME, 1);
	assert_string_equal(selected(screen, 1), "");
	screen__free(screen);
}

/* The one that had least has most from second @swap on. */
static void show_swapped(struct screen *screen, unsigned int sec, bool swapped)
{
	struct scene_vm vms[3];
	const struct scene scene = { vms, 3, 4, .noise = 0 };

	memcpy(vms, three_vms, sizeof(vms));
	if (swapped) {
		vms[2].pct[1] = 9;
		vms[2].pct[4] = 1;
	}
	show(screen, &scene, sec);
}

static void selection_follows_its_row(void **state)
{
	struct screen *screen = open_screen(80, 24);
	size_t before;

	(void)state;
	show_swapped(screen, 1, false);
	press(screen, KEY_CODE_DOWN, 1);
	before = line_with(screen, " c ", 1);
	assert_string_equal(selected(screen, 1), "a");
	/* The order is held for five seconds after the key. */
	show_swapped(screen, 2, true);
	assert_int_equal(line_with(screen, " c ", 2), before);
	assert_true(has(screen, "order held", 2));
	/* Then what has most is first, and the same VM is selected. */
	assert_int_equal(line_with(screen, " c ", 7), before - 2);
	assert_false(has(screen, "order held", 7));
	assert_string_equal(selected(screen, 7), "a");
	screen__free(screen);
}

static void selection_stays_on_its_line(void **state)
{
	struct scene_vm vms[60];
	struct scene scene = { vms, 60, 4, .noise = 0 };
	struct screen *screen = open_screen(80, 16);
	size_t before;

	(void)state;
	for (size_t i = 0; i < 60; i++) {
		static char names[60][8];

		snprintf(names[i], sizeof(names[i]), "vm%02zu", i);
		vms[i] = (struct scene_vm){ names[i], "q", (int)i + 1, 1, 1000, { 0 }, 0, 0 };
		vms[i].pct[1] = 60 - (double)i;
		vms[i].pct[4] = 40 + (double)i;
	}
	show(screen, &scene, 1);
	for (size_t i = 0; i < 20; i++)
		press(screen, KEY_CODE_DOWN, 1);
	before = line_with(screen, ">", 1);
	assert_string_equal(selected(screen, 1), "vm19");
	/* Ten that were above it are below all others. */
	for (size_t i = 0; i < 10; i++) {
		vms[i].pct[1] = 0.1;
		vms[i].pct[4] = 99.9;
	}
	show(screen, &scene, 10);
	assert_string_equal(selected(screen, 10), "vm19");
	assert_int_equal(line_with(screen, ">", 10), before);
	/* Without following, the line stays, and what is in it is selected. */
	press(screen, 'F', 10);
	scene.n = 50;
	show(screen, &scene, 16);
	assert_int_equal(line_with(screen, ">", 16), before);
	screen__free(screen);
}

static void almost_equal_rows_stay_in_order(void **state)
{
	struct scene_vm vms[2];
	const struct scene scene = { vms, 2, 4, .noise = 0 };
	struct screen *screen = open_screen(80, 24);
	size_t first;

	(void)state;
	memcpy(vms, three_vms, sizeof(vms));
	vms[0].exits = 10000;
	vms[1].exits = 9990;
	show(screen, &scene, 1);
	press(screen, '>', 1);
	first = line_with(screen, " a ", 1);
	assert_true(line_with(screen, " b ", 1) > first);
	vms[1].exits = 10100;
	for (unsigned int sec = 2; sec < 5; sec++) {
		show(screen, &scene, sec);
		assert_int_equal(line_with(screen, " a ", sec), first);
	}
	show(screen, &scene, 5);
	assert_int_equal(line_with(screen, " b ", 5), first);
	/* What is no small difference is shown at once. */
	vms[0].exits = 20000;
	show(screen, &scene, 6);
	assert_int_equal(line_with(screen, " a ", 6), first);
	screen__free(screen);
}

static void an_ended_vm_stays_for_a_while(void **state)
{
	struct screen *screen = open_screen(120, 24);

	(void)state;
	for (unsigned int sec = 1; sec < 9; sec++)
		show(screen, &three, sec);
	press(screen, KEY_CODE_END, 8);
	assert_string_equal(selected(screen, 8), "c");
	show(screen, &three, 9); /* its last frame */
	line(screen, 0, 9);
	for (unsigned int sec = 10; sec < 15; sec++) {
		show(screen, &three, sec);
		assert_true(has(screen, "(ended) c", sec));
	}
	show(screen, &three, 15);
	assert_false(has(screen, "(ended) c", 15));
	/* The row that takes its line is selected. */
	assert_string_equal(selected(screen, 15), "b");
	screen__free(screen);
}

/* While one moves about, rows stay and new ones come last; a key that sorts ends that. */
static void order_is_held(void **state)
{
	struct scene_vm vms[3];
	struct scene scene = { vms, 2, 4, .noise = 0 };
	struct screen *screen = open_screen(80, 24);

	(void)state;
	memcpy(vms, three_vms, sizeof(vms));
	vms[2].from = vms[2].to = 0;
	vms[2].pct[1] = 9;
	vms[2].pct[4] = 1;
	show(screen, &scene, 1);
	press(screen, KEY_CODE_DOWN, 1);
	scene.n = 3;
	show(screen, &scene, 2);
	assert_true(line_with(screen, " c ", 2) > line_with(screen, " b ", 2));
	press(screen, '>', 2);
	press(screen, '<', 2);
	assert_false(has(screen, "order held", 2));
	assert_true(line_with(screen, " c ", 2) < line_with(screen, " a ", 2));
	screen__free(screen);
}

/* Where the past is looked at. */
static void show_past(struct screen *screen, const struct scene *scene, unsigned int sec,
		      unsigned int now)
{
	const struct screen_time time = { .mode = SCREEN_PAUSED,
					  .has_past = true,
					  .first_ns = INT64_C(1795782901) * (int64_t)SCENE_SEC,
					  .last_ns = INT64_C(1795782901) * (int64_t)SCENE_SEC +
						     (int64_t)(now * SCENE_SEC),
					  .frames = now,
					  .interval_s = 1 };
	const struct screen_self self = { .cpu_pct = -1 };
	struct frame *frame = scene_frame(scene, sec);

	assert_non_null(frame);
	assert_int_equal(screen__show(screen, frame, false, &time, &self), 0);
	frame__free(frame);
}

static void selection_stays_in_the_past(void **state)
{
	struct scene_vm vms[3];
	const struct scene scene = { vms, 3, 4, .noise = 0 };
	struct screen *screen = open_screen(80, 24);

	(void)state;
	memcpy(vms, three_vms, sizeof(vms));
	vms[2].from = 5;
	vms[2].to = 100;
	for (unsigned int sec = 1; sec < 9; sec++)
		show(screen, &scene, sec);
	press(screen, KEY_CODE_END, 8);
	assert_string_equal(selected(screen, 8), "c");
	assert_int_equal(press(screen, KEY_CODE_LEFT, 8).kind, WISH_STEP);
	/* It was not there yet; others that are not there either are not shown. */
	show_past(screen, &scene, 2, 60);
	assert_true(has(screen, ">- (not there) c", 60));
	assert_true(has(screen, "PAUSED", 60) && has(screen, "58 s ago", 60));
	show_past(screen, &scene, 7, 61);
	assert_string_equal(selected(screen, 61), "c");
	assert_false(has(screen, "(not there)", 61));
	/* Space and Escape lead back. */
	assert_int_equal(press(screen, ' ', 61).kind, WISH_LIVE);
	assert_int_equal(press(screen, KEY_CODE_ESCAPE, 61).kind, WISH_LIVE);
	show(screen, &scene, 62);
	assert_int_equal(press(screen, ' ', 62).kind, WISH_PAUSE);
	assert_int_equal(press(screen, KEY_CODE_ESCAPE, 62).kind, WISH_NOTHING);
	screen__free(screen);
}

/* One that has ended is dim for a moment; elsewhere in time it is not there. */
static void an_ended_vm_is_not_taken_along(void **state)
{
	struct scene_vm vms[3];
	const struct scene scene = { vms, 3, 4, .noise = 0 };
	struct screen *screen = open_screen(80, 24);

	(void)state;
	memcpy(vms, three_vms, sizeof(vms));
	vms[2].from = 5;
	vms[2].to = 9;
	for (unsigned int sec = 1; sec < 11; sec++)
		show(screen, &scene, sec);
	assert_true(has(screen, "(ended) c", 10));
	assert_int_equal(press(screen, KEY_CODE_LEFT, 10).kind, WISH_STEP);
	show_past(screen, &scene, 2, 60);
	assert_false(has(screen, "(ended) c", 60));
	screen__free(screen);
}

/* 100 seconds, with a gap of 20 of them and one that is shorter than a cell. */
static void gaps_are_seen_on_the_time_bar(void **state)
{
	const int64_t begin = INT64_C(1795782901) * (int64_t)SCENE_SEC;
	const struct time_span gaps[] = {
		{ begin + 20 * (int64_t)SCENE_SEC, begin + 40 * (int64_t)SCENE_SEC },
		{ begin + 60 * (int64_t)SCENE_SEC,
		  begin + 62 * (int64_t)SCENE_SEC + SCENE_SEC / 2 },
		/* no longer than what is between two frames */
		{ begin + 80 * (int64_t)SCENE_SEC, begin + 81 * (int64_t)SCENE_SEC },
	};
	const struct screen_time time = { .mode = SCREEN_PAUSED,
					  .has_past = true,
					  .first_ns = begin,
					  .last_ns = begin + 100 * (int64_t)SCENE_SEC,
					  .frames = 79,
					  .about = true,
					  .gaps = gaps,
					  .n_gaps = ARRAY_SIZE(gaps),
					  .interval_s = 1 };
	const struct screen_self self = { .cpu_pct = -1 };
	struct scene_vm vms[3];
	const struct scene scene = { vms, 3, 4, .noise = 0 };
	struct screen *screen = open_screen(102, 24);
	struct frame *frame;
	const char *bar;
	size_t blanks = 0;

	(void)state;
	memcpy(vms, three_vms, sizeof(vms));
	frame = scene_frame(&scene, 1);
	assert_non_null(frame);
	assert_int_equal(screen__show(screen, frame, false, &time, &self), 0);
	frame__free(frame);
	assert_true(has(screen, "about 79 frames", 101));
	bar = line(screen, line_with(screen, "#_", 101), 101);
	assert_non_null(strstr(bar, "_                   _"));
	assert_non_null(strstr(bar, "_ _"));
	for (; *bar && *bar != ']'; bar++)
		blanks += *bar == ' ';
	assert_int_equal(blanks, 20);
	screen__free(screen);
}

static void cursor_is_on_the_selection_if_asked_for(void **state)
{
	const struct screen_opts opts = { .cursor_on_selection = true, .interval_s = 1 };
	const struct grid *grid;
	struct screen *screen;

	(void)state;
	assert_int_equal(screen__new(&opts, &screen), 0);
	show(screen, &three, 1);
	assert_false(screen__draw(screen, 1)->cursor);
	press(screen, KEY_CODE_DOWN, 1);
	grid = screen__draw(screen, 1);
	assert_true(grid->cursor);
	assert_string_equal(grid__cell(grid, grid->cursor_row, 0)->text, ">");
	press(screen, '/', 1);
	assert_int_equal(screen__draw(screen, 1)->cursor_row, 22);
	screen__free(screen);
}

/* ---- filters and input lines */

static void filters(void **state)
{
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show(screen, &scene_full, 1);
	type(screen, "/WEB", 1);
	assert_true(has(screen, "web01", 1) && !has(screen, "kafka-1", 1));
	assert_true(has(screen, "/WEB", 1));
	assert_true(has(screen, "1 of 22 rows", 1));
	/* The table goes on behind it. */
	show(screen, &scene_full, 2);
	assert_true(has(screen, "web01", 2) && !has(screen, "kafka-1", 2));
	press(screen, KEY_CODE_ENTER, 2);
	assert_true(has(screen, "filter: WEB", 2));
	/* With the old value; Ctrl-U clears; Escape takes back what was typed; Up recalls. */
	type(screen, "/", 2);
	assert_true(has(screen, "/WEB", 2));
	press(screen, 21, 2);
	type(screen, "kafka -a-2", 2);
	assert_true(has(screen, "kafka-1", 2) && !has(screen, "kafka-2", 2));
	press(screen, KEY_CODE_ESCAPE, 2);
	assert_true(has(screen, "web01", 2) && !has(screen, "kafka-1", 2));
	press(screen, 'c', 2);
	assert_true(has(screen, "kafka-1", 2) && !has(screen, "filter: ", 2));
	type(screen, "/", 2);
	press(screen, KEY_CODE_UP, 2);
	assert_true(has(screen, "/WEB", 2));
	press(screen, KEY_CODE_BACKSPACE, 2);
	assert_true(has(screen, "/WE", 2) && !has(screen, "/WEB", 2));
	/* q is a letter here, and Ctrl-C quits. */
	assert_int_equal(press(screen, 'q', 2).kind, WISH_NOTHING);
	assert_int_equal(press(screen, 3, 2).kind, WISH_QUIT);
	screen__free(screen);
}

static void what_is_typed_becomes_a_wish(void **state)
{
	struct screen *screen = open_screen(80, 24);
	struct wish wish;

	(void)state;
	show(screen, &scene_full, 1);
	type(screen, "s", 1);
	press(screen, 21, 1);
	type(screen, "2.5", 1);
	wish = press(screen, KEY_CODE_ENTER, 1);
	assert_int_equal(wish.kind, WISH_INTERVAL);
	assert_near(wish.interval_s, 2.5);
	type(screen, "s0", 1);
	press(screen, 21, 1);
	type(screen, "nan", 1);
	assert_int_equal(press(screen, KEY_CODE_ENTER, 1).kind, WISH_NOTHING);
	assert_true(has(screen, "the interval is", 1));
	type(screen, "@-5min", 1);
	wish = press(screen, KEY_CODE_ENTER, 1);
	assert_int_equal(wish.kind, WISH_SEEK);
	assert_int_equal(wish.wall_ns, INT64_C(1795782902000000000) - INT64_C(300000000000));
	type(screen, "@yesterday", 1);
	press(screen, 21, 1);
	type(screen, "yesterday", 1);
	assert_int_equal(press(screen, KEY_CODE_ENTER, 1).kind, WISH_NOTHING);
	assert_true(has(screen, "a time is 12:33", 1));
	type(screen, "S10ms", 1);
	wish = press(screen, KEY_CODE_ENTER, 1);
	assert_int_equal(wish.kind, WISH_SLOW);
	assert_string_equal(wish.text, "10ms");
	type(screen, "d", 1);
	wish = press(screen, KEY_CODE_ENTER, 1);
	assert_int_equal(wish.kind, WISH_DETAIL);
	assert_string_equal(wish.text, "");
	screen__free(screen);
}

static void one_vm_is_picked(void **state)
{
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show(screen, &scene_full, 1);
	type(screen, "gmail", 1);
	assert_true(has(screen, "with: mail", 1) && has(screen, "1 of 22 rows", 1));
	press(screen, KEY_CODE_BACKSPACE, 1);
	assert_true(has(screen, "with: mai", 1));
	press(screen, KEY_CODE_ENTER, 1);
	assert_true(has(screen, "VM: mail", 1) && !has(screen, "web01", 1));
	press(screen, 'c', 1);
	assert_true(has(screen, "web01", 1));
	/* Backspace closes the list when nothing is typed, as Escape does. */
	type(screen, "px", 1);
	press(screen, KEY_CODE_BACKSPACE, 1);
	assert_true(has(screen, "which?", 1));
	press(screen, KEY_CODE_BACKSPACE, 1);
	assert_false(has(screen, "which?", 1));
	screen__free(screen);
}

/* With that of lists of VMs. */
static struct screen *open_chosen(const struct list_choice *chosen)
{
	const struct list_choice lists[LIST_KIND_MAX] = { [LIST_KIND_VMS] = *chosen };
	const struct screen_opts opts = { .chosen = lists, .interval_s = 1 };
	struct screen *screen;

	assert_int_equal(screen__new(&opts, &screen), 0);
	show(screen, &scene_full, 1);
	return screen;
}

/* Where a title begins in the header of the list. */
static size_t column_of(struct screen *screen, const char *title)
{
	const struct grid *grid = screen__draw(screen, 1);
	char line[400] = "";

	for (size_t i = 0; i < grid->width && i < 399; i++)
		strcat(line, grid->cells[2 * grid->width + i].text[1]
				     ? "*"
				     : grid->cells[2 * grid->width + i].text);
	return (size_t)(strstr(line, title) ? strstr(line, title) - line : -1);
}

static void columns_are_switched_and_moved(void **state)
{
	struct list_choice chosen = { .sort = "" };
	struct screen *screen = open_chosen(&chosen);

	(void)state;
	press(screen, KEY_CODE_F2, 1);
	assert_true(has(screen, "[x] vC", 1) && has(screen, "[ ] AVG", 1));
	/* The name cannot be switched off, nor go before the mark. */
	type(screen, "< ", 1);
	assert_true(has(screen, "this column stays", 1) && has(screen, "[x] NAME", 1));
	/* LOST: three up, so that it is behind the name; EXITS/s: to the right of GUEST%. */
	type(screen, "LOST<<<", 1);
	for (int i = 0; i < 4; i++)
		press(screen, KEY_CODE_BACKSPACE, 1);
	type(screen, "EXITS/s", 1);
	press(screen, KEY_CODE_HOME, 1);
	press(screen, ' ', 1);
	assert_true(has(screen, "[ ] EXITS/s", 1));
	type(screen, " >>>", 1);
	assert_true(has(screen, "[x] EXITS/s", 1));
	press(screen, KEY_CODE_ESCAPE, 1);
	assert_true(column_of(screen, "NAME") < column_of(screen, "LOST"));
	assert_true(column_of(screen, "LOST") < column_of(screen, "vC"));
	assert_true(column_of(screen, "GUEST%") < column_of(screen, "EXITS/s"));
	/* To the left and right is as they are seen. */
	press(screen, '>', 1);
	assert_string_equal(press(screen, 'W', 1).chosen[LIST_KIND_VMS].sort, "vcpus");
	chosen = press(screen, 'W', 1).chosen[LIST_KIND_VMS];
	assert_memory_equal(chosen.columns, "name,lost_cpus,pid,vcpus,", 25);
	assert_string_equal(chosen.off, "");
	screen__free(screen);

	/* So it begins the next time. */
	screen = open_chosen(&chosen);
	assert_true(column_of(screen, "LOST") < column_of(screen, "vC"));
	assert_string_equal(press(screen, 'W', 1).chosen[LIST_KIND_VMS].columns, chosen.columns);
	screen__free(screen);
}

/* What is named is shown, and comes first; what is not known, or named twice, is passed over. */
static void columns_are_named(void **state)
{
	const struct list_choice chosen = { .columns = "avg_ns, nosuch,,delay,vcpus,delay lost" };
	struct screen *screen = open_chosen(&chosen);

	(void)state;
	assert_true(column_of(screen, "DELAY%") < column_of(screen, "vC"));
	assert_true(column_of(screen, "vC") < column_of(screen, "LOST"));
	assert_true(column_of(screen, "LOST") < column_of(screen, "NAME"));
	press(screen, KEY_CODE_F2, 1);
	assert_true(has(screen, "[x] AVG", 1) && has(screen, "[ ] FD", 1));
	screen__free(screen);
}

/* What is chosen for a list is so in all of its kind, in other views, too, and is saved. */
static void all_kinds_are_saved(void **state)
{
	struct list_choice lists[LIST_KIND_MAX] = { [LIST_KIND_NONE] = { .sort = "" } };
	struct screen_opts opts = { .chosen = lists, .interval_s = 1 };
	struct screen *screen = open_chosen(&lists[LIST_KIND_VMS]);

	(void)state;
	/* A VM's reasons, by their mean, without those in %. */
	press(screen, KEY_CODE_ENTER, 1);
	type(screen, "o", 1);
	type(screen, "AVG\n", 1);
	press(screen, KEY_CODE_F2, 1);
	type(screen, "%EXITS\n", 1);
	press(screen, KEY_CODE_ESCAPE, 1);
	assert_true(has(screen, "AVG\u25be", 1) && !has(screen, "REASON         RATE/s %EXITS", 1));
	/* Another VM, and all VMs together. */
	press(screen, KEY_CODE_ESCAPE, 1);
	press(screen, KEY_CODE_DOWN, 1);
	press(screen, KEY_CODE_DOWN, 1);
	press(screen, KEY_CODE_ENTER, 1);
	assert_true(has(screen, "AVG\u25be", 1));
	press(screen, KEY_CODE_ESCAPE, 1);
	press(screen, '3', 1);
	assert_true(has(screen, "AVG\u25be", 1));
	press(screen, '2', 1);
	press(screen, '>', 1);
	press(screen, 'R', 1);
	memcpy(lists, press(screen, 'W', 1).chosen, sizeof(lists));
	screen__free(screen);
	assert_string_equal(lists[LIST_KIND_REASONS].sort, "avg_ns");
	assert_string_equal(lists[LIST_KIND_REASONS].off, "exits_share_pct");
	assert_true(lists[LIST_KIND_VCPUS].sort[0] && lists[LIST_KIND_VCPUS].reversed);
	assert_string_equal(lists[LIST_KIND_VMS].sort, "");
	assert_string_equal(lists[LIST_KIND_USER_EXITS].sort, "");

	assert_int_equal(screen__new(&opts, &screen), 0);
	show(screen, &scene_full, 1);
	press(screen, '3', 1);
	assert_true(has(screen, "AVG\u25be", 1));
	assert_memory_equal(press(screen, 'W', 1).chosen, lists, sizeof(lists));
	screen__free(screen);
}

/* A column that is off at first can be on, and nothing else. */
static void no_column_is_off(void **state)
{
	struct screen *screen = open_chosen(&(struct list_choice){ .off = LIST_CHOICE_ALL });

	(void)state;
	press(screen, KEY_CODE_F2, 1);
	assert_true(has(screen, "[x] FD", 1) && has(screen, "[x] AVG", 1));
	press(screen, KEY_CODE_ESCAPE, 1);
	assert_string_equal(press(screen, 'W', 1).chosen[LIST_KIND_VMS].off, LIST_CHOICE_ALL);
	screen__free(screen);
}

static void order_and_columns_are_saved(void **state)
{
	struct list_choice chosen = { .sort = "" };
	struct screen *screen = open_chosen(&chosen);

	(void)state;
	/* What is as at first is not said. */
	chosen = press(screen, 'W', 1).chosen[LIST_KIND_VMS];
	assert_string_equal(chosen.sort, "");
	assert_string_equal(chosen.off, "");
	assert_false(chosen.reversed);
	press(screen, '>', 1);
	press(screen, 'R', 1);
	press(screen, KEY_CODE_F2, 1);
	type(screen, "vC\n", 1);
	press(screen, KEY_CODE_ESCAPE, 1);
	chosen = press(screen, 'W', 1).chosen[LIST_KIND_VMS];
	assert_string_equal(chosen.sort, "exits_per_s");
	assert_string_equal(chosen.off, "fd,vcpus,avg_ns");
	assert_true(chosen.reversed);
	screen__free(screen);
	/* The next one begins so; words of --sort do, too, and what is not known is left out. */
	screen = open_chosen(&chosen);
	assert_true(has(screen, "EXITS\u25b4", 1) && !has(screen, " vC ", 1));
	screen__free(screen);
	screen = open_chosen(
		&(struct list_choice){ .sort = "delay", .off = "nothing,vm_label,time" });
	assert_true(has(screen, "DELAY\u25be", 1));
	assert_true(has(screen, "NAME", 1) && has(screen, " vC ", 1) && !has(screen, "TIME  ", 1));
	screen__free(screen);
	screen = open_chosen(&(struct list_choice){ .sort = "no such" });
	assert_true(has(screen, "LOST\u25be", 1));
	screen__free(screen);
}

/* Where there is no room for all of the path, what it is about is left, and so is why it is slow. */
static void low_and_narrow(void **state)
{
	struct screen *screen = open_screen(40, 10);

	(void)state;
	show(screen, &scene_full, 1);
	press(screen, KEY_CODE_ENTER, 1);
	assert_true(has(screen, " ci-runner-07  pid", 1) && !has(screen, "epyc-07", 1));
	assert_true(has(screen, "TIME", 1) && has(screen, "REASON", 1));
	assert_true(has(screen, "waits for a CPU 5 %", 1));
	press(screen, KEY_CODE_ENTER, 1);
	assert_true(has(screen, " ci-runner-07 > npf", 1));
	screen__free(screen);
}

/* ---- messages */

static void messages_are_escaped_and_kept(void **state)
{
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show(screen, &three, 1);
	assert_int_equal(screen__tell(screen, "bad \x1b[31m thing"), 0);
	assert_true(has(screen, "bad \\x1b[31m thing", 1));
	assert_false(has(screen, "bad", 7));
	press(screen, 'M', 7);
	assert_true(has(screen, "bad \\x1b[31m thing", 7));
	/* Any key that means nothing there closes it. */
	press(screen, 'Y', 7);
	assert_false(has(screen, "bad", 7));
	for (int i = 0; i < 300; i++)
		assert_int_equal(screen__tell(screen, "many"), 0);
	press(screen, 'M', 7);
	assert_false(has(screen, "bad", 7));
	screen__free(screen);
}

/* ---- every key in every view */

/* Opens @view; false: there is no way to it yet. */
static bool go_to(struct screen *screen, enum view_id view)
{
	static const struct {
		enum view_id view;
		const char *keys, *sign;
	} ways[] = { { VIEW_VMS, "", "NAME" },
		     { VIEW_VCPUS, "2", "VCPU" },
		     { VIEW_REASONS, "3", "REASON" },
		     { VIEW_VM, "\n", "> ci-runner-07  pid" },
		     { VIEW_VCPU, "2\n", "> vCPU" },
		     { VIEW_REASON, "3\n", "handled in" },
		     { VIEW_EVENTS, "4", "Event" },
		     { VIEW_EVENT, "4\n", "kvm_exit (tracepoint)" },
		     { VIEW_STATS, "5", "KVM statistics" },
		     { VIEW_SLOW, "6", "slow exits" },
		     { VIEW_TIMELINE, "7", "timeline" },
		     { VIEW_PICK, "o", "sort by which" },
		     { VIEW_EXPLAIN, "e", "explained" },
		     { VIEW_HELP, "h", "help: VMs" },
		     { VIEW_MESSAGES, "M", "messages, the" } };

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (ways[i].view != view)
			continue;
		type(screen, ways[i].keys, 1);
		assert_true(has(screen, ways[i].sign, 1));
		return true;
	}
	return false;
}

static void explains(struct screen *screen, const struct list_def *def)
{
	char line[256];

	for (size_t i = 0; i < def->n; i++) {
		const char *title = list_column__title(&def->columns[i]);
		const char *help = list_column__help(&def->columns[i]);

		snprintf(line, sizeof(line), "  %-14s %s", title, help);
		if (*title && (strlen(help) < 10 || !has(screen, line, 1)))
			fail_msg("'%s' is not explained", title);
	}
}

/* Help of a view explains each column of each of its lists, whether there is room for it or not. */
static void columns_are_explained(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < VIEW_EXPLAIN; id++) {
		const struct view_ops *ops = views_find((enum view_id)id);
		struct screen *screen = open_screen(160, 250);

		show(screen, &scene_full, 1);
		if (ops && go_to(screen, (enum view_id)id)) {
			press(screen, 'h', 1);
			for (size_t i = 0; i < ops->n_lists; i++)
				explains(screen, &ops->lists[i]);
		}
		screen__free(screen);
	}
}

static enum wish_kind wish_of(enum action action)
{
	switch (action) {
	case ACTION_PAUSE:
		return WISH_PAUSE;
	case ACTION_STEP:
		return WISH_STEP;
	case ACTION_NEXT_FINDING:
		return WISH_NEXT_FINDING;
	case ACTION_TRACEPOINTS:
		return WISH_TRACEPOINTS;
	case ACTION_RESET:
		return WISH_RESET;
	case ACTION_WRITE:
		return WISH_WRITE;
	case ACTION_SAVE:
		return WISH_SAVE;
	case ACTION_QUIT_AND_PRINT:
		return WISH_QUIT_AND_PRINT;
	case ACTION_MOUSE:
		return WISH_MOUSE;
	case ACTION_REPAINT:
		return WISH_REPAINT;
	case ACTION_SUSPEND:
		return WISH_SUSPEND;
	case ACTION_QUIT:
		return WISH_QUIT;
	default:
		return WISH_NOTHING;
	}
}

/* What is seen of an action that asks for nothing. */
static const char *sign_of(enum action action, enum view_id view)
{
	/* Here rows are of all VMs together, or there are none. */
	static const uint32_t of_all = VIEW_BIT(VIEW_REASONS) | VIEW_BIT(VIEW_REASON) |
				       VIEW_BIT(VIEW_EVENTS) | VIEW_BIT(VIEW_STATS) |
				       VIEW_BIT(VIEW_SLOW);
	static const char *const signs[ACTION_MAX] = {
		[ACTION_MENU] = "sort by which column?",
		[ACTION_FILTER] = "/",
		[ACTION_GUEST] = "which?",
		[ACTION_PID] = "which?",
		[ACTION_FINDINGS] = "findings only",
		[ACTION_IDLE] = "no idle",
		[ACTION_ZEROS] = "zero rows are shown",
		[ACTION_UNITS] = "per interval",
		[ACTION_GO_TO] = "go to (",
		[ACTION_EXPLAIN] = "explained",
		[ACTION_DETAIL] = "details of (",
		[ACTION_SLOW] = "exits slower",
		[ACTION_TRENDS] = "trends: off",
		[ACTION_INTERVAL] = "interval in seconds: 1",
		[ACTION_FOLLOW] = "stays on its line",
		[ACTION_MESSAGES] = "messages, the newes",
		[ACTION_HELP] = "help: ",
		[ACTION_COLUMNS] = "columns:",
	};

	if (action == ACTION_EXPLAIN && VIEW_BIT(view) & of_all)
		return "findings are about VMs";
	return signs[action];
}

static void press_one(const struct frame *frame, enum view_id view, uint32_t key)
{
	struct screen *screen = open_screen(80, 24);
	const struct key_def *def = keys_find(key, view);
	struct wish wish;

	assert_int_equal(scene_show_frame(screen, frame, 1), 0);
	if (!go_to(screen, view)) {
		screen__free(screen);
		return;
	}
	wish = press(screen, key, 1);
	/* What is picked from here is a column to sort by. */
	if (view == VIEW_PICK && key >= ' ' && key < 0x7f) {
		/* There, letters are what is sought. */
		assert_int_equal(wish.kind, WISH_NOTHING);
		assert_true(has(screen, "with: ", 1));
	} else if (!def) {
		assert_int_equal(wish.kind, WISH_NOTHING);
		/* A page of text is closed; elsewhere it is said where help is. */
		assert_true(has(screen, VIEW_BIT(view) & VIEWS_TEXT ? "LOST" : "h for help", 1));
	} else {
		const bool past = def->action == ACTION_STEP && def->n > 0;
		const char *sign = sign_of(def->action, view);

		assert_int_equal(wish.kind, past ? WISH_NOTHING : wish_of(def->action));
		if (wish.kind == WISH_STEP || wish.kind == WISH_NEXT_FINDING)
			assert_int_equal(wish.n, def->n);
		if (sign && !has(screen, sign, 1))
			fail_msg("key %#x in view %u: no '%s'", key, view, sign);
	}
	screen__free(screen);
}

static void each_key_in_each_view(void **state)
{
	struct frame *frame = scene_frame(&scene_full, 1);

	(void)state;
	assert_non_null(frame);
	for (unsigned int view = 0; view < VIEW_ID_MAX; view++) {
		for (uint32_t key = 1; key < 0x80; key++)
			press_one(frame, (enum view_id)view, key);
		for (uint32_t key = KEY_CODE_UP; key < KEY_CODE_RESIZE; key++)
			press_one(frame, (enum view_id)view, key);
	}
	frame__free(frame);
}

static void keys_are_told_once_and_shown_to_fit(void **state)
{
	char text[512];

	(void)state;
	for (unsigned int view = 0; view < VIEW_ID_MAX; view++) {
		for (size_t i = 0; i < keys_count(); i++) {
			const struct key_def *def = keys_at(i);

			assert_non_null(def->help);
			assert_non_null(def->origin);
			assert_true(!def->brief || def->name);
			/* No key has two meanings in one view. */
			for (size_t j = 0; j < KEYS_PER_DEF && def->keys[j]; j++)
				if (def->views & VIEW_BIT(view))
					assert_ptr_equal(
						keys_find(def->keys[j], (enum view_id)view), def);
		}
		for (size_t width = 0; width < 300; width++) {
			keys_line((enum view_id)view, (enum keys_time)(width % 3), width, text,
				  sizeof(text));
			assert_true(strlen(text) <= width);
		}
	}
	keys_line(VIEW_VMS, KEYS_TIME_LIVE, 80, text, sizeof(text));
	assert_string_equal(text, "Enter open  / filter  <> sort  Space pause  e explain  "
				  "Tab views  h help  q quit");
}

/* ---- anything */

static uint32_t random_of(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % n;
}

/* Keys, sizes and frames in any order, live and in the past: nothing fails, and the picture is always whole. */
static void random_keys(void **state)
{
	/* With statistics and tracepoints, too. */
	static const struct scene rich = { full_vms,	 ARRAY_SIZE(full_vms), 56,
					   .noise = 0.1, .more = true,	       .traced = true };
	uint32_t seed = 1;

	(void)state;
	for (unsigned int run = 0; run < 4; run++) {
		const struct screen_opts opts = { .version = "1.0",
						  .glyphs = run % GLYPH_SET_MAX,
						  .recorded = run == 3,
						  .interval_s = 1 };
		struct screen *screen;
		unsigned int sec = 0;

		assert_int_equal(screen__new(&opts, &screen), 0);
		for (unsigned int i = 0; i < 500; i++) {
			const uint32_t what = random_of(&seed, 10);
			const struct grid *grid;

			if (what == 0)
				screen__resize(screen, random_of(&seed, 210), random_of(&seed, 65));
			if (what == 1 && sec < 40)
				show(screen, run % 2 ? &rich : &scene_full, ++sec);
			else if (what == 2)
				press(screen, KEY_CODE_UP + random_of(&seed, 20), sec);
			else
				press(screen, 1 + random_of(&seed, 0x7f), sec);
			grid = screen__draw(screen, SCENE_NS(sec));
			assert_non_null(grid);
			for (size_t j = 0; j < grid->width * grid->height; j++)
				assert_true(grid->cells[j].style < STYLE_MAX);
		}
		screen__free(screen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_selected_at_first),
		cmocka_unit_test(selection_follows_its_row),
		cmocka_unit_test(selection_stays_on_its_line),
		cmocka_unit_test(almost_equal_rows_stay_in_order),
		cmocka_unit_test(an_ended_vm_stays_for_a_while),
		cmocka_unit_test(order_is_held),
		cmocka_unit_test(selection_stays_in_the_past),
		cmocka_unit_test(an_ended_vm_is_not_taken_along),
		cmocka_unit_test(gaps_are_seen_on_the_time_bar),
		cmocka_unit_test(cursor_is_on_the_selection_if_asked_for),
		cmocka_unit_test(filters),
		cmocka_unit_test(what_is_typed_becomes_a_wish),
		cmocka_unit_test(one_vm_is_picked),
		cmocka_unit_test(low_and_narrow),
		cmocka_unit_test(columns_are_explained),
		cmocka_unit_test(all_kinds_are_saved),
		cmocka_unit_test(no_column_is_off),
		cmocka_unit_test(order_and_columns_are_saved),
		cmocka_unit_test(columns_are_switched_and_moved),
		cmocka_unit_test(columns_are_named),
		cmocka_unit_test(messages_are_escaped_and_kept),
		cmocka_unit_test(each_key_in_each_view),
		cmocka_unit_test(keys_are_told_once_and_shown_to_fit),
		cmocka_unit_test(random_keys),
	};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
