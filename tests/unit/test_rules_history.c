// SPDX-License-Identifier: GPL-2.0
/* When a finding comes and goes. */
#include "rules_frame.h"

#include "../../user/model/rules_history.h"
#include "../../user/model/rules_table.h"

/* A host of one VM, whose rule R9 is as strong in each frame as is said; of vCPU 0 if @of_vcpu. */
struct damped {
	struct rules_history *history;
	struct test_frame t;
	bool of_vcpu;
};

static void begin(struct damped *d, double seconds)
{
	*d = (struct damped){ .history = rules_history__new(0) };
	test_frame__init(&d->t, seconds);
}

static void end(struct damped *d)
{
	rules_history__free(d->history);
	test_frame__done(&d->t);
}

/* A further frame. Returns what is shown: 0 nothing, 1 a finding, 2 one that is fading. */
static int next(struct damped *d, double strength)
{
	struct finding finding = {
		.rule = RULE_R9,
		.vm = &d->t.vms[0],
		.vcpu = d->of_vcpu ? &d->t.vcpus[0] : NULL,
		.strength = strength,
		.cost_pct = 5 * strength,
	};
	__autofree struct finding *shown = NULL;
	size_t n;

	assert_int_equal(rules_history__take(d->history, d->t.frame, &finding, strength >= 0.8,
					     &shown, &n),
			 0);
	assert_true(n <= 1);
	if (n)
		assert_ptr_equal(shown[0].vm, &d->t.vms[0]);
	return n ? 1 + shown[0].fading : 0;
}

static void comes_after_three_of_five(void **state)
{
	struct damped d;

	(void)state;
	begin(&d, 1);
	assert_int_equal(next(&d, 2), 0); /* the VM's first */
	assert_int_equal(next(&d, 2), 0);
	assert_int_equal(next(&d, 0), 0);
	assert_int_equal(next(&d, 2), 0);
	assert_int_equal(next(&d, 0.9), 0);
	assert_int_equal(next(&d, 2), 1);
	end(&d);
}

static void two_of_five_are_too_few(void **state)
{
	struct damped d;

	(void)state;
	begin(&d, 1);
	next(&d, 0);
	for (int i = 0; i < 20; i++)
		assert_int_equal(next(&d, i % 5 < 2 ? 2 : 0), 0);
	end(&d);
}

static void takes_three_seconds(void **state)
{
	struct damped d;

	(void)state;
	begin(&d, 0.5);
	next(&d, 2);
	for (int i = 0; i < 5; i++)
		assert_int_equal(next(&d, 2), 0);
	assert_int_equal(next(&d, 2), 1);
	end(&d);
}

static void goes_after_five_below(void **state)
{
	struct damped d;

	(void)state;
	begin(&d, 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(next(&d, 1), 0);
	assert_int_equal(next(&d, 1), 1);
	for (int i = 0; i < 20; i++)
		assert_int_equal(next(&d, 0.8), 1); /* below its limit, and above 80 % of it */
	for (int i = 0; i < 4; i++)
		assert_int_equal(next(&d, 0), 2);
	assert_int_equal(next(&d, 0.8), 1);
	for (int i = 0; i < 4; i++)
		assert_int_equal(next(&d, 0), 2);
	assert_int_equal(next(&d, 0), 0);
	/* and comes as a new one does */
	assert_int_equal(next(&d, 1), 0);
	end(&d);
}

static void a_vm_that_ends_is_forgotten(void **state)
{
	struct damped d;

	(void)state;
	begin(&d, 1);
	for (int i = 0; i < 4; i++)
		next(&d, 1);
	d.t.vms[0].ended = true;
	assert_int_equal(next(&d, 1), 0);
	d.t.vms[0].ended = false;
	d.t.frame->n_vms = 0;
	assert_int_equal(next(&d, 0), 0);
	d.t.frame->n_vms = 2;
	for (int i = 0; i < 3; i++)
		assert_int_equal(next(&d, 1), 0);
	assert_int_equal(next(&d, 1), 1);
	end(&d);
}

static void another_vm_is_another(void **state)
{
	struct damped d;

	(void)state;
	begin(&d, 1);
	for (int i = 0; i < 4; i++)
		next(&d, 1);
	d.t.vms[0].key = 99;
	assert_int_equal(next(&d, 1), 0);
	end(&d);
}

static void a_reset_forgets_all(void **state)
{
	struct damped d;

	(void)state;
	begin(&d, 1);
	for (int i = 0; i < 4; i++)
		next(&d, 1);
	rules_history__reset(d.history);
	for (int i = 0; i < 3; i++)
		assert_int_equal(next(&d, 1), 0);
	assert_int_equal(next(&d, 1), 1);
	end(&d);
}

/* What is fading points to the vCPU of the frame; one that is gone takes it along. */
static void a_vcpu_that_goes(void **state)
{
	struct damped d;

	(void)state;
	begin(&d, 1);
	d.of_vcpu = true;
	for (int i = 0; i < 4; i++)
		next(&d, 1);
	assert_int_equal(next(&d, 0), 2);
	d.t.vcpus[0].vcpu_id = 77;
	assert_int_equal(next(&d, 0), 0);
	end(&d);
}

/* It is not strong enough to come, and not weak enough to go: it goes all the same. */
static void nearly_is_not_for_ever(void **state)
{
	struct damped d;

	(void)state;
	begin(&d, 1);
	for (int i = 0; i < 6; i++)
		next(&d, 2);
	for (int i = 0; i < RULES_HISTORY_FRAMES - 1; i++)
		assert_int_equal(next(&d, 0.9), 1);
	assert_int_equal(next(&d, 0.9), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(next(&d, 2), 0);
	assert_int_equal(next(&d, 2), 1);
	end(&d);
}

static void no_rule_takes_longer_than_the_past_is_looked_at(void **state)
{
	(void)state;
	for (unsigned int id = 0; id < RULE_ID_MAX; id++)
		if (rule_of(id))
			assert_true(rule_of(id)->seconds <= RULES_HISTORY_LONGEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_after_three_of_five),
		cmocka_unit_test(two_of_five_are_too_few),
		cmocka_unit_test(takes_three_seconds),
		cmocka_unit_test(goes_after_five_below),
		cmocka_unit_test(a_vm_that_ends_is_forgotten),
		cmocka_unit_test(another_vm_is_another),
		cmocka_unit_test(a_reset_forgets_all),
		cmocka_unit_test(a_vcpu_that_goes),
		cmocka_unit_test(nearly_is_not_for_ever),
		cmocka_unit_test(no_rule_takes_longer_than_the_past_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
