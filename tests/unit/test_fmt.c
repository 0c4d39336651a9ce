// SPDX-License-Identifier: GPL-2.0
/* fmt: numbers in their columns, hostile text made harmless. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/fmt.h"
#include "../../user/base/unicode.h"

static void test_count(void **state)
{
	static const struct {
		uint64_t v;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 1234, "1234" },
		{ 99999, "99999" },
		{ 100000, "100k" },
		{ 123456, "123k" },
		{ 999499, "999k" },
		{ 999500, "1.00M" },
		{ 4560000, "4.56M" },
		{ 9994999, "9.99M" },
		{ 9996000, "10.0M" },
		{ 99960000, "100M" },
		{ 999999999, "1.00G" },
		{ UINT64_MAX, "18.4E" },
	};
	char buf[FMT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(fmt_count(cases[i].v, buf, sizeof(buf)), cases[i].text);
}

static void test_rate(void **state)
{
	char buf[FMT_SIZE];

	(void)state;
	assert_string_equal(fmt_rate(0, buf, sizeof(buf)), "0");
	assert_string_equal(fmt_rate(0.3, buf, sizeof(buf)), "0.3");
	assert_string_equal(fmt_rate(9.94, buf, sizeof(buf)), "9.9");
	assert_string_equal(fmt_rate(9.96, buf, sizeof(buf)), "10");
	assert_string_equal(fmt_rate(99999.4, buf, sizeof(buf)), "99999");
	assert_string_equal(fmt_rate(99999.6, buf, sizeof(buf)), "100k");
	assert_string_equal(fmt_rate(-1, buf, sizeof(buf)), "-");
	assert_string_equal(fmt_rate(NAN, buf, sizeof(buf)), "-");
	assert_string_equal(fmt_rate(INFINITY, buf, sizeof(buf)), "-");
}

static void test_duration(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0ns" },
		{ 999, "999ns" },
		{ 1000, "1.00us" },
		{ 12345, "12.3us" },
		{ 999499, "999us" },
		{ 999500, "1.00ms" },
		{ 1200000, "1.20ms" },
		{ 3400000000, "3.40s" },
		{ 999400000000, "999s" },
		{ 1000000000000, "16.7m" },
		{ 100000000000000, "27.8h" },
		{ UINT64_MAX, "585y" },
	};
	char buf[FMT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(fmt_duration_ns(cases[i].ns, buf, sizeof(buf)), cases[i].text);
}

/* No value of any size takes more than its columns, and none has a fourth digit by rounding. */
static void test_widths(void **state)
{
	char buf[FMT_SIZE];

	(void)state;
	for (uint64_t v = 1; v < UINT64_MAX / 2; v += v / 20 + 1) {
		assert_in_range(strlen(fmt_count(v, buf, sizeof(buf))), 1, 5);
		assert_in_range(strlen(fmt_rate((double)v / 1000, buf, sizeof(buf))), 1, 5);
		assert_in_range(strlen(fmt_duration_ns(v, buf, sizeof(buf))), 2, 6);
		assert_null(strstr(v < 1000000 ? "" : buf, "1000"));
	}
}

static void test_pct(void **state)
{
	char buf[FMT_SIZE];

	(void)state;
	assert_string_equal(fmt_pct(12.34, buf, sizeof(buf)), "12.3");
	assert_string_equal(fmt_pct(0, buf, sizeof(buf)), "0.0");
	assert_string_equal(fmt_pct(100, buf, sizeof(buf)), "100.0");
	assert_string_equal(fmt_pct(NAN, buf, sizeof(buf)), "-");
}

static void check_escape(enum fmt_escape how, const char *text, const char *expected)
{
	char *escaped = fmt_escape_dup(how, text);

	assert_non_null(escaped);
	assert_string_equal(escaped, expected);
	free(escaped);
}

static void test_escape_terminal(void **state)
{
	(void)state;
	check_escape(FMT_ESCAPE_TERMINAL, "", "");
	check_escape(FMT_ESCAPE_TERMINAL, "web01", "web01");
	check_escape(FMT_ESCAPE_TERMINAL, "münchen-東京", "münchen-東京");
	check_escape(FMT_ESCAPE_TERMINAL, "a\x1b[2Jb\nc\x7f", "a\\x1b[2Jb\\x0ac\\x7f");
	check_escape(FMT_ESCAPE_TERMINAL, "c1 \xc2\x9b", "c1 \\u009b");
	check_escape(FMT_ESCAPE_TERMINAL, "bidi \xe2\x80\xae", "bidi \\u202e");
	check_escape(FMT_ESCAPE_TERMINAL, "isolate \xe2\x81\xa6", "isolate \\u2066");
	check_escape(FMT_ESCAPE_TERMINAL, "tag \xf3\xa0\x81\x81", "tag \\U000e0041");
	check_escape(FMT_ESCAPE_ASCII, "m\xc3\xbc", "m\\u00fc");
}

static size_t utf8_put(uint32_t cp, char *to)
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	const size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; cp >>= 6)
		to[i] = (char)(0x80 | (cp & 0x3f));
	to[0] = (char)(lead[n] | cp);
	to[n] = '\0';
	return n;
}

/* With any of them a name would look like another, or like none. */
static void test_escape_unseen(void **state)
{
	static const uint32_t unseen[] = {
		0x80,	 0x9b,	  0xa0,	   0xad,    0x34f,   0x61c,   0x115f,  0x1160,
		0x1680,	 0x17b4,  0x180b,  0x180e,  0x2000,  0x200b,  0x200d,  0x2028,
		0x2029,	 0x202e,  0x202f,  0x205f,  0x2060,  0x2069,  0x2800,  0x3000,
		0x3164,	 0xe000,  0xfe00,  0xfe0f,  0xfeff,  0xffa0,  0xfff9,  0xfffc,
		0xfffe,	 0xfdd0,  0x13441, 0x16fe4, 0x1bca0, 0x1d159, 0x1d173, 0xe0001,
		0xe0041, 0xe0100, 0xe01ef, 0xe0fff, 0xf0000, 0x1ffff, 0x378,   0x10ffff,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unseen); i++) {
		char text[8] = "a", expected[16];

		strcpy(text + 1 + utf8_put(unseen[i], text + 1), "b");
		snprintf(expected, sizeof(expected), unseen[i] > 0xffff ? "a\\U%08xb" : "a\\u%04xb",
			 unseen[i]);
		check_escape(FMT_ESCAPE_TERMINAL, text, expected);
		check_escape(FMT_ESCAPE_ASCII, text, expected);
		check_escape(FMT_ESCAPE_INVALID, text, text);
	}
	check_escape(FMT_ESCAPE_TERMINAL, "\u3164", "\\u3164");
	check_escape(FMT_ESCAPE_TERMINAL, "\ufe0f\u034f", "\\ufe0f\\u034f");
	check_escape(FMT_ESCAPE_TERMINAL, "a b–c €5 日本 ру 한 \U0001f600 \ufffd",
		     "a b–c €5 日本 ру 한 \U0001f600 \ufffd");
}

/* All of Unicode, one by one: what is a character is itself or an escape, and a second time nothing is left to do. */
static void test_escape_all(void **state)
{
	(void)state;
	for (uint32_t cp = 1; cp < 0x110000; cp++) {
		char text[8] = "a", out[40], again[40];
		size_t n = 1 + utf8_put(cp, text + 1);
		bool surrogate = cp >= 0xd800 && cp < 0xe000;

		fmt_escape(FMT_ESCAPE_TERMINAL, text, n, out, sizeof(out));
		fmt_escape(FMT_ESCAPE_TERMINAL, out, strlen(out), again, sizeof(again));
		assert_string_equal(out, again);
		if (surrogate || unicode_kind(cp) == UNICODE_UNSEEN)
			assert_true(out[1] == '\\');
		else
			assert_string_equal(out, text);
	}
	assert_int_equal(unicode_kind(0x110000), UNICODE_UNSEEN);
}

/* Marks that make a letter unreadable, cover the line above, or change what is not the name's. */
static void test_escape_marks(void **state)
{
	(void)state;
	check_escape(FMT_ESCAPE_TERMINAL, "Vie\u0323\u0302t e\u0301", "Vie\u0323\u0302t e\u0301");
	check_escape(FMT_ESCAPE_TERMINAL, "\u1112\u1161\u11ab", "\u1112\u1161\u11ab"); /* Korean */
	check_escape(FMT_ESCAPE_TERMINAL, "a\u0300\u0301\u0302\u0303\u0304\u0305b",
		     "a\u0300\u0301\u0302\u0303\\u0304\\u0305b");
	check_escape(FMT_ESCAPE_TERMINAL, "a\u0301\u0301", "a\u0301\\u0301");
	check_escape(FMT_ESCAPE_TERMINAL, "\u0301a", "\\u0301a");
	check_escape(FMT_ESCAPE_TERMINAL, "[\u0301] \u0301", "[\\u0301] \\u0301");
	check_escape(FMT_ESCAPE_TERMINAL, "\x1b\u0301", "\\x1b\\u0301");
	check_escape(FMT_ESCAPE_TERMINAL, "\xff\u0301", "\\xff\\u0301");
	check_escape(FMT_ESCAPE_TERMINAL, "\u200b\u0301", "\\u200b\\u0301");
}

static void test_limit(void **state)
{
	char text[4096];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[FMT_NAME_MAX] = '\0';
	assert_int_equal(fmt_limit(text), FMT_NAME_MAX);
	assert_int_equal(strspn(text, "x"), FMT_NAME_MAX);

	memset(text, 'x', sizeof(text));
	text[FMT_NAME_MAX + 1] = '\0';
	assert_int_equal(fmt_limit(text), FMT_NAME_MAX);
	assert_string_equal(text + FMT_NAME_MAX - 4, "x...");
	assert_int_equal(fmt_limit(text), FMT_NAME_MAX); /* and that is it */
	assert_int_equal(strspn(text, "x"), FMT_NAME_MAX - 3);

	/* 253 is no multiple of 2 or 4 */
	text[0] = '\0';
	for (int i = 0; i < 600; i++)
		strcat(text, "\u00e4");
	assert_int_equal(fmt_limit(text), 255);
	assert_string_equal(text + 250, "\u00e4...");
	text[0] = '\0';
	for (int i = 0; i < 600; i++)
		strcat(text, "\U0001f600");
	assert_int_equal(fmt_limit(text), 255);
	assert_string_equal(text + 248, "\U0001f600...");

	memset(text, 0xf0, sizeof(text)); /* no UTF-8, but long */
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(fmt_limit(text), FMT_NAME_MAX);
}

static void test_escape_invalid(void **state)
{
	static const char *const bad[][2] = {
		{ "\xff", "\\xff" },
		{ "\xc3", "\\xc3" },				/* cut off */
		{ "\xc0\xaf", "\\xc0\\xaf" },			/* overlong '/' */
		{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },		/* overlong */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },		/* surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* above U+10FFFF */
		{ "\x80z", "\\x80z" },				/* no first byte */
		{ "\xe6\x9d"
		  "a",
		  "\\xe6\\x9d"
		  "a" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		check_escape(FMT_ESCAPE_INVALID, bad[i][0], bad[i][1]);
		check_escape(FMT_ESCAPE_TERMINAL, bad[i][0], bad[i][1]);
		check_escape(FMT_ESCAPE_ASCII, bad[i][0], bad[i][1]);
	}
	check_escape(FMT_ESCAPE_INVALID, "a\x1b\xc2\x9b", "a\x1b\xc2\x9b");
}

static void test_escape_bounds(void **state)
{
	char buf[8];

	(void)state;
	/* an escape that does not fit is left out whole */
	assert_int_equal(fmt_escape(FMT_ESCAPE_TERMINAL, "abcd\x1b", 5, buf, sizeof(buf)), 4);
	assert_string_equal(buf, "abcd");
	assert_int_equal(fmt_escape(FMT_ESCAPE_TERMINAL, "abc\x1b", 4, buf, sizeof(buf)), 7);
	assert_string_equal(buf, "abc\\x1b");
	assert_int_equal(fmt_escape(FMT_ESCAPE_TERMINAL, "a\0b", 3, buf, sizeof(buf)), 6);
	assert_int_equal(fmt_escape(FMT_ESCAPE_INVALID, "a\0b", 3, buf, sizeof(buf)), 6);
	assert_string_equal(buf, "a\\x00b");
	assert_int_equal(fmt_escape(FMT_ESCAPE_TERMINAL, "abc", 3, buf, 1), 0);
	assert_string_equal(buf, "");
	assert_int_equal(fmt_escape(FMT_ESCAPE_TERMINAL, "abc", 3, NULL, 0), 0);
}

/* Any bytes: what comes out is UTF-8 without control characters, and fits into 4 * n + 1. */
static void test_escape_random(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char in[16], out[4 * sizeof(in) + 1], again[sizeof(out) * 4];
		size_t len = (size_t)round % sizeof(in);

		for (size_t i = 0; i < len; i++)
			in[i] = (char)rand_r(&seed);
		len = fmt_escape(FMT_ESCAPE_TERMINAL, in, len, out, sizeof(out));
		assert_int_equal(strlen(out), len);
		for (size_t i = 0; i < len; i++)
			assert_false((unsigned char)out[i] < 0x20 || out[i] == 0x7f);
		fmt_escape(FMT_ESCAPE_TERMINAL, out, len, again, sizeof(again));
		assert_string_equal(again, out); /* nothing is left to escape */
	}
}

static void test_decimal(void **state)
{
	static const struct {
		double v;
		unsigned int decimals;
		const char *text;
	} cases[] = {
		{ 0, 0, "0" },
		{ 0, 6, "0" },
		{ 1.5, 3, "1.5" },
		{ 130358, 6, "130358" },
		{ 100, 3, "100" },
		{ 0.1, 6, "0.1" },
		{ 0.05, 3, "0.05" },
		{ 1.0003, 6, "1.0003" },
		{ 12.3456, 3, "12.346" },
		{ 0.9996, 3, "1" },
		{ -4, 0, "-4" },
		{ -0.25, 1, "-0.3" },
		{ -0.0001, 3, "0" },
		{ 1e15, 3, "1000000000000000" },
		{ 123456789.5, 0, "123456790" },
		{ INFINITY, 3, "-" },
		{ NAN, 3, "-" },
	};
	char buf[FMT_LONG_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(fmt_decimal(cases[i].v, cases[i].decimals, buf, sizeof(buf)),
				    cases[i].text);
}

static void test_utc(void **state)
{
	const struct timespec wall = { 1769850487, 654321987 }, never = { INT64_MAX, 0 };
	char buf[FMT_LONG_SIZE];

	(void)state;
	assert_string_equal(fmt_utc(&wall, buf, sizeof(buf)), "2026-01-31T09:08:07.654Z");
	assert_null(fmt_utc(&never, buf, sizeof(buf)));
}

static void check_cut(const char *text, size_t columns, const char *expected, size_t width)
{
	char buf[64];

	snprintf(buf, sizeof(buf), "%s", text);
	assert_int_equal(fmt_cut(buf, columns), width);
	assert_string_equal(buf, expected);
}

static void test_cut(void **state)
{
	(void)state;
	check_cut("web01", 5, "web01", 5);
	check_cut("web01", 4, "web~", 4);
	check_cut("web01", 1, "~", 1);
	check_cut("web01", 0, "", 0);
	check_cut("", 0, "", 0);
	check_cut("münchen", 4, "mün~", 4);
	assert_int_equal(fmt_width("münchen"), 7);
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	assert_int_equal(fmt_width("東京"), 4);
	check_cut("東京都", 4, "東~", 3); /* half of a wide letter cannot be shown */
	check_cut("東京都", 5, "東京~", 5);
	assert_int_equal(fmt_width("e\xcc\x81"), 1); /* a combining accent */
}

static void test_plural(void **state)
{
	(void)state;
	assert_string_equal(fmt_plural(0, "process", "processes"), "processes");
	assert_string_equal(fmt_plural(1, "process", "processes"), "process");
	assert_string_equal(fmt_plural(2, "process", "processes"), "processes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plural),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_pct),
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_utc),
		cmocka_unit_test(test_escape_terminal),
		cmocka_unit_test(test_escape_unseen),
		cmocka_unit_test(test_escape_all),
		cmocka_unit_test(test_escape_marks),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_escape_invalid),
		cmocka_unit_test(test_escape_bounds),
		cmocka_unit_test(test_escape_random),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests_name("fmt", tests, NULL, NULL);
}
