/* SPDX-License-Identifier: GPL-2.0 */
/*
 * big: snapshots of a host with very many VMs, and how much memory something takes.
 */
#ifndef KVMTOP_TESTS_BIG_H
#define KVMTOP_TESTS_BIG_H

#include <malloc.h>
#include <stdbool.h>

#include "../../user/base/hist.h"
#include "../../user/model/stats.h"
#include "unit.h"

#include "../../user/arch/x86.h"

/* ASan's own malloc does not say what is allocated. */
#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define COUNTS_BYTES false
#else
#define COUNTS_BYTES true
#endif

#define BIG_VMS 1000
#define BIG_VCPUS 4
#define BIG_REASONS 12

/* @n_vms has no factor in common with 7 and 11. */
static inline struct snapshot *big_snapshot_of(size_t n_vms, uint64_t sec, uint64_t count)
{
	struct snapshot *s = make_snapshot(sec, n_vms);

	for (size_t i = 0; i < n_vms; i++) {
		make_vcpus(s, &s->vms[i], BIG_VCPUS);
		/* another permutation in each snapshot */
		s->vms[i].key = 1 + i * (sec % 2 ? 7 : 11) % n_vms;
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

static inline struct snapshot *big_snapshot(uint64_t sec, uint64_t count)
{
	return big_snapshot_of(BIG_VMS, sec, count);
}

/* As many statistics as 6.12 has on x86. */
static inline void big_add_stats(struct snapshot *s)
{
	static char texts[60][16];
	static const char *names[60];
	uint64_t *values = arena__calloc(s->arena, 60, sizeof(*values));

	for (size_t i = 0; i < 60; i++) {
		snprintf(texts[i], sizeof(texts[i]), "some_stat_%zu", i);
		names[i] = texts[i];
		values[i] = 123456789 * i;
	}
	s->vm_layout = stat_layout__from_names(names, 15);
	s->vcpu_layout = stat_layout__from_names(names + 15, 45);
	for (size_t i = 0; i < s->n_vms; i++) {
		s->vms[i].stats = values;
		s->vms[i].stats_source = STATS_ITERATOR;
		for (size_t j = 0; j < s->vms[i].n_vcpus; j++) {
			s->vms[i].vcpus[j].stats = values;
			s->vms[i].vcpus[j].stats_source = STATS_ITERATOR;
			s->vms[i].vcpus[j].times =
				(struct vcpu_times){ .valid = true, .run_delay_valid = true };
		}
	}
}

/* Durations over six octaves, as those of a reason that is busy. */
static inline void big_add_hists(struct snapshot *s)
{
	static uint64_t v[48];

	for (size_t i = 0; i < ARRAY_SIZE(v); i++)
		v[i] = 1 + 100 * i * (ARRAY_SIZE(v) - i);
	for (size_t i = 0; i < s->n_vms; i++)
		for (size_t j = 0; j < s->vms[i].n_vcpus; j++)
			for (size_t k = 0; k < s->vms[i].vcpus[j].n_exits; k++)
				s->vms[i].vcpus[j].exits[k].hist =
					(struct hist){ v, (uint32_t)hist_slot(1 << 9),
						       ARRAY_SIZE(v) };
}

/* Bytes that are allocated. */
static inline size_t in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

#endif
