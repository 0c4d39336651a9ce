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

void time_stat__finish(struct time_stat *sum)
{
	sum->avg_valid = sum->valid && sum->timed;
	if (sum->avg_valid)
		sum->avg_ns = (double)sum->delta_ns / (double)sum->timed;

	sum->pct_valid = sum->hist_valid &&
			 hist_percentile_ns(sum->hist, 50, sum->max_ns, &sum->p50_ns) &&
			 hist_percentile_ns(sum->hist, 90, sum->max_ns, &sum->p90_ns) &&
			 hist_percentile_ns(sum->hist, 99, sum->max_ns, &sum->p99_ns);
}
