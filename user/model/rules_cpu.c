// SPDX-License-Identifier: GPL-2.0
#include "rules_cpu.h"

#include <stdio.h>

#include "../base/fmt.h"
#include "lost.h"

bool host_wants(const struct host_facts *host, double share)
{
	return host->want_known && host->want_cpus >= share / 100 * host->frame->host.cpus;
}

/* The vCPU whose delay is the longest; NULL: it is known of none. */
static const struct frame_vcpu *most_delayed(const struct vm_facts *facts)
{
	const struct frame_vcpu *worst = NULL;

	for (size_t i = 0; i < facts->vm->n_vcpus; i++) {
		const struct frame_vcpu *vcpu = &facts->vm->vcpus[i];

		if (!time_shares_known(&vcpu->shares, STATE_RUN_DELAY))
			continue;
		if (!worst ||
		    vcpu->shares.pct[STATE_RUN_DELAY] > worst->shares.pct[STATE_RUN_DELAY])
			worst = vcpu;
	}
	return worst;
}

static void add_delays(struct finding *finding, const struct vm_facts *facts)
{
	const struct frame_vcpu *worst = most_delayed(facts);

	finding__number(finding, "delay_pct", facts->delay_pct);
	if (worst) {
		finding__number(finding, "worst_vcpu", worst->vcpu_id);
		finding__number(finding, "worst_vcpu_delay_pct",
				worst->shares.pct[STATE_RUN_DELAY]);
	}
	if (facts->host->want_known)
		finding__number(finding, "want_cpus", facts->host->want_cpus);
	finding__number(finding, "host_cpus", facts->host->frame->host.cpus);
	if (facts->vm->load.cpus_allowed)
		finding__number(finding, "cpus_allowed", facts->vm->load.cpus_allowed);
}

/* What all VMs want; not claimed where that is not known of all of them. */
static void say_full(struct finding *finding, const struct rule *rule, const struct vm_facts *facts)
{
	const struct host_facts *host = facts->host;
	const struct frame_vcpu *worst = most_delayed(facts);
	const double worst_pct = worst ? worst->shares.pct[STATE_RUN_DELAY] : facts->delay_pct;

	if (!host->want_known) {
		const uint32_t cpus = facts->vm->load.cpus_allowed;
		char allowed[48] = "";

		if (cpus && cpus < host->frame->host.cpus)
			snprintf(allowed, sizeof(allowed), ", may use %u of %u CPUs", cpus,
				 host->frame->host.cpus);
		finding__text(finding, "waits for a CPU %d %%", whole(facts->delay_pct));
		finding__long(
			finding,
			"waits for a CPU %.1f %% (worst vCPU %.0f %%)%s: what all VMs want is "
			"%s",
			facts->delay_pct, worst_pct, allowed,
			host->all_vms ? "not known" : "not counted with -p, -g, --vcpu");
		return;
	}
	finding__text(finding, "waits for a CPU %d %%: %s", whole(facts->delay_pct),
		      host_wants(host, rule->limits.share) ? "host is full" : "nearly full");
	finding__long(finding,
		      "waits for a CPU %.1f %% (worst vCPU %.0f %%): VMs want %.1f of %u CPUs",
		      facts->delay_pct, worst_pct, host->want_cpus, host->frame->host.cpus);
}

bool rule_host_full(const struct rule *rule, const struct vm_facts *facts,
		    struct finding *ret_finding)
{
	/* Below this share there are CPUs to be had, which is another rule's. */
	const bool fits =
		!facts->host->want_known || host_wants(facts->host, rule->limits.share_max);

	finding__begin(ret_finding, rule, facts->delay_pct);
	if (!facts->delay_known || !fits || !finding__is_strong(ret_finding))
		return false;
	say_full(ret_finding, rule, facts);
	add_delays(ret_finding, facts);
	ret_finding->incomplete = !facts->host->want_known;
	return true;
}

/* The CPUs that its vCPUs may use are named where that is what confines it. */
static void say_confined(struct finding *finding, const struct vm_facts *facts)
{
	const struct host_facts *host = facts->host;
	const uint32_t cpus = facts->vm->load.cpus_allowed;

	finding__text(finding, "waits %d %% though CPUs are free", whole(facts->delay_pct));
	if (cpus && cpus < host->frame->host.cpus)
		finding__long(finding,
			      "waits for a CPU %.1f %% though CPUs are free: VMs want only %.1f of "
			      "%u; its %zu %s may use %u of them",
			      facts->delay_pct, host->want_cpus, host->frame->host.cpus,
			      facts->vm->n_vcpus, fmt_plural(facts->vm->n_vcpus, "vCPU", "vCPUs"),
			      cpus);
	else
		finding__long(finding,
			      "waits for a CPU %.1f %% though CPUs are free: VMs want only %.1f of "
			      "%u; perhaps it is confined to few",
			      facts->delay_pct, host->want_cpus, host->frame->host.cpus);
}

bool rule_confined(const struct rule *rule, const struct vm_facts *facts,
		   struct finding *ret_finding)
{
	const struct host_facts *host = facts->host;

	finding__begin(ret_finding, rule, facts->delay_pct);
	if (!facts->delay_known || !host->want_known || host_wants(host, rule->limits.share_max) ||
	    !finding__is_strong(ret_finding))
		return false;
	say_confined(ret_finding, facts);
	add_delays(ret_finding, facts);
	return true;
}

/* How many of the vCPUs wait at most a third as long as @worst, and what the others but it wait on average. */
static size_t count_better(const struct vm_facts *facts, const struct frame_vcpu *worst,
			   double *ret_others_pct, size_t *ret_n)
{
	const double worst_pct = worst->shares.pct[STATE_RUN_DELAY];
	size_t better = 0, n = 0;
	double sum = 0;

	for (size_t i = 0; i < facts->vm->n_vcpus; i++) {
		const struct time_shares *shares = &facts->vm->vcpus[i].shares;

		if (!time_shares_known(shares, STATE_RUN_DELAY))
			continue;
		n++;
		better += 3 * shares->pct[STATE_RUN_DELAY] <= worst_pct;
		sum += shares->pct[STATE_RUN_DELAY];
	}
	*ret_n = n;
	*ret_others_pct = n > 1 ? (sum - worst_pct) / (double)(n - 1) : 0;
	return better;
}

bool rule_vcpu_starves(const struct rule *rule, const struct vm_facts *facts,
		       struct finding *ret_finding)
{
	const struct frame_vcpu *worst = most_delayed(facts);
	double worst_pct, others_pct;
	size_t better, n;

	if (!worst || facts->delay_pct >= rule->limits.share_max)
		return false;
	worst_pct = worst->shares.pct[STATE_RUN_DELAY];
	better = count_better(facts, worst, &others_pct, &n);
	/* Half of them at most a third: so the median is. */
	if (n < 2 || 2 * better < n)
		return false;
	finding__begin(ret_finding, rule,
		       vm_facts__pct(facts, (double)worst->shares.ns[STATE_RUN_DELAY]));
	finding__at_least(ret_finding, worst_pct, rule->limits.share);
	if (!finding__is_strong(ret_finding))
		return false;
	ret_finding->vcpu = worst;
	finding__text(ret_finding, "vCPU %u waits %d %%, others %d %%", worst->vcpu_id,
		      whole(worst_pct), whole(others_pct));
	finding__long(ret_finding,
		      "vCPU %u waits for a CPU %.1f %%, the others %.1f %%: the guest stops at "
		      "barriers for the slowest",
		      worst->vcpu_id, worst_pct, others_pct);
	finding__number(ret_finding, "delay_pct", worst_pct);
	finding__number(ret_finding, "others_delay_pct", others_pct);
	return true;
}

bool rule_host_interrupts(const struct rule *rule, const struct vm_facts *facts,
			  struct finding *ret_finding)
{
	const struct exits_sum *sum = &facts->classes[REASON_CLASS_IRQ];
	const double per_s = vm_facts__per_s_vcpu(facts, (double)sum->count);
	const double cost =
		vm_facts__pct(facts, vm_facts__kvm_ns(facts, REASON_CLASS_IRQ, sum->ns));
	char rate[16];

	finding__begin(ret_finding, rule, cost);
	finding__at_least(ret_finding, per_s, rule->limits.per_s);
	if (!finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "host interrupts %s/s on its CPUs", short_count(per_s, rate));
	finding__long(ret_finding,
		      "the host's interrupts come %s times a second to each vCPU's CPU and take "
		      "%.1f %%; its tick is 100 to 1,000",
		      rate, ret_finding->cost_pct);
	finding__number(ret_finding, "per_s_vcpu", per_s);
	finding__number(ret_finding, "share_pct", ret_finding->cost_pct);
	return true;
}

static const char *stopped_text(const struct vm_facts *facts, bool timed)
{
	switch (facts->vm->held) {
	case HELD_STOPPED:
		return "stopped (SIGSTOP or a debugger)";
	case HELD_FROZEN:
		return "frozen by its cgroup's freezer";
	default:
		return timed ? "stopped in its VMM" : "no exits: paused, or hangs";
	}
}

bool rule_stopped(const struct rule *rule, const struct vm_facts *facts,
		  struct finding *ret_finding)
{
	const enum vcpu_held held = facts->vm->held;
	/* It has had no exit since kvmtop began to count, so that its times are not known. */
	const bool timed = facts->vm->shares.valid;
	const double in_vmm = timed ? vm_facts__state_pct(facts, STATE_VMM) : 0;
	const char *text = stopped_text(facts, timed);

	if (timed ? !vm_is_stopped(facts->vm) : facts->exits.count || !facts->vm->exits.delta_valid)
		return false;
	/* A little less is something else: it runs now and then. */
	finding__begin(ret_finding, rule, in_vmm);
	ret_finding->strength = 1;
	finding__text(ret_finding, "%s", text);
	if (timed)
		finding__long(ret_finding,
			      "%s: no vCPU has had an exit, %.0f %% of its time is in the VMM",
			      text, in_vmm);
	else if (held == HELD_UNKNOWN)
		finding__long(
			ret_finding,
			"no vCPU has had an exit since kvmtop began: perhaps it is paused, or "
			"hangs");
	else
		finding__long(ret_finding, "%s: no vCPU has had an exit since kvmtop began", text);
	if (timed)
		finding__number(ret_finding, "vmm_pct", in_vmm);
	finding__number(ret_finding, "vcpus", (double)facts->vm->n_vcpus);
	if (vcpu_held_name(held))
		finding__word(ret_finding, "held", vcpu_held_name(held));
	return true;
}
