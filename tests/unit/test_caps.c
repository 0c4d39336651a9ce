// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "../../user/base/caps.h"

static void list(void **state)
{
	char buf[64];

	(void)state;
	assert_string_equal(caps_list(0, buf, sizeof(buf)), "none");
	assert_string_equal(caps_list(CAP_BIT(CAP_BPF), buf, sizeof(buf)), "CAP_BPF");
	assert_string_equal(caps_list(CAP_BIT(CAP_PERFMON) | CAP_BIT(CAP_BPF), buf, sizeof(buf)),
			    "CAP_BPF, CAP_PERFMON");
	assert_string_equal(caps_list(~0ull, buf, 24), "CAP_SYS_PTRACE, CAP_DAC");
}

/* Not by the user id: root without capabilities lacks all. */
static void missing(void **state)
{
	const uint64_t wanted = CAP_BIT(CAP_SYS_PTRACE) | CAP_BIT(CAP_BPF) | CAP_BIT(CAP_PERFMON);
	struct caps before, caps;

	(void)state;
	assert_int_equal(caps__get(&before), 0);
	assert_int_equal(caps_missing(0), 0);
	caps = before;
	caps.effective = 0;
	assert_int_equal(caps__set(&caps), 0);
	assert_int_equal(caps_missing(wanted), wanted);
	caps.effective = before.permitted & (wanted | CAP_BIT(CAP_SYS_ADMIN));
	assert_int_equal(caps__set(&caps), 0);
	if (caps.effective & CAP_BIT(CAP_SYS_ADMIN)) /* which stands in for two of them */
		assert_int_equal(caps_missing(wanted), CAP_BIT(CAP_SYS_PTRACE) & ~caps.effective);
	else
		assert_int_equal(caps_missing(wanted), wanted & ~caps.effective);
	assert_int_equal(caps__set(&before), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list),
		cmocka_unit_test(missing),
	};

	return cmocka_run_group_tests_name("caps", tests, NULL, NULL);
}
