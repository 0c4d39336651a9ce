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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_has_its_vms_and_vcpus),
		cmocka_unit_test(an_event_of_a_vm_says_whose_it_is),
		cmocka_unit_test(a_statistic_has_its_trend_and_meaning),
		cmocka_unit_test(what_never_happened_is_counted),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
