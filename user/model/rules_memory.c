// SPDX-License-Identifier: GPL-2.0
#include "rules_memory.h"

/* What is known of the page faults of a VM. */
struct faults {
	double ns;     /* in KVM */
	double count;  /* without those that the VMM answered (MMIO) */
	double cost;   /* in % */
	bool pf_known; /* the next three are */
	double taken, fixed, fast;
	bool pages_known;
	bool grows;    /* more memory is mapped, and faults are what for */
	double pages;  /* how much, in pages of 4 KiB */
	double p99_ns; /* 0: not known */
};

/* Of all reasons that are page faults; with MMIO among them it is the VMM's, and not known. */
static double worst_p99(const struct vm_facts *facts)
{
	const struct frame_reasons *reasons = &facts->vm->reasons;
	const struct exits_sum *all = &facts->classes[REASON_CLASS_FAULT];
	double worst = 0;

	if (facts->user[REASON_CLASS_FAULT].count * 200 > all->count)
		return 0;
	for (size_t i = 0; i < reasons->n; i++) {
		const struct frame_reason *reason = &reasons->v[i];

		if (!isa_is_nested(reason->isa) && reason->time.pct_valid &&
		    vm_facts__class(facts, i) == REASON_CLASS_FAULT &&
		    (double)reason->time.pct_ns[P99] > worst)
			worst = (double)reason->time.pct_ns[P99];
	}
	return worst;
}

static void find_pages(const struct vm_facts *facts, struct faults *faults)
{
	double small, middle, large;

	faults->pages_known = vm_facts__stat(facts, RULE_STAT_PAGES_4K, &small) &&
			      vm_facts__stat(facts, RULE_STAT_PAGES_2M, &middle) &&
			      vm_facts__stat(facts, RULE_STAT_PAGES_1G, &large);
	if (!faults->pages_known)
		return;
	faults->pages = small + 512 * middle + 262144 * large;
	/* Each fault maps a page at least, but some of them go again. */
	faults->grows = faults->pages > 0 && faults->pages >= faults->fixed / 2;
}

/* false: there are none, or they cost nothing. */
static bool faults__make(const struct vm_facts *facts, struct faults *ret_faults)
{
	const struct exits_sum *sum = &facts->classes[REASON_CLASS_FAULT];
	const uint64_t mmio = facts->user[REASON_CLASS_FAULT].count;
	const double in_kvm = vm_facts__state_pct(facts, STATE_KVM);
	struct faults faults = { .ns = vm_facts__kvm_ns(facts, REASON_CLASS_FAULT, sum->ns) };

	if (sum->count <= mmio || !(faults.ns > 0))
		return false;
	faults.count = (double)(sum->count - mmio);
	faults.cost = vm_facts__pct(facts, faults.ns);
	if (faults.cost > in_kvm)
		faults.cost = in_kvm;
	faults.pf_known = vm_facts__stat(facts, RULE_STAT_PF_TAKEN, &faults.taken) &&
			  vm_facts__stat(facts, RULE_STAT_PF_FIXED, &faults.fixed);
	/* Some kernels do not have it. */
	vm_facts__stat(facts, RULE_STAT_PF_FAST, &faults.fast);
	faults.pf_known &= faults.taken > 0;
	if (faults.pf_known)
		find_pages(facts, &faults);
	faults.p99_ns = worst_p99(facts);
	*ret_faults = faults;
	return true;
}

static void add_faults(struct finding *finding, const struct vm_facts *facts,
		       const struct faults *faults)
{
	finding__number(finding, "faults_per_s", faults->count / facts->seconds);
	finding__number(finding, "share_pct", faults->cost);
	finding__number(finding, "avg_ns", faults->ns / faults->count);
	if (faults->p99_ns > 0)
		finding__number(finding, "p99_ns", faults->p99_ns);
	if (faults->pf_known) {
		finding__number(finding, "fixed_pct", 100 * faults->fixed / faults->taken);
		finding__number(finding, "fast_pct", 100 * faults->fast / faults->taken);
	}
	if (faults->pages_known)
		finding__number(finding, "pages_4k_per_s", faults->pages / facts->seconds);
}

/* Most faults map a page. */
static bool begin_fixed(const struct rule *rule, const struct faults *faults,
			struct finding *finding)
{
	finding__begin(finding, rule, faults->cost);
	finding__at_least(finding, 100 * faults->fixed / faults->taken, rule->limits.share);
	return finding__is_strong(finding);
}

bool rule_memory_fills(const struct rule *rule, const struct vm_facts *facts,
		       struct finding *ret_finding)
{
	struct faults faults;
	char rate[16], pages[16];

	if (!faults__make(facts, &faults) || !faults.pf_known || !faults.grows)
		return false;
	if (!begin_fixed(rule, &faults, ret_finding))
		return false;
	finding__text(ret_finding, "page faults %d %%: memory fills up", whole(faults.cost));
	finding__long(ret_finding,
		      "page faults: %s/s take %.1f %%; memory is being filled (+%s pages/s)",
		      short_count(faults.count / facts->seconds, rate), faults.cost,
		      short_count(faults.pages / facts->seconds, pages));
	add_faults(ret_finding, facts, &faults);
	return true;
}

bool rule_dirty_tracking(const struct rule *rule, const struct vm_facts *facts,
			 struct finding *ret_finding)
{
	double flushes = 0, by_fast, by_flushes = 0;
	struct faults faults;

	if (!faults__make(facts, &faults) || !faults.pf_known)
		return false;
	if (vm_facts__stat(facts, RULE_STAT_TLB_FLUSHES, &flushes) && faults.pages_known &&
	    !faults.grows)
		by_flushes = flushes / facts->seconds / rule->limits.per_s;
	by_fast = 100 * faults.fast / faults.taken / rule->limits.share;
	finding__begin(ret_finding, rule, faults.cost);
	finding__at_least(ret_finding, by_fast > by_flushes ? by_fast : by_flushes, 1);
	if (!finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "page faults %d %%: dirty tracking", whole(faults.cost));
	finding__long(ret_finding,
		      "page faults take %.1f %%, and map little that is new: perhaps dirty "
		      "tracking for a migration, a snapshot or a backup",
		      faults.cost);
	add_faults(ret_finding, facts, &faults);
	finding__number(ret_finding, "remote_tlb_flush_per_s", flushes / facts->seconds);
	return true;
}

/* VmSwap has no shared memory in it, so that 0 does not say that none is swapped out. */
static void say_far(struct finding *finding, const struct frame_load *load,
		    const struct faults *faults, const char *which, const char *shown)
{
	const bool is_swapped = load->swap_known && load->swap_bytes;

	finding__text(finding,
		      is_swapped ? "page faults wait %s: swapped" : "page faults wait %s: swapped?",
		      shown);
	if (is_swapped)
		finding__long(finding,
			      "page faults take %.1f %% and wait long (%s %s): %.0f MiB of its VMM "
			      "are swapped out",
			      faults->cost, which, shown, (double)load->swap_bytes / 0x1p20);
	else
		finding__long(finding,
			      "page faults take %.1f %% and wait long (%s %s): perhaps memory is "
			      "swapped out or on another host",
			      faults->cost, which, shown);
}

static void add_cause(struct finding *finding, const struct frame_load *load)
{
	if (load->swap_known)
		finding__number(finding, "swap_bytes", (double)load->swap_bytes);
	if (load->pressure_valid) {
		finding__number(finding, "memory_some_pct", load->memory_some_pct);
		finding__number(finding, "memory_full_pct", load->memory_full_pct);
	}
}

bool rule_far_memory(const struct rule *rule, const struct vm_facts *facts,
		     struct finding *ret_finding)
{
	struct faults faults;
	double mean_ns, by_mean, by_p99;
	char shown[16];

	if (!faults__make(facts, &faults) || faults.count < rule->limits.least)
		return false;
	mean_ns = faults.ns / faults.count;
	by_mean = mean_ns / (double)rule->limits.mean_ns;
	by_p99 = faults.p99_ns / (double)rule->limits.p99_ns;
	finding__begin(ret_finding, rule, faults.cost);
	finding__at_least(ret_finding, by_mean > by_p99 ? by_mean : by_p99, 1);
	if (!finding__is_strong(ret_finding))
		return false;
	short_ns(by_mean > by_p99 ? mean_ns : faults.p99_ns, shown);
	say_far(ret_finding, &facts->vm->load, &faults, by_mean > by_p99 ? "mean" : "p99", shown);
	add_faults(ret_finding, facts, &faults);
	add_cause(ret_finding, &facts->vm->load);
	return true;
}

bool rule_torn_down(const struct rule *rule, const struct vm_facts *facts,
		    struct finding *ret_finding)
{
	struct faults faults;
	double more;

	if (!faults__make(facts, &faults) || !faults.pf_known || !faults.pages_known ||
	    faults.grows)
		return false;
	if (!begin_fixed(rule, &faults, ret_finding))
		return false;
	finding__text(ret_finding, "page faults %d %%: maps torn down", whole(faults.cost));
	finding__long(ret_finding,
		      "page faults take %.1f %%, and memory is mapped again and again: something "
		      "tears the mappings down",
		      faults.cost);
	add_faults(ret_finding, facts, &faults);
	if (vm_facts__stat(facts, RULE_STAT_SPLITS, &more))
		finding__number(ret_finding, "nx_lpage_splits_change", more);
	if (vm_facts__stat(facts, RULE_STAT_RECYCLED, &more))
		finding__number(ret_finding, "mmu_recycled_per_s", more / facts->seconds);
	return true;
}
