/* SPDX-License-Identifier: GPL-2.0 */
/*
 * row: what a row is about, and which part of a frame its values are read from. Pure; knows no columns.
 */
#ifndef KVMTOP_MODEL_ROW_H
#define KVMTOP_MODEL_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

struct item_row;
struct slow_exit;
struct stat_desc;

/* A statistic of KVM, maybe summed over VMs or vCPUs. */
struct stats_row {
	const struct stat_desc *desc;
	bool gauge; /* STAT_INSTANT, STAT_PEAK: it has @value; what is not one has @count */
	uint64_t value;
	struct counter count; /* total since the VM began; of a histogram: its samples */
};

/* What a row is about. */
enum row_kind {
#define KIND(kind, ...) ROW_##kind,
#include "columns.h"
	ROW_KIND_MAX,
};

#define ROW_BIT(kind) (1u << (kind))

/* What a row is read from; what it is not about is NULL or 0. */
struct row {
	enum row_kind kind;
	const struct frame
		*frame; /* NULL: ROW_SLOW, and where neither time nor interval is asked for */
	const struct frame_vm *vm;
	const struct frame_vcpu *vcpu;
	const struct frame_reason *reason;
	uint64_t scope_exits; /* of a reason: the exits in the interval that it has a share of */
	size_t slot;	      /* of the reason's histogram, and how many exits are in it */
	uint64_t slot_exits;
	const struct stats_row *stat; /* NULL: the statistics of the VM or vCPU are not known */
	const struct frame_detail *detail;
	const struct item_row *item;
	const struct slow_exit *slow;
	const char *name; /* of a drop cause or a source */
	uint64_t dropped;
	const char *error;
	/* Made when it is first asked for: the time of all exits of a VM or vCPU, without histograms. */
	bool time_made;
	struct time_delta time;
	/* There may be no column of pids and fds: a VM without a name has what tells it from others in front of its label. */
	bool with_id;
};

/* Of a VM or vCPU: where its time goes, and what holds it. */
const struct time_shares *row_shares(const struct row *row);
enum vcpu_held row_held(const struct row *row);

/* Of an exit reason or a slow exit: what defines its code. */
uint32_t row_isa(const struct row *row);

/* The kind of key of a row; false: it has none. */
bool row_key(const struct row *row, enum detail_kind *ret_kind, uint64_t *ret_key,
	     uint64_t *ret_sub);

/* Of a reason, a vCPU or a VM: its exits, and those to user space of the last two. */
const struct counter *row_exits(const struct row *row);
struct counter row_user_exits(const struct row *row);

/* Of a key, a statistic or an item that only grow. False: it is none, or none is known. */
bool row_has_counter(const struct row *row);
/* Without a delta if it has none. */
struct counter row_counter(const struct row *row);

/* Of all exits that the row is about. That of a VM or vCPU is made once, in @row, and has no histogram. */
const struct time_delta *row_time(struct row *row);

#endif
