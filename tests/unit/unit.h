/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unit: what every unit test needs: cmocka with the headers it asks for, and snapshots built by
 * hand.
 */
#ifndef KVMTOP_TESTS_UNIT_H
#define KVMTOP_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../user/base/arena.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/snapshot.h"

#define assert_near(a, b) \
	assert_true((double)(a) - (double)(b) < 1e-6 && (double)(b) - (double)(a) < 1e-6)

#define SEC_NS UINT64_C(1000000000)

/* A snapshot @sec seconds after boot; @n_vms VMs without vCPUs: pid 100 + i, key 1 + i, fd 10. */
static inline struct snapshot *make_snapshot(uint64_t sec, size_t n_vms)
{
	struct snapshot *s = snapshot__new();

	assert_non_null(s);
	s->mono_ns = sec * SEC_NS;
	s->wall.tv_sec = (time_t)(1700000000 + sec);
	s->latency = LATENCY_FULL;
	s->vms = arena__calloc(s->arena, n_vms, sizeof(*s->vms));
	s->n_vms = n_vms;
	for (size_t i = 0; i < n_vms; i++) {
		s->vms[i].key = 1 + i;
		s->vms[i].pid = 100 + (pid_t)i;
		s->vms[i].vm_fd = 10;
	}
	return s;
}

/* Gives VM @vm @n vCPUs, ids from 0. */
static inline void make_vcpus(struct snapshot *s, struct vm_sample *vm, size_t n)
{
	vm->vcpus = arena__calloc(s->arena, n, sizeof(*vm->vcpus));
	vm->n_vcpus = n;
	for (size_t i = 0; i < n; i++) {
		vm->vcpus[i].vcpu_id = (uint32_t)i;
		vm->vcpus[i].tid = vm->pid + 1 + (pid_t)i;
	}
}

/* A histogram of @count values of @ns, and @more of @more_ns >= @ns, which lives as long as the program. */
static inline struct hist make_hist(uint64_t count, uint64_t ns, uint64_t more, uint64_t more_ns)
{
	static uint64_t pool[1 << 18];
	static size_t used;
	size_t first = hist_slot(ns), n = count || more ? hist_slot(more_ns) - first + 1 : 0;
	uint64_t *v = &pool[used];

	used += n;
	assert_true(used <= sizeof(pool) / sizeof(pool[0]));
	if (n)
		v[0] = count;
	if (n)
		v[n - 1] += more;
	return (struct hist){ .v = v, .first = (uint32_t)first, .n = (uint32_t)n };
}

/* A tally of @count exits of @ns each. */
static inline struct tally make_tally(uint32_t isa, uint64_t code, uint64_t count, uint64_t ns)
{
	return (struct tally){ .isa = isa,
			       .code = code,
			       .count = count,
			       .sum_ns = count * ns,
			       .max_ns = ns,
			       .max_total_ns = ns,
			       .hist = make_hist(count, ns, 0, ns) };
}

/* Sets the exits of @vcpu to copies of @n tallies. */
static inline void set_exits(struct snapshot *s, struct vcpu_sample *vcpu, const struct tally *v,
			     size_t n)
{
	vcpu->exits = arena__calloc(s->arena, n, sizeof(*v));
	memcpy(vcpu->exits, v, n * sizeof(*v));
	vcpu->n_exits = n;
}

/* A file of a made-up /proc, /sys or the like at @root. */
static inline void put_file(const char *root, const char *path, const char *text)
{
	char full[300];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	file = fopen(full, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* The contents of file @name of the test data, malloc'ed, without a NUL. */
static inline char *read_test_data(const char *name, size_t *ret_len)
{
	const char *dir = getenv("KVMTOP_TEST_DATA");
	char path[512];
	FILE *f;
	char *text;

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "tests/data", name);
	f = fopen(path, "r");
	if (!f)
		fail_msg("cannot open %s (run from the top, or set KVMTOP_TEST_DATA)", path);
	text = malloc(1 << 20);
	assert_non_null(text);
	*ret_len = fread(text, 1, 1 << 20, f);
	fclose(f);
	/* Exactly as long as it is, so that ASan sees a read behind its end. */
	text = realloc(text, *ret_len ? *ret_len : 1);
	assert_non_null(text);
	return text;
}

#endif
