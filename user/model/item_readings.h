/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_readings: the value of each item of a VM or a vCPU in a frame: from its exits by reason, its
 * tracepoints and its statistics. A part of item_delta, and as pure.
 */
#ifndef KVMTOP_MODEL_ITEM_READINGS_H
#define KVMTOP_MODEL_ITEM_READINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "item_defs.h"

struct item_opts;
struct frame;
struct frame_vcpu;
struct frame_vm;

struct item_reading {
	uint64_t total, delta;
	int64_t change; /* of a gauge */
	bool delta_valid, change_valid;
};

/* Of the scope that was read last. All pointers outlive it. */
struct item_readings {
	const struct item_defs *defs;
	const struct item_opts *opts;
	const struct frame *frame;
	uint32_t *exits, *user_exits; /* by the index in the frame's reasons: the item's */
	struct item_reading *v;	      /* by item */
	uint64_t *fed;		      /* a bit for each item: it was read */
	size_t n_words;		      /* of fed */
};

#define ITEM_WORD_BITS 64

/* @defs have all that is in @frame. 0 or -ENOMEM. */
int item_readings__init(struct item_readings *r, const struct item_defs *defs,
			const struct item_opts *opts, const struct frame *frame);
void item_readings__done(struct item_readings *r);

/* Each begins with nothing read. */
void item_readings__read_vm(struct item_readings *r, const struct frame_vm *vm);
void item_readings__read_vcpu(struct item_readings *r, const struct frame_vcpu *vcpu);

/* The item of at least @from that was read; defs->n: there is none. */
static inline size_t item_readings__next(const struct item_readings *r, size_t from)
{
	size_t word = from / ITEM_WORD_BITS;
	uint64_t bits;

	if (from >= r->defs->n)
		return r->defs->n;
	bits = r->fed[word] & ~UINT64_C(0) << from % ITEM_WORD_BITS;
	while (!bits && ++word < r->n_words)
		bits = r->fed[word];
	return bits ? word * ITEM_WORD_BITS + (size_t)__builtin_ctzll(bits) : r->defs->n;
}

#endif
