/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unicode: which characters are not seen, and which are put on another; UTF-8. Pure.
 */
#ifndef KVMTOP_BASE_UNICODE_H
#define KVMTOP_BASE_UNICODE_H

#include <stddef.h>
#include <stdint.h>

enum unicode_kind {
	UNICODE_SEEN,
	/* controls, spaces but U+0020, what reorders or hides text, blanks, private and unassigned code points */
	UNICODE_UNSEEN,
	/* on the letter before it, without a column of its own: accents, vowels and finals of Hangul */
	UNICODE_MARK,
};

/* Of any code point; what is above U+10FFFF is UNICODE_UNSEEN. */
enum unicode_kind unicode_kind(uint32_t cp);

/*
 * Decodes the first character of @len bytes at @s. Returns its length, or 0 when they are not UTF-8:
 * overlong forms, surrogates and what is above U+10FFFF are not.
 */
size_t utf8_decode(const unsigned char *s, size_t len, uint32_t *ret_cp);

#endif
