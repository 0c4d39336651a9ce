// SPDX-License-Identifier: GPL-2.0
#include "rules_load.h"

#include "../base/fmt.h"

static double quota_cpus(const struct frame_load *load)
{
	return load->quota_pct / 100.0;
}

bool rule_quota(const struct rule *rule, const struct vm_facts *facts, struct finding *ret_finding)
{
	const struct frame_load *load = &facts->vm->load;

	finding__begin(ret_finding, rule, load->throttled_pct);
	if (!load->quota_valid || !finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "throttled by its quota %d %%", whole(load->throttled_pct));
	/* The limit may have gone since. */
	if (load->quota_pct)
		finding__long(ret_finding,
			      "throttled by cpu.max of its control group %.1f %%: %zu %s and "
			      "the VMM's other threads share %.2f CPUs",
			      load->throttled_pct, facts->vm->n_vcpus,
			      fmt_plural(facts->vm->n_vcpus, "vCPU", "vCPUs"), quota_cpus(load));
	else
		finding__long(ret_finding, "throttled by cpu.max of its control group %.1f %%",
			      load->throttled_pct);
	finding__number(ret_finding, "throttled_pct", load->throttled_pct);
	finding__number(ret_finding, "throttled_per_s", load->throttles_per_s);
	if (load->quota_pct)
		finding__number(ret_finding, "quota_cpus", quota_cpus(load));
	finding__number(ret_finding, "vcpus", (double)facts->vm->n_vcpus);
	if (load->aux_valid)
		finding__number(ret_finding, "aux_threads", load->aux_threads);
	return true;
}

bool rule_helpers(const struct rule *rule, const struct vm_facts *facts,
		  struct finding *ret_finding)
{
	const struct frame_load *load = &facts->vm->load;

	finding__begin(ret_finding, rule, load->aux_delay_pct);
	if (!load->aux_valid || !finding__is_strong(ret_finding))
		return false;
	finding__text(ret_finding, "its I/O threads wait %d %%", whole(load->aux_delay_pct));
	finding__long(ret_finding,
		      "the VMM's other threads and vhost's wait for a CPU, %.1f %% of one in all, "
		      "and get %.1f %%: its I/O is late",
		      load->aux_delay_pct, load->aux_pct);
	finding__number(ret_finding, "aux_delay_pct", load->aux_delay_pct);
	finding__number(ret_finding, "aux_pct", load->aux_pct);
	finding__number(ret_finding, "aux_threads", load->aux_threads);
	return true;
}
