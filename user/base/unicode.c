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

size_t utf8_decode(const unsigned char *s, size_t len, uint32_t *ret_cp)
{
	static const uint32_t min_cp[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t i, n;
	uint32_t cp;

	if (!len)
		return 0;
	if (s[0] < 0x80) {
		*ret_cp = s[0];
		return 1;
	}
	n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || n > len)
		return 0;
	cp = s[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (s[i] & 0x3f);
	}
	if (cp < min_cp[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*ret_cp = cp;
	return n;
}
