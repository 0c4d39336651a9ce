// SPDX-License-Identifier: GPL-2.0
/*
 * fmt: numbers and foreign text into buffers.
 */
#include "fmt.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "cleanup.h"
#include "unicode.h"

struct unit {
	double scale;
	const char *suffix;
};

static const struct unit count_units[] = {
	{ 1e3, "k" }, { 1e6, "M" }, { 1e9, "G" }, { 1e12, "T" }, { 1e15, "P" }, { 1e18, "E" },
};

/* Each up to 999 of it, then the next. */
static const struct unit time_units[] = {
	{ 1e3, "us" },
	{ 1e6, "ms" },
	{ 1e9, "s" },
	{ 60e9, "m" },
	{ 3600e9, "h" },
	{ 86400e9, "d" },
	{ 365.25 * 86400e9, "y" },
};

/* "1.23k", "12.3k", "123k": three digits; chosen so that rounding never gives a fourth ("1000k"). */
static char *format_scaled(double v, const struct unit *units, size_t n, char *buf, size_t size)
{
	size_t i = 0;
	double x;

	while (i + 1 < n && v / units[i].scale >= 999.5)
		i++;
	x = v / units[i].scale;
	snprintf(buf, size, "%.*f%s", x < 9.995 ? 2 : x < 99.95 ? 1 : 0, x, units[i].suffix);
	return buf;
}

char *fmt_count(uint64_t count, char *buf, size_t size)
{
	if (count >= 100000)
		return format_scaled((double)count, count_units, ARRAY_SIZE(count_units), buf,
				     size);
	snprintf(buf, size, "%llu", (unsigned long long)count);
	return buf;
}

char *fmt_rate(double per_sec, char *buf, size_t size)
{
	if (!isfinite(per_sec) || per_sec < 0)
		snprintf(buf, size, "%s", FMT_UNKNOWN);
	else if (per_sec >= 99999.5)
		format_scaled(per_sec, count_units, ARRAY_SIZE(count_units), buf, size);
	else
		snprintf(buf, size, "%.*f", per_sec > 0 && per_sec < 9.95 ? 1 : 0, per_sec);
	return buf;
}

char *fmt_duration_ns(uint64_t ns, char *buf, size_t size)
{
	if (ns >= 1000)
		return format_scaled((double)ns, time_units, ARRAY_SIZE(time_units), buf, size);
	snprintf(buf, size, "%lluns", (unsigned long long)ns);
	return buf;
}

char *fmt_pct(double pct, char *buf, size_t size)
{
	if (isfinite(pct))
		snprintf(buf, size, "%.1f", pct);
	else
		snprintf(buf, size, "%s", FMT_UNKNOWN);
	return buf;
}

/* By whole numbers: printf()'s point is the locale's. */
char *fmt_decimal(double value, unsigned int decimals, char *buf, size_t size)
{
	uint64_t unit = 1, scaled;
	double magnitude = fabs(value);

	for (unsigned int i = 0; i < decimals; i++)
		unit *= 10;
	if (!isfinite(value)) {
		snprintf(buf, size, "%s", FMT_UNKNOWN);
		return buf;
	}
	if (magnitude * (double)unit >=
	    1e15) { /* there is hardly anything behind the point any more */
		snprintf(buf, size, "%.0f", value);
		return buf;
	}
	scaled = (uint64_t)(magnitude * (double)unit + 0.5);
	while (decimals && scaled % 10 == 0) {
		scaled /= 10;
		unit /= 10;
		decimals--;
	}
	snprintf(buf, size, "%s%llu%s", value < 0 && scaled ? "-" : "",
		 (unsigned long long)(scaled / unit), decimals ? "." : "");
	if (decimals)
		snprintf(buf + strlen(buf), size - strlen(buf), "%0*llu", (int)decimals,
			 (unsigned long long)(scaled % unit));
	return buf;
}

char *fmt_utc(const struct timespec *wall, char *buf, size_t size)
{
	char date[32];
	struct tm tm;

	if (!gmtime_r(&wall->tv_sec, &tm) ||
	    !strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm))
		return NULL;
	snprintf(buf, size, "%s.%03ldZ", date, wall->tv_nsec / 1000000);
	return buf;
}

/*
 * UTS 39, 5.4: with more nonspacing marks than these, or one twice, a letter looks like another
 * one.
 */
#define MARKS_MAX 4

/* What was written last. */
struct before {
	bool letter;	/* that marks may be put on */
	unsigned int n; /* marks on it */
	uint32_t mark;	/* the last of them */
};

/* A mark without a letter would be on what another wrote: an escape, a quote, the gap of a table. */
static bool mark_is_plain(uint32_t cp, struct before *before)
{
	bool plain = before->letter && before->n < MARKS_MAX && before->mark != cp;

	before->n++;
	before->mark = cp;
	return plain;
}

static bool must_escape(enum fmt_escape how, uint32_t cp, struct before *before)
{
	enum unicode_kind kind;
	bool escape;

	if (how == FMT_ESCAPE_INVALID)
		return !cp; /* no string holds a NUL */
	kind = unicode_kind(cp);
	if (kind == UNICODE_SEEN)
		*before = (struct before){ .letter = cp >= 0x80 || isalnum((int)cp) };
	escape = kind == UNICODE_UNSEEN || (how == FMT_ESCAPE_ASCII && cp >= 0x80) ||
		 (kind == UNICODE_MARK && !mark_is_plain(cp, before));
	if (escape)
		before->letter = false;
	return escape;
}

/* Of a code point, or (@valid is false) of a byte. Returns the length. */
static size_t write_escape(char piece[12], bool valid, uint32_t cp)
{
	const char *format = !valid || cp < 0x80 ? "\\x%02x" : cp > 0xffff ? "\\U%08x" : "\\u%04x";

	return (size_t)snprintf(piece, 12, format, cp);
}

size_t fmt_escape(enum fmt_escape how, const char *text, size_t len, char *buf, size_t size)
{
	const unsigned char *s = (const unsigned char *)text;
	struct before before = { .letter = false };
	size_t used = 0;

	if (!size)
		return 0;
	while (len) {
		char escape[12];
		const void *piece = s;
		uint32_t cp;
		size_t n = utf8_decode(s, len, &cp), piece_len = n;

		if (!n || must_escape(how, cp, &before)) {
			piece_len = write_escape(escape, n, n ? cp : s[0]);
			piece = escape;
			before.letter = false;
		}
		if (used + piece_len >= size)
			break;
		memcpy(buf + used, piece, piece_len);
		used += piece_len;
		s += n ? n : 1;
		len -= n ? n : 1;
	}
	buf[used] = '\0';
	return used;
}

char *fmt_escape_dup(enum fmt_escape how, const char *text)
{
	size_t len = strlen(text), size;
	char *buf;

	if (__builtin_mul_overflow(len, 4, &size))
		return NULL;
	buf = malloc(size + 1);
	if (buf)
		fmt_escape(how, text, len, buf, size + 1);
	return buf;
}

/* wcwidth() says -1 for what the locale does not know, which is all but ASCII in the C locale. */
static size_t char_width(uint32_t cp)
{
	int width = cp >= ' ' && cp <= '~' ? 1 : wcwidth((wchar_t)cp);

	return width < 0 ? 1 : (size_t)width;
}

size_t fmt_width(const char *text)
{
	size_t columns = 0, len = strlen(text);

	while (len) {
		uint32_t cp = '?';
		size_t n = utf8_decode((const unsigned char *)text, len, &cp);

		columns += char_width(cp);
		text += n ? n : 1;
		len -= n ? n : 1;
	}
	return columns;
}

size_t fmt_cut(char *text, size_t columns)
{
	size_t width = fmt_width(text), used = 0, len = strlen(text);
	char *p = text;

	if (width <= columns)
		return width;
	if (!columns) {
		*text = '\0';
		return 0;
	}
	while (len) {
		uint32_t cp = '?';
		size_t n = utf8_decode((const unsigned char *)p, len, &cp);

		if (used + char_width(cp) > columns - 1)
			break;
		used += char_width(cp);
		p += n ? n : 1;
		len -= n ? n : 1;
	}
	strcpy(p, "~"); /* something was cut, so there is room */
	return used + 1;
}

size_t fmt_limit(char *text)
{
	size_t len = strnlen(text, FMT_NAME_MAX + 1), kept = 0;

	if (len <= FMT_NAME_MAX)
		return len;
	while (kept < FMT_NAME_MAX) {
		uint32_t cp;
		size_t n = utf8_decode((const unsigned char *)text + kept, len - kept, &cp) ?: 1;

		if (kept + n > FMT_NAME_MAX - strlen(FMT_CUT_OFF))
			break;
		kept += n;
	}
	strcpy(text + kept, FMT_CUT_OFF);
	return kept + strlen(FMT_CUT_OFF);
}
