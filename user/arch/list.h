/* SPDX-License-Identifier: GPL-2.0 */
/*
 * list: the architectures, and the one that is built for. No other file that is common to all names one.
 */
#ifndef KVMTOP_ARCH_LIST_H
#define KVMTOP_ARCH_LIST_H

#include "arch.h"

/* Those that are known on every host, in the order in which they are looked through; other: one without files of its own. */
#define ARCHS(X) X(x86) X(other)

#define ARCH_DECLARE(name) extern const struct arch arch_##name;

/* clang-format off */
ARCHS(ARCH_DECLARE)
/* clang-format on */

/*
 * The one that is built for: what its objects' names end in, whose drill-down it has (drilldown_NAME.c), and its words.
 */
#if defined(__x86_64__)
#define ARCH_HERE(name) name##_x86
#define ARCH_DRILL_DOWN arch_details_x86
#define ARCH_WORDS "x86_words.h"
#else
#define ARCH_HERE(name) name##_other
#define ARCH_DRILL_DOWN arch_details_other
#define ARCH_WORDS "other_words.h"
#endif

#endif
