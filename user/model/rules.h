/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules: what a frame says about a VM, by all rules, as far as this one frame goes. Pure; what is shown is damped (rules_history.h).
 */
#ifndef KVMTOP_MODEL_RULES_H
#define KVMTOP_MODEL_RULES_H

#include "finding.h"
#include "rules_facts.h"

/* No more rules than this apply to one VM. */
#define RULES_MAX 26

/*
 * What the rules find in a VM, those that are nearly strong enough included (strength from 0.8 on). Returns how many; none if too
 * little is known of it.
 */
size_t rules__find(const struct host_facts *host, const struct frame_vm *vm,
		   struct finding ret_findings[RULES_MAX]);

/* What a VM without findings is: busy, idle, fine; 0 and an empty text if its times are not known. */
enum rule_id rules__state(const struct host_facts *host, const struct frame_vm *vm,
			  char ret_text[FINDING_TEXT_SIZE]);

/* Sets host->waits_somewhere, which other rules look at. */
void rules__look_at_host(struct host_facts *host);

#endif
