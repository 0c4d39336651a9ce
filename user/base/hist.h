/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hist: histograms of nanoseconds, eight slots per octave, and their percentiles. Knows nothing of
 * KVM, BPF or terminals.
 */
#ifndef KVMTOP_BASE_HIST_H
#define KVMTOP_BASE_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/*
 * 0 to 7 ns have a slot each. From there on an octave [2^i, 2^(i+1)) ns has eight slots of equal
 * width. So no slot is wider than 1/8 of its lower bound. The last one is open: it holds everything
 * from 15/16 of 2^40 ns (17 minutes) on.
 */
#define HIST_SUB_BITS 3
#define HIST_OCTAVES 40
#define HIST_SLOTS ((HIST_OCTAVES - HIST_SUB_BITS + 1) << HIST_SUB_BITS)

/*
 * Counts of the slots @first to @first + @n - 1; all others are 0. Many have few slots in use, so
 * only those are kept. All zero is an empty one. The counts are not owned.
 */
struct hist {
	const uint64_t *v;
	uint32_t first, n;
};

/* The slot that @ns is counted in; and its lower bound, also for HIST_SLOTS: the end of the last octave. */
size_t hist_slot(uint64_t ns);
uint64_t hist_slot_lo_ns(size_t slot);

/* Those of @v that are in use. */
struct hist hist_of(const uint64_t v[HIST_SLOTS]);

/* Number of values in the histogram. */
uint64_t hist_count(struct hist hist);

/* A copy in @arena. 0 or -ENOMEM. */
int hist_copy(struct arena *arena, struct hist hist, struct hist *ret_copy);

/* What came from @prev to @cur, into all of @ret_growth; false when a slot went backwards. */
bool hist_growth(struct hist prev, struct hist cur, uint64_t ret_growth[HIST_SLOTS]);

/* One slot per octave: the first holds [0, 2) ns, slot i [2^i, 2^(i+1)) ns, the last is open. */
#define HIST_LOG2_SLOTS HIST_OCTAVES

uint64_t hist_log2_lo_ns(size_t slot);
void hist_fold_log2(struct hist hist, uint64_t ret_log2[HIST_LOG2_SLOTS]);

/*
 * Percentiles: for each of the @n @one_in, which ascend, the least value that all but one in so
 * many are not above (2: the median). It is known to within its slot, and the middle of the slot is
 * reported: at most 1/16 (6.25 %) off. The largest value, if known, is reported exactly. No result
 * is above @max_ns (the true maximum; 0 when it is not known). False when the histogram is empty.
 */
bool hist_percentiles(struct hist hist, uint64_t max_ns, const unsigned int *one_in, size_t n,
		      uint64_t *ret_ns);

/* A sum of histograms. Of only one it is that one, without copying. Its address must not change. */
struct hist_sum {
	struct hist hist; /* the sum; lives as long as this and what was added */
	bool own;	  /* it is in @v */
	uint64_t v[HIST_SLOTS];
};

void hist_sum__init(struct hist_sum *sum);
void hist_sum__add(struct hist_sum *sum, struct hist part);

/* What a histogram has counted so far. Its counts wrap, and another writer goes on counting. */
struct hist_total {
	uint64_t *v; /* of the slots that were ever in use */
	uint32_t first, n;
};

/*
 * Brings @total up to date with @raw, which must not have got 2^32 values more in a slot since the last time. 0, or -ENOMEM
 * (then it is as before).
 */
int hist_total__take(struct hist_total *total, const volatile uint32_t raw[HIST_SLOTS]);
struct hist hist_total__hist(const struct hist_total *total);

/* Empties it. */
void hist_total__release(struct hist_total *total);

#endif
