// SPDX-License-Identifier: GPL-2.0
/* time_sum: sums of handling times. */
#include "time_sum.h"

void time_sum__init(struct time_sum *sum)
{
	sum->time = (struct time_delta){ .valid = false };
	sum->hist_missing = sum->total_missing = false;
	hist_sum__init(&sum->hist);
	hist_sum__init(&sum->total_hist);
}

void time_sum__add_total(struct time_sum *sum, const struct time_total *part)
{
	struct time_total *total = &sum->time.total;

	if (!part->valid)
		return;
	total->valid = true;
	total->timed += part->timed;
	total->sum_ns += part->sum_ns;
	if (part->max_ns > total->max_ns)
		total->max_ns = part->max_ns;
	if (part->hist_valid) {
		total->hist_valid = true;
		hist_sum__add(&sum->total_hist, part->hist);
	} else {
		sum->total_missing = true;
	}
}

void time_sum__add(struct time_sum *sum, const struct time_delta *part)
{
	struct time_delta *time = &sum->time;

	if (!part->valid)
		return;
	time->valid = true;
	time->delta_ns += part->delta_ns;
	time->timed += part->timed;
	if (part->max_ns > time->max_ns)
		time->max_ns = part->max_ns;
	if (part->hist_valid) {
		time->hist_valid = true;
		hist_sum__add(&sum->hist, part->hist);
	} else if (part->timed || part->delta_ns) {
		sum->hist_missing = true;
	}
}

void time_sum__finish(struct time_sum *sum)
{
	struct time_delta *time = &sum->time;

	time->hist_valid &= !sum->hist_missing;
	if (time->hist_valid)
		time->hist = sum->hist.hist;
	time->total.hist_valid &= !sum->total_missing;
	if (time->total.hist_valid)
		time->total.hist = sum->total_hist.hist;
}

/*
 * The maximum is read and cleared a moment apart from the rest. So it may belong to the interval
 * before. Then this takes the most that the histogram and the sum allow, or the mean.
 */
static uint64_t repaired_max(uint64_t max_ns, struct hist hist, uint64_t sum_ns, double avg_ns)
{
	for (uint32_t i = hist.n; i-- > 0;) {
		uint64_t lo_ns = hist_slot_lo_ns(hist.first + i);
		uint64_t hi_ns = hist_slot_lo_ns(hist.first + i + 1) - 1;

		if (!hist.v[i])
			continue;
		if (max_ns >= lo_ns)
			return max_ns;
		return sum_ns < lo_ns ? lo_ns : sum_ns < hi_ns ? sum_ns : hi_ns;
	}
	return (double)max_ns < avg_ns ? (uint64_t)(avg_ns + 0.5) : max_ns;
}

static bool find_percentiles(struct hist hist, uint64_t max_ns, uint64_t ret_ns[PERCENTILE_MAX])
{
	static const unsigned int all[PERCENTILE_MAX] = {
#define PERCENTILE_ONE_IN(id, name, label, one_in, help) [id] = (one_in),
		PERCENTILES(PERCENTILE_ONE_IN)
	};

	return hist_percentiles(hist, max_ns, all, PERCENTILE_MAX, ret_ns);
}

const char *percentile_label(enum percentile percentile)
{
	static const char *const labels[PERCENTILE_MAX] = {
#define PERCENTILE_LABEL(id, name, label, one_in, help) [id] = "p" label,
		PERCENTILES(PERCENTILE_LABEL)
	};

	return labels[percentile];
}

void time_delta__finish(struct time_delta *time)
{
	time->avg_valid = time->valid && time->timed;
	/* Without a histogram an exit is not known as timed when it was counted in an earlier interval. */
	time->max_valid = time->avg_valid || (time->valid && time->max_ns);
	if (time->avg_valid) {
		time->avg_ns = (double)time->delta_ns / (double)time->timed;
		time->max_ns = repaired_max(time->max_ns, time->hist, time->delta_ns, time->avg_ns);
	}
	time->pct_valid =
		time->hist_valid && find_percentiles(time->hist, time->max_ns, time->pct_ns);
}

struct time_derived time_total__derive(const struct time_total *total)
{
	struct time_derived d = { .avg_valid = total->valid && total->timed };

	d.max_valid = d.avg_valid || (total->valid && total->max_ns);
	d.max_ns = total->max_ns;
	if (d.avg_valid) {
		d.avg_ns = (double)total->sum_ns / (double)total->timed;
		d.max_ns = repaired_max(d.max_ns, total->hist, total->sum_ns, d.avg_ns);
	}
	d.pct_valid = total->hist_valid && find_percentiles(total->hist, d.max_ns, d.pct_ns);
	return d;
}
