// SPDX-License-Identifier: GPL-2.0
/*
 * unicode: ranges of code points, made from Unicode's data by scripts/gen-unicode.
 */
#include "unicode.h"

#include <stddef.h>

#include "cleanup.h"

/* Ascending; what is in none is seen. */
struct unicode_range {
	uint32_t first, last;
	enum unicode_kind kind;
};

#include "unicode_table.h"

enum unicode_kind unicode_kind(uint32_t cp)
{
	size_t low = 0, high = ARRAY_SIZE(unicode_ranges);

	if (cp >= 0x20 && cp < 0x7f)
		return UNICODE_SEEN;
	if (cp > 0x10ffff)
		return UNICODE_UNSEEN;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (unicode_ranges[middle].last < cp)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == ARRAY_SIZE(unicode_ranges) || unicode_ranges[low].first > cp)
		return UNICODE_SEEN;
	return unicode_ranges[low].kind;
}
