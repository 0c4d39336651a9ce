// SPDX-License-Identifier: GPL-2.0
#include "rules_vmm.h"

#include <stdio.h>

#include "../arch/arch.h"
#include "detail.h"

/* ---- what the VMM answers */

/* What the VMM's exits of a class are about. */
struct answered {
	enum reason_class class;
	const char *short_word, *long_word;
};

/* The key that takes most time, of those that the VMM may have answered. NULL: there is none, or others take more than half. */
static const struct frame_detail *main_key(const struct frame_details *details,
					   enum reason_class class)
{
	const struct frame_detail *worst = NULL;
	uint64_t sum = 0;

	for (size_t i = 0; details->valid && i < details->n; i++) {
		const struct frame_detail *detail = &details->v[i];
		const struct detail_kind_def *def = arch_detail_kind(detail->kind);

		if (!def || def->class != class || !detail->time.valid)
			continue;
		sum += detail->time.delta_ns;
		if (!worst || detail->time.delta_ns > worst->time.delta_ns)
			worst = detail;
	}
	return worst && 2 * worst->time.delta_ns >= sum ? worst : NULL;
}

/* "port 0x608, PM timer", into @buf. */
static void format_key(const struct frame_detail *key, const char *word, char *buf, size_t size)
{
	const struct arch_hint *hint = arch_hint(key->kind, key->key);
	char number[32];

	detail_key_format(key->kind, key->key, number, sizeof(number));
	snprintf(buf, size, "%s %s%s%s", word, number, hint && hint->name ? ", " : "",
		 hint && hint->name ? hint->name : "");
}

/* The reason with the most time of those exits; NULL: none is timed. */
static const struct frame_reason *main_exit(const struct vm_facts *facts, enum reason_class class)
{
	const struct frame_reasons *exits = &facts->vm->user_exits;
	const struct frame_reason *worst = NULL;

	for (size_t i = 0; i < exits->n; i++) {
		const struct frame_reason *exit = &exits->v[i];

		if (user_exit_class(exit->code) == class && exit->time.valid &&
		    (!worst || exit->time.delta_ns > worst->time.delta_ns))
			worst = exit;
	}
	return worst;
}

static void add_exit(struct finding *finding, const struct frame_reason *exit)
{
	finding__word(finding, "reason", exit->name);
	finding__number(finding, "per_s", exit->count.rate);
	if (exit->time.avg_valid)
		finding__number(finding, "avg_ns", exit->time.avg_ns);
	if (exit->time.pct_valid)
		finding__number(finding, "p99_ns", (double)exit->time.pct_ns[P99]);
	if (exit->time.max_valid)
		finding__number(finding, "max_ns", (double)exit->time.max_ns);
}

/* An answer takes some ten microseconds. Where it takes this long on average, the VMM is slow, and not often asked. */
#define SLOW_ANSWER_NS 1000000.0

static bool is_slow_answer(const struct vm_facts *facts, const struct exits_sum *sum)
{
	return facts->explained & RULE_BIT(RULE_R13) &&
	       (double)sum->ns >= SLOW_ANSWER_NS * (double)sum->count;
}

/* No more than all that is left to the VMM. */
static double vmm_cost(const struct vm_facts *facts, uint64_t ns)
{
	const double cost = vm_facts__pct(facts, (double)ns);

	return cost < facts->vmm_pct ? cost : facts->vmm_pct;
}

static bool find_answered(const struct rule *rule, const struct vm_facts *facts,
			  const struct answered *what, struct finding *finding)
{
	const struct exits_sum *sum = &facts->user[what->class];
	const struct frame_reason *exit = main_exit(facts, what->class);
	const struct frame_detail *key;
	const struct arch_hint *hint;
	char about[64], rate[16], each[16];

	finding__begin(finding, rule, vmm_cost(facts, sum->ns));
	if (!exit || !finding__is_strong(finding) || is_slow_answer(facts, sum))
		return false;
	key = main_key(&facts->vm->details, what->class);
	hint = key ? arch_hint(key->kind, key->key) : NULL;
	snprintf(about, sizeof(about), "%s", what->long_word);
	if (key)
		format_key(key, what->short_word, about, sizeof(about));
	if (hint && hint->next)
		finding->next = hint->next;
	finding__text(finding, "VMM: %.25s %d %%", about, whole(finding->cost_pct));
	finding__long(finding,
		      "the VMM answers %s/s exits for %s: %.1f %% of the vCPUs' time, %s each",
		      short_count((double)sum->count / facts->seconds, rate), about,
		      finding->cost_pct,
		      short_ns(sum->count ? (double)sum->ns / (double)sum->count : 0, each));
	add_exit(finding, exit);
	if (key)
		finding__word(finding, "key", about);
	finding__number(finding, "share_pct", finding->cost_pct);
	return true;
}

bool rule_port(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding)
{
	static const struct answered ports = { REASON_CLASS_PORT, "port", "port I/O" };

	return find_answered(rule, facts, &ports, ret_finding);
}

bool rule_mmio(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding)
{
	static const struct answered memory = { REASON_CLASS_FAULT, "MMIO", "MMIO" };

	return find_answered(rule, facts, &memory, ret_finding);
}

/* ---- how long it takes */

/* Whether all of them are slow. A mean needs fewer of them than a percentile. */
static bool are_all_slow(const struct rule *rule, const struct frame_reason *exit)
{
	return exit->time.avg_valid && exit->time.avg_ns >= (double)rule->limits.p99_ns &&
	       (double)exit->time.timed >= rule->limits.least / 10;
}

/* An exit that is the VMM's work, often enough to judge. */
static bool is_work(const struct rule *rule, const struct frame_reason *exit)
{
	const enum reason_class class = user_exit_class(exit->code);

	return class != REASON_CLASS_HALT && class != REASON_CLASS_IRQ && exit->count.delta_valid &&
	       exit->time.valid && exit->time.pct_valid &&
	       ((double)exit->time.timed >= rule->limits.least || are_all_slow(rule, exit));
}

/* One in 100, or all of them. */
static void say_slow(struct finding *finding, const struct rule *rule,
		     const struct frame_reason *slow)
{
	const bool all = are_all_slow(rule, slow);
	char shown[16];

	short_ns(all ? slow->time.avg_ns : (double)slow->time.pct_ns[P99], shown);
	if (all) {
		finding__text(finding, "VMM needs %s for each I/O", shown);
		finding__long(finding,
			      "the VMM needs %s for each of its %.40s exits: perhaps its main loop "
			      "is blocked",
			      shown, slow->name);
		return;
	}
	finding__text(finding, "VMM needs %s for 1 %% of I/O", shown);
	finding__long(finding,
		      "the VMM needs %s or more for 1 %% of its %.40s exits: perhaps its main loop "
		      "is blocked",
		      shown, slow->name);
}

bool rule_slow_vmm(const struct rule *rule, const struct vm_facts *facts,
		   struct finding *ret_finding)
{
	const struct frame_reasons *exits = &facts->vm->user_exits;
	const struct frame_reason *slow = NULL;

	for (size_t i = 0; i < exits->n; i++)
		if (is_work(rule, &exits->v[i]) &&
		    (!slow || exits->v[i].time.pct_ns[P99] > slow->time.pct_ns[P99]))
			slow = &exits->v[i];
	if (!slow)
		return false;
	finding__begin(ret_finding, rule, vmm_cost(facts, slow->time.delta_ns));
	finding__at_least(ret_finding, (double)slow->time.pct_ns[P99], (double)rule->limits.p99_ns);
	finding__at_least(ret_finding, (double)slow->count.delta / facts->seconds,
			  rule->limits.per_s);
	if (!finding__is_strong(ret_finding))
		return false;
	if (slow->time.max_valid && slow->time.max_ns >= rule->limits.act_max_ns)
		ret_finding->severity = SEVERITY_ACT;
	say_slow(ret_finding, rule, slow);
	add_exit(ret_finding, slow);
	return true;
}

bool rule_vmm_pauses(const struct rule *rule, const struct vm_facts *facts,
		     struct finding *ret_finding)
{
	const struct exits_sum *sum = &facts->user[REASON_CLASS_IRQ];
	const double per_s = vm_facts__per_s_vcpu(facts, (double)sum->count);
	const double mean_ns = sum->count ? (double)sum->ns / (double)sum->count : 0;
	const double cost = vmm_cost(facts, sum->ns);

	finding__begin(ret_finding, rule, cost);
	finding__at_least(ret_finding, per_s, rule->limits.per_s);
	finding__at_least(ret_finding, mean_ns, (double)rule->limits.mean_ns);
	finding__at_least(ret_finding, facts->vmm_pct, rule->limits.share);
	if (per_s > rule->limits.per_s_max || !finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "VMM pauses it %d %%: migration?", whole(cost));
	finding__long(ret_finding,
		      "signals take its vCPUs to the VMM, which keeps them %.1f %% of the time: "
		      "perhaps a live migration slows it down",
		      cost);
	finding__number(ret_finding, "signals_per_s_vcpu", per_s);
	finding__number(ret_finding, "mean_ns", mean_ns);
	finding__number(ret_finding, "vmm_pct", facts->vmm_pct);
	return true;
}
