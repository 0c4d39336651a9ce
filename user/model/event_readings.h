/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_readings: what a VM or a vCPU has of each event in a frame: its exits by reason, its tracepoints and its statistics, all by
 * event. A part of event_delta, and as pure.
 */
#ifndef KVMTOP_MODEL_EVENT_READINGS_H
#define KVMTOP_MODEL_EVENT_READINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event_defs.h"

struct event_opts;
struct frame;
struct frame_vcpu;
struct frame_vm;

struct event_reading {
	uint64_t total, delta;
	int64_t change; /* of a gauge */
	bool delta_valid, change_valid;
};

/* Of the scope that was read last. All pointers outlive it. */
struct event_readings {
	const struct event_defs *defs;
	const struct event_opts *opts;
	const struct frame *frame;
	uint32_t *exits, *user_exits; /* by the index in the frame's reasons: the event's */
	struct event_reading *v;      /* by event */
	uint64_t *fed;		      /* a bit for each event: it was read */
	size_t n_words;		      /* of fed */
};

#define EVENT_WORD_BITS 64

/* @defs have all that is in @frame. 0 or -ENOMEM. */
int event_readings__init(struct event_readings *r, const struct event_defs *defs,
			 const struct event_opts *opts, const struct frame *frame);
void event_readings__done(struct event_readings *r);

/* Each begins with nothing read. */
void event_readings__read_vm(struct event_readings *r, const struct frame_vm *vm);
void event_readings__read_vcpu(struct event_readings *r, const struct frame_vcpu *vcpu);

/* The event of at least @from that was read; defs->n: there is none. */
static inline size_t event_readings__next(const struct event_readings *r, size_t from)
{
	size_t word = from / EVENT_WORD_BITS;
	uint64_t bits;

	if (from >= r->defs->n)
		return r->defs->n;
	bits = r->fed[word] & ~UINT64_C(0) << from % EVENT_WORD_BITS;
	while (!bits && ++word < r->n_words)
		bits = r->fed[word];
	return bits ? word * EVENT_WORD_BITS + (size_t)__builtin_ctzll(bits) : r->defs->n;
}

#endif
