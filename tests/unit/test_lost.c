// SPDX-License-Identifier: GPL-2.0
/* What a VM has lost, and that one that is stopped loses nothing. */
#include "rules_frame.h"

#include <math.h>

#include "../../user/model/lost.h"

static double lost_of_vm(const struct test_frame *t)
{
	double cpus;

	assert_true(lost_cpus_of_vm(&t->vms[0], &cpus));
	return cpus;
}

static double lost_of_vcpu(const struct test_frame *t)
{
	double cpus;

	assert_true(lost_cpus_of_vcpu(&t->vms[0], &t->vcpus[0], &cpus));
	return cpus;
}

static void is_lost(const struct test_frame *t, double share, bool stopped)
{
	assert_int_equal(vm_is_stopped(&t->vms[0]), stopped);
	assert_true(fabs(lost_of_vm(t) - share * TEST_VCPUS) < 1e-6);
	assert_true(fabs(lost_of_vcpu(t) - share) < 1e-6);
}

static void one_that_is_stopped_loses_nothing(void **state)
{
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_VMM, 100);
	is_lost(&t, 0, true);
	assert_non_null(finding_of(diagnose(&t), RULE_R23));
	/* what waits for a CPU meanwhile is another matter */
	set_share(&t, STATE_VMM, 99);
	set_share(&t, STATE_RUN_DELAY, 1);
	is_lost(&t, 0.01, true);
	/* it runs now and then */
	set_share(&t, STATE_VMM, 98.5);
	is_lost(&t, 0.995, false);
	assert_null(finding_of(diagnose(&t), RULE_R23));
	set_share(&t, STATE_VMM, 99.5);
	add_exits(&t, SVM_IOIO, 1, 1000);
	is_lost(&t, 1.005, false);
	assert_null(finding_of(diagnose(&t), RULE_R23));
	test_frame__done(&t);
}

static void nor_does_one_that_is_held(void **state)
{
	static const enum vcpu_held held[] = { HELD_STOPPED, HELD_FROZEN };
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_VMM, 60);
	for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
		t.vms[0].held = held[i];
		is_lost(&t, 0, true);
		assert_non_null(finding_of(diagnose(&t), RULE_R23));
	}
	t.vms[0].held = HELD_NOT;
	is_lost(&t, 0.6, false);
	test_frame__done(&t);
}

/* Without exits it is not known whether it had some. */
static void what_is_not_known_is_not_stopped(void **state)
{
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_VMM, 100);
	t.vms[0].exits.delta_valid = false;
	is_lost(&t, 1, false);
	t.vms[0].exits.delta_valid = true;
	t.vms[0].shares.valid = false;
	assert_false(vm_is_stopped(&t.vms[0]));
	test_frame__done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_stopped_loses_nothing),
		cmocka_unit_test(nor_does_one_that_is_held),
		cmocka_unit_test(what_is_not_known_is_not_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
