/* SPDX-License-Identifier: GPL-2.0 */
/*
 * big: snapshots of a host with very many VMs, and how long something takes.
 */
#ifndef KVMTOP_TESTS_BIG_H
#define KVMTOP_TESTS_BIG_H

#include <malloc.h>
#include <stdbool.h>
#include <time.h>

#include "unit.h"

#include "../../user/arch/x86.h"

/* Builds that are not made to be fast. */
#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) || !defined(__OPTIMIZE__)
#define UNHURRIED true
#else
#define UNHURRIED false
#endif

#define BIG_VMS 1000
#define BIG_VCPUS 4
#define BIG_REASONS 12

static inline struct snapshot *big_snapshot(uint64_t sec, uint64_t count)
{
	struct snapshot *s = make_snapshot(sec, BIG_VMS);

	for (size_t i = 0; i < BIG_VMS; i++) {
		make_vcpus(s, &s->vms[i], BIG_VCPUS);
		/* another permutation in each snapshot: 7, 11, 1000 have no common factor */
		s->vms[i].key = 1 + i * (sec % 2 ? 7 : 11) % BIG_VMS;
		for (size_t j = 0; j < BIG_VCPUS; j++) {
			struct tally v[BIG_REASONS];

			for (size_t k = 0; k < BIG_REASONS; k++)
				v[k] = make_tally(ISA_SVM, (5 * k) % BIG_REASONS,
						  count * s->vms[i].key, 1000);
			set_exits(s, &s->vms[i].vcpus[j], v, BIG_REASONS);
		}
	}
	return s;
}

/* Bytes that are allocated. */
static inline size_t in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* CPU time of this process: to be printed, not compared, as others use the machine, too. */
static inline double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
