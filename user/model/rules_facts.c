// SPDX-License-Identifier: GPL-2.0
#include "rules_facts.h"

#include <errno.h>
#include <linux/kvm.h>

#include "../arch/arch.h"
#include "stats.h"

/* Of less vCPU time than this nothing is said. */
#define KNOWN_MIN_NS 100e6

static const char *const stat_names[RULE_STAT_MAX] = {
#define STAT(id, name) [RULE_STAT_##id] = name,
	RULE_VCPU_STATS(STAT) RULE_VM_STATS(STAT)
#undef STAT
};

/* ---- the host */

static const struct frame_stats *stats_of(const struct frame_vm *vm, enum rule_stat stat)
{
	return stat >= RULE_STAT_VM ? &vm->stats : &vm->vcpu_stats;
}

/* All VMs of a frame have the same order of statistics, so that one of them shows where each is. */
static void find_stat(struct host_facts *facts, enum rule_stat stat)
{
	const struct frame *frame = facts->frame;
	const struct stat_layout *layout =
		stat >= RULE_STAT_VM ? frame->vm_layout : frame->vcpu_layout;
	const struct stat_desc *desc = layout ? stat_layout__find(layout, stat_names[stat]) : NULL;

	for (size_t i = 0; desc && i < frame->n_vms; i++) {
		const struct frame_stats *stats = stats_of(&frame->vms[i], stat);

		for (size_t at = 0; at < stats->n; at++) {
			if (stats->v[at].desc != desc)
				continue;
			facts->stats[stat] = desc;
			facts->stat_at[stat] = at;
			return;
		}
	}
}

/*
 * What a VM could have used, in ns. The VMM's time is left out, as it may be sleep. And a wait that its quota makes, as no other CPU
 * would end it; and what is more than the CPUs that it may use.
 */
static double want_ns(const struct frame_vm *vm, double interval_s)
{
	const struct time_shares *shares = &vm->shares;
	double ns = (double)shares->ns[STATE_GUEST] + (double)shares->ns[STATE_KVM] +
		    (double)shares->ns[STATE_HALT_POLL];

	double delay_ns = shares->run_delay_valid ? (double)shares->ns[STATE_RUN_DELAY] : 0;

	if (vm->load.quota_valid)
		delay_ns -= vm->load.throttled_pct / 100 * (double)shares->wall_ns;
	if (delay_ns > 0)
		ns += delay_ns;
	if (vm->load.cpus_allowed && ns > 1e9 * interval_s * vm->load.cpus_allowed)
		ns = 1e9 * interval_s * vm->load.cpus_allowed;
	return ns;
}

/* A VM that is silent cannot be told from one that sleeps, but none of its vCPUs can have used a CPU for long. */
static void add_want(struct host_facts *facts, const struct frame_vm *vm)
{
	const struct time_shares *shares = &vm->shares;

	if (vm->ended || frame_vm_is_silent(vm))
		return;
	facts->want_known &= shares->valid && shares->run_delay_valid;
	if (shares->valid)
		facts->want_cpus +=
			want_ns(vm, facts->frame->interval_s) / 1e9 / facts->frame->interval_s;
}

bool frame_vm_is_silent(const struct frame_vm *vm)
{
	return !vm->ended && !vm->shares.valid && vm->n_vcpus && vm->exits.delta_valid &&
	       !vm->exits.delta;
}

static bool has_dropped(const struct frame *frame, const uint64_t *before)
{
	static const enum drop_cause causes[] = { DROP_MAP_FULL, DROP_MISSED, DROP_DETAIL };

	for (size_t i = 0; before && i < sizeof(causes) / sizeof(causes[0]); i++)
		if (frame->drops[causes[i]] > before[causes[i]])
			return true;
	return false;
}

void host_facts__make(const struct frame *frame, const uint64_t *drops_before, bool all_vms,
		      struct host_facts *ret_facts)
{
	*ret_facts = (struct host_facts){
		.frame = frame,
		.all_vms = all_vms,
		.want_known = all_vms && frame->host.cpus && frame->interval_s > 0,
		.counts_incomplete = has_dropped(frame, drops_before),
	};
	for (unsigned int i = 0; i < RULE_STAT_MAX; i++)
		find_stat(ret_facts, i);
	for (size_t i = 0; i < frame->n_vms && frame->interval_s > 0; i++)
		add_want(ret_facts, &frame->vms[i]);
}

/* ---- a VM */

enum reason_class user_exit_class(uint64_t code)
{
	switch ((int64_t)code) {
	case KVM_EXIT_IO:
		return REASON_CLASS_PORT;
	case KVM_EXIT_MMIO:
		return REASON_CLASS_FAULT;
	case KVM_EXIT_HLT:
		return REASON_CLASS_HALT;
	case KVM_EXIT_HYPERCALL:
		return REASON_CLASS_CALL;
	case KVM_EXIT_INTR:
	case -EINTR:
		return REASON_CLASS_IRQ;
	default:
		return arch_user_class(code);
	}
}

static void add_reason(struct exits_sum *sum, const struct frame_reason *reason)
{
	sum->count += reason->count.delta_valid ? reason->count.delta : 0;
	sum->ns += reason->time.valid ? reason->time.delta_ns : 0;
}

static void add_exits(struct vm_facts *facts)
{
	const struct frame_reasons *reasons = &facts->vm->reasons;
	const struct frame_reasons *user = &facts->vm->user_exits;

	for (size_t i = 0; i < reasons->n; i++) {
		const struct frame_reason *reason = &reasons->v[i];
		struct exits_sum *of = &facts->nested;

		if (!isa_is_nested(reason->isa)) {
			const enum reason_class class = arch_class(reason->isa, reason->code);

			of = &facts->classes[class];
			if (i < RULE_REASONS_MAX)
				facts->class_of[i] = class;
		}
		add_reason(of, reason);
		add_reason(&facts->exits, reason);
	}
	for (size_t i = 0; i < user->n; i++)
		add_reason(&facts->user[user_exit_class(user->v[i].code)], &user->v[i]);
}

enum reason_class vm_facts__class(const struct vm_facts *facts, size_t i)
{
	const struct frame_reason *reason = &facts->vm->reasons.v[i];

	if (i < RULE_REASONS_MAX && !isa_is_nested(reason->isa))
		return facts->class_of[i];
	return arch_class(isa_base(reason->isa), reason->code);
}

bool vm_facts__make(const struct host_facts *host, const struct frame_vm *vm,
		    struct vm_facts *ret_facts)
{
	const struct time_shares *shares = &vm->shares;
	double in_vmm;

	*ret_facts =
		(struct vm_facts){ .host = host, .vm = vm, .seconds = host->frame->interval_s };
	if (!shares->valid || vm->ended || !(host->frame->interval_s > 0) ||
	    (double)shares->wall_ns < KNOWN_MIN_NS)
		return false;
	ret_facts->wall_ns = (double)shares->wall_ns;
	for (size_t i = 0; i < vm->n_vcpus; i++)
		ret_facts->n_vcpus += vm->vcpus[i].shares.valid;
	if (!ret_facts->n_vcpus)
		return false;
	add_exits(ret_facts);
	ret_facts->delay_known = shares->run_delay_valid;
	if (shares->run_delay_valid)
		ret_facts->delay_pct = vm_facts__state_pct(ret_facts, STATE_RUN_DELAY);
	in_vmm = vm_facts__state_pct(ret_facts, STATE_VMM);
	ret_facts->halt_pct =
		vm_facts__pct(ret_facts, (double)ret_facts->user[REASON_CLASS_HALT].ns);
	if (ret_facts->halt_pct > in_vmm)
		ret_facts->halt_pct = in_vmm;
	ret_facts->vmm_pct = in_vmm - ret_facts->halt_pct;
	ret_facts->halt_pct += vm_facts__state_pct(ret_facts, STATE_HALT_POLL) +
			       vm_facts__state_pct(ret_facts, STATE_HALT_BLOCK);
	return true;
}

/* ---- shares, rates and statistics */

double vm_facts__pct(const struct vm_facts *facts, double ns)
{
	double pct = 100 * ns / facts->wall_ns;

	return pct > 100 ? 100 : pct;
}

double vm_facts__state_pct(const struct vm_facts *facts, enum vcpu_state state)
{
	return vm_facts__pct(facts, (double)facts->vm->shares.ns[state]);
}

double vm_facts__per_s_vcpu(const struct vm_facts *facts, double count)
{
	return count / facts->seconds / (double)facts->n_vcpus;
}

double vm_facts__kvm_ns(const struct vm_facts *facts, enum reason_class class, uint64_t ns)
{
	const uint64_t all = facts->classes[class].ns, in_vmm = facts->user[class].ns;

	/* Other exits to the VMM are of no class that is known. */
	if (class == REASON_CLASS_OTHER)
		return (double)ns;
	return all > in_vmm ? (double)ns * (double)(all - in_vmm) / (double)all : 0;
}

bool vm_facts__stat(const struct vm_facts *facts, enum rule_stat stat, double *ret_delta)
{
	const struct frame_stats *stats = stats_of(facts->vm, stat);
	const size_t at = facts->host->stat_at[stat];
	const struct frame_stat *found = at < stats->n ? &stats->v[at] : NULL;

	if (!facts->host->stats[stat] || !found || found->desc != facts->host->stats[stat])
		return false;
	if (found->desc->type == STAT_INSTANT) {
		*ret_delta = (double)found->change;
		return found->change_valid;
	}
	*ret_delta = (double)found->count.delta;
	return found->count.delta_valid;
}
