// SPDX-License-Identifier: GPL-2.0
/* record_fields: where a program on a classic tracepoint finds its fields. */
#include "unit.h"

#include <errno.h>

#include "../../user/sources/bpf/record_fields.h"

static const struct record_field wakeup[KVMTOP_RECORD_FIELDS] = { { "ns", { 8, 8 } },
								  { "waited", { 16, 1 } } };

static const struct record_field exit_fields[KVMTOP_RECORD_FIELDS] = {
	{ "exit_reason", { 8, 4 } }, { "guest_rip", { 16, 8 } }, { "isa", { 24, 4 } },
	{ "info1", { 32, 8 } },	     { "info2", { 40, 8 } },
};

#define COMMON                                                                 \
	"name: kvm_x\nformat:\n"                                               \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"

/* What PREEMPT_RT up to 6.1 has behind it. */
#define COMMON_RT                                                                       \
	COMMON "\tfield:unsigned char common_preempt_lazy_count;\toffset:8;\tsize:1;\t" \
	       "signed:0;\n"

static void usual_place(void **state)
{
	struct kvmtop_record record;

	(void)state;
	assert_int_equal(
		record_fields_parse(COMMON "\tfield:__u64 ns;\toffset:8;\tsize:8;\tsigned:0;\n"
					   "\tfield:bool waited;\toffset:16;\tsize:1;\tsigned:0;\n",
				    wakeup, &record),
		0);
	assert_int_equal(record.relocated, 0);
}

static void other_common_header(void **state)
{
	struct kvmtop_record record;

	(void)state;
	assert_int_equal(
		record_fields_parse(
			COMMON_RT
			"\tfield:unsigned int exit_reason;\toffset:12;\tsize:4;\tsigned:0;\n"
			"\tfield:unsigned long guest_rip;\toffset:24;\tsize:8;\tsigned:0;\n"
			"\tfield:u32 isa;\toffset:32;\tsize:4;\tsigned:0;\n"
			"\tfield:u64 info1;\toffset:40;\tsize:8;\tsigned:0;\n"
			"\tfield:u64 info2;\toffset:48;\tsize:8;\tsigned:0;\n",
			exit_fields, &record),
		0);
	assert_int_equal(record.relocated, 1);
	assert_int_equal(record.field[0].offset, 12);
	assert_int_equal(record.field[0].size, 4);
	assert_int_equal(record.field[1].offset, 24);
	assert_int_equal(record.field[1].size, 8);
	assert_int_equal(record.field[4].offset, 48);
}

/* One field is elsewhere, or is wider: all are read by their place. */
static void one_field(void **state)
{
	struct kvmtop_record record;

	(void)state;
	assert_int_equal(
		record_fields_parse(COMMON "\tfield:__u64 ns;\toffset:8;\tsize:8;\tsigned:0;\n"
					   "\tfield:bool waited;\toffset:17;\tsize:1;\tsigned:0;\n",
				    wakeup, &record),
		0);
	assert_int_equal(record.relocated, 1);
	assert_int_equal(record.field[0].offset, 8);
	assert_int_equal(record.field[1].offset, 17);
	assert_int_equal(
		record_fields_parse(COMMON "\tfield:__u64 ns;\toffset:8;\tsize:8;\tsigned:0;\n"
					   "\tfield:int waited;\toffset:16;\tsize:4;\tsigned:0;\n",
				    wakeup, &record),
		0);
	assert_int_equal(record.relocated, 1);
	assert_int_equal(record.field[1].size, 4);
}

static void not_there(void **state)
{
	struct kvmtop_record record = { .relocated = 7 };

	(void)state;
	assert_int_equal(record_fields_parse(COMMON
					     "\tfield:__u64 ns;\toffset:8;\tsize:8;\tsigned:0;\n",
					     wakeup, &record),
			 -ENOENT);
	/* More than a program has room for. */
	assert_int_equal(
		record_fields_parse(COMMON "\tfield:__u64 ns;\toffset:8;\tsize:16;\tsigned:0;\n"
					   "\tfield:bool waited;\toffset:24;\tsize:1;\tsigned:0;\n",
				    wakeup, &record),
		-EINVAL);
	assert_int_equal(record.relocated, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_place),
		cmocka_unit_test(other_common_header),
		cmocka_unit_test(one_field),
		cmocka_unit_test(not_there),
	};

	return cmocka_run_group_tests_name("record_fields", tests, NULL, NULL);
}
