/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpf_detail_priv: what bpf_detail, its part for an architecture, and bpf_read share.
 */
#ifndef KVMTOP_SOURCES_BPF_DETAIL_PRIV_H
#define KVMTOP_SOURCES_BPF_DETAIL_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

#include "../../bpf/detail.h"

struct arena;
struct bpf_detail;
struct bpf_detail_opts;
struct bpf_exit;
struct detail_bpf;
struct features;
struct slow_exit;
struct vcpu_sample;

/* This host's exit reasons by kind; a range whose first is above its last is none. */
struct bpf_detail_reasons {
	uint32_t isa;
	uint64_t mask;	/* what of a reason is compared */
	uint32_t kinds; /* DETAIL_BIT of those that have any */
	struct kvmtop_detail_range ranges[KVMTOP_DETAIL_ROOM][KVMTOP_DETAIL_RANGES];
};

void bpf_detail_reasons(struct bpf_detail_reasons *reasons);

/* For bpf_read: reads all cells, once for a snapshot, before bpf_detail_fill(). 0 or -ENOMEM. */
int bpf_detail_collect(struct bpf_detail *detail);

/* Adds what slot @slot has to @sample; @gone: its vCPU is. 0 or -ENOMEM. */
int bpf_detail_fill(struct bpf_detail *detail, uint32_t slot, bool gone, struct arena *arena,
		    struct vcpu_sample *sample);

/* Slot @slot is given back: nothing writes to what is of it. */
void bpf_detail_forget(struct bpf_detail *detail, uint32_t slot);

/* Events that were not counted: no program was run, or its thread is not known as a vCPU's. */
uint64_t bpf_detail_lost(const struct bpf_detail *detail);

/* For bpf_detail: chooses this architecture's programs, before they are loaded. 0 or a negative errno, with @why. */
int bpf_detail_choose(struct detail_bpf *skel, const struct bpf_detail_opts *opts,
		      const struct bpf_exit *exit, const struct features *features, char *why,
		      size_t why_size);

/* What KVM's exit_info says the exit was about. */
void bpf_detail_decode(const struct kvmtop_slow_record *record, struct slow_exit *slow);

#endif
