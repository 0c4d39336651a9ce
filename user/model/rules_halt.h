/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_halt: rules about vCPUs that spin, poll or sleep.
 */
#ifndef KVMTOP_MODEL_RULES_HALT_H
#define KVMTOP_MODEL_RULES_HALT_H

#include "rules_find.h"

/* See rule_find_fn. */
bool rule_spins(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding);
bool rule_pauses(const struct rule *rule, const struct vm_facts *facts,
		 struct finding *ret_finding);
bool rule_polls(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding);
bool rule_sleeps(const struct rule *rule, const struct vm_facts *facts,
		 struct finding *ret_finding);

#endif
