/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86_details: what exits are about on x86, in the order in which --help has it.
 */
#ifndef KVMTOP_ARCH_X86_DETAILS_H
#define KVMTOP_ARCH_X86_DETAILS_H

#include "details.h"

#define X86_WORDS 12

extern const struct detail_kind_def x86_kinds[DETAIL_KIND_MAX];
extern const struct detail_word x86_words[X86_WORDS];

#endif
