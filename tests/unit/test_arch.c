// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <string.h>

#include "../../user/arch/arch.h"
#include "../../user/arch/x86.h"

static const char *find_name(const struct arch_reason *reasons, uint64_t code)
{
	for (; reasons->name; reasons++)
		if (reasons->code == code)
			return reasons->name;
	return NULL;
}

static void every_isa_is_whole(void **state)
{
	const struct arch_isa *isa;

	(void)state;
	for (size_t i = 0; (isa = arch_isa_at(i)); i++) {
		assert_ptr_equal(arch_isa(isa->number), isa);
		assert_non_null(arch_of(isa->number));
		assert_non_null(isa->name);
		assert_non_null(isa->module);
		assert_non_null(isa->vcpu_struct);
		assert_int_equal(isa->handled_mask & isa->reason_mask, isa->reason_mask);
		assert_non_null(find_name(isa->names, isa->halt));
		assert_non_null(find_name(isa->constants, isa->halt));
	}
	assert_null(arch_isa(0));
	assert_null(arch_isa(3));
	assert_null(arch_of(3));
	assert_non_null(arch_here());
}

static void numbers_are_the_kernels(void **state)
{
	(void)state;
	assert_int_equal(ISA_VMX, 1);
	assert_int_equal(ISA_SVM, 2);
	assert_ptr_equal(arch_of(ISA_VMX), arch_of(ISA_SVM));
}

static void flags_are_not_the_reason(void **state)
{
	(void)state;
	assert_int_equal(arch_reason_of(ISA_VMX, 0x80000021), 0x21);
	assert_int_equal(arch_flags_of(ISA_VMX, 0x80000021), 0x80000000);
	assert_int_equal(arch_reason_of(ISA_SVM, 0x80000001), 0x80000001);
	assert_int_equal(arch_reason_of(ISA_SVM, (uint64_t)-1), UINT32_MAX);
	assert_int_equal(arch_flags_of(ISA_SVM, 0x80000001), 0);
	assert_int_equal(arch_reason_of(3, UINT64_MAX), UINT64_MAX);
	assert_int_equal(arch_flags_of(3, UINT64_MAX), 0);
}

/* An entry that failed is of its reason, and is not counted as such. */
static void failed_entries_are_not_handled(void **state)
{
	uint64_t failed = 0x80000000u | 12;

	(void)state;
	assert_int_equal(arch_reason_of(ISA_VMX, failed), 12);
	assert_int_not_equal(arch_isa(ISA_VMX)->handled_mask & failed, 12);
	assert_int_equal(arch_isa(ISA_VMX)->handled_mask & (0x08000000u | 12), 12);
}

static void halts(void **state)
{
	(void)state;
	assert_string_equal(find_name(arch_isa(ISA_VMX)->constants, 12), "HLT");
	assert_string_equal(find_name(arch_isa(ISA_SVM)->constants, 0x78), "HLT");
	assert_true(arch_is_halt(ISA_VMX, 12));
	assert_true(arch_is_halt(ISA_VMX, 0x08000000u | 12));
	assert_true(arch_is_halt(ISA_SVM, 0x78));
	assert_false(arch_is_halt(ISA_SVM, 12));
	assert_false(arch_is_halt(3, 12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_isa_is_whole),
		cmocka_unit_test(numbers_are_the_kernels),
		cmocka_unit_test(flags_are_not_the_reason),
		cmocka_unit_test(failed_entries_are_not_handled),
		cmocka_unit_test(halts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
