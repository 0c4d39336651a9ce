// SPDX-License-Identifier: GPL-2.0
/* Moments as users write them. */
#include <errno.h>
#include <time.h>

#include "../../user/base/clock.h"
#include "../../user/model/when.h"
#include "unit.h"

#define NS INT64_C(1000000000)
/* 2026-01-31T09:08:07Z */
#define MOMENT (INT64_C(1769850487) * NS)

static int64_t at(const char *text, int64_t end_ns)
{
	struct when when = { .kind = WHEN_NONE };

	if (when_parse(text, &when))
		fail_msg("'%s' is refused", text);
	return when_resolve(&when, end_ns);
}

static void zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static void moments(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{ "2026-01-31T09:08:07Z", MOMENT },
		{ "2026-01-31 09:08:07Z", MOMENT },
		{ "2026-01-31T10:08:07+01:00", MOMENT },
		{ "2026-01-31T03:38:07-05:30", MOMENT },
		{ "2026-01-31T09:08:07.654Z", MOMENT + 654000000 },
		{ "2026-01-31T09:08Z", MOMENT - 7 * NS },
		{ "2026-01-31 11:08:07", MOMENT },
		{ "2026-01-31", MOMENT - (11 * 3600 + 8 * 60 + 7) * NS },
		{ "2026-07-01 03:00", INT64_C(1782864000) * NS }, /* summer: an hour more */
	};

	(void)state;
	zone("EET-2EEST,M3.5.0/3,M10.5.0/4");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_true(at(cases[i].text, 0) == cases[i].ns);
}

static void clocks(void **state)
{
	(void)state;
	zone("UTC");
	assert_true(at("09:08:07", MOMENT) == MOMENT);
	assert_true(at("09:08", MOMENT) == MOMENT - 7 * NS);
	assert_true(at("9:08:07", MOMENT) == MOMENT);
	assert_true(at("9:08", MOMENT) == MOMENT - 7 * NS);
	assert_true(at("09:08:08", MOMENT) == MOMENT + NS - 86400 * NS);
	assert_true(at("00:00:00.5", MOMENT) == MOMENT - (9 * 3600 + 8 * 60 + 7) * NS + NS / 2);
}

static void before_the_end(void **state)
{
	(void)state;
	assert_true(at("-90s", MOMENT) == MOMENT - 90 * NS);
	assert_true(at("-10min", MOMENT) == MOMENT - 600 * NS);
	assert_true(at("-3sec", MOMENT) == MOMENT - 3 * NS);
	assert_true(at("-1hour", MOMENT) == MOMENT - 3600 * NS);
	assert_true(at("-1day", MOMENT) == at("-1d", MOMENT));
	assert_true(at("now", MOMENT) == MOMENT);
	assert_true(at("-2h", MOMENT) == MOMENT - 7200 * NS);
	assert_true(at("-1d", MOMENT) == MOMENT - 86400 * NS);
}

/* From 09:00 to 09:08:07: what is a little later is not the day before. */
static void a_little_after_the_end(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{ "09:08:08", MOMENT + NS },
		{ "09:08:07", MOMENT },
		{ "20:00", MOMENT + 39113 * NS },
		{ "08:59", MOMENT - 547 * NS },
		{ "22:00", MOMENT + (46313 - 86400) * NS },
		{ "-1d", MOMENT - 86400 * NS },
	};

	(void)state;
	zone("UTC");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct when when;

		assert_int_equal(when_parse(cases[i].text, &when), 0);
		assert_true(when_resolve_in(&when, MOMENT - 487 * NS, MOMENT) == cases[i].ns);
	}
}

static void what_is_wrong(void **state)
{
	static const struct {
		const char *text, *problem;
	} cases[] = {
		{ "-5x", "number and s, min, h or d" },
		{ "2026-13-01", "date" },
		{ "25:00", "time of day" },
		{ "noon", "now or" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct when when;

		assert_int_equal(when_parse(cases[i].text, &when), -EINVAL);
		assert_non_null(strstr(when_problem(cases[i].text), cases[i].problem));
	}
}

/* The end is what a file says, and the rest what a user says: beyond the range is its end (SAN=1 sees an overflow). */
static void out_of_range(void **state)
{
	static const char *const texts[] = { "-1s", "-100000d", "00:00", "23:59:60" };
	const struct timespec late = { .tv_sec = INT64_C(253402300799), .tv_nsec = 999999999 };
	const struct timespec early = { .tv_sec = INT64_MIN, .tv_nsec = 0 };

	(void)state;
	zone("UTC");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_true(at(texts[i], INT64_MIN) <= INT64_MIN + 86400 * NS);
		assert_true(at(texts[i], INT64_MIN + 1) <= INT64_MIN + 86400 * NS);
		assert_true(at(texts[i], INT64_MAX) >= INT64_MAX - NS * 86400 * 100000);
	}
	assert_true(at("-1s", INT64_MIN) == INT64_MIN);
	assert_true(at("9998-12-31T23:59:59Z", 0) == INT64_MAX);
	assert_true(at("2262-04-12", 0) == INT64_MAX);
	assert_true(timespec_ns(&late) == INT64_MAX && timespec_ns(&early) == INT64_MIN);
	assert_true(moment_add(INT64_MAX, 1) == INT64_MAX && moment_add(-5, 7) == 2);
}

static void refused(void **state)
{
	static const char *const texts[] = {
		"",
		"nows",
		"10min",
		"-10",
		"-min",
		"-10m",
		"-1e3s",
		"9:8",
		"09:8",
		"24:00",
		"09:60",
		"09:08Z",
		"09:08:",
		"09:08:07.",
		"2026",
		"2026-1-31",
		"2026-02-30",
		"2026-13-01",
		"2026-01-31T",
		"2026-01-31 :08",
		"2026-01-31x",
		"-999999999999999999999s",
		"-99999999d",
		"2026-01-31T09:08:07 Z",
		"2026-01-31T09:08:07+1",
		"1969-12-31",
		"20260131",
		"2026-01-31T09:08:07Zz",
	};

	(void)state;
	zone("UTC");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct when when = { .kind = WHEN_NONE };

		if (when_parse(texts[i], &when) != -EINVAL || when.kind != WHEN_NONE)
			fail_msg("'%s' is taken", texts[i]);
	}
}

static void shown(void **state)
{
	char buf[32];

	(void)state;
	zone("EET-2");
	assert_string_equal(when_format(MOMENT, buf, sizeof(buf)), "2026-01-31 11:08:07");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments),
		cmocka_unit_test(clocks),
		cmocka_unit_test(before_the_end),
		cmocka_unit_test(refused),
		cmocka_unit_test(shown),
		cmocka_unit_test(out_of_range),
		cmocka_unit_test(a_little_after_the_end),
		cmocka_unit_test(what_is_wrong),
	};

	return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}
