/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_memory: rules about page faults.
 */
#ifndef KVMTOP_MODEL_RULES_MEMORY_H
#define KVMTOP_MODEL_RULES_MEMORY_H

#include "rules_find.h"

/* See rule_find_fn. */
bool rule_memory_fills(const struct rule *rule, const struct vm_facts *facts,
		       struct finding *ret_finding);
bool rule_dirty_tracking(const struct rule *rule, const struct vm_facts *facts,
			 struct finding *ret_finding);
bool rule_far_memory(const struct rule *rule, const struct vm_facts *facts,
		     struct finding *ret_finding);
bool rule_torn_down(const struct rule *rule, const struct vm_facts *facts,
		    struct finding *ret_finding);

#endif
