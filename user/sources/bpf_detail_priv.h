/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpf_detail_priv: what bpf_detail and its part for an architecture share.
 */
#ifndef KVMTOP_SOURCES_BPF_DETAIL_PRIV_H
#define KVMTOP_SOURCES_BPF_DETAIL_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

#include "../../bpf/detail.h"
#include "../../bpf/kvmtop.h"

struct bpf_detail;
struct bpf_detail_opts;
struct bpf_exit;
struct detail_bpf;
struct features;
struct slow_exit;

/* This host's exit reasons by kind; a range whose first is above its last is none. */
struct bpf_detail_reasons {
	uint32_t isa;
	uint64_t mask;	/* what of a reason is compared */
	uint32_t kinds; /* DETAIL_BIT of those that have any */
	struct kvmtop_detail_range ranges[KVMTOP_DETAIL_ROOM][KVMTOP_DETAIL_RANGES];
};

void bpf_detail_reasons(struct bpf_detail_reasons *reasons);

/* For bpf_detail: chooses this architecture's programs, before they are loaded. 0 or a negative errno, with @why. */
int bpf_detail_choose(struct detail_bpf *skel, const struct bpf_detail_opts *opts,
		      const struct bpf_exit *exit, const struct features *features, char *why,
		      size_t why_size);

/* What KVM's exit_info says the exit was about. */
void bpf_detail_decode(const struct kvmtop_slow_record *record, struct slow_exit *slow);

#endif
