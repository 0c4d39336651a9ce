/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_vmm: rules about exits that the VMM answers, and how long it takes.
 */
#ifndef KVMTOP_MODEL_RULES_VMM_H
#define KVMTOP_MODEL_RULES_VMM_H

#include "rules_find.h"

/* See rule_find_fn. */
bool rule_port(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding);
bool rule_mmio(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding);
bool rule_slow_vmm(const struct rule *rule, const struct vm_facts *facts,
		   struct finding *ret_finding);
bool rule_vmm_pauses(const struct rule *rule, const struct vm_facts *facts,
		     struct finding *ret_finding);

#endif
