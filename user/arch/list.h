/* SPDX-License-Identifier: GPL-2.0 */
/*
 * list: the architectures, for arch.c and their own files only.
 */
#ifndef KVMTOP_ARCH_LIST_H
#define KVMTOP_ARCH_LIST_H

#include "arch.h"

extern const struct arch arch_x86;
extern const struct arch arch_other; /* one that has no file of its own yet */

#endif
