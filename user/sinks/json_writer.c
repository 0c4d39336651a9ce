// SPDX-License-Identifier: GPL-2.0
/*
 * json_writer: the syntax of JSON, and of its numbers and texts.
 *
 * Why not a library: instructions for one frame of 1,000 VMs of 4 vCPUs with 12 reasons each, 34 MB (callgrind).
 *
 *	jansson, a tree of it	8,666 million, of which 5,920 million are json_dumps(); 395 MiB of memory
 *	yajl's generator	4,728 million, and other bytes: it has no blanks and no ASCII only
 *	this			  963 million; 128 KiB
 */
#include "json_writer.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/unicode.h"
#include "stream.h"

/* So much is handed on at a time. */
#define PIECE (64u << 10)

/* Enough for all that is rounded here; 17 digits would show 0.1 as 0.10000000000000001. */
#define REAL_DIGITS 15
#define REAL_MAX 1e15

/* Room for a number and for what may be before it; NULL: it is all over. */
static char *reserve(struct json_writer *w, size_t len)
{
	char *to = w->err ? NULL : growing__reserve(&w->text, len);

	if (!to && !w->err)
		w->err = -ENOMEM;
	return to;
}

static void append(struct json_writer *w, const char *text, size_t len)
{
	char *to = reserve(w, len);

	if (!to)
		return;
	memcpy(to, text, len);
	w->text.len += len;
}

/* Begins a value or a key: room for it and @len bytes. */
static char *begin(struct json_writer *w, size_t len)
{
	char *to = reserve(w, len + 2);

	if (to && w->comma) {
		*to++ = ',';
		*to++ = ' ';
		w->text.len += 2;
	}
	w->comma = true;
	return to;
}

static void put(struct json_writer *w, const char *value, size_t len)
{
	char *to = begin(w, len);

	if (!to)
		return;
	memcpy(to, value, len);
	w->text.len += len;
}

static void open_with(struct json_writer *w, const char *bracket)
{
	put(w, bracket, 1);
	w->comma = false;
}

static void hand_on(struct json_writer *w)
{
	errno = 0;
	if (!w->err && w->text.len && fwrite(w->text.v, 1, w->text.len, w->out) != w->text.len)
		w->err = errno ? -errno : -EIO;
	w->text.len = 0;
}

static void close_with(struct json_writer *w, const char *bracket)
{
	append(w, bracket, 1);
	w->comma = true;
	if (w->text.len >= PIECE)
		hand_on(w);
}

void json_writer__object(struct json_writer *w)
{
	open_with(w, "{");
}

void json_writer__array(struct json_writer *w)
{
	open_with(w, "[");
}

void json_writer__end_object(struct json_writer *w)
{
	close_with(w, "}");
}

void json_writer__end_array(struct json_writer *w)
{
	close_with(w, "]");
}

int json_writer__finish(struct json_writer *w)
{
	append(w, "\n", 1);
	hand_on(w);
	growing__done(&w->text);
	return w->err ? w->err : stream_write(w->out, "", 0);
}

/* ---- texts */

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* A character that is no plain one; what is above U+FFFF is two UTF-16 units. */
static size_t escape(uint32_t cp, char buf[16])
{
	static const char *const short_forms = "b\bf\fn\nr\rt\t\"\"\\\\";

	for (const char *form = short_forms; *form; form += 2) {
		if ((uint32_t)form[1] != cp)
			continue;
		buf[0] = '\\';
		buf[1] = form[0];
		return 2;
	}
	if (cp < 0x10000)
		return (size_t)snprintf(buf, 16, "\\u%04X", cp);
	cp -= 0x10000;
	return (size_t)snprintf(buf, 16, "\\u%04X\\u%04X", 0xd800 | cp >> 10,
				0xdc00 | (cp & 0x3ff));
}

/* @text is UTF-8. */
static void append_escaped(struct json_writer *w, const char *text, size_t len)
{
	while (len) {
		size_t plain = 0, n;
		uint32_t cp = 0;
		char buf[16];

		while (plain < len && is_plain((unsigned char)text[plain]))
			plain++;
		if (plain)
			append(w, text, plain);
		text += plain;
		len -= plain;
		n = utf8_decode((const unsigned char *)text, len, &cp);
		if (!n)
			return;
		append(w, buf, escape(cp, buf));
		text += n;
		len -= n;
	}
}

/* @text needs no escapes: most do not, and then it is all done at once. */
static void put_plain(struct json_writer *w, const char *text, size_t len)
{
	char *to = begin(w, len + 2);

	if (!to)
		return;
	*to++ = '"';
	memcpy(to, text, len);
	to[len] = '"';
	w->text.len += len + 2;
}

static void put_text(struct json_writer *w, const char *text)
{
	__autofree char *valid = NULL;
	size_t len = 0;

	while (is_plain((unsigned char)text[len]))
		len++;
	if (!text[len]) {
		put_plain(w, text, len);
		return;
	}
	put(w, "\"", 1);
	append(w, text, len);
	valid = fmt_escape_dup(FMT_ESCAPE_INVALID, text + len);
	if (valid)
		append_escaped(w, valid, strlen(valid));
	else if (!w->err)
		w->err = -ENOMEM;
	append(w, "\"", 1);
}

void json_writer__key(struct json_writer *w, const char *key)
{
	put_text(w, key);
	append(w, ": ", 2);
	w->comma = false;
}

void json_writer__text(struct json_writer *w, const char *text)
{
	if (text)
		put_text(w, text);
	else
		json_writer__null(w);
}

void json_writer__null(struct json_writer *w)
{
	put(w, "null", 4);
}

void json_writer__bool(struct json_writer *w, bool value)
{
	put(w, value ? "true" : "false", value ? 4 : 5);
}

/* ---- numbers */

/* The digits of @value end before @end; returns where they begin. */
static char *digits_before(char *end, uint64_t value)
{
	do {
		*--end = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	return end;
}

void json_writer__i64(struct json_writer *w, int64_t value)
{
	char buf[24], *end = buf + sizeof(buf);
	char *at = digits_before(end, value < 0 ? -(uint64_t)value : (uint64_t)value);

	if (value < 0)
		*--at = '-';
	put(w, at, (size_t)(end - at));
}

/* By printf(), whose point is the locale's, and whose exponent has a sign and zeros in front. */
static void put_by_printf(struct json_writer *w, double value)
{
	char from[40], to[40];
	size_t len = 0;
	int n = snprintf(from, sizeof(from), "%.*g", REAL_DIGITS, value);
	const char *exponent = strchr(from, 'e');
	int power = 0;

	for (int i = 0; i < n && from[i] != 'e'; i++) {
		if ((from[i] >= '0' && from[i] <= '9') || from[i] == '-')
			to[len++] = from[i];
		else if (!len || to[len - 1] != '.')
			to[len++] = '.'; /* a point may be several bytes */
	}
	if (exponent && sscanf(exponent + 1, "%d", &power) == 1)
		len += (size_t)snprintf(to + len, sizeof(to) - len, "e%d", power);
	else if (!memchr(to, '.', len))
		len += (size_t)snprintf(to + len, sizeof(to) - len, ".0");
	put(w, to, len);
}

void json_writer__u64(struct json_writer *w, uint64_t value)
{
	char buf[24], *end = buf + sizeof(buf), *at;

	if (value > INT64_MAX) {
		put_by_printf(w, (double)value);
		return;
	}
	at = digits_before(end, value);
	put(w, at, (size_t)(end - at));
}

/* @scaled / 10^@decimals. */
static void put_decimal(struct json_writer *w, bool negative, uint64_t scaled,
			unsigned int decimals)
{
	char buf[40], *end = buf + sizeof(buf), *at = end;

	while (decimals > 1 &&
	       scaled % 10 == 0) { /* of 0 or 1 behind the point the last one stays */
		scaled /= 10;
		decimals--;
	}
	for (unsigned int i = 0; i < decimals; i++, scaled /= 10)
		*--at = (char)('0' + scaled % 10);
	if (!decimals)
		*--at = '0';
	*--at = '.';
	at = digits_before(at, scaled);
	if (negative)
		*--at = '-';
	put(w, at, (size_t)(end - at));
}

/* Up to 15 digits a double has them all, and so these are those that printf("%.15g") would find. */
void json_writer__real(struct json_writer *w, double value, unsigned int decimals)
{
	static const double powers[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
	double scaled = value * powers[decimals];
	int64_t rounded;

	if (!isfinite(scaled)) {
		json_writer__null(w);
		return;
	}
	if (fabs(scaled) >= REAL_MAX) { /* there is nothing behind the point any more */
		put_by_printf(w, value);
		return;
	}
	rounded = (int64_t)(scaled + (scaled < 0 ? -0.5 : 0.5));
	value = (double)rounded / powers[decimals];
	if (rounded && fabs(value) < 1e-4) /* where "%g" begins with exponents */
		put_by_printf(w, value);
	else
		put_decimal(w, rounded < 0, (uint64_t)(rounded < 0 ? -rounded : rounded), decimals);
}
