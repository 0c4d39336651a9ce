/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verify_priv: what verify.c, which takes readings, and verify_pairs.c, which says what follows, share.
 */
#ifndef KVMTOP_MODEL_VERIFY_PRIV_H
#define KVMTOP_MODEL_VERIFY_PRIV_H

#include "verify.h"

struct arena;
struct pair;

/* A at the moment of B, and what may be in flight then. */
struct verify_point {
	uint64_t before, after, ours;
	uint64_t lead, lag;
};

/* One pair of one series. */
struct verify_counter {
	size_t n; /* readings */
	struct verify_point first, last;
	struct verify_bounds bounds;
};

/* The readings of a vCPU, or of a VM as a whole, from one source. */
struct verify_series {
	enum source_id source;
	uint32_t vcpu_id;
	uint64_t instance;
	struct verify_counter pairs[]; /* of each rule */
};

struct verify_vm {
	uint64_t key;
	pid_t pid;
	char *id;
	bool ended, nested;
	bool other_isa; /* it had exits of a code space that is not known */
	bool unread;	/* of some exits the reason is not known */
	struct verify_series **series;
	size_t n_series;
	bool reset[]; /* of each rule: its statistic went backwards */
};

struct verify {
	const struct pair *const *rules;
	size_t n_rules;
	struct verify_vm **vms;
	size_t n_vms;
	struct verify_coverage coverage;
	struct arena *results; /* what verify__pairs() gave out last */
};

/* 64 bits are compared in 128, so that nothing overflows. */
static inline __int128 max128(__int128 a, __int128 b)
{
	return a > b ? a : b;
}

#endif
