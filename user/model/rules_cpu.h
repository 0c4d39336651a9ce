/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_cpu: rules about CPUs that vCPUs wait for, host interrupts on them, and vCPUs that do not run at all.
 */
#ifndef KVMTOP_MODEL_RULES_CPU_H
#define KVMTOP_MODEL_RULES_CPU_H

#include "rules_find.h"

/* See rule_find_fn. */
bool rule_host_full(const struct rule *rule, const struct vm_facts *facts,
		    struct finding *ret_finding);
bool rule_confined(const struct rule *rule, const struct vm_facts *facts,
		   struct finding *ret_finding);
bool rule_vcpu_starves(const struct rule *rule, const struct vm_facts *facts,
		       struct finding *ret_finding);
bool rule_host_interrupts(const struct rule *rule, const struct vm_facts *facts,
			  struct finding *ret_finding);
bool rule_stopped(const struct rule *rule, const struct vm_facts *facts,
		  struct finding *ret_finding);

/* Whether the host is full, as all its VMs could use @share % of its CPUs, that is at least as many. */
bool host_wants(const struct host_facts *host, double share);

#endif
