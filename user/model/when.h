/* SPDX-License-Identifier: GPL-2.0 */
/*
 * when: a moment as a user writes it: --since, --until. Pure, but for the time zone of the process.
 *
 * 2026-01-31T09:08:07Z also with +01:00; a space for the T; seconds and their fraction may be left
 * out
 * 	2026-01-31 09:08	local time
 * 	2026-01-31		local time, its first moment
 * 	09:08, 9:08:07		local time, the last one that is not after the end
 * 	-90s, -10min, -2h, -1d	so long before the end; also sec, hour, day
 * 	now			the end
 */
#ifndef KVMTOP_MODEL_WHEN_H
#define KVMTOP_MODEL_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum when_kind { WHEN_NONE, WHEN_AT, WHEN_CLOCK, WHEN_BEFORE_END };

struct when {
	enum when_kind kind;
	int64_t ns; /* since 1970; since midnight; before the end */
};

/* 0 or -EINVAL. */
int when_parse(const char *text, struct when *ret_when);

/* What is wrong with a text that was refused: what it should be like. */
const char *when_problem(const char *text);

/* The moment, in ns since 1970, of what ends at @end_ns. @when is not WHEN_NONE. */
int64_t when_resolve(const struct when *when, int64_t end_ns);

/* The same of what is from @first_ns to @last_ns. A time of day may be a little after the end, rather than long before the begin. */
int64_t when_resolve_in(const struct when *when, int64_t first_ns, int64_t last_ns);

/* "2026-01-31 09:08:07", local time. Returns @buf. */
char *when_format(int64_t ns, char *buf, size_t size);

#endif
