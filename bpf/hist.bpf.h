/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hist.bpf.h: the slot of a histogram. BPF has no instruction that counts leading zeros.
 */
#ifndef KVMTOP_HIST_BPF_H
#define KVMTOP_HIST_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "kvmtop.h"

/* The slot of @v, whose highest bit is bit @octave, a constant. */
static __always_inline __u64 hist_slot_in(__u32 octave, __u64 v)
{
	__u32 shift = octave - KVMTOP_HIST_SUB_BITS;

	if (octave < KVMTOP_HIST_SUB_BITS)
		return v;
	/* The highest bit is left after the shift, and counts as one octave more. */
	return (shift << KVMTOP_HIST_SUB_BITS) + (v >> shift);
}

#define HIST_LEAF(n) return hist_slot_in(n, v)
#define HIST_SPLIT(mid, low, high)       \
	do {                             \
		if (v < (1ull << (mid))) \
			low;             \
		high;                    \
	} while (0)
#define HIST_2(n) HIST_SPLIT((n) + 1, HIST_LEAF(n), HIST_LEAF((n) + 1))
#define HIST_4(n) HIST_SPLIT((n) + 2, HIST_2(n), HIST_2((n) + 2))
#define HIST_8(n) HIST_SPLIT((n) + 4, HIST_4(n), HIST_4((n) + 4))
#define HIST_16(n) HIST_SPLIT((n) + 8, HIST_8(n), HIST_8((n) + 8))

/* The slot of @v. A tree of comparisons finds the octave: six of them, where shifting takes thirty instructions. */
static __always_inline __u64 hist_slot(__u64 v)
{
	if (v < (1ull << 16))
		HIST_16(0);
	if (v < (1ull << 32))
		HIST_16(16);
	if (v >= 1ull << KVMTOP_HIST_OCTAVES)
		return KVMTOP_HIST_SLOTS - 1;
	HIST_8(32);
}

#endif
