/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_exits: rules about exits of one reason, and of guests of the guest's.
 */
#ifndef KVMTOP_MODEL_RULES_EXITS_H
#define KVMTOP_MODEL_RULES_EXITS_H

#include "rules_find.h"

/* See rule_find_fn. */
bool rule_reason(const struct rule *rule, const struct vm_facts *facts,
		 struct finding *ret_finding);
bool rule_key(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding);
bool rule_nested(const struct rule *rule, const struct vm_facts *facts,
		 struct finding *ret_finding);
bool rule_emulates(const struct rule *rule, const struct vm_facts *facts,
		   struct finding *ret_finding);
bool rule_bus_locks(const struct rule *rule, const struct vm_facts *facts,
		    struct finding *ret_finding);
bool rule_encrypted(const struct rule *rule, const struct vm_facts *facts,
		    struct finding *ret_finding);

#endif
