/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_table: all rules of the diagnosis with their limits: the one list of them. Screens, reports, the man page and the alert rules read it.
 */
#ifndef KVMTOP_MODEL_RULES_TABLE_H
#define KVMTOP_MODEL_RULES_TABLE_H

#include "rules_find.h"

/* A rule; NULL: there is none of this number. Those from RULE_R27 on have a title only. */
const struct rule *rule_of(enum rule_id id);

/* The order in which rules are tried, so that each knows what explains a VM better. 0: there are fewer. */
enum rule_id rule_tried(size_t i);

#endif
