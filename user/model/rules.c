// SPDX-License-Identifier: GPL-2.0
#include "rules.h"

#include <stdio.h>
#include <string.h>

#include "rules_cpu.h"
#include "rules_set.h"
#include "rules_table.h"

/* ---- findings */

static enum severity severity_of(const struct rule *rule, const struct finding *finding)
{
	enum severity severity = SEVERITY_LOOK;

	if (rule->always_act ||
	    (!rule->never_act && rule->limits.act > 0 && finding->cost_pct >= rule->limits.act))
		severity = SEVERITY_ACT;
	return finding->severity > severity ? finding->severity : severity;
}

/* Behind the words of @text, or in the place of what comes behind the last colon or comma. Nothing is cut in the middle of a word. */
static void end_with(char *text, size_t size, const char *end)
{
	while (strlen(text) + strlen(end) + 2 > size) {
		char *colon = strrchr(text, ':'), *comma = strrchr(text, ','),
		     *space = strrchr(text, ' ');
		char *cut = colon > comma ? colon : comma;

		if (!cut)
			cut = space;
		if (!cut)
			text[size - strlen(end) - 2] = '\0';
		else
			*cut = '\0';
	}
	strcat(text, " ");
	strcat(text, end);
}

/* Percentiles of a VM that are missing although all else is timed. */
static bool lacks_hists(const struct vm_facts *facts)
{
	const struct frame_reasons *reasons = &facts->vm->reasons;

	if (facts->host->frame->latency != LATENCY_FULL)
		return false;
	for (size_t i = 0; i < reasons->n; i++)
		if (reasons->v[i].time.valid && !reasons->v[i].time.hist_valid)
			return true;
	return false;
}

static void mark_incomplete(struct finding *finding)
{
	finding->incomplete = true;
	end_with(finding->text, sizeof(finding->text), "(incomplete)");
	end_with(finding->long_text, sizeof(finding->long_text), "(numbers incomplete)");
}

static bool try_rule(enum rule_id id, const struct vm_facts *facts, struct finding *finding)
{
	const struct rule *rule = rules_set__of(facts->host->rules, id);

	if (!rules_set__tries(facts->host->rules, id))
		return false;
	if (rule->unless & facts->explained || !rule->find(rule, facts, finding))
		return false;
	finding->rule = id;
	finding->vm = facts->vm;
	finding->severity = severity_of(rule, finding);
	return true;
}

size_t rules__find(const struct host_facts *host, const struct frame_vm *vm,
		   struct finding ret_findings[RULES_MAX])
{
	struct vm_facts facts;
	enum rule_id id;
	bool incomplete;
	size_t n = 0;

	if (!vm_facts__make(host, vm, &facts))
		return frame_vm_is_silent(vm) && try_rule(RULE_R23, &facts, &ret_findings[0]);
	for (size_t i = 0; (id = rule_tried(i)) && n < RULES_MAX; i++) {
		if (!try_rule(id, &facts, &ret_findings[n]))
			continue;
		if (ret_findings[n].strength >= 1)
			facts.explained |= RULE_BIT(id);
		n++;
	}
	if (!n)
		return 0;
	incomplete = host->counts_incomplete || lacks_hists(&facts);
	for (size_t i = 0; i < n; i++)
		if (incomplete || ret_findings[i].incomplete)
			mark_incomplete(&ret_findings[i]);
	return n;
}

/* ---- the host */

void rules__look_at_host(struct host_facts *host)
{
	const struct rule_limits *limits = &rules_set__of(host->rules, RULE_R1)->limits;

	for (size_t i = 0; i < host->frame->n_vms && !host->waits_somewhere; i++) {
		const struct time_shares *shares = &host->frame->vms[i].shares;

		host->waits_somewhere = time_shares_known(shares, STATE_RUN_DELAY) &&
					shares->pct[STATE_RUN_DELAY] >= limits->look &&
					host_wants(host, limits->share_max);
	}
}

/* ---- states */

/* The vCPU that is in the guest nearly all the time; NULL: there is none. */
static const struct frame_vcpu *full_vcpu(const struct host_facts *host, const struct frame_vm *vm)
{
	const struct rule_limits *limits = &rules_set__of(host->rules, RULE_R28)->limits;

	if (vm->n_vcpus < 2 || vm->shares.pct[STATE_GUEST] >= limits->share_max)
		return NULL;
	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i].shares.valid &&
		    vm->vcpus[i].shares.pct[STATE_GUEST] >= limits->share)
			return &vm->vcpus[i];
	return NULL;
}

enum rule_id rules__state(const struct host_facts *host, const struct frame_vm *vm,
			  char ret_text[FINDING_TEXT_SIZE])
{
	const size_t size = FINDING_TEXT_SIZE;
	const struct frame_vcpu *full;
	struct vm_facts facts;
	double guest;

	ret_text[0] = '\0';
	if (!vm_facts__make(host, vm, &facts))
		return 0;
	guest = vm_facts__state_pct(&facts, STATE_GUEST);
	if (guest >= rules_set__of(host->rules, RULE_R27)->limits.share) {
		snprintf(ret_text, size, "guest busy %d %%, not the host", whole(guest));
		return RULE_R27;
	}
	full = full_vcpu(host, vm);
	if (full) {
		snprintf(ret_text, size, "vCPU %u is full, others idle", full->vcpu_id % 100000);
		return RULE_R28;
	}
	if (facts.halt_pct >= rules_set__of(host->rules, RULE_R29)->limits.share) {
		snprintf(ret_text, size, "idle");
		return RULE_R29;
	}
	snprintf(ret_text, size, "%s", facts.delay_known ? "fine" : "delay not known");
	return RULE_R30;
}
