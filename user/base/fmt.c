// SPDX-License-Identifier: GPL-2.0
/*
 * fmt: numbers and foreign text into buffers.
 */
#include "fmt.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "cleanup.h"

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
 * Decodes the first character of @len bytes at @s. Returns its length, or 0 when they are not UTF-8:
 * overlong forms, surrogates and what is above U+10FFFF are not.
 */
static size_t utf8_decode(const unsigned char *s, size_t len, uint32_t *ret_cp)
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

/*
 * Characters that a terminal acts on, that turn the text around them, or that nobody sees: with them a
 * VM's name could look like another's.
 */
static bool is_treacherous(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },	      /* C0 */
		{ 0x7f, 0x9f },	      /* DEL, C1 */
		{ 0xad, 0xad },	      /* soft hyphen */
		{ 0x61c, 0x61c },     /* Arabic letter mark */
		{ 0x180e, 0x180e },   /* Mongolian vowel separator */
		{ 0x200b, 0x200f },   /* zero width, LRM, RLM */
		{ 0x2028, 0x202e },   /* line ends, bidi embeddings, overrides */
		{ 0x2060, 0x206f },   /* invisible operators, bidi isolates */
		{ 0xfeff, 0xfeff },   /* BOM */
		{ 0xfff9, 0xfffb },   /* annotation */
		{ 0xfffe, 0xffff },   /* no characters */
		{ 0xe0000, 0xe0fff }, /* tags */
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

static bool must_escape(enum fmt_escape how, uint32_t cp)
{
	if (how == FMT_ESCAPE_INVALID)
		return false;
	return is_treacherous(cp) || (how == FMT_ESCAPE_ASCII && cp >= 0x80);
}

size_t fmt_escape(enum fmt_escape how, const char *text, size_t len, char *buf, size_t size)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t used = 0;

	if (!size)
		return 0;
	while (len) {
		char piece[12];
		uint32_t cp;
		size_t n = utf8_decode(s, len, &cp);
		int piece_len;

		if (!n || (must_escape(how, cp) && cp < 0x80) || !s[0]) /* no string holds a NUL */
			piece_len = snprintf(piece, sizeof(piece), "\\x%02x", s[0]);
		else if (must_escape(how, cp))
			piece_len = snprintf(piece, sizeof(piece),
					     cp > 0xffff ? "\\U%08x" : "\\u%04x", cp);
		else
			piece_len = snprintf(piece, sizeof(piece), "%.*s", (int)n, (const char *)s);
		if (used + (size_t)piece_len >= size)
			break;
		memcpy(buf + used, piece, (size_t)piece_len);
		used += (size_t)piece_len;
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
	int width = wcwidth((wchar_t)cp);

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
