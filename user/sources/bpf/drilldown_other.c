// SPDX-License-Identifier: GPL-2.0
/*
 * drilldown_other: an architecture without files of its own has no drill-down yet.
 */
#include "drilldown_priv.h"

const struct arch_details arch_details_other = { .n_isas = 0 };
