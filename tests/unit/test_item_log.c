// SPDX-License-Identifier: GPL-2.0
#include "item_frames.h"

#include <time.h>

#include "../../user/sinks/item_log.h"

static void assert_text(char *text, const char *expected)
{
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void log_csv(void **state)
{
	__autofeed struct item_feed *feed =
		new_feed((struct asked){ .tracepoints = true, .fields = "kvm_exit", .isa = 0 });
	const struct item_log_opts opts = { .csv = true, .skip_zero = true };
	struct item_log *log = item_log__new(&opts);
	const struct timespec wall = { 1769850487, 0 };
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1);

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	item_feed__take(feed, &frame);
	assert_int_equal(item_log__take_columns(log, feed->rows), 0);
	assert_text(item_log__header(log), "timestamp,kvm_exit\n");
	assert_text(item_log__row(log, feed->rows, &wall), ""); /* nothing happened */
	set_reasons(&vm, &p, 10, 0);
	item_feed__take(feed, &frame);
	assert_int_equal(item_log__has_new(log, feed->rows), 1);
	assert_text(item_log__row(log, feed->rows, &wall), "2026-01-31 09:08:07,16\n");
	assert_int_equal(item_log__take_columns(log, feed->rows), 0);
	assert_int_equal(item_log__has_new(log, feed->rows), 0);
	assert_text(item_log__header(log),
		    "timestamp,kvm_exit,kvm_exit(1279),kvm_exit(CPUID),kvm_exit(HLT)\n");
	item_log__free(log);
}

/* Another run of a recording may lack an event: then its column is unknown, and the others stay where they are. */
static void log_fewer(void **state)
{
	__autofeed struct item_feed *both = new_feed(
		(struct asked){ .tracepoints = true, .fields = "kvm_exit$|kvm_userspace_exit$" });
	__autofeed struct item_feed *one =
		new_feed((struct asked){ .tracepoints = true, .fields = "kvm_userspace_exit$" });
	const struct item_log_opts opts = { .csv = true };
	struct item_log *log = item_log__new(&opts);
	const struct timespec wall = { 1769850487, 0 };
	struct frame frame = frame_of(NULL, 0), next = frame_of(NULL, 0);

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	item_feed__take(both, &frame);
	item_feed__take(one, &next);
	assert_int_equal(item_log__take_columns(log, one->rows), 0);
	assert_int_equal(item_log__has_new(log, both->rows), 1);
	assert_text(item_log__row(log, both->rows, &wall), "2026-01-31 09:08:07,0\n");
	assert_int_equal(item_log__take_columns(log, both->rows), 0);
	assert_int_equal(item_log__has_new(log, one->rows), 0);
	assert_text(item_log__row(log, one->rows, &wall), "2026-01-31 09:08:07,,0\n");
	item_log__free(log);
}

/* An exit that another run had has not happened in this one; the statistics of another run are not known. */
static void log_children(void **state)
{
	struct asked asked = { .tracepoints = true, .stats = true, .fields = "kvm_exit|exits" };
	__autofeed struct item_feed *first = new_feed(asked), *second = new_feed(asked);
	const struct item_log_opts csv_opts = { .csv = true }, opts = { 0 };
	struct item_log *csv = item_log__new(&csv_opts), *log = item_log__new(&opts);
	const struct timespec wall = { 1769850487, 0 };
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1), next = frame_of(NULL, 0);

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	set_reasons(&vm, &p, 10, 0);
	set_stats(&vm, &p, 4, 4);
	item_feed__take(first, &frame);
	next.vm_layout = NULL;
	item_feed__take(second, &next);
	assert_int_equal(item_log__take_columns(csv, first->rows), 0);
	assert_int_equal(item_log__take_columns(log, first->rows), 0);
	assert_text(item_log__header(csv),
		    "timestamp,exits,kvm_exit,kvm_exit(1279),kvm_exit(CPUID),kvm_exit(HLT)\n");
	assert_text(item_log__row(csv, first->rows, &wall), "2026-01-31 09:08:07,4,16,1,5,10\n");
	assert_text(item_log__row(csv, second->rows, &wall), "2026-01-31 09:08:07,,0,0,0,0\n");
	assert_text(item_log__row(log, second->rows, &wall),
		    "2026-01-31 09:08:07         -         0         0         0         0\n");
	item_log__free(csv);
	item_log__free(log);
}

/* A header every 20 rows, and not above the first: that is written when a file is opened. */
static void log_std(void **state)
{
	__autofeed struct item_feed *feed = new_feed((struct asked){
		.tracepoints = true, .fields = "kvm_exit$|kvm_pio|kvm_userspace_exit$" });
	const struct item_log_opts opts = { 0 };
	struct item_log *log = item_log__new(&opts);
	const struct timespec wall = { 1769850487, 0 };
	const char *row = "2026-01-31 09:08:07         0         -         0\n";
	const char *header = "kvm_exit kvm_pio kvm_userspace_exit \n";
	struct frame frame = frame_of(NULL, 0);

	(void)state;
	item_feed__take(feed, &frame);
	assert_int_equal(item_log__take_columns(log, feed->rows), 0);
	assert_text(item_log__header(log), header);
	for (int i = 0; i < 45; i++) {
		char expected[256];

		snprintf(expected, sizeof(expected), "%s%s", i && !(i % 20) ? header : "", row);
		assert_text(item_log__row(log, feed->rows, &wall), expected);
	}
	item_log__free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_csv),
		cmocka_unit_test(log_fewer),
		cmocka_unit_test(log_std),
		cmocka_unit_test(log_children),
	};

	return cmocka_run_group_tests_name("item_log", tests, make_names, free_names);
}
