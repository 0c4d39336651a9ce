/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_set: the rules of a run: those of the table, with the limits that its user has set. Pure.
 */
#ifndef KVMTOP_MODEL_RULES_SET_H
#define KVMTOP_MODEL_RULES_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "rules_find.h"

struct rules_set {
	struct rule rules
		[RULE_ID_MAX]; /* as in the table; without a title: there is none of that number */
	uint32_t off;	       /* bits of rules that are not to be tried */
};

/* All as in the table. */
void rules_set__init(struct rules_set *set);

/* A rule of @set; of the table, if that is NULL. As rule_of(). */
const struct rule *rules_set__of(const struct rules_set *set, enum rule_id id);
/* Whether the rule is to be tried; @set may be NULL. */
bool rules_set__tries(const struct rules_set *set, enum rule_id id);

/* What settings call limit number @i, from 0 on; NULL: there are fewer. */
const char *rule_limit_name(unsigned int i);
/* Limit @i of a rule, as settings write it ("10ms"), into @buf; false: the rule does not look at it. */
bool rule_limit_format(const struct rule *rule, unsigned int i, char buf[static 24]);

/* Whether @key is about rules: "rule." and more. */
bool rules_set__is_key(const char *key);

/*
 * "rule.R13.p99" and "20ms"; "rule.R21" and "off" or "on". 0 or -EINVAL; then @ret_why says what is wrong, and
 * nothing has changed. @set may be NULL: then it only says whether that can be set.
 */
int rules_set__take(struct rules_set *set, const char *key, const char *value,
		    const char **ret_why);

#endif
