// SPDX-License-Identifier: GPL-2.0
/* What Enter leads to: events, and times. */
#include "unit.h"

#include <locale.h>

#include "../../user/model/slow.h"
#include "screen_unit.h"

static const struct scene counted = {
	three_vms, 3, 4, .noise = 0, .more = true, .traced = true,
};

/* ---- an event */

static struct screen *open_counted(size_t width, size_t height, const char *keys)
{
	struct screen *screen = open_screen(width, height);

	for (unsigned int sec = 1; sec < 4; sec++)
		show(screen, &counted, sec);
	type(screen, keys, 3);
	return screen;
}

static void an_event_has_its_vms_and_vcpus(void **state)
{
	struct screen *screen = open_counted(80, 24, "4/msr\n\n");
	size_t row;

	(void)state;
	assert_true(has(screen, "epyc-07 > kvm_msr (tracepoint)", 3));
	assert_true(has(screen, "1500/s   6000 in all", 3));
	assert_true(has(screen, "0 .. 1500/s", 3));
	/* The filter that found it hides no VM. */
	row = line_with(screen, "2000  33.3     500", 3);
	assert_non_null(strstr(line(screen, row, 3) + 41, "2000  33.3     500"));
	/* Enter leads to the VM, Tab to the vCPUs, and Enter there to the vCPU. */
	press(screen, 'c', 3);
	press(screen, KEY_CODE_ENTER, 3);
	assert_true(has(screen, "> kvm_msr > a  pid 1", 3));
	press(screen, KEY_CODE_BACKSPACE, 3);
	press(screen, KEY_CODE_TAB, 3);
	press(screen, KEY_CODE_DOWN, 3);
	press(screen, KEY_CODE_ENTER, 3);
	assert_true(has(screen, "> a > vCPU 0", 3));
	screen__free(screen);
}

static void an_event_of_a_vm_says_whose_it_is(void **state)
{
	struct screen *screen = open_counted(80, 24, "4b/msr\n\n");

	(void)state;
	assert_true(has(screen, "epyc-07 > a > kvm_msr (tracepoint)", 3));
	assert_true(has(screen, "500/s   2000 in all", 3));
	screen__free(screen);
	screen = open_counted(80, 24, "\n4/msr\n\n");
	assert_true(has(screen, "epyc-07 > a > kvm_msr (tracepoint)", 3));
	screen__free(screen);
	/* Its exits of one reason, too. */
	screen = open_counted(80, 24, "4b/kvm_exit(npf\n");
	press(screen, KEY_CODE_DOWN, 3);
	press(screen, KEY_CODE_DOWN, 3);
	press(screen, KEY_CODE_ENTER, 3);
	assert_true(has(screen, "epyc-07 > a > npf (svm)", 3));
	screen__free(screen);
}

static void a_statistic_has_its_trend_and_meaning(void **state)
{
	struct screen *screen = open_counted(80, 24, "5/remote\n\n");

	(void)state;
	assert_true(has(screen, "> remote_tlb_flush (statistic of VMs)", 3));
	assert_true(has(screen, "33.0/s   165 in all   TLB flushes of all vCPUs", 3) ||
		    has(screen, "33/s   165 in all   TLB flushes of all vCPUs", 3));
	assert_true(has(screen, "not known of single vCPUs", 3));
	screen__free(screen);
	/* What it is now, not by how much it changed. */
	screen = open_counted(80, 24, "5/pages_4k\n\n");
	assert_true(has(screen, "330 now", 3));
	assert_true(has(screen, "0 .. 330", 3));
	screen__free(screen);
}

static void what_never_happened_is_counted(void **state)
{
	struct screen *screen = open_counted(80, 24, "4");

	(void)state;
	assert_true(has(screen, "1 never happened: z shows them", 3));
	assert_false(has(screen, "kvm_hypercall", 3));
	press(screen, 'z', 3);
	assert_true(has(screen, "kvm_hypercall", 3));
	press(screen, '5', 3);
	assert_true(has(screen, "hypercalls", 3));
	press(screen, 'z', 3);
	assert_false(has(screen, "hypercalls", 3));
	screen__free(screen);
}

/* ---- the histogram that is asked for */

static struct screen *open_histogram(const char *reason)
{
	const struct screen_opts opts = { .interval_s = 1, .hist = true, .reason = reason };
	struct screen *screen;

	assert_int_equal(screen__new(&opts, &screen), 0);
	press(screen, '3', 1);
	return screen;
}

static void a_histogram_is_opened_when_there_is_one(void **state)
{
	static const struct scene none = { three_vms, 0, 4, .noise = 0 };
	struct screen *screen = open_histogram(NULL);

	(void)state;
	show(screen, &none, 1);
	assert_false(has(screen, "handled in", 1));
	show(screen, &three, 2);
	assert_true(has(screen, "epyc-07 > npf (svm)", 2) && has(screen, "handled in", 2));
	/* Once: Backspace leads to the reasons, and stays there. */
	press(screen, KEY_CODE_BACKSPACE, 2);
	show(screen, &three, 3);
	assert_false(has(screen, "handled in", 3));
	screen__free(screen);
	screen = open_histogram("MSR");
	show(screen, &three, 1);
	assert_true(has(screen, "epyc-07 > msr (svm)", 1));
	screen__free(screen);
	/* Who goes elsewhere is left there. */
	screen = open_histogram("no-such-reason");
	show(screen, &three, 1);
	assert_true(has(screen, "REASON", 1));
	press(screen, '1', 1);
	press(screen, '3', 1);
	show(screen, &three, 2);
	assert_false(has(screen, "handled in", 2));
	screen__free(screen);
}

/* ---- a time */

/* The end of a second's frame, as scene_snapshot() has it. */
static int64_t end_of(unsigned int sec)
{
	return (INT64_C(1795782901) + sec) * (int64_t)SCENE_SEC;
}

static void show_paused(struct screen *screen, const struct scene *scene, unsigned int sec,
			unsigned int last)
{
	const struct screen_time time = { .mode = SCREEN_PAUSED,
					  .has_past = true,
					  .first_ns = end_of(1),
					  .last_ns = end_of(last),
					  .interval_s = 1 };
	const struct screen_self self = { .cpu_pct = -1 };
	struct frame *frame = scene_frame(scene, sec);

	assert_non_null(frame);
	assert_int_equal(screen__show(screen, frame, false, &time, &self), 0);
	frame__free(frame);
}

/* Half a second before the end of that frame. */
static void add_slow(struct screen *screen, unsigned int sec, int pid)
{
	const struct slow_exit slow = {
		.wall = { (time_t)(1795782900 + sec), 500000000 },
		.pid = pid,
		.vm_fd = 12,
		.comm = "q",
		.name = pid == 3 ? "c" : "a",
		.vcpu_id = 0,
		.ns = 20000000,
		.isa = ISA_SVM,
		.code = 0x7b,
		.reason = "io",
	};

	assert_int_equal(screen__add_slow(screen, &slow), 0);
}

static void a_slow_exit_leads_to_its_time(void **state)
{
	struct screen *screen = open_screen(80, 24);
	struct wish wish;

	(void)state;
	for (unsigned int sec = 1; sec < 9; sec++) {
		show(screen, &three, sec);
		if (sec == 4)
			add_slow(screen, sec, 1);
	}
	press(screen, '6', 8);
	wish = press(screen, KEY_CODE_ENTER, 8);
	assert_true(has(screen, "> a > vCPU 0", 8));
	assert_int_equal(wish.kind, WISH_SEEK);
	assert_int_equal(wish.wall_ns, end_of(4) - (int64_t)SCENE_SEC / 2);
	/* Backspace leads to the slow exits, and then out of the past. */
	show_paused(screen, &three, 4, 8);
	assert_int_equal(press(screen, KEY_CODE_BACKSPACE, 8).kind, WISH_NOTHING);
	assert_true(has(screen, "slow exits", 8));
	assert_int_equal(press(screen, KEY_CODE_BACKSPACE, 8).kind, WISH_LIVE);
	screen__free(screen);
}

/* One that is newer than the last frame is of the next one. */
static void a_new_slow_exit_is_live(void **state)
{
	struct screen *screen = open_screen(80, 24);
	struct wish wish;

	(void)state;
	show(screen, &three, 1);
	add_slow(screen, 2, 1);
	press(screen, '6', 1);
	wish = press(screen, KEY_CODE_ENTER, 1);
	assert_true(has(screen, "> a > vCPU 0", 1));
	assert_int_equal(wish.kind, WISH_NOTHING);
	/* In the past, the last that was measured is the nearest. */
	press(screen, KEY_CODE_BACKSPACE, 1);
	show_paused(screen, &three, 1, 1);
	wish = press(screen, KEY_CODE_ENTER, 1);
	assert_int_equal(wish.kind, WISH_SEEK);
	assert_int_equal(wish.wall_ns, end_of(1));
	screen__free(screen);
}

/* The VM is not there any more, and was then. */
static void a_slow_exit_of_an_ended_vm_leads_to_it(void **state)
{
	struct screen *screen = open_screen(80, 24);

	(void)state;
	for (unsigned int sec = 1; sec < 20; sec++) {
		show(screen, &three, sec);
		if (sec == 4)
			add_slow(screen, sec, 3);
	}
	press(screen, '6', 19);
	assert_int_equal(press(screen, KEY_CODE_ENTER, 19).kind, WISH_SEEK);
	assert_true(has(screen, "> c > vCPU 0", 19) && has(screen, "is not there", 19));
	show_paused(screen, &three, 4, 19);
	assert_false(has(screen, "is not there", 19));
	screen__free(screen);
}

static void without_a_past_it_is_now(void **state)
{
	const struct screen_time time = { .mode = SCREEN_LIVE, .interval_s = 1 };
	const struct screen_self self = { .cpu_pct = -1 };
	struct screen *screen = open_screen(80, 24);
	struct frame *frame = scene_frame(&three, 9);

	(void)state;
	assert_int_equal(screen__show(screen, frame, true, &time, &self), 0);
	frame__free(frame);
	add_slow(screen, 4, 1);
	press(screen, '6', 9);
	assert_int_equal(press(screen, KEY_CODE_ENTER, 9).kind, WISH_NOTHING);
	assert_true(has(screen, "> a > vCPU 0", 9) && has(screen, "no past is kept", 9));
	screen__free(screen);
}

/* VM "w" waits in the seconds 3 and 4 of 8. */
static void show_waiting(struct screen *screen)
{
	for (unsigned int sec = 1; sec < 9; sec++) {
		struct scene_vm vms[] = {
			{ "w", "q", 7, 2, 1000, { 90, 3, 0, 0, 7, 0 }, 0, 0 },
			{ "x", "q", 8, 2, 1000, { 90, 3, 0, 0, 7, 0 }, 0, 0 },
		};
		const struct scene scene = { vms, ARRAY_SIZE(vms), 1, .noise = 0 };

		if (sec == 3 || sec == 4) {
			vms[0].pct[0] = 50;
			vms[0].pct[5] = 40;
		}
		show(screen, &scene, sec);
	}
}

static void the_timeline_leads_to_the_last_mark(void **state)
{
	struct screen *screen = open_screen(80, 24);
	struct wish wish;

	(void)state;
	show_waiting(screen);
	press(screen, '7', 8);
	press(screen, KEY_CODE_DOWN, 8);
	while (strcmp(selected(screen, 8), "w") != 0)
		press(screen, KEY_CODE_DOWN, 8);
	wish = press(screen, KEY_CODE_ENTER, 8);
	assert_true(has(screen, "> w  pid 7", 8));
	assert_int_equal(wish.kind, WISH_SEEK);
	assert_int_equal(wish.wall_ns, end_of(4));
	screen__free(screen);
}

static void the_timeline_of_the_past_leads_to_what_is_shown(void **state)
{
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show_waiting(screen);
	press(screen, '7', 8);
	show_paused(screen, &three, 2, 8);
	assert_true(has(screen, "Enter: the VM at this time", 8) || has(screen, "before", 8) ||
		    has(screen, "ago", 8));
	assert_int_equal(press(screen, KEY_CODE_ENTER, 8).kind, WISH_NOTHING);
	screen__free(screen);
}

/* A VM that has never had a mark is shown as it is. */
static void the_timeline_without_marks_leads_to_now(void **state)
{
	static const struct scene plain = { three_vms, 3, 4, .noise = 0, .plain = true };
	struct screen *screen = open_screen(80, 24);

	(void)state;
	for (unsigned int sec = 1; sec < 5; sec++)
		show(screen, &plain, sec);
	press(screen, '7', 4);
	assert_int_equal(press(screen, KEY_CODE_ENTER, 4).kind, WISH_NOTHING);
	assert_true(has(screen, "> a  pid 1", 4));
	screen__free(screen);
}

/* A click selects, and the second one leads to the moment of its cell. */
static void a_click_in_the_timeline_is_a_time(void **state)
{
	struct screen *screen = open_screen(80, 24);
	struct wish wish;
	size_t row;

	(void)state;
	show_waiting(screen);
	press(screen, '7', 8);
	row = line_with(screen, "w  ", 8);
	screen__point(screen, row, strcspn(line(screen, row, 8) + 10, "!?") + 10);
	assert_int_equal(press(screen, KEY_CODE_CLICK, 8).kind, WISH_NOTHING);
	wish = press(screen, KEY_CODE_CLICK, 8);
	assert_true(has(screen, "> w  pid 7", 8));
	assert_int_equal(wish.kind, WISH_SEEK);
	assert_int_equal(wish.wall_ns, end_of(3));
	screen__free(screen);
}

/* ---- vCPUs below their VMs */

/* From top to bottom: what the rows are called. */
static void check_rows(struct screen *screen, unsigned int sec, const char *const *names)
{
	const size_t first = line_with(screen, "NAME", sec) + 1;

	for (size_t i = 0; names[i]; i++)
		if (!strstr(line(screen, first + i, sec), names[i]))
			fail_msg("row %zu is '%s', not '%s'", i, line(screen, first + i, sec),
				 names[i]);
}

/* The second VM has most from second 3 on, and is gone from second 6 on. */
static void show_pairs(struct screen *screen, unsigned int sec)
{
	struct scene_vm vms[] = {
		{ "aa", "q", 7, 2, 1000, { 90, 3, 0, 0, 7, 0 }, 0, 0 },
		{ "bb", "q", 8, 2, 1000, { 90, 1, 0, 0, 9, 0 }, 1, 5 },
	};
	const struct scene scene = { vms, ARRAY_SIZE(vms), 4, .noise = 0, .plain = true };

	if (sec >= 3) {
		vms[1].pct[1] = 9;
		vms[1].pct[4] = 1;
	}
	show(screen, &scene, sec);
}

static void vcpus_stand_below_their_vms(void **state)
{
	static const char *const without[] = { " aa ", " bb ", NULL };
	static const char *const with[] = { " aa ",   "vCPU 0", "vCPU 1", " bb ",
					    "vCPU 0", "vCPU 1", NULL };
	static const char *const swapped[] = { " bb ",	 "vCPU 0", "vCPU 1", " aa ",
					       "vCPU 0", "vCPU 1", NULL };
	static const char *const by_name[] = { " aa ", "vCPU 0", "vCPU 1", " bb ", NULL };
	struct screen *screen = open_screen(80, 24);

	(void)state;
	show_pairs(screen, 1);
	check_rows(screen, 1, without);
	press(screen, 'x', 1);
	assert_true(has(screen, "vCPUs: on", 1) && has(screen, "6 rows", 1));
	check_rows(screen, 1, with);
	/* They go where their VM goes. */
	show_pairs(screen, 3);
	check_rows(screen, 3, swapped);
	press(screen, 'o', 3);
	type(screen, "NAME", 3);
	press(screen, KEY_CODE_ENTER, 3);
	check_rows(screen, 3, by_name);
	press(screen, 'x', 3);
	assert_false(has(screen, "vCPU 0", 3));
	screen__free(screen);
}

/* What is selected stays, in an order that is held, too; Enter leads to it. */
static void a_vcpu_below_its_vm_is_selected_and_opened(void **state)
{
	static const char *const held[] = { " aa ",   "vCPU 0", "vCPU 1", " bb ",
					    "vCPU 0", "vCPU 1", NULL };
	struct screen *screen = open_screen(80, 24);
	size_t row;

	(void)state;
	show_pairs(screen, 1);
	press(screen, 'x', 1);
	for (int i = 0; i < 5; i++)
		press(screen, KEY_CODE_DOWN, 1);
	row = line_with(screen, ">", 1);
	show_pairs(screen, 3);
	check_rows(screen, 3, held);
	assert_int_equal(line_with(screen, ">", 3), row);
	press(screen, KEY_CODE_ENTER, 3);
	assert_true(has(screen, "> bb > vCPU 0  tid 12", 3));
	screen__free(screen);
}

/* The VM stays for a while when it has ended, its vCPUs do not. */
static void vcpus_end_with_their_vm(void **state)
{
	static const char *const ended[] = { "(ended) bb", " aa ", "vCPU 0", "vCPU 1", NULL };
	struct screen *screen = open_screen(80, 24);

	(void)state;
	press(screen, 'x', 1);
	for (unsigned int sec = 1; sec < 8; sec++)
		show_pairs(screen, sec);
	check_rows(screen, 7, ended);
	assert_true(has(screen, "4 rows", 7));
	screen__free(screen);
}

/* ---- trends that are compared */

/* The second vCPU has a tenth of the first one's exits. */
static void show_unlike(struct screen *screen, unsigned int sec)
{
	static const struct scene_vm vms[] = {
		{ "aa", "q", 7, 2, 1000, { 90, 3, 0, 0, 7, 0 }, 0, 0 },
	};
	const struct scene scene = { vms, ARRAY_SIZE(vms), 4, .noise = 0, .plain = true };
	struct frame *frame = scene_frame(&scene, sec);

	assert_non_null(frame);
	frame->vms[0].vcpus[1].exits.rate /= 10;
	assert_int_equal(scene_show_frame(screen, frame, sec), 0);
	frame__free(frame);
}

/* Those of a VM by one maximum; where they are of many VMs, each by its own. */
static void trends_of_a_vm_have_one_scale(void **state)
{
	struct screen *screen = open_screen(200, 40);
	size_t row;

	(void)state;
	for (unsigned int sec = 1; sec < 5; sec++)
		show_unlike(screen, sec);
	press(screen, KEY_CODE_ENTER, 4);
	row = line_with(screen, "VCPU ", 4);
	assert_non_null(strstr(line(screen, row + 1, 4), "\u2588\u2588\u2588\u2588  "));
	assert_non_null(strstr(line(screen, row + 2, 4), "\u2581\u2581\u2581\u2581  "));
	press(screen, KEY_CODE_BACKSPACE, 4);
	press(screen, '2', 4);
	row = line_with(screen, "VCPU ", 4);
	assert_non_null(strstr(line(screen, row + 2, 4), "\u2588\u2588\u2588\u2588  "));
	screen__free(screen);
}

/* ---- all VMs at a glance */

static void the_timeline_counts_findings_by_rule(void **state)
{
	struct screen *screen = open_screen(120, 24);

	(void)state;
	show(screen, &scene_full, 1);
	press(screen, '7', 1);
	assert_true(has(screen, "! R1 host is full: 2 VMs, 56.4 of 56 CPUs wanted   ", 1));
	assert_int_equal(screen__resize(screen, 40, 24), 0);
	assert_true(has(screen, "! R1: 2   ", 1));
	screen__free(screen);
	screen = open_screen(80, 24);
	show(screen, &three, 1);
	press(screen, '7', 1);
	assert_true(has(screen, "no VM has a finding now", 1));
	screen__free(screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_has_its_vms_and_vcpus),
		cmocka_unit_test(an_event_of_a_vm_says_whose_it_is),
		cmocka_unit_test(a_statistic_has_its_trend_and_meaning),
		cmocka_unit_test(what_never_happened_is_counted),
		cmocka_unit_test(a_histogram_is_opened_when_there_is_one),
		cmocka_unit_test(a_slow_exit_leads_to_its_time),
		cmocka_unit_test(a_new_slow_exit_is_live),
		cmocka_unit_test(a_slow_exit_of_an_ended_vm_leads_to_it),
		cmocka_unit_test(without_a_past_it_is_now),
		cmocka_unit_test(the_timeline_leads_to_the_last_mark),
		cmocka_unit_test(the_timeline_of_the_past_leads_to_what_is_shown),
		cmocka_unit_test(the_timeline_without_marks_leads_to_now),
		cmocka_unit_test(a_click_in_the_timeline_is_a_time),
		cmocka_unit_test(vcpus_stand_below_their_vms),
		cmocka_unit_test(a_vcpu_below_its_vm_is_selected_and_opened),
		cmocka_unit_test(vcpus_end_with_their_vm),
		cmocka_unit_test(trends_of_a_vm_have_one_scale),
		cmocka_unit_test(the_timeline_counts_findings_by_rule),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
