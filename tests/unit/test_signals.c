// SPDX-License-Identifier: GPL-2.0
/* How long a reader is waited for at the end: its own time counts, and not how long this machine stood still. */
#include "unit.h"

#include <signal.h>

#include "../../user/run/signals.h"

#define SECOND 1000000000ull

static int one_signal(void **state)
{
	(void)state;
	if (signals__take(false) || raise(SIGTERM))
		return -1;
	signals__look();
	return signals__count() != 1;
}

/* As if the last look had been so long ago. */
static bool look_after(struct ending *ending, uint64_t ns, uint64_t taken)
{
	ending->looked_ns -= ns;
	return ending__may_wait(ending, taken);
}

/* How often a tenth of a second is waited. */
static int looks_until_the_end(bool is_read)
{
	struct ending ending;
	uint64_t taken = 1;
	int looks = 0;

	ending__begin(&ending);
	assert_true(ending__may_wait(&ending, taken));
	while (look_after(&ending, 2 * ENDING_STEP_NS, taken)) {
		looks++;
		taken += is_read;
	}
	return looks;
}

static void slow_readers(void **state)
{
	(void)state;
	assert_int_equal(looks_until_the_end(false), 19); /* of 2 s */
	assert_int_equal(looks_until_the_end(true), 49);  /* of 5 s */
}

/* No reader could read while it did. */
static void a_machine_that_stands_still(void **state)
{
	struct ending ending;

	(void)state;
	ending__begin(&ending);
	assert_true(ending__may_wait(&ending, 0));
	for (int i = 0; i < 10; i++)
		assert_true(look_after(&ending, 100 * SECOND, 0));
}

/* The last frame took us long, and is handed over only now. */
static void time_before_the_first_look(void **state)
{
	struct ending ending;

	(void)state;
	ending__begin(&ending);
	assert_int_equal(ending.looked_ns, 0);
	assert_true(ending__may_wait(&ending, 0));
	assert_int_equal(ending.waited_ns, 0);
}

static void another_signal(void **state)
{
	struct ending ending;

	(void)state;
	ending__begin(&ending);
	assert_true(ending__may_wait(&ending, 0));
	ending.signals--;
	assert_false(ending__may_wait(&ending, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_readers),
		cmocka_unit_test(a_machine_that_stands_still),
		cmocka_unit_test(time_before_the_first_look),
		cmocka_unit_test(another_signal),
	};

	return cmocka_run_group_tests_name("signals", tests, one_signal, NULL);
}
