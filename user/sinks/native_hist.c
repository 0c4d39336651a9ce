// SPDX-License-Identifier: GPL-2.0
#include "native_hist.h"

#define SUBS (1 << NATIVE_SCHEMA) /* buckets per octave */

/* A span costs as much as about so many empty buckets. */
#define GAP_MAX 2

/* Just below that of 1 ns, the shortest duration that is not 0. */
#define FIRST_BUCKET (-30 * SUBS)

/* Upper bound of a bucket, in ns: 2^(@bucket / 8) s. Exactly, where it is a whole number. */
static double bound_ns(int bucket)
{
	static const double roots[SUBS] = {
		1.0,
		1.0905077326652577,
		1.189207115002721,
		1.2968395546510096,
		1.4142135623730951,
		1.5422108254079407,
		1.681792830507429,
		1.8340080864093424,
	};
	/* Not the remainder: that of a negative number is negative. */
	const int sub = bucket & (SUBS - 1);
	double bound = 1e9 * roots[sub];

	for (int octave = (bucket - sub) / SUBS; octave > 0; octave--)
		bound *= 2;
	for (int octave = (bucket - sub) / SUBS; octave < 0; octave++)
		bound /= 2;
	return bound;
}

/* The last slot has no end; it counts as if it were as wide as the one before. */
static uint64_t middle_ns(size_t slot)
{
	uint64_t lo_ns = hist_slot_lo_ns(slot);

	return lo_ns + (hist_slot_lo_ns(slot + 1) - 1 - lo_ns) / 2;
}

void native_map__init(struct native_map *map)
{
	int bucket = FIRST_BUCKET;

	for (size_t slot = 0; slot < HIST_SLOTS; slot++) {
		while ((double)middle_ns(slot) > bound_ns(bucket))
			bucket++;
		map->bucket[slot] = (int16_t)bucket;
	}
}

/* Appends a bucket, which goes to the last span. */
static void append(struct native_hist *native, uint64_t count, uint64_t *before)
{
	native->spans[native->n_spans - 1].length++;
	native->deltas[native->n_buckets++] = (int64_t)(count - *before);
	*before = count;
}

void native_hist__fill(struct native_hist *native, const struct native_map *map, struct hist hist)
{
	uint64_t before = 0;
	int end = 0; /* of the last span */
	uint32_t i = 0;

	native->zero_count = 0;
	native->n_spans = native->n_buckets = 0;
	while (i < hist.n) {
		int bucket = map->bucket[hist.first + i];
		uint64_t count = 0;

		if (hist.first + i == 0) {
			native->zero_count = hist.v[i++];
			continue;
		}
		for (; i < hist.n && map->bucket[hist.first + i] == bucket; i++)
			count += hist.v[i];
		if (!count)
			continue;
		if (!native->n_spans || bucket - end > GAP_MAX)
			native->spans[native->n_spans++] = (struct native_span){ bucket - end, 0 };
		else
			while (end++ < bucket)
				append(native, 0, &before);
		append(native, count, &before);
		end = bucket + 1;
	}
}
