/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86_pairs: what --verify compares on x86, in the order in which it is shown.
 */
#ifndef KVMTOP_ARCH_X86_PAIRS_H
#define KVMTOP_ARCH_X86_PAIRS_H

struct pair;

#define X86_PAIRS 15

extern const struct pair *const x86_pairs[X86_PAIRS];

#endif
