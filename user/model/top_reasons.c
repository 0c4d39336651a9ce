// SPDX-License-Identifier: GPL-2.0
#include "top_reasons.h"

#include <stdio.h>

#include "frame.h"

/* How many are named at most, and from which share on. */
#define TOP_REASONS 3
#define MIN_PCT 0.5

/* Puts @reason where it belongs in the @n of @top, which has room for one more. Of equals the first stays first. */
static void insert(const struct frame_reason **top, size_t n, const struct frame_reason *reason)
{
	for (; n && top[n - 1]->count.delta < reason->count.delta; n--)
		top[n] = top[n - 1];
	top[n] = reason;
}

/* Those with the most exits. Returns how many. */
static size_t find_top(const struct frame_reasons *reasons,
		       const struct frame_reason *ret_top[TOP_REASONS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < reasons->n; i++) {
		if (!reasons->v[i].count.delta_valid)
			continue;
		insert(ret_top, n, &reasons->v[i]);
		n += n < TOP_REASONS;
	}
	return n;
}

const char *top_reasons_format(const struct frame_reasons *reasons, char *buf, size_t size)
{
	const struct frame_reason *top[TOP_REASONS + 1];
	const double total = (double)frame_reasons__exits(reasons);
	size_t n = find_top(reasons, top), used = 0;

	for (size_t i = 0; i < n && used < size; i++) {
		double pct = total > 0 ? 100.0 * (double)top[i]->count.delta / total : 0;

		if (pct < MIN_PCT)
			break;
		used += (size_t)snprintf(buf + used, size - used, "%s%s %.0f%%", used ? " " : "",
					 top[i]->name, pct);
	}
	return used ? buf : NULL;
}
