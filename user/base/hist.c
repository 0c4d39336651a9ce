// SPDX-License-Identifier: GPL-2.0
/* hist: histograms of nanoseconds, and their percentiles. */
#include "hist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cleanup.h"

#define SUBS (1u << HIST_SUB_BITS) /* slots per octave */

static unsigned int octave_of(uint64_t ns)
{
	return ns ? 63 - (unsigned int)__builtin_clzll(ns) : 0;
}

size_t hist_slot(uint64_t ns)
{
	unsigned int octave = octave_of(ns);

	if (ns < SUBS)
		return (size_t)ns;
	if (octave >= HIST_OCTAVES)
		return HIST_SLOTS - 1;
	/* The highest bit is left after the shift, and counts as one octave more. */
	return (octave - HIST_SUB_BITS) * SUBS + (size_t)(ns >> (octave - HIST_SUB_BITS));
}

uint64_t hist_slot_lo_ns(size_t slot)
{
	if (slot < SUBS)
		return slot;
	return (uint64_t)(SUBS + slot % SUBS) << (slot / SUBS - 1);
}

struct hist hist_of(const uint64_t v[HIST_SLOTS])
{
	uint32_t first = 0, end = HIST_SLOTS;

	while (first < end && !v[first])
		first++;
	while (end > first && !v[end - 1])
		end--;
	return (struct hist){ .v = v + first, .first = first, .n = end - first };
}

uint64_t hist_count(struct hist hist)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < hist.n; i++)
		count += hist.v[i];
	return count;
}

int hist_copy(struct arena *arena, struct hist hist, struct hist *ret_copy)
{
	uint64_t *v = NULL;

	if (hist.n) {
		v = arena__alloc(arena, hist.n * sizeof(*v));
		if (!v)
			return -ENOMEM;
		memcpy(v, hist.v, hist.n * sizeof(*v));
	}
	*ret_copy = (struct hist){ .v = v, .first = hist.first, .n = hist.n };
	return 0;
}

bool hist_growth(struct hist prev, struct hist cur, uint64_t ret_growth[HIST_SLOTS])
{
	memset(ret_growth, 0, HIST_SLOTS * sizeof(*ret_growth));
	if (cur.n)
		memcpy(ret_growth + cur.first, cur.v, cur.n * sizeof(*cur.v));
	for (uint32_t i = 0; i < prev.n; i++) {
		uint64_t *slot = &ret_growth[prev.first + i];

		if (*slot < prev.v[i])
			return false;
		*slot -= prev.v[i];
	}
	return true;
}

uint64_t hist_log2_lo_ns(size_t slot)
{
	return slot ? UINT64_C(1) << slot : 0;
}

void hist_fold_log2(struct hist hist, uint64_t ret_log2[HIST_LOG2_SLOTS])
{
	memset(ret_log2, 0, HIST_LOG2_SLOTS * sizeof(*ret_log2));
	for (uint32_t i = 0; i < hist.n; i++)
		ret_log2[octave_of(hist_slot_lo_ns(hist.first + i))] += hist.v[i];
}

/* The reported value of slot @slot; @last: no value is above it. */
static uint64_t middle(size_t slot, bool last, uint64_t max_ns)
{
	uint64_t lo_ns = hist_slot_lo_ns(slot);
	uint64_t hi_ns = hist_slot_lo_ns(slot + 1) - 1;

	/* The last slot has no upper bound but the maximum. */
	if (slot == HIST_SLOTS - 1)
		hi_ns = max_ns > lo_ns ? max_ns : lo_ns;
	if (max_ns && max_ns <= hi_ns) {
		if (last || max_ns < lo_ns)
			return max_ns;
		hi_ns = max_ns;
	}
	return lo_ns + (hi_ns - lo_ns) / 2;
}

bool hist_percentiles(struct hist hist, uint64_t max_ns, const unsigned int *one_in, size_t n,
		      uint64_t *ret_ns)
{
	const uint64_t count = hist_count(hist);
	uint64_t seen = 0, rank; /* how many values are not above it */
	uint32_t i = 0;

	if (!count)
		return false;
	for (size_t p = 0; p < n; p++) {
		rank = count - count / one_in[p];
		while (seen < rank)
			seen += hist.v[i++];
		ret_ns[p] = middle(hist.first + i - 1, rank == count, max_ns);
	}
	return true;
}

void hist_sum__init(struct hist_sum *sum)
{
	sum->hist = (struct hist){ .v = NULL };
	sum->own = false;
}

/* Of four slots at once compilers make few instructions: this is the most of what a frame of many VMs takes. */
static void add_four(uint64_t *restrict v, const uint64_t *restrict from)
{
	v[0] += from[0];
	v[1] += from[1];
	v[2] += from[2];
	v[3] += from[3];
}

static void add_slots(uint64_t *v, struct hist part)
{
	uint32_t i = 0;

	for (; i + 4 <= part.n; i += 4)
		add_four(v + part.first + i, part.v + i);
	for (; i < part.n; i++)
		v[part.first + i] += part.v[i];
}

void hist_sum__add(struct hist_sum *sum, struct hist part)
{
	uint32_t end = sum->hist.first + sum->hist.n;

	if (!part.n)
		return;
	if (!sum->hist.n) {
		sum->hist = part;
		return;
	}
	if (!sum->own) {
		memset(sum->v, 0, sizeof(sum->v));
		add_slots(sum->v, sum->hist);
		sum->own = true;
	}
	add_slots(sum->v, part);
	if (part.first < sum->hist.first)
		sum->hist.first = part.first;
	if (part.first + part.n > end)
		end = part.first + part.n;
	sum->hist.n = end - sum->hist.first;
	sum->hist.v = sum->v + sum->hist.first;
}

/* Room for the slots @first to @end - 1, besides those that there are. */
static int hist_total__widen(struct hist_total *total, uint32_t first, uint32_t end)
{
	uint64_t *v;

	if (total->n && first >= total->first && end <= total->first + total->n)
		return 0;
	if (total->n && total->first < first)
		first = total->first;
	if (total->n && total->first + total->n > end)
		end = total->first + total->n;
	v = calloc(end - first, sizeof(*v));
	if (!v)
		return -ENOMEM;
	if (total->n)
		memcpy(v + (total->first - first), total->v, total->n * sizeof(*v));
	free(total->v);
	*total = (struct hist_total){ .v = v, .first = first, .n = end - first };
	return 0;
}

int hist_total__take(struct hist_total *total, const volatile uint32_t raw[HIST_SLOTS])
{
	uint32_t first = 0, end = HIST_SLOTS;
	int err;

	while (first < end && !raw[first])
		first++;
	while (end > first && !raw[end - 1])
		end--;
	err = first < end ? hist_total__widen(total, first, end) : 0;
	if (err)
		return err;
	/* The low halves of the totals are what the counts were the last time. */
	for (uint32_t i = 0; i < total->n; i++)
		total->v[i] += (uint32_t)(raw[total->first + i] - (uint32_t)total->v[i]);
	return 0;
}

struct hist hist_total__hist(const struct hist_total *total)
{
	return (struct hist){ .v = total->v, .first = total->first, .n = total->n };
}

void hist_total__release(struct hist_total *total)
{
	free(total->v);
	*total = (struct hist_total){ .v = NULL };
}
