// SPDX-License-Identifier: GPL-2.0
#include "rules_halt.h"

/* What a sleep and its wake-up take at least, on the host and in the guest's caches. */
#define WAKEUP_NS 10000.0

static double pause_rate(const struct vm_facts *facts)
{
	return vm_facts__per_s_vcpu(facts, (double)facts->classes[REASON_CLASS_PAUSE].count);
}

static double pause_cost(const struct vm_facts *facts)
{
	return vm_facts__pct(facts, (double)facts->classes[REASON_CLASS_PAUSE].ns);
}

static void add_pauses(struct finding *finding, const struct vm_facts *facts)
{
	double yields;

	finding__number(finding, "pause_exits_per_s_vcpu", pause_rate(facts));
	finding__number(finding, "share_pct", pause_cost(facts));
	finding__number(finding, "delay_pct", facts->delay_pct);
	if (vm_facts__stat(facts, RULE_STAT_YIELDS, &yields))
		finding__number(finding, "directed_yield_attempted_per_s", yields / facts->seconds);
	if (vm_facts__stat(facts, RULE_STAT_YIELDS_DONE, &yields))
		finding__number(finding, "directed_yield_successful_per_s",
				yields / facts->seconds);
}

bool rule_spins(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding)
{
	const double per_s = pause_rate(facts);
	char rate[16];

	finding__begin(ret_finding, rule, pause_cost(facts));
	finding__at_least(ret_finding, per_s, rule->limits.per_s);
	finding__at_least(ret_finding, facts->delay_pct, rule->limits.share);
	if (!facts->delay_known || !finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "spins %s/s, holders wait", short_count(per_s, rate));
	finding__long(ret_finding,
		      "each vCPU spins %s times a second until it is stopped, and vCPUs wait for a "
		      "CPU %.1f %%: perhaps those that hold the locks",
		      rate, facts->delay_pct);
	add_pauses(ret_finding, facts);
	return true;
}

bool rule_pauses(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding)
{
	const double per_s = pause_rate(facts);

	finding__begin(ret_finding, rule, pause_cost(facts));
	finding__at_least(ret_finding, per_s, rule->limits.per_s);
	if (!facts->delay_known || facts->delay_pct >= rule->limits.share_max ||
	    !finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "pause exits %d %% without contention",
		      whole(ret_finding->cost_pct));
	finding__long(ret_finding,
		      "pause exits take %.1f %% (%.0f/s per vCPU), but no vCPU waits for a CPU: "
		      "they help nobody",
		      ret_finding->cost_pct, per_s);
	add_pauses(ret_finding, facts);
	return true;
}

bool rule_polls(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding)
{
	const double poll = vm_facts__state_pct(facts, STATE_HALT_POLL);
	double fail, success, vain;

	if (!vm_facts__stat(facts, RULE_STAT_POLL_FAIL_NS, &fail) ||
	    !vm_facts__stat(facts, RULE_STAT_POLL_SUCCESS_NS, &success) || !(fail + success > 0))
		return false;
	vain = 100 * fail / (fail + success);
	finding__begin(ret_finding, rule, poll * vain / 100);
	finding__at_least(ret_finding, poll, rule->limits.share);
	finding__at_least(ret_finding, vain, rule->limits.share_max);
	if (!finding__is_strong(ret_finding))
		return false;
	if (facts->host->waits_somewhere)
		ret_finding->severity = SEVERITY_ACT;
	finding__text(ret_finding, "halt polling %d %%, %d %% in vain", whole(poll), whole(vain));
	finding__long(ret_finding, "halt polling burns %.1f %%, %.0f %% of it in vain%s", poll,
		      vain, facts->host->waits_somewhere ? ", while others wait" : "");
	finding__number(ret_finding, "poll_pct", poll);
	finding__number(ret_finding, "in_vain_pct", vain);
	finding__number(ret_finding, "halt_poll_fail_ns", fail);
	finding__number(ret_finding, "halt_poll_success_ns", success);
	return true;
}

bool rule_sleeps(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding)
{
	const struct exits_sum *halts = &facts->classes[REASON_CLASS_HALT];
	const double per_s = vm_facts__per_s_vcpu(facts, (double)halts->count);
	const double block = vm_facts__state_pct(facts, STATE_HALT_BLOCK);
	double mean_ns;
	char rate[16], mean[16];

	if ((double)halts->count < rule->limits.least || !halts->count)
		return false;
	mean_ns = (double)facts->vm->shares.ns[STATE_HALT_BLOCK] / (double)halts->count;
	finding__begin(ret_finding, rule, per_s * WAKEUP_NS / 1e7);
	finding__at_least(ret_finding, per_s, rule->limits.per_s);
	finding__at_least(ret_finding, block, rule->limits.share);
	if (mean_ns >= (double)rule->limits.mean_ns || !finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "sleeps %s/s for %s each", short_count(per_s, rate),
		      short_ns(mean_ns, mean));
	finding__long(ret_finding,
		      "each vCPU sleeps %s times a second for %s: the wake-ups cost about %.0f %%",
		      rate, mean, ret_finding->cost_pct);
	finding__number(ret_finding, "halts_per_s_vcpu", per_s);
	finding__number(ret_finding, "mean_sleep_ns", mean_ns);
	finding__number(ret_finding, "block_pct", block);
	return true;
}
