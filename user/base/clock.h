/* SPDX-License-Identifier: GPL-2.0 */
/*
 * clock: now, and other moments, in nanoseconds.
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

/* In ns; of CLOCK_REALTIME: since 1970. */
static inline int64_t timespec_ns(const struct timespec *ts)
{
	return (int64_t)ts->tv_sec * 1000000000 + ts->tv_nsec;
}

#endif
