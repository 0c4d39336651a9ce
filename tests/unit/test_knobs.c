// SPDX-License-Identifier: GPL-2.0
/* knobs: the options of a build for tests, which this test is linked with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../user/base/cleanup.h"
#include "../../user/options/options.h"
#include "command_line.h"

static void test_defaults(void **state)
{
	static const struct test_knobs none;
	char line[] = "";
	struct options *o = accept_line(line);

	(void)state;
	assert_memory_equal(&o->knobs, &none, sizeof(none));
	options__free(o);
}

static void test_all_given(void **state)
{
	char line[] =
		"--exit-path classic --stats-source iterator --slots 3 --hists 4 --lose-one-in 5 "
		"--detail-keys 6 --relocated-records --switch-at 3=detail:page";
	struct options *o = accept_line(line);

	(void)state;
	assert_int_equal(o->knobs.exit_path, EXIT_PATH_CLASSIC);
	assert_int_equal(o->knobs.stats_source, STATS_ITERATOR);
	assert_int_equal(o->knobs.n_slots, 3);
	assert_int_equal(o->knobs.n_hists, 4);
	assert_int_equal(o->knobs.lose_one_in, 5);
	assert_int_equal(o->knobs.detail_keys, 6);
	assert_true(o->knobs.relocated_records);
	assert_string_equal(o->knobs.switch_at, "3=detail:page");
	options__free(o);
}

static void test_refused(void **state)
{
	static const char *const refused[][2] = {
		{ "--exit-path foo", "classic" },
		{ "--stats-source foo", "debugfs" },
		{ "--slots 0", "--slots 0" },
		{ "--hists x", "--hists x" },
		{ "--lose-one-in 0", "whole number" },
		{ "--detail-keys 0", "--detail-keys" },
		{ "--detail-keys 1048577", "whole number" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		refuse(refused[i][0], refused[i][1]);
}

/* They are in --help of this build, under a title of their own. */
static void test_help(void **state)
{
	char line[] = "-h";
	struct options *options = NULL;
	int ret;
	char *text = parse_line(line, STDOUT_FILENO, &options, &ret);

	(void)state;
	assert_int_equal(ret, 1);
	assert_non_null(strstr(text, "For tests:"));
	assert_non_null(strstr(text, "--lose-one-in=N"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_all_given),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests_name("knobs", tests, NULL, NULL);
}
