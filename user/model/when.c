// SPDX-License-Identifier: GPL-2.0
#include "when.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../base/cleanup.h"
#include "../base/clock.h"

#define SEC_NS INT64_C(1000000000)
#define DAY_S (24 * 60 * 60)

/* @n digits, and no more of them. */
static bool take_digits(const char **p, int n, int min, int max, int *ret_value)
{
	int value = 0;

	for (int i = 0; i < n; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		value = 10 * value + (**p - '0');
	}
	*ret_value = value;
	return value >= min && value <= max && !(**p >= '0' && **p <= '9');
}

static bool take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* "2026-01-31" */
static bool take_date(const char **p, struct tm *tm)
{
	int year, month;

	if (!take_digits(p, 4, 1970, 9998, &year) || !take_char(p, '-') ||
	    !take_digits(p, 2, 1, 12, &month) || !take_char(p, '-') ||
	    !take_digits(p, 2, 1, 31, &tm->tm_mday))
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	return true;
}

/* ".654" */
static bool take_fraction(const char **p, int64_t *ret_ns)
{
	int64_t unit = SEC_NS / 10;

	*ret_ns = 0;
	if (!take_char(p, '.'))
		return true;
	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
		*ret_ns += unit * (**p - '0');
	return true;
}

/* "09:08", "9:08", "09:08:07.654" */
static bool take_clock(const char **p, struct tm *tm, int64_t *ret_ns)
{
	const int digits = **p && (*p)[1] == ':' ? 1 : 2;

	*ret_ns = 0;
	if (!take_digits(p, digits, 0, 23, &tm->tm_hour) || !take_char(p, ':') ||
	    !take_digits(p, 2, 0, 59, &tm->tm_min))
		return false;
	if (!take_char(p, ':'))
		return true;
	return take_digits(p, 2, 0, 60, &tm->tm_sec) && take_fraction(p, ret_ns);
}

/* "Z", "+01:00"; nothing: local time. */
static bool take_zone(const char **p, bool *ret_local, int *ret_east_s)
{
	int hours, minutes, sign = **p == '-' ? -1 : 1;

	*ret_local = !**p;
	*ret_east_s = 0;
	if (!**p || take_char(p, 'Z'))
		return true;
	if (!take_char(p, '+') && !take_char(p, '-'))
		return false;
	if (!take_digits(p, 2, 0, 14, &hours) || !take_char(p, ':') ||
	    !take_digits(p, 2, 0, 59, &minutes))
		return false;
	*ret_east_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* No day that is none, as 30 February, which mktime() would take for another. */
static int at_moment(const struct tm *tm, bool local, int east_s, int64_t ns, int64_t *ret_ns)
{
	struct tm made = *tm;
	time_t seconds;

	made.tm_isdst = -1;
	seconds = local ? mktime(&made) : timegm(&made);
	if (seconds == (time_t)-1 || made.tm_mday != tm->tm_mday || made.tm_mon != tm->tm_mon)
		return -EINVAL;
	*ret_ns = moment_of((int64_t)seconds - east_s, ns);
	return 0;
}

static int parse_date(const char *text, struct when *ret_when)
{
	struct tm tm = { .tm_isdst = -1 };
	int64_t ns = 0;
	bool local = true;
	int east_s = 0;

	if (!take_date(&text, &tm))
		return -EINVAL;
	if (*text && !((take_char(&text, 'T') || take_char(&text, ' ')) &&
		       take_clock(&text, &tm, &ns) && take_zone(&text, &local, &east_s)))
		return -EINVAL;
	ret_when->kind = WHEN_AT;
	return *text ? -EINVAL : at_moment(&tm, local, east_s, ns, &ret_when->ns);
}

static int parse_clock(const char *text, struct when *ret_when)
{
	struct tm tm = { 0 };
	int64_t ns;

	if (!take_clock(&text, &tm, &ns) || *text)
		return -EINVAL;
	ret_when->kind = WHEN_CLOCK;
	ret_when->ns = (tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) * SEC_NS + ns;
	return 0;
}

/* "-10min" */
static int parse_before(const char *text, struct when *ret_when)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = { { "s", 1 },	{ "sec", 1 },	{ "min", 60 },	 { "h", 3600 },
		      { "hour", 3600 }, { "d", DAY_S }, { "day", DAY_S } };
	int64_t n = 0;

	if (*++text < '0' || *text > '9')
		return -EINVAL;
	for (; *text >= '0' && *text <= '9'; text++) {
		n = 10 * n + (*text - '0');
		if (n > INT64_C(1000) * 366 * DAY_S)
			return -EINVAL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(text, units[i].name) || n > 100000 * (int64_t)DAY_S / units[i].seconds)
			continue;
		*ret_when = (struct when){ WHEN_BEFORE_END, n * units[i].seconds * SEC_NS };
		return 0;
	}
	return -EINVAL;
}

int when_parse(const char *text, struct when *ret_when)
{
	struct when when = { .kind = WHEN_NONE };
	int err;

	if (!strcmp(text, "now"))
		err = parse_before("-0s", &when);
	else if (*text == '-')
		err = parse_before(text, &when);
	else if (strchr(text, '-'))
		err = parse_date(text, &when);
	else
		err = parse_clock(text, &when);
	if (!err)
		*ret_when = when;
	return err;
}

const char *when_problem(const char *text)
{
	if (*text == '-')
		return "a time before the end is a number and s, min, h or d: -5min";
	if (strchr(text, '-'))
		return "a date is 2026-01-31, with a time of day 2026-01-31 03:00";
	if (strchr(text, ':'))
		return "a time of day is 12:33 or 12:33:07";
	return "a time is 12:33, -5min, now or 2026-01-31 03:00";
}

/* The last time that the clock showed @since_midnight_ns. */
static int64_t last_clock(int64_t since_midnight_ns, int64_t end_ns)
{
	time_t end = (time_t)(end_ns / SEC_NS);
	struct tm tm;

	if (!localtime_r(&end, &tm))
		return end_ns;
	for (int days = 0; days < 2; days++) {
		struct tm day = { .tm_year = tm.tm_year,
				  .tm_mon = tm.tm_mon,
				  .tm_mday = tm.tm_mday - days,
				  .tm_sec = (int)(since_midnight_ns / SEC_NS),
				  .tm_isdst = -1 };
		int64_t ns = moment_of(mktime(&day), since_midnight_ns % SEC_NS);

		if (ns <= end_ns || days)
			return ns;
	}
	return end_ns;
}

int64_t when_resolve(const struct when *when, int64_t end_ns)
{
	switch (when->kind) {
	case WHEN_CLOCK:
		return last_clock(when->ns, end_ns);
	case WHEN_BEFORE_END:
		return moment_add(end_ns, -when->ns);
	default:
		return when->ns;
	}
}

int64_t when_resolve_in(const struct when *when, int64_t first_ns, int64_t last_ns)
{
	const int64_t ns = when_resolve(when, last_ns), later_ns = moment_add(ns, DAY_S * SEC_NS);

	/* Both doubles, as the ends are what a file says. */
	if (when->kind == WHEN_CLOCK && ns < first_ns &&
	    (double)later_ns - (double)last_ns < (double)first_ns - (double)ns)
		return later_ns;
	return ns;
}

char *when_format(int64_t ns, char *buf, size_t size)
{
	time_t seconds = (time_t)(ns / SEC_NS);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, size, "?");
	return buf;
}
