// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <errno.h>

#include "../../user/base/fmt.h"
#include "../../user/model/guest.h"

/* A snapshot of the VMs @names; one that begins with '=' is a comm, the VM has no name. */
static struct snapshot *named(const char *const *names, size_t n)
{
	struct snapshot *s = make_snapshot(1, n);

	for (size_t i = 0; i < n; i++) {
		if (!names[i])
			continue;
		if (names[i][0] == '=')
			s->vms[i].comm = names[i] + 1;
		else
			s->vms[i].name = names[i];
	}
	return s;
}

#define NAMED(...)                                  \
	named((const char *const[]){ __VA_ARGS__ }, \
	      sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static struct guest_filter *filter_for(const char *pattern)
{
	struct guest_filter *filter = NULL;
	char errmsg[100];

	assert_int_equal(guest_filter__new(pattern, errmsg, sizeof(errmsg), &filter), 0);
	return filter;
}

/* How many of @s @pattern keeps; frees @s. */
static size_t kept(const char *pattern, struct snapshot *s)
{
	struct guest_filter *filter = filter_for(pattern);
	size_t n = guest_filter__apply(filter, s);

	assert_int_equal(n, s->n_vms);
	guest_filter__free(filter);
	snapshot__free(s);
	return n;
}

static void exact_before_regex(void **state)
{
	struct snapshot *s = NAMED("web01", "web0", "web02");
	struct guest_filter *filter = filter_for("web0");

	(void)state;
	assert_int_equal(guest_filter__apply(filter, s), 1);
	assert_string_equal(s->vms[0].name, "web0");
	guest_filter__free(filter);
	snapshot__free(s);

	assert_int_equal(kept("web0", NAMED("web01", "web02", "db")), 2);
}

static void stays_exact(void **state)
{
	struct guest_filter *filter = filter_for("web0");
	struct snapshot *first = NAMED("web01", "web0");
	struct snapshot *then = NAMED("web01", "db");

	(void)state;
	assert_int_equal(guest_filter__apply(filter, first), 1);
	assert_int_equal(guest_filter__apply(filter, then), 0); /* it ended; web01 is not it */
	assert_null(guest_filter__error(filter));
	guest_filter__free(filter);
	snapshot__free(first);
	snapshot__free(then);
}

static void extended_regex(void **state)
{
	(void)state;
	assert_int_equal(kept("^(web|db)[0-9]+$", NAMED("web01", "db1", "webx", "adb1")), 2);
	assert_int_equal(kept("e", NAMED("web", "db", "east")), 2);
	assert_int_equal(kept("x", NAMED("web", "db")), 0);
	assert_int_equal(kept(".", NAMED(NULL)), 0);
}

static void falls_back_to_comm(void **state)
{
	(void)state;
	assert_int_equal(kept("qemu", NAMED("=qemu-system-x86", "web", "=firecracker", NULL)), 1);
	assert_int_equal(kept("qemu-kvm", NAMED("=qemu-kvm", "qemu-kvm2")), 1);
}

static void keeps_the_order(void **state)
{
	struct snapshot *s = NAMED("a1", "b", "a2", "a3");
	struct guest_filter *filter = filter_for("a");

	(void)state;
	assert_int_equal(guest_filter__apply(filter, s), 3);
	assert_string_equal(s->vms[0].name, "a1");
	assert_string_equal(s->vms[1].name, "a2");
	assert_int_equal(s->vms[1].key, 3);
	assert_string_equal(s->vms[2].name, "a3");
	/* Behind them what is left out. */
	assert_string_equal(s->vms[3].name, "b");
	guest_filter__free(filter);
	snapshot__free(s);
}

static void invalid_regex(void **state)
{
	struct guest_filter *filter = NULL;
	struct snapshot *none = NAMED("web01");
	struct snapshot *exact = NAMED("web[", "web01");
	char errmsg[100] = "";

	(void)state;
	assert_int_equal(guest_filter__new("web[", errmsg, sizeof(errmsg), &filter), 0);
	assert_true(strlen(errmsg) > 0);
	assert_int_equal(guest_filter__apply(filter, none), 0);
	assert_string_equal(guest_filter__error(filter), errmsg);
	/* but it is a name as good as any */
	assert_int_equal(guest_filter__apply(filter, exact), 1);
	assert_null(guest_filter__error(filter));
	guest_filter__free(filter);
	snapshot__free(none);
	snapshot__free(exact);
}

static void empty_pattern(void **state)
{
	struct guest_filter *filter = NULL;
	char errmsg[100];

	(void)state;
	assert_int_equal(guest_filter__new("", errmsg, sizeof(errmsg), &filter), -EINVAL);
	assert_string_equal(errmsg, "empty name");
	assert_int_equal(guest_filter__new("", NULL, 0, &filter), -EINVAL);
	assert_null(filter);
	guest_filter__free(NULL);
}

static void hostile_names(void **state)
{
	(void)state;
	assert_int_equal(kept("x$", NAMED("\x1b[2J\nx", "\xff\xfex", "")), 2);
}

/* The number and the UUID of a VM that has another name. */
static void aliases(void **state)
{
	struct snapshot *s = NAMED("web01", "web02", "1004");
	struct guest_filter *filter = filter_for("100");

	(void)state;
	s->vms[1].aliases[VM_ALIAS_ID] = "100";
	assert_int_equal(guest_filter__apply(filter, s), 1);
	assert_string_equal(s->vms[0].name, "web02");
	guest_filter__free(filter);
	snapshot__free(s);

	s = NAMED("web01", "web02");
	s->vms[0].aliases[VM_ALIAS_UUID] = "a0ee-1b";
	assert_int_equal(kept("A0EE-1b", s), 1);
	s = NAMED("web01", "web02");
	s->vms[0].aliases[VM_ALIAS_UUID] = "a0ee-1b";
	assert_int_equal(kept("a0ee", s), 0); /* a part of it is none */
}

/* A name that was cut is found by what is shown, and by the name that the VM was given. */
static void long_names(void **state)
{
	char whole[1001], cut[1001], longest[FMT_NAME_MAX + 1];

	(void)state;
	memset(whole, 'x', sizeof(whole) - 1);
	whole[sizeof(whole) - 1] = '\0';
	strcpy(cut, whole);
	fmt_limit(cut);
	assert_int_equal(kept(whole, NAMED("y", cut)), 1);
	assert_int_equal(kept(cut, NAMED("y", cut)), 1);
	assert_int_equal(kept("^xx*[.][.][.]$", NAMED("y", cut)), 1);
	memset(longest, 'x', FMT_NAME_MAX);
	longest[FMT_NAME_MAX] = '\0';
	assert_int_equal(kept(longest, NAMED("y", longest, cut)), 1);
}

static void assert_list(struct snapshot *s, const char *expected)
{
	struct guest_names names = { 0 };
	char *list;

	assert_int_equal(guest_names__note(&names, s), 0);
	assert_int_equal(guest_names__note(&names, s), 0); /* none twice */
	list = guest_names__list(&names);
	assert_string_equal(list, expected);
	free(list);
	guest_names__done(&names);
	snapshot__free(s);
}

static void lists_what_there_is(void **state)
{
	(void)state;
	assert_list(make_snapshot(1, 0), "");
	assert_list(NAMED(NULL), "");
	assert_list(NAMED("web01"), "there is: web01");
	assert_list(NAMED("web01", "=qemu", "db", "=qemu", NULL, "web01"),
		    "there are: db, qemu, web01");
	assert_list(NAMED("a\x1b[2J\n", "\xff"), "there are: a\\x1b[2J\\x0a, \\xff");
}

/* Of many the first ones; and no name fills the terminal. */
static void lists_are_bounded(void **state)
{
	char names[25][100], expected[512] = "there are: ";
	const char *v[25];

	(void)state;
	for (int i = 0; i < 25; i++) {
		snprintf(names[i], sizeof(names[i]), "vm%02d", 24 - i);
		v[i] = names[i];
	}
	memset(names[24] + 4, 'x', 90); /* vm00 */
	names[24][94] = '\0';
	strcat(expected, "vm00");
	memset(expected + strlen(expected), 'x', 59);
	strcat(expected, "~");
	for (int i = 1; i < 20; i++)
		snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected),
			 ", vm%02d", i);
	strcat(expected, " and 5 more");
	assert_list(named(v, 25), expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_before_regex),
		cmocka_unit_test(stays_exact),
		cmocka_unit_test(extended_regex),
		cmocka_unit_test(falls_back_to_comm),
		cmocka_unit_test(keeps_the_order),
		cmocka_unit_test(invalid_regex),
		cmocka_unit_test(empty_pattern),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(aliases),
		cmocka_unit_test(long_names),
		cmocka_unit_test(lists_what_there_is),
		cmocka_unit_test(lists_are_bounded),
	};

	return cmocka_run_group_tests_name("guest", tests, NULL, NULL);
}
