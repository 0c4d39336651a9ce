// SPDX-License-Identifier: GPL-2.0
#include "load.h"

#include <stddef.h>

/* In % of @of_ns. false: it went backwards. */
static bool grown_pct(uint64_t prev, uint64_t cur, double of_ns, double *ret_pct)
{
	if (cur < prev || !(of_ns > 0))
		return false;
	*ret_pct = 100 * (double)(cur - prev) / of_ns;
	return true;
}

static void set_quota(const struct vmm_load *prev, const struct vmm_load *cur, double interval_s,
		      struct frame_load *load)
{
	if (!prev->quota_known || !cur->quota_known || cur->throttles < prev->throttles)
		return;
	load->quota_valid = grown_pct(prev->throttled_ns, cur->throttled_ns,
				      1e9 * interval_s * cur->vcpus, &load->throttled_pct);
	if (load->throttled_pct > 100)
		load->throttled_pct = 100;
	load->throttles_per_s = (double)(cur->throttles - prev->throttles) / interval_s;
	load->quota_pct = cur->quota_pct;
}

static void set_aux(const struct vmm_load *prev, const struct vmm_load *cur, double interval_s,
		    struct frame_load *load)
{
	if (!prev->aux_known || !cur->aux_known)
		return;
	load->aux_valid =
		grown_pct(prev->aux_run_ns, cur->aux_run_ns, 1e9 * interval_s, &load->aux_pct) &&
		grown_pct(prev->aux_delay_ns, cur->aux_delay_ns, 1e9 * interval_s,
			  &load->aux_delay_pct);
	load->aux_threads = cur->aux_threads;
}

void load__delta(const struct vmm_load *prev, const struct vmm_load *cur, double interval_s,
		 struct frame_load *ret_load)
{
	static const struct vmm_load unknown;

	if (!prev)
		prev = &unknown;
	*ret_load = (struct frame_load){
		.swap_known = cur->swap_known,
		.swap_bytes = cur->swap_bytes,
		.cpus_allowed = cur->cpus_allowed,
	};
	set_quota(prev, cur, interval_s, ret_load);
	set_aux(prev, cur, interval_s, ret_load);
	if (prev->pressure_known && cur->pressure_known)
		ret_load->pressure_valid =
			grown_pct(prev->memory_some_ns, cur->memory_some_ns, 1e9 * interval_s,
				  &ret_load->memory_some_pct) &&
			grown_pct(prev->memory_full_ns, cur->memory_full_ns, 1e9 * interval_s,
				  &ret_load->memory_full_pct);
}
