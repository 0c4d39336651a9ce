// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "../../user/model/ids.h"

static void every_id_has_a_name(void **state)
{
	(void)state;
	for (enum drop_cause i = 0; i < DROP_CAUSE_MAX; i++)
		assert_non_null(drop_cause_name(i));
	for (enum source_id i = 0; i < SOURCE_ID_MAX; i++)
		assert_non_null(source_id_name(i));
	for (enum stats_source i = 0; i < STATS_SOURCE_MAX; i++)
		assert_non_null(stats_source_name(i));
	assert_null(drop_cause_name(DROP_CAUSE_MAX));
	assert_null(stats_source_name(STATS_SOURCE_MAX));
	assert_string_equal(stats_source_name(STATS_ITERATOR), "iterator");
	assert_null(source_id_name(SOURCE_ID_MAX));
	assert_string_equal(drop_cause_name(DROP_MAP_FULL), "map_full");
	assert_string_equal(source_id_name(SOURCE_DEBUGFS), "debugfs");
}

static void isa_names(void **state)
{
	(void)state;
	assert_string_equal(isa_name(ISA_VMX), "vmx");
	assert_string_equal(isa_name(ISA_SVM), "svm");
	assert_string_equal(isa_name(ISA_USER), "user");
	assert_null(isa_name(0));
	assert_null(isa_name(3));
}

static void wanted_ids(void **state)
{
	const uint32_t ids[] = { 3, 0 };

	(void)state;
	assert_true(is_id_wanted(NULL, 0, 7));
	assert_true(is_id_wanted(ids, 2, 0));
	assert_true(is_id_wanted(ids, 2, 3));
	assert_false(is_id_wanted(ids, 2, 7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_id_has_a_name),
		cmocka_unit_test(isa_names),
		cmocka_unit_test(wanted_ids),
	};

	return cmocka_run_group_tests_name("ids", tests, NULL, NULL);
}
