// SPDX-License-Identifier: GPL-2.0
/* slow_log: it keeps the last ones, with copies of their texts. */
#include "unit.h"

#include "../../user/tui/slow_log.h"

static void last_ones(void **state)
{
	struct slow_log log = { .n = 0 };
	char name[200];

	(void)state;
	assert_int_equal(slow_log__count(&log), 0);
	for (uint64_t i = 0; i < SLOW_LOG_MAX + 5; i++) {
		struct slow_exit slow = { .ns = i, .name = name, .aliases = { name } };

		snprintf(name, sizeof(name), "vm%zu", (size_t)i);
		assert_int_equal(slow_log__add(&log, &slow, i), 0);
	}
	memset(name, 'x', sizeof(name) - 1);
	assert_int_equal(slow_log__count(&log), 0);
	assert_int_equal(slow_log__show(&log), 0);
	assert_int_equal(slow_log__count(&log), SLOW_LOG_MAX);
	assert_int_equal(slow_log__at(&log, 0)->slow.ns, SLOW_LOG_MAX + 4);
	assert_string_equal(slow_log__at(&log, 0)->slow.name, "vm1004");
	assert_int_equal(slow_log__at(&log, 0)->vm_key, SLOW_LOG_MAX + 4);
	assert_null(slow_log__at(&log, 0)->slow.reason);
	assert_null(slow_log__at(&log, 0)->slow.aliases[0]);
	assert_string_equal(slow_log__at(&log, SLOW_LOG_MAX - 1)->slow.name, "vm5");
	slow_log__release(&log);
	slow_log__release(&log);
}

static void add(struct slow_log *log, uint64_t from, uint64_t n)
{
	for (uint64_t i = from; i < from + n; i++) {
		const struct slow_exit slow = { .ns = i };

		assert_int_equal(slow_log__add(log, &slow, 0), 0);
	}
}

/* However many come, and then all of them are seen. */
static void what_is_shown_stays(void **state)
{
	struct slow_log log = { .n = 0 };

	(void)state;
	add(&log, 0, 3);
	assert_int_equal(slow_log__show(&log), 0);
	add(&log, 3, 2 * SLOW_LOG_MAX);
	assert_int_equal(slow_log__count(&log), 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(slow_log__at(&log, i)->slow.ns, 2 - i);
	assert_int_equal(slow_log__newer(&log), 2 * SLOW_LOG_MAX);
	assert_int_equal(slow_log__show(&log), 0);
	assert_int_equal(slow_log__newer(&log), 0);
	assert_int_equal(slow_log__count(&log), SLOW_LOG_MAX);
	for (size_t i = 0; i < SLOW_LOG_MAX; i++)
		assert_int_equal(slow_log__at(&log, i)->slow.ns, 2 * SLOW_LOG_MAX + 2 - i);
	slow_log__release(&log);
}

static void long_texts(void **state)
{
	struct slow_log log = { .n = 0 };
	char text[300];
	const struct slow_exit slow = { .comm = text, .reason = text, .about = text };

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(slow_log__add(&log, &slow, 0), 0);
	assert_int_equal(slow_log__show(&log), 0);
	assert_int_equal(slow_log__count(&log), 1);
	assert_int_equal(strlen(slow_log__at(&log, 0)->slow.about), SLOW_LOG_TEXT - 1);
	assert_null(slow_log__at(&log, 0)->slow.name);
	slow_log__release(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_ones),
		cmocka_unit_test(what_is_shown_stays),
		cmocka_unit_test(long_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
