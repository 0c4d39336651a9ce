// SPDX-License-Identifier: GPL-2.0
/* What --features says first: what works, and the first thing that is in the way of what does not. */
#include <stdio.h>
#include <string.h>

#include "sources/features_summary.h"
#include "unit.h"

static struct feature lines[ABILITY_MAX];

static void refuse(struct features *features, int id, const char *why)
{
	features->v[id].ok = false;
	snprintf(features->v[id].why, sizeof(features->v[id].why), "%s", why);
}

static struct features all_works(void)
{
	struct features features = { 0 };

	for (int id = 0; id < FEATURE_MAX; id++)
		features.v[id] = (struct feature){ .ok = true, .why = "works" };
	return features;
}

static void all_is_there(void **state)
{
	struct features features = all_works();

	(void)state;
	features_summary(&features, NULL, true, lines);
	for (int id = 0; id < ABILITY_MAX; id++) {
		assert_non_null(ability_name((enum ability_id)id));
		assert_true(lines[id].ok);
		assert_true(*lines[id].why);
	}
	assert_null(ability_name(ABILITY_MAX));
}

/* Times and details are counted, too. */
static void counting_says_what_to_do(void **state)
{
	struct features features = all_works();

	(void)state;
	refuse(&features, FEATURE_KVM, "not loaded: modprobe kvm-x");
	features_summary(&features, NULL, true, lines);
	assert_false(lines[ABILITY_COUNTING].ok);
	assert_string_equal(lines[ABILITY_COUNTING].why, "not loaded: modprobe kvm-x");
	assert_false(lines[ABILITY_TIMES].ok);
	assert_false(lines[ABILITY_DETAIL].ok);
	assert_string_equal(lines[ABILITY_TIMES].why, "needs counting (above)");
	assert_true(lines[ABILITY_STATISTICS].ok);
}

/* Rights are named once. */
static void rights_are_named_once(void **state)
{
	struct features features = all_works();

	(void)state;
	refuse(&features, FEATURE_CAPS, "missing CAP_X: run it as root");
	features_summary(&features, "no iterator", true, lines);
	assert_string_equal(lines[ABILITY_COUNTING].why, "missing CAP_X: run it as root");
	assert_string_equal(lines[ABILITY_STATISTICS].why, "needs the rights of counting (above)");
}

static void no_exit_path(void **state)
{
	struct features features = all_works();

	(void)state;
	refuse(&features, FEATURE_PATH, "none works here");
	features_summary(&features, NULL, true, lines);
	assert_false(lines[ABILITY_COUNTING].ok);
	assert_non_null(strstr(lines[ABILITY_COUNTING].why, "--features -v"));
	refuse(&features, FEATURE_LOCKDOWN, "lockdown=confidentiality");
	features_summary(&features, NULL, true, lines);
	assert_non_null(strstr(lines[ABILITY_COUNTING].why, "needs Linux 6.2"));
}

static void each_has_its_own_reason(void **state)
{
	struct features features = all_works();

	(void)state;
	refuse(&features, FEATURE_TRACEFS, "empty");
	refuse(&features, FEATURE_OTHERS, "missing CAP_X");
	refuse(&features, FEATURE_LOCKDOWN, "lockdown=confidentiality");
	features_summary(&features, "no way to read them", false, lines);
	assert_true(lines[ABILITY_COUNTING].ok);
	assert_true(lines[ABILITY_DETAIL].ok);
	assert_non_null(strstr(lines[ABILITY_DETAIL].why, "not all keys"));
	assert_string_equal(lines[ABILITY_NAMES].why, "tracefs: empty");
	assert_string_equal(lines[ABILITY_OTHERS].why, "missing CAP_X");
	assert_string_equal(lines[ABILITY_STATISTICS].why, "no way to read them");
	assert_false(lines[ABILITY_STATISTICS].ok);
	assert_false(lines[ABILITY_SERVICES].ok);
	assert_non_null(strstr(lines[ABILITY_SERVICES].why, "make install"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_there),
		cmocka_unit_test(counting_says_what_to_do),
		cmocka_unit_test(rights_are_named_once),
		cmocka_unit_test(no_exit_path),
		cmocka_unit_test(each_has_its_own_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
