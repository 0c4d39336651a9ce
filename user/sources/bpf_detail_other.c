// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_detail_other: an architecture without files of its own has no drill-down yet.
 */
#include "bpf_detail_priv.h"

const struct arch_details arch_details_other = { .n_isas = 0 };
