/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hist.bpf.h: the slot of a log2 histogram. BPF has no instruction that counts leading zeros.
 */
#ifndef KVMTOP_HIST_BPF_H
#define KVMTOP_HIST_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "kvmtop.h"

/*
 * floor(log2(@v)), 0 for 0, at most KVMTOP_HIST_SLOTS - 1. A tree of comparisons: six of them, where shifting takes
 * thirty instructions.
 */
#define HIST_LEAF(n) return n
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

static __always_inline __u32 hist_slot(__u64 v)
{
	if (v < (1ull << 16))
		HIST_16(0);
	if (v < (1ull << 32))
		HIST_16(16);
	HIST_8(32);
}

#endif
