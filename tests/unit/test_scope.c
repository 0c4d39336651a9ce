// SPDX-License-Identifier: GPL-2.0
/* scope: what was asked for is in it, each once and in order; nothing asked for is everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../user/base/cleanup.h"
#include "../../user/model/scope.h"

static void test_everything(void **state)
{
	const struct scope scope = { .n_pids = 0 };

	(void)state;
	assert_true(scope__is_all(&scope));
	assert_true(scope__has_pid(&scope, 1));
	assert_true(scope__has_vcpu(&scope, 0));
}

static void test_pids(void **state)
{
	static const pid_t given[] = { 30, 1, 20, 1, 30 }, sorted[] = { 1, 20, 30 };
	struct scope scope = { .n_pids = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(given); i++)
		assert_int_equal(scope__add_pid(&scope, given[i]), 0);
	assert_int_equal(scope.n_pids, ARRAY_SIZE(sorted));
	assert_memory_equal(scope.pids, sorted, sizeof(sorted));
	assert_true(scope__has_pid(&scope, 20));
	assert_false(scope__has_pid(&scope, 2));
	assert_true(scope__has_vcpu(&scope, 7));
	assert_false(scope__is_all(&scope));
	scope__done(&scope);
	assert_true(scope__is_all(&scope));
}

static void test_vcpus(void **state)
{
	struct scope scope = { .n_pids = 0 };

	(void)state;
	assert_int_equal(scope__add_vcpu(&scope, 3), 0);
	assert_int_equal(scope__add_vcpu(&scope, 0), 0);
	assert_int_equal(scope.vcpu_ids[0], 0);
	assert_true(scope__has_vcpu(&scope, 0));
	assert_true(scope__has_vcpu(&scope, 3));
	assert_false(scope__has_vcpu(&scope, 1));
	assert_false(scope__has_vcpu(&scope, 7));
	assert_true(scope__has_pid(&scope, 1));
	assert_false(scope__is_all(&scope));
	scope__done(&scope);
}

static void test_guest(void **state)
{
	const struct scope scope = { .guest = "web01" };

	(void)state;
	assert_false(scope__is_all(&scope));
	assert_true(scope__has_pid(&scope, 1)); /* names are guest.h's business */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_pids),
		cmocka_unit_test(test_vcpus),
		cmocka_unit_test(test_guest),
	};

	return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
