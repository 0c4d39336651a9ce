// SPDX-License-Identifier: GPL-2.0
/* hist: log2 histograms of nanoseconds, and percentiles read off them. */
#include "hist.h"

uint64_t hist_slot_lo_ns(size_t slot)
{
	return slot ? UINT64_C(1) << slot : 0;
}

uint64_t hist_count(const uint64_t hist[HIST_SLOTS])
{
	uint64_t count = 0;

	for (size_t i = 0; i < HIST_SLOTS; i++)
		count += hist[i];
	return count;
}

/* Where in slot @slot the part @part (0..1) of its values ends, if they lie evenly in it. */
static uint64_t interpolate(size_t slot, double part, uint64_t max_ns)
{
	uint64_t lo_ns = hist_slot_lo_ns(slot);
	uint64_t hi_ns = hist_slot_lo_ns(slot + 1);
	uint64_t ns;

	/* The last slot has no upper bound but the maximum. */
	if (slot == HIST_SLOTS - 1)
		hi_ns = max_ns > lo_ns ? max_ns : lo_ns;

	ns = lo_ns + (uint64_t)(part * (double)(hi_ns - lo_ns));
	return max_ns && ns > max_ns ? max_ns : ns;
}

bool hist_percentile_ns(const uint64_t hist[HIST_SLOTS], double pct, uint64_t max_ns,
			uint64_t *ret_ns)
{
	uint64_t count = hist_count(hist);
	double rank = pct >= 100 ? (double)count : pct > 0 ? pct / 100 * (double)count : 0;
	double before = 0;
	double part = 0;
	size_t slot = 0;

	if (!count)
		return false;

	/* Ends at the last slot in use at the latest, however @rank was rounded. */
	for (size_t i = 0; i < HIST_SLOTS; i++) {
		if (!hist[i])
			continue;
		slot = i;
		part = (rank - before) / (double)hist[i];
		if (part <= 1)
			break;
		before += (double)hist[i];
	}

	*ret_ns = interpolate(slot, part < 1 ? part : 1, max_ns);
	return true;
}
