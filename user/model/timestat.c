// SPDX-License-Identifier: GPL-2.0
/* timestat: sums of handling times. */
#include "timestat.h"

#include "frame.h"

void time_stat__add(struct time_stat *sum, const struct time_stat *part)
{
	if (!part->valid)
		return;

	sum->valid = true;
	sum->delta_ns += part->delta_ns;
	sum->timed += part->timed;
	if (part->max_ns > sum->max_ns)
		sum->max_ns = part->max_ns;

	if (!part->hist_valid)
		return;
	sum->hist_valid = true;
	for (size_t i = 0; i < HIST_SLOTS; i++)
		sum->hist[i] += part->hist[i];
}

/*
 * The maximum is taken and cleared a moment apart from the rest, so that of an interval may be in the one before it: then the
 * most that the histogram and the sum allow, or else the mean.
 */
static void repair_max(struct time_stat *sum)
{
	for (size_t i = HIST_SLOTS; sum->hist_valid && i-- > 0;) {
		uint64_t lo_ns = hist_slot_lo_ns(i), hi_ns = (2ull << i) - 1;

		if (!sum->hist[i])
			continue;
		if (sum->max_ns < lo_ns)
			sum->max_ns = sum->delta_ns < lo_ns   ? lo_ns
				      : sum->delta_ns < hi_ns ? sum->delta_ns
							      : hi_ns;
		return;
	}
	if ((double)sum->max_ns < sum->avg_ns)
		sum->max_ns = (uint64_t)(sum->avg_ns + 0.5);
}

void time_stat__finish(struct time_stat *sum)
{
	sum->avg_valid = sum->valid && sum->timed;
	/* Without a histogram an exit is not known as timed when it was counted in an earlier interval. */
	sum->max_valid = sum->avg_valid || (sum->valid && sum->max_ns);
	if (sum->avg_valid) {
		sum->avg_ns = (double)sum->delta_ns / (double)sum->timed;
		repair_max(sum);
	}
	sum->pct_valid = sum->hist_valid &&
			 hist_percentile_ns(sum->hist, 50, sum->max_ns, &sum->p50_ns) &&
			 hist_percentile_ns(sum->hist, 90, sum->max_ns, &sum->p90_ns) &&
			 hist_percentile_ns(sum->hist, 99, sum->max_ns, &sum->p99_ns);
}
