/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hist.bpf.h: the slot of a log2 histogram. BPF has no instruction that counts leading zeros.
 */
#ifndef KVMTOP_HIST_BPF_H
#define KVMTOP_HIST_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "kvmtop.h"

/* floor(log2(@v)), 0 for 0, at most KVMTOP_HIST_SLOTS - 1. */
static __always_inline __u32 hist_slot(__u64 v)
{
	__u32 slot = 0;

	if (v >> 32) {
		v >>= 32;
		slot = 32;
	}
	if (v >> 16) {
		v >>= 16;
		slot += 16;
	}
	if (v >> 8) {
		v >>= 8;
		slot += 8;
	}
	if (v >> 4) {
		v >>= 4;
		slot += 4;
	}
	if (v >> 2) {
		v >>= 2;
		slot += 2;
	}
	slot += v >> 1;
	return slot < KVMTOP_HIST_SLOTS ? slot : KVMTOP_HIST_SLOTS - 1;
}

#endif
