// SPDX-License-Identifier: GPL-2.0
/* rules_set: one table of what limits are called; a limit that a rule does not look at cannot be set. */
#include "rules_set.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "rules_table.h"

#define PREFIX "rule."

enum limit_kind { LIMIT_PCT, LIMIT_COUNT, LIMIT_NS };

static const struct limit {
	const char *name;
	enum limit_kind kind;
	size_t offset; /* of a double; of an uint64_t, if it is a duration */
} limits[] = {
	{ "look", LIMIT_PCT, offsetof(struct rule_limits, look) },
	{ "act", LIMIT_PCT, offsetof(struct rule_limits, act) },
	{ "per_s", LIMIT_COUNT, offsetof(struct rule_limits, per_s) },
	{ "per_s_max", LIMIT_COUNT, offsetof(struct rule_limits, per_s_max) },
	{ "share", LIMIT_PCT, offsetof(struct rule_limits, share) },
	{ "share_max", LIMIT_PCT, offsetof(struct rule_limits, share_max) },
	{ "least", LIMIT_COUNT, offsetof(struct rule_limits, least) },
	{ "mean", LIMIT_NS, offsetof(struct rule_limits, mean_ns) },
	{ "p99", LIMIT_NS, offsetof(struct rule_limits, p99_ns) },
	{ "act_max", LIMIT_NS, offsetof(struct rule_limits, act_max_ns) },
};

void rules_set__init(struct rules_set *set)
{
	*set = (struct rules_set){ .off = 0 };
	for (unsigned int id = 0; id < RULE_ID_MAX; id++)
		if (rule_of((enum rule_id)id))
			set->rules[id] = *rule_of((enum rule_id)id);
}

const struct rule *rules_set__of(const struct rules_set *set, enum rule_id id)
{
	return set && rule_of(id) ? &set->rules[id] : rule_of(id);
}

bool rules_set__tries(const struct rules_set *set, enum rule_id id)
{
	return !set || !(set->off & RULE_BIT(id));
}

/* ---- limits */

static double get_limit(const struct rule_limits *of, const struct limit *limit)
{
	const char *at = (const char *)of + limit->offset;
	uint64_t ns;
	double v;

	if (limit->kind == LIMIT_NS) {
		memcpy(&ns, at, sizeof(ns));
		return (double)ns;
	}
	memcpy(&v, at, sizeof(v));
	return v;
}

static void set_limit(struct rule_limits *of, const struct limit *limit, double value)
{
	char *at = (char *)of + limit->offset;
	const uint64_t ns = (uint64_t)value;

	if (limit->kind == LIMIT_NS)
		memcpy(at, &ns, sizeof(ns));
	else
		memcpy(at, &value, sizeof(value));
}

const char *rule_limit_name(unsigned int i)
{
	return i < ARRAY_SIZE(limits) ? limits[i].name : NULL;
}

bool rule_limit_format(const struct rule *rule, unsigned int i, char buf[static 24])
{
	const double value = get_limit(&rule->limits, &limits[i]);

	if (limits[i].kind != LIMIT_NS)
		snprintf(buf, 24, "%g", value);
	else if (value < 1e6)
		snprintf(buf, 24, "%gus", value / 1e3);
	else
		snprintf(buf, 24, "%gms", value / 1e6);
	return value > 0;
}

/* "20ms", "1.5s", "200us": in ns. */
static bool parse_duration(const char *unit, double *value)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(unit, units[i].unit) != 0)
			continue;
		*value *= units[i].ns;
		return *value >= 1 && *value <= 3600e9;
	}
	return false;
}

/* NULL: it is good. */
static const char *parse_value(const struct limit *limit, const char *text, double *ret_value)
{
	const size_t digits = strspn(text, "0123456789.");
	char *end = NULL;

	*ret_value = digits && digits <= 12 ? strtod(text, &end) : 0;
	if (!end || end != text + digits)
		*ret_value = 0;
	if (limit->kind == LIMIT_NS)
		return *ret_value > 0 && parse_duration(end, ret_value)
			       ? NULL
			       : "must be a duration, as 20ms";
	if (!(*ret_value > 0) || *end)
		return "must be a number above 0";
	return limit->kind == LIMIT_PCT && *ret_value > 100 ? "must be 100 at most" : NULL;
}

/* ---- keys */

bool rules_set__is_key(const char *key)
{
	return !strncmp(key, PREFIX, strlen(PREFIX));
}

/* "R13" before the end or a dot; 0: there is no such rule. */
static enum rule_id find_rule(const char *name, size_t n)
{
	char own[8];

	for (unsigned int id = 0; id < RULE_ID_MAX; id++)
		if (rule_of((enum rule_id)id) && strlen(rule_name((enum rule_id)id, own)) == n &&
		    !strncmp(own, name, n))
			return (enum rule_id)id;
	return 0;
}

static const char *switch_rule(struct rules_set *set, enum rule_id id, const char *value)
{
	const bool off = !strcmp(value, "off");

	if (!off && strcmp(value, "on") != 0)
		return "must be on or off";
	if (!rule_of(id)->find)
		return "is no finding: it cannot be off";
	if (set && off)
		set->off |= RULE_BIT(id);
	else if (set)
		set->off &= ~RULE_BIT(id);
	return NULL;
}

static const char *take(struct rules_set *set, const char *key, const char *value)
{
	const char *name = key + strlen(PREFIX);
	const size_t n = strcspn(name, ".");
	const enum rule_id id = find_rule(name, n);
	const char *why;
	double number;

	if (!id)
		return "there is no such rule";
	if (!name[n])
		return switch_rule(set, id, value);
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		if (strcmp(limits[i].name, name + n + 1) != 0 ||
		    !(get_limit(&rule_of(id)->limits, &limits[i]) > 0))
			continue;
		why = parse_value(&limits[i], value, &number);
		if (!why && set)
			set_limit(&set->rules[id].limits, &limits[i], number);
		return why;
	}
	return "the rule has no such limit";
}

int rules_set__take(struct rules_set *set, const char *key, const char *value, const char **ret_why)
{
	*ret_why = take(set, key, value);
	return *ret_why ? -EINVAL : 0;
}
