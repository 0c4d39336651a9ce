/* SPDX-License-Identifier: GPL-2.0 */
/*
 * clock: now, and other moments, in nanoseconds. Moments come from files and users, too: no sum of them overflows.
 */
#ifndef KVMTOP_BASE_CLOCK_H
#define KVMTOP_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC, in ns. */
static inline uint64_t clock_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* The sum; what is beyond the first or the last moment of 64 bits (1677, 2262) is that moment. */
static inline int64_t moment_add(int64_t ns, int64_t more_ns)
{
	int64_t sum;

	if (__builtin_add_overflow(ns, more_ns, &sum))
		return more_ns < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

/* Likewise. */
static inline int64_t moment_of(int64_t seconds, int64_t more_ns)
{
	int64_t ns;

	if (__builtin_mul_overflow(seconds, INT64_C(1000000000), &ns))
		ns = seconds < 0 ? INT64_MIN : INT64_MAX;
	return moment_add(ns, more_ns);
}

/* In ns; of CLOCK_REALTIME: since 1970. */
static inline int64_t timespec_ns(const struct timespec *ts)
{
	return moment_of(ts->tv_sec, ts->tv_nsec);
}

/* From one moment to another, CLOCK_REALTIME. */
struct time_span {
	int64_t from_ns, to_ns;
};

#endif
