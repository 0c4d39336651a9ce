/* SPDX-License-Identifier: GPL-2.0 */
/* rules_load: what the VMM's control group holds back, and how its other threads fare. Pure. */
#ifndef KVMTOP_MODEL_RULES_LOAD_H
#define KVMTOP_MODEL_RULES_LOAD_H

#include "rules_find.h"

bool rule_quota(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding);
bool rule_helpers(const struct rule *rule, const struct vm_facts *facts,
		  struct finding *ret_finding);

#endif
