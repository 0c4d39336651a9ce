// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <errno.h>

#include "../../user/model/item_filter.h"

static bool matches(const char *regex, const char *name)
{
	struct item_filter *filter;
	char why[64];
	bool yes;

	assert_int_equal(item_filter__new(regex, why, sizeof(why), &filter), 0);
	yes = item_filter__matches(filter, name);
	item_filter__free(filter);
	return yes;
}

/* As Python's re.match(). */
static void filter(void **state)
{
	struct item_filter *f;
	char why[64] = "";

	(void)state;
	assert_true(matches(NULL, "kvm_exit") && matches("", "kvm_exit"));
	assert_true(matches("kvm_e", "kvm_exit") && matches(".*exit", "kvm_exit"));
	assert_false(matches("exit", "kvm_exit"));
	assert_true(matches("x|kvm_exit$", "kvm_exit"));
	assert_false(matches("kvm_exit$", "kvm_exit(HLT)"));
	assert_true(matches("kvm_exit\\(H", "kvm_exit(HLT)"));
	assert_int_equal(item_filter__new("a)(b", why, sizeof(why), &f), -EINVAL);
	assert_int_equal(item_filter__new("(a", why, sizeof(why), &f), -EINVAL);
	assert_true(*why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filter),
	};

	return cmocka_run_group_tests_name("item_filter", tests, NULL, NULL);
}
