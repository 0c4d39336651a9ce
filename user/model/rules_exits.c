// SPDX-License-Identifier: GPL-2.0
#include "rules_exits.h"

#include <stdio.h>
#include <string.h>

#include "../arch/arch.h"
#include "detail.h"

/* ---- one reason */

/* Which rules explain the exits of a class better. */
static const uint32_t explained_by[REASON_CLASS_MAX] = {
	[REASON_CLASS_HALT] = UINT32_MAX, /* it is no cost, whatever rules apply */
	[REASON_CLASS_FAULT] =
		RULE_BIT(RULE_R15) | RULE_BIT(RULE_R16) | RULE_BIT(RULE_R17) | RULE_BIT(RULE_R18),
	[REASON_CLASS_PORT] = RULE_BIT(RULE_R11),
	[REASON_CLASS_PAUSE] = RULE_BIT(RULE_R5) | RULE_BIT(RULE_R6),
	[REASON_CLASS_IRQ] = RULE_BIT(RULE_R21),
	[REASON_CLASS_ENTRY] = RULE_BIT(RULE_R20),
	[REASON_CLASS_BUS_LOCK] = RULE_BIT(RULE_R22),
	[REASON_CLASS_ENCRYPTED] = RULE_BIT(RULE_R24),
};

/* That most of them go to the VMM; what they take in KVM is of the same accesses. */
static bool is_mmio(const struct vm_facts *facts, enum reason_class class)
{
	return class == REASON_CLASS_FAULT && facts->explained & RULE_BIT(RULE_R12) &&
	       2 * facts->user[class].count >= facts->classes[class].count;
}

static bool is_explained(const struct vm_facts *facts, enum reason_class class)
{
	return class == REASON_CLASS_HALT || (facts->explained & explained_by[class]) ||
	       is_mmio(facts, class);
}

/* In KVM: no more than all that is there. */
static double kvm_cost(const struct vm_facts *facts, enum reason_class class, uint64_t ns)
{
	const double cost = vm_facts__pct(facts, vm_facts__kvm_ns(facts, class, ns));
	const double all = vm_facts__state_pct(facts, STATE_KVM);

	return cost < all ? cost : all;
}

/* The reason that takes most time in KVM and is not explained; NULL: there is none. */
static const struct frame_reason *costliest(const struct vm_facts *facts,
					    enum reason_class *ret_class, double *ret_cost)
{
	const struct frame_reasons *reasons = &facts->vm->reasons;
	const struct frame_reason *worst = NULL;

	*ret_cost = 0;
	for (size_t i = 0; i < reasons->n; i++) {
		const struct frame_reason *reason = &reasons->v[i];
		enum reason_class class;
		double cost;

		if (isa_is_nested(reason->isa) || !reason->time.valid || !reason->count.delta_valid)
			continue;
		class = vm_facts__class(facts, i);
		if (is_explained(facts, class))
			continue;
		cost = kvm_cost(facts, class, reason->time.delta_ns);
		if (cost <= *ret_cost)
			continue;
		worst = reason;
		*ret_class = class;
		*ret_cost = cost;
	}
	return worst;
}

static void add_reason(struct finding *finding, const struct frame_reason *reason)
{
	finding__word(finding, "reason", reason->name);
	finding__number(finding, "reason_per_s", reason->count.rate);
	if (reason->time.avg_valid)
		finding__number(finding, "reason_avg_ns", reason->time.avg_ns);
	if (reason->time.pct_valid)
		finding__number(finding, "reason_p99_ns", (double)reason->time.pct_ns[P99]);
}

bool rule_reason(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding)
{
	enum reason_class class;
	double cost;
	const struct frame_reason *reason = costliest(facts, &class, &cost);
	char rate[16], avg[16];

	finding__begin(ret_finding, rule, cost);
	if (!reason || !finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "%.17s %s/s take %d %%", reason->name,
		      short_count(reason->count.rate, rate), whole(cost));
	finding__long(ret_finding, "%.60s: %s/s take %.1f %% of the vCPUs' time in KVM, %s each",
		      reason->name, rate, cost,
		      reason->time.avg_valid ? short_ns(reason->time.avg_ns, avg) : "unknown");
	add_reason(ret_finding, reason);
	finding__number(ret_finding, "share_pct", cost);
	return true;
}

/* ---- the key of a reason */

/* The key of @class that takes most time; NULL: keys of it are not counted, or have no time. */
static const struct frame_detail *costliest_key(const struct frame_details *details,
						enum reason_class class)
{
	const struct frame_detail *worst = NULL;

	for (size_t i = 0; details->valid && i < details->n; i++) {
		const struct frame_detail *detail = &details->v[i];
		const struct detail_kind_def *def = arch_detail_kind(detail->kind);

		if (!def || def->class != class || !detail->time.valid ||
		    !detail->count.delta_valid)
			continue;
		if (!worst || detail->time.delta_ns > worst->time.delta_ns)
			worst = detail;
	}
	return worst;
}

/* As short as it goes: "TSC_DEADLINE", without the kind in front; or the number. */
static const char *key_name(const struct frame_detail *detail, const char *kind, char *buf,
			    size_t size)
{
	const struct arch_hint *hint = arch_hint(detail->kind, detail->key);
	const size_t len = strlen(kind);
	const char *name = hint && hint->name ? hint->name : detail->name;

	if (!name)
		return detail_key_format(detail->kind, detail->key, buf, size);
	return !strncmp(name, kind, len) && name[len] == '_' ? name + len + 1 : name;
}

/* "ABC", of "abc". */
static void kind_title(enum detail_kind kind, char *buf, size_t size)
{
	snprintf(buf, size, "%s", detail_kind_name(kind));
	for (char *c = buf; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
}

static void say_key(struct finding *finding, const struct frame_detail *key)
{
	const struct arch_hint *hint = arch_hint(key->kind, key->key);
	const char *dir = detail_dir_name(key->kind, key->sub);
	char kind[24], number[32], rate[16];
	const char *name;

	kind_title(key->kind, kind, sizeof(kind));
	name = key_name(key, kind, number, sizeof(number));
	short_count(key->count.rate, rate);
	finding__text(finding, "%s %.15s %s/s take %d %%", kind, name, rate,
		      whole(finding->cost_pct));
	finding__long(finding, "%s %.60s%s%s: %s/s take %.1f %% of the vCPUs' time", kind, name,
		      dir ? ", " : "", dir ? dir : "", rate, finding->cost_pct);
	if (hint && hint->next)
		finding->next = hint->next;
	finding__word(finding, "key_kind", detail_kind_name(key->kind));
	finding__word(finding, "key",
		      detail_key_format(key->kind, key->key, number, sizeof(number)));
	if (dir)
		finding__word(finding, "direction", dir);
	finding__number(finding, "key_per_s", key->count.rate);
}

bool rule_key(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding)
{
	enum reason_class class;
	double cost;
	const struct frame_reason *reason = NULL;
	const struct frame_detail *key = NULL;

	if (facts->vm->details.valid)
		reason = costliest(facts, &class, &cost);
	if (reason && class != REASON_CLASS_OTHER && class != REASON_CLASS_FAULT)
		key = costliest_key(&facts->vm->details, class);
	if (!key)
		return false;
	finding__begin(ret_finding, rule, kvm_cost(facts, class, key->time.delta_ns));
	if (!finding__is_strong(ret_finding))
		return false;
	say_key(ret_finding, key);
	add_reason(ret_finding, reason);
	return true;
}

/* ---- special exits */

bool rule_nested(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding)
{
	const uint64_t ns = facts->nested.ns + facts->classes[REASON_CLASS_ENTRY].ns;
	const double busy = vm_facts__state_pct(facts, STATE_KVM) + facts->vmm_pct;
	double cost = vm_facts__pct(facts, (double)ns), share = 0;

	if (facts->exits.count)
		share = 100 * (double)facts->nested.count / (double)facts->exits.count;
	finding__begin(ret_finding, rule, cost < busy ? cost : busy);
	finding__at_least(ret_finding, share, rule->limits.share);
	if (!finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "nested: %d %% of exits are L2", whole(share));
	finding__long(ret_finding,
		      "nested: %.0f %% of the exits are of its own guests; with its entries they "
		      "take %.1f %%",
		      share, ret_finding->cost_pct);
	finding__number(ret_finding, "nested_exits_pct", share);
	finding__number(ret_finding, "nested_exits_per_s",
			(double)facts->nested.count / facts->seconds);
	finding__number(ret_finding, "share_pct", ret_finding->cost_pct);
	return true;
}

bool rule_bus_locks(const struct rule *rule, const struct vm_facts *facts,
		    struct finding *ret_finding)
{
	const struct exits_sum *exits = &facts->classes[REASON_CLASS_BUS_LOCK];
	const struct exits_sum *user = &facts->user[REASON_CLASS_BUS_LOCK];
	/* With a limit of its own KVM tells the VMM of the same ones. */
	const uint64_t count = exits->count > user->count ? exits->count : user->count;
	const double per_s = (double)count / facts->seconds;
	char rate[16];

	finding__begin(ret_finding, rule, vm_facts__pct(facts, (double)exits->ns));
	finding__at_least(ret_finding, per_s, rule->limits.per_s);
	if (!finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "split locks %s/s slow the host", short_count(per_s, rate));
	finding__long(ret_finding,
		      "split locks, %s a second: each stalls all CPUs of the host for a moment",
		      rate);
	finding__number(ret_finding, "bus_locks_per_s", per_s);
	return true;
}

bool rule_encrypted(const struct rule *rule, const struct vm_facts *facts,
		    struct finding *ret_finding)
{
	const struct exits_sum *sum = &facts->classes[REASON_CLASS_ENCRYPTED];
	const struct frame_detail *key = costliest_key(&facts->vm->details, REASON_CLASS_ENCRYPTED);

	finding__begin(ret_finding, rule, kvm_cost(facts, REASON_CLASS_ENCRYPTED, sum->ns));
	if (!finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "page conversions %d %%", whole(ret_finding->cost_pct));
	finding__long(ret_finding,
		      "what the encrypted guest asks of the host takes %.1f %%: perhaps page "
		      "conversions",
		      ret_finding->cost_pct);
	finding__number(ret_finding, "exits_per_s", (double)sum->count / facts->seconds);
	if (key && key->name)
		finding__word(ret_finding, "key", key->name);
	return true;
}

/* Instructions that KVM emulated although they were no I/O. */
static bool emulated(const struct vm_facts *facts, double *ret_count)
{
	double part;

	if (!vm_facts__stat(facts, RULE_STAT_EMULATED, ret_count))
		return false;
	if (vm_facts__stat(facts, RULE_STAT_IO_EXITS, &part))
		*ret_count -= part;
	if (vm_facts__stat(facts, RULE_STAT_MMIO_EXITS, &part))
		*ret_count -= part;
	return true;
}

bool rule_emulates(const struct rule *rule, const struct vm_facts *facts,
		   struct finding *ret_finding)
{
	double count, failed = 0;
	double per_s;
	char rate[16];

	if (!emulated(facts, &count))
		return false;
	per_s = count / facts->seconds;
	finding__begin(ret_finding, rule, 0);
	if (vm_facts__stat(facts, RULE_STAT_EMULATED_FAIL, &failed) && failed > 0)
		ret_finding->severity = SEVERITY_ACT;
	else
		finding__at_least(ret_finding, per_s / (double)facts->n_vcpus, rule->limits.per_s);
	if (!finding__is_strong(ret_finding))
		return false;
	if (failed > 0) {
		ret_finding->strength = 1;
		finding__text(ret_finding, "KVM fails to emulate instructions");
		finding__long(ret_finding,
			      "KVM could not emulate %.0f instructions: the guest or a program in "
			      "it crashes next",
			      failed);
	} else {
		finding__text(ret_finding, "KVM emulates %s/s instructions",
			      short_count(per_s, rate));
		finding__long(ret_finding, "KVM emulates %s instructions a second that are no I/O",
			      rate);
	}
	finding__number(ret_finding, "emulated_per_s", per_s);
	finding__number(ret_finding, "emulation_failed", failed);
	return true;
}
