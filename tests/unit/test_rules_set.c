// SPDX-License-Identifier: GPL-2.0
/* rules_set: what can be set of the rules, and what then is found. */
#include "rules_frame.h"

#include <errno.h>

#include "../../user/model/rules_set.h"
#include "../../user/model/rules_table.h"

static const char *wrong(struct rules_set *set, const char *key, const char *value)
{
	const char *why = "";
	int err = rules_set__take(set, key, value, &why);

	assert_int_equal(err, why ? -EINVAL : 0);
	return why;
}

static void limits_are_set(void **state)
{
	struct rules_set set;

	(void)state;
	rules_set__init(&set);
	assert_null(wrong(&set, "rule.R13.p99", "20ms"));
	assert_null(wrong(&set, "rule.R13.act_max", "1.5s"));
	assert_null(wrong(&set, "rule.R1.look", "7.5"));
	assert_int_equal(rules_set__of(&set, RULE_R13)->limits.p99_ns, 20000000);
	assert_int_equal(rules_set__of(&set, RULE_R13)->limits.act_max_ns, 1500000000);
	assert_true(rules_set__of(&set, RULE_R1)->limits.look == 7.5);
	/* The table is as it was, and so is what was not set. */
	assert_int_equal(rule_of(RULE_R13)->limits.p99_ns, 10000000);
	assert_true(rules_set__of(&set, RULE_R1)->limits.act == 10);
	assert_true(rules_set__of(NULL, RULE_R1)->limits.look == 5);
	assert_null(rules_set__of(&set, (enum rule_id)26));
}

static void rules_are_switched_off(void **state)
{
	struct rules_set set;

	(void)state;
	rules_set__init(&set);
	assert_null(wrong(&set, "rule.R21", "off"));
	assert_false(rules_set__tries(&set, RULE_R21));
	assert_true(rules_set__tries(&set, RULE_R2) && rules_set__tries(NULL, RULE_R21));
	assert_null(wrong(&set, "rule.R21", "on"));
	assert_true(rules_set__tries(&set, RULE_R21));
}

/* What is refused has changed nothing, and is refused without a set, too. */
static void what_is_wrong(void **state)
{
	static const char *const lines[][2] = {
		{ "rule.R26", "off" },	      { "rule.R99.look", "5" },
		{ "rule.", "off" },	      { "rule.r1", "off" },
		{ "rule.R1", "no" },	      { "rule.R30", "off" },
		{ "rule.R1.p99", "5ms" },     { "rule.R1.", "5" },
		{ "rule.R1.look", "0" },      { "rule.R1.look", "101" },
		{ "rule.R1.look", "-5" },     { "rule.R1.look", "5 %" },
		{ "rule.R1.look", "" },	      { "rule.R1.look", "1e1" },
		{ "rule.R1.look", "." },      { "rule.R13.p99", "20" },
		{ "rule.R13.p99", "ms" },     { "rule.R13.p99", "0ms" },
		{ "rule.R13.p99", "20m" },    { "rule.R13.p99", "2 ms" },
		{ "rule.R13.p99", "1.2.3s" }, { "rule.R13.p99", "99999s" },
		{ "rule.R1.look.x", "5" },
	};
	struct rules_set set, untouched;

	(void)state;
	rules_set__init(&set);
	rules_set__init(&untouched);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!wrong(&set, lines[i][0], lines[i][1]) ||
		    !wrong(NULL, lines[i][0], lines[i][1]))
			fail_msg("%s = %s is taken", lines[i][0], lines[i][1]);
		assert_memory_equal(&set, &untouched, sizeof(set));
	}
	assert_true(rules_set__is_key("rule.x") && !rules_set__is_key("rules"));
}

/* Each limit of each rule, as the man page has it, can be set to what it is. */
static void as_the_man_page_has_it(void **state)
{
	struct rules_set set, untouched;
	char name[8], key[40], value[24];
	size_t n = 0;

	(void)state;
	rules_set__init(&set);
	rules_set__init(&untouched);
	for (unsigned int id = 0; id < RULE_ID_MAX; id++) {
		for (unsigned int i = 0; rule_of((enum rule_id)id) && rule_limit_name(i); i++) {
			if (!rule_limit_format(rule_of((enum rule_id)id), i, value))
				continue;
			snprintf(key, sizeof(key), "rule.%s.%s", rule_name((enum rule_id)id, name),
				 rule_limit_name(i));
			assert_null(wrong(&set, key, value));
			n++;
		}
	}
	assert_memory_equal(&set, &untouched, sizeof(set));
	assert_true(n > 40);
}

/* How many findings of rule R1 there are in a VM that waits 8 % on a full host, and what is thought of them. */
static size_t found(const struct rules_set *set, enum severity *ret_severity)
{
	const struct diagnosis_opts opts = { .all_vms = true, .rules = set };
	struct diagnosis *diagnosis = diagnosis__new(&opts);
	struct test_frame t;
	size_t n = 0;

	assert_non_null(diagnosis);
	test_frame__init(&t, 1);
	set_share(&t, STATE_RUN_DELAY, 8);
	set_want(&t, 97);
	assert_int_equal(diagnosis__make_single(diagnosis, t.frame), 0);
	for (size_t i = 0; i < t.frame->findings->n; i++) {
		if (t.frame->findings->v[i].rule != RULE_R1)
			continue;
		*ret_severity = t.frame->findings->v[i].severity;
		n++;
	}
	test_frame__done(&t);
	diagnosis__free(diagnosis);
	return n;
}

static void they_count(void **state)
{
	enum severity severity = SEVERITY_NONE;
	struct rules_set set;

	(void)state;
	rules_set__init(&set);
	assert_int_equal(found(&set, &severity), 1);
	assert_int_equal(severity, SEVERITY_LOOK);
	assert_null(wrong(&set, "rule.R1.act", "8"));
	assert_int_equal(found(&set, &severity), 1);
	assert_int_equal(severity, SEVERITY_ACT);
	assert_null(wrong(&set, "rule.R1.look", "9"));
	assert_int_equal(found(&set, &severity), 0);
	assert_null(wrong(&set, "rule.R1.look", "5"));
	assert_null(wrong(&set, "rule.R1", "off"));
	assert_int_equal(found(&set, &severity), 0);
	assert_int_equal(found(NULL, &severity), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_are_set), cmocka_unit_test(rules_are_switched_off),
		cmocka_unit_test(what_is_wrong),  cmocka_unit_test(as_the_man_page_has_it),
		cmocka_unit_test(they_count),
	};

	return cmocka_run_group_tests_name("rules_set", tests, NULL, NULL);
}
