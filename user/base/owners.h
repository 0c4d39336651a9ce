/* SPDX-License-Identifier: GPL-2.0 */
/*
 * owners: how many own something that is shared and immutable, in any threads; the last one frees it.
 */
#ifndef KVMTOP_BASE_OWNERS_H
#define KVMTOP_BASE_OWNERS_H

#include <stdbool.h>

/*
 * The shared object is immutable, its owners are not. So both functions take a count that is const
 * to their callers.
 */
static inline void owners_add(const unsigned int *owners)
{
	__atomic_add_fetch((unsigned int *)owners, 1, __ATOMIC_RELAXED);
}

/* One less; whether that was the last one. */
static inline bool owners_drop(const unsigned int *owners)
{
	return !__atomic_sub_fetch((unsigned int *)owners, 1, __ATOMIC_ACQ_REL);
}

#endif
