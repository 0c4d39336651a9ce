/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hist: log2 histograms of nanoseconds, and percentiles read off them.
 * Knows nothing of KVM, BPF or terminals.
 */
#ifndef KVMTOP_BASE_HIST_H
#define KVMTOP_BASE_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Slot 0 holds [0, 2) ns, slot i holds [2^i, 2^(i+1)) ns, the last slot is open: it holds
 * everything from 2^39 ns (9 minutes) on.
 */
#define HIST_SLOTS 40

/* Lower bound of slot @slot in ns: 0 for slot 0, else 2^slot. */
uint64_t hist_slot_lo_ns(size_t slot);

/* Number of values in the histogram. */
uint64_t hist_count(const uint64_t hist[HIST_SLOTS]);

/*
 * The @pct percentile (0..100) in ns, interpolated linearly within its slot and never above
 * @max_ns (the true maximum; 0 when it is not known). False when the histogram is empty.
 */
bool hist_percentile_ns(const uint64_t hist[HIST_SLOTS], double pct, uint64_t max_ns,
			uint64_t *ret_ns);

#endif
