/* SPDX-License-Identifier: GPL-2.0 */
/*
 * codec_events: what the event view has counted as bytes, and back: for the history, as recordings do not need it. Pure.
 *
 * Only what the next frame goes on from: a total and what was read last. Deltas are of a frame, which is made anew.
 */
#ifndef KVMTOP_MODEL_CODEC_EVENTS_H
#define KVMTOP_MODEL_CODEC_EVENTS_H

#include <stddef.h>

struct event_counts;
struct event_defs;
struct wire_out;

/* Adds @counts to @out, each as its difference from @base; that is not used if it is NULL or of other events. 0 or -ENOMEM. */
int codec_write_events(const struct event_counts *counts, const struct event_counts *base,
		       struct wire_out *out);

/*
 * Reads what codec_write_events() wrote, of the events @defs, with the same @base. @ret_counts: one of its owners is the caller. 0, -EBADMSG or
 * -ENOMEM.
 */
int codec_read_events(const struct event_defs *defs, const struct event_counts *base,
		      const void *bytes, size_t n, const struct event_counts **ret_counts);

#endif
