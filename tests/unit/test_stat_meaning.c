// SPDX-License-Identifier: GPL-2.0
/* stat_meaning: names are found, the first and the last one of the table, too; others are not. */
#include "unit.h"

#include "../../user/tui/stat_meaning.h"

static void known(void **state)
{
	static const char *const names[] = { "blocking",
					     "exits",
					     "halt_poll_fail_ns",
					     "insn_emulation",
					     "mmio_exit_user",
					     "nx_lpage_splits",
					     "pages_2m",
					     "pf_taken",
					     "remote_tlb_flush",
					     "tlb_flush",
					     "halt_attempted_poll",
					     "directed_yield_attempted" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!stat_meaning(names[i]))
			fail_msg("%s has no meaning", names[i]);
	assert_null(stat_meaning("exit"));
	assert_null(stat_meaning("exits2"));
	assert_null(stat_meaning(""));
	assert_null(stat_meaning("zzz"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
