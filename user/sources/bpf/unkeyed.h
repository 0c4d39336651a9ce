/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unkeyed: the exits of a vCPU that are about a kind of keys, by their reason, but had no event
 * with the key. They are the vCPU's exits for these reasons, less those that the drill-down's
 * programs noted as keyed. This costs exits nothing.
 *
 * The event of an exit comes later than its count, after a stay in the VMM perhaps. So the exit
 * that is being handled is left out until it is over. What is reported never decreases. Pure: all
 * is memory.
 */
#ifndef KVMTOP_SOURCES_BPF_UNKEYED_H
#define KVMTOP_SOURCES_BPF_UNKEYED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

#include "../../../bpf/detail.h"
#include "../../../bpf/kvmtop.h"
#include "../../model/detail.h"

/* The host's exit reasons by kind; a range whose first is above its last is none. */
struct unkeyed_reasons {
	uint32_t isa;
	uint64_t mask;	/* what of a reason is compared */
	uint32_t kinds; /* DETAIL_BIT of those that have any */
	struct kvmtop_detail_range ranges[KVMTOP_DETAIL_ROOM][KVMTOP_DETAIL_RANGES];
};

/* What is read of one slot. Its thread writes to it meanwhile. */
struct unkeyed_view {
	const struct kvmtop_vcpu *vcpu;
	const struct kvmtop_detail_vcpu *detail;
	const struct kvmtop_cell *spare; /* all spare cells */
	size_t n_spare;
	const struct unkeyed_reasons *reasons;
	bool timed; /* exits are timed: whether one is being handled is known */
	bool ended; /* the vCPU's VM has ended: no event comes any more */
};

/* What is kept of one slot; zero at first. */
struct unkeyed {
	uint64_t last_exit; /* as of the last look, KVMTOP_EXIT_ID */
	bool to_begin;	    /* the slot could not be read when it was to begin */
	struct detail_sum before[DETAIL_KIND_MAX];
	struct detail_sum reported[DETAIL_KIND_MAX]; /* since unkeyed__begin() */
};

/* Counts from now on: events of earlier exits were not seen. */
void unkeyed__begin(struct unkeyed *unkeyed, const struct unkeyed_view *view);

/* Brings @unkeyed->reported up to date. */
void unkeyed__look(struct unkeyed *unkeyed, const struct unkeyed_view *view);

#endif
