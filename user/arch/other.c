// SPDX-License-Identifier: GPL-2.0
/*
 * other: an architecture without a file of its own. Recordings of others are shown there.
 */
#include "list.h"

const struct arch arch_other = { .n_isas = 0 };
