// SPDX-License-Identifier: GPL-2.0
/*
 * other: an architecture without a file of its own. Recordings of others are shown there.
 */
#include "../base/cleanup.h"
#include "list.h"
#include "pairs.h"

static const struct pair *const pairs[] = {
	&pair_exits,
	&pair_halt_wait,
	&pair_signals,
	&pair_mmio_to_vmm,
};

const struct arch arch_other = { .pairs = pairs, .n_pairs = ARRAY_SIZE(pairs) };
