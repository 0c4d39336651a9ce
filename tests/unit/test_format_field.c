// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <errno.h>

#include "../../user/model/format_field.h"

static const char text[] = "name: kvm_exit\n"
			   "format:\n"
			   "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			   "\n"
			   "\tfield:unsigned int exit_reason;\toffset:8;\tsize:4;\tsigned:0;\n"
			   "\tfield:u64 requests;\toffset:64;\tsize:8;\tsigned:0;\n"
			   "\tfield:u32 none;\toffset:x;\tsize:8;\tsigned:0;\n"
			   "\tfield:u32 far;\toffset:65535;\tsize:2;\tsigned:0;\n"
			   "\tfield:u32 empty;\toffset:8;\tsize:0;\tsigned:0;\n"
			   "\nprint fmt: \"field:u32 isa;\\toffset:1;\", REC->exit_reason\n"
			   "\tfield:u32 cut";

static void finds_fields(void **state)
{
	struct format_field field;

	(void)state;
	assert_int_equal(format_field_find(text, "exit_reason", &field), 0);
	assert_int_equal(field.offset, 8);
	assert_int_equal(field.size, 4);
	assert_int_equal(format_field_find(text, "requests", &field), 0);
	assert_int_equal(field.offset, 64);
	assert_int_equal(field.size, 8);
}

static void refuses_what_is_not_there_or_no_number(void **state)
{
	struct format_field field;

	(void)state;
	assert_int_equal(format_field_find(text, "reason", &field), -ENOENT);
	assert_int_equal(format_field_find(text, "isa", &field), -ENOENT);
	assert_int_equal(format_field_find(text, "cut", &field), -ENOENT);
	assert_int_equal(format_field_find("", "isa", &field), -ENOENT);
	assert_int_equal(format_field_find(text, "none", &field), -EINVAL);
	assert_int_equal(format_field_find(text, "far", &field), -EINVAL);
	assert_int_equal(format_field_find(text, "empty", &field), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_fields),
		cmocka_unit_test(refuses_what_is_not_there_or_no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
