// SPDX-License-Identifier: GPL-2.0
/*
 * programs_other: an architecture without files of its own has no programs for exits.
 */
#include "programs_priv.h"

const struct arch_programs arch_programs_other = { .n = 0 };
