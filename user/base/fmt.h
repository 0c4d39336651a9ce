/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fmt: numbers and foreign text into buffers, ready to be shown. Pure; knows nothing of KVM, BPF or
 * terminals. The one place where nanoseconds get another unit.
 */
#ifndef KVMTOP_BASE_FMT_H
#define KVMTOP_BASE_FMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timespec;

/* Holds any number that the functions below write, with its NUL. */
#define FMT_SIZE 16

/* What is shown for a value that is not known. */
#define FMT_UNKNOWN "-"

/* The word for @n of a thing: "1 process", "2 processes". */
static inline const char *fmt_plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* "1234", "99999", "123k", "4.56M": at most 5 columns, exact below 100000. Returns @buf. */
char *fmt_count(uint64_t count, char *buf, size_t size);

/* As fmt_count, with one decimal below 10 ("0.3"). Negative or not a number: unknown. Returns @buf. */
char *fmt_rate(double per_sec, char *buf, size_t size);

/* "850ns", "12.3us", "1.20ms", "3.40s", "16.7m", "27.8h": at most 6 columns. Returns @buf. */
char *fmt_duration_ns(uint64_t ns, char *buf, size_t size);

/* "12.3"; unknown when it is not finite. Returns @buf. */
char *fmt_pct(double pct, char *buf, size_t size);

/* Holds what fmt_decimal() and fmt_utc() write. */
#define FMT_LONG_SIZE 48

/*
 * For programs: up to @decimals (at most 9) digits behind a '.', whatever the locale, without zeros at the end: "0.1",
 * "130358". Not finite: unknown. Returns @buf.
 */
char *fmt_decimal(double value, unsigned int decimals, char *buf, size_t size);

/* "2026-01-31T09:08:07.654Z". Returns @buf, or NULL if there is no such day. */
char *fmt_utc(const struct timespec *wall, char *buf, size_t size);

/* What of a foreign text is replaced by visible escapes. */
enum fmt_escape {
	/* bytes that are not UTF-8, as \xNN: for writers that escape the rest themselves (JSON) */
	FMT_ESCAPE_INVALID,
	/*
	 * and whatever a UTF-8 terminal acts on or does not show (unicode_kind): control characters
	 * (\xNN), characters that reorder or hide text, blanks (\uNNNN, \UNNNNNNNN). Also surplus
	 * marks, and marks without a letter
	 */
	FMT_ESCAPE_TERMINAL,
	/* and all that is not ASCII: to an 8-bit terminal a byte of a UTF-8 letter can be a control */
	FMT_ESCAPE_ASCII,
};

/*
 * Writes @len bytes at @text, escaped, to @buf, always NUL-terminated. A letter or an escape that
 * does not fit is left out whole, with all after it. Returns the length written. 4 * @len + 1 bytes
 * always do.
 */
size_t fmt_escape(enum fmt_escape how, const char *text, size_t len, char *buf, size_t size);

/* The same for a string, malloc'ed; NULL: no memory. */
char *fmt_escape_dup(enum fmt_escape how, const char *text);

/* No name from outside is longer, in bytes; how one ends that was. */
#define FMT_NAME_MAX 256
#define FMT_CUT_OFF "..."

/*
 * Cuts @text in place to FMT_NAME_MAX bytes, the mark included; no character is cut. Where a name enters: all that
 * show it can then show all of it. Returns the length.
 */
size_t fmt_limit(char *text);

/* Columns that @text (valid UTF-8, escaped) takes on a terminal, by the locale's wcwidth(). */
size_t fmt_width(const char *text);

/*
 * Cuts @text in place to @columns. Where something was cut off the last column is '~'. Returns the columns
 * that are left.
 */
size_t fmt_cut(char *text, size_t columns);

#endif
