/* SPDX-License-Identifier: GPL-2.0 */
/*
 * native_hist: a histogram of ns as one of Prometheus' native ones, in seconds. Bucket i of schema
 * 3 holds values above 2^((i - 1) / 8) s and not above 2^(i / 8) s. So it is 9 % wide, much as a
 * slot of ours (7 to 12.5 %).
 *
 * Bounds of slots are powers of two of ns, so they are not bounds of buckets. A slot is put as a whole into the
 * bucket that its middle is in, always the same one: a bucket never goes backwards. What is read from it is thus in the
 * wrong bucket at times, but not by much: at most 14 % from the true value.
 * Pure.
 */
#ifndef KVMTOP_SINKS_NATIVE_HIST_H
#define KVMTOP_SINKS_NATIVE_HIST_H

#include <stddef.h>
#include <stdint.h>

#include "../base/hist.h"

#define NATIVE_SCHEMA 3

/* Not above it, in seconds, is the zero bucket: durations of 0 ns. 2^-128, what Prometheus' own clients have. */
#define NATIVE_ZERO_THRESHOLD 0x1p-128

/* Where the slots belong. */
struct native_map {
	int16_t bucket[HIST_SLOTS]; /* ascending; that of slot 0, which is 0 ns, means nothing */
};

/* @length buckets in a row, @offset after the end of the span before; the first: after bucket 0. */
struct native_span {
	int32_t offset;
	uint32_t length;
};

/*
 * From the bucket of 1 ns to that of the open slot. There are empty ones between, as the first
 * slots are wider than a bucket.
 */
#define NATIVE_BUCKETS_MAX ((HIST_OCTAVES + 1) << NATIVE_SCHEMA)

struct native_hist {
	uint64_t zero_count;
	size_t n_spans, n_buckets; /* of all spans */
	struct native_span spans[HIST_SLOTS];
	/* What a bucket holds more than the one before it in any span. */
	int64_t deltas[NATIVE_BUCKETS_MAX];
};

void native_map__init(struct native_map *map);

/* Buckets that hold nothing are left out, but for gaps that would cost more. */
void native_hist__fill(struct native_hist *native, const struct native_map *map, struct hist hist);

#endif
