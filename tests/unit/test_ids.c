// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <limits.h>

#include "../../user/arch/x86.h"
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

static void check_id(int vm_fd, const char *want)
{
	char id[VM_ID_SIZE];

	vm_id(3111, vm_fd, id);
	assert_string_equal(id, want);
}

static void ids_of_vms(void **state)
{
	(void)state;
	check_id(4, "3111-4");
	check_id(INT_MAX, "3111-2147483647");
	check_id(-1, "3111-?");
	check_id(-2, "3111-?2");
	check_id(INT_MIN, "3111-?2147483648"); /* a recording may have anything */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_of_vms),
		cmocka_unit_test(every_id_has_a_name),
		cmocka_unit_test(isa_names),
	};

	return cmocka_run_group_tests_name("ids", tests, NULL, NULL);
}
