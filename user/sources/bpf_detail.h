/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpf_detail: the drill-down and slow exits: loads bpf/detail.bpf.c beside the main programs, and reads what it counted
 * into snapshots.
 */
#ifndef KVMTOP_SOURCES_BPF_DETAIL_H
#define KVMTOP_SOURCES_BPF_DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/detail.h"
#include "../model/ids.h"
#include "../model/slow.h"
#include "../model/test_knobs.h"

struct bpf_detail;
struct bpf_exit;
struct features;

/* Cells for keys unless tests tell otherwise: of all vCPUs together, 1 MB. */
#define BPF_DETAIL_KEYS 16384

/* The code space of this host's exit reasons, ISA_*. */
uint32_t bpf_detail_isa(void);

struct bpf_detail_opts {
	uint32_t kinds; /* DETAIL_BIT */
	bool pc_all;	/* DETAIL_PC: of all reasons, else of these */
	const uint64_t *pc_reasons;
	size_t n_pc_reasons;
	enum latency latency;
	uint64_t slow_ns; /* report exits of at least so long; 0: none */
	struct test_knobs knobs;
};

/*
 * Loads and attaches, and from now on bpf_exit__read(@exit) reads the details, too (bpf_collector.h); @exit must outlive it. On failure
 * writes one line to @why and returns a negative errno.
 */
int bpf_detail__open(const struct bpf_detail_opts *opts, struct bpf_exit *exit,
		     const struct features *features, char *why, size_t why_size,
		     struct bpf_detail **ret_detail);
void bpf_detail__close(struct bpf_detail *detail);

/* Called with each slow exit; what it points to is valid during the call only. A negative errno ends it, and is returned. */
typedef int (*bpf_slow_fn)(const struct slow_exit *slow, void *arg);

/* Readable when there are slow exits; -1: they were not asked for. */
int bpf_detail__slow_fd(const struct bpf_detail *detail);

/* Hands all slow exits that are there to @fn. 0 or what @fn returned, or a negative errno. */
int bpf_detail__take_slow(struct bpf_detail *detail, bpf_slow_fn fn, void *arg);

/* From now on there are no further ones. */
void bpf_detail__end_slow(struct bpf_detail *detail);

#endif
