/* SPDX-License-Identifier: GPL-2.0 */
/*
 * history: the last snapshots, packed as in a recording, in so many bytes of memory at most. Pure.
 *
 * It is a row of stretches: a snapshot by itself and up to 59 after it, each as what changed. The
 * oldest stretch is dropped as a whole. Any snapshot takes at most 60 decodes, and on a large host
 * fewer. What the event view has counted is packed with each.
 */
#ifndef KVMTOP_MODEL_HISTORY_H
#define KVMTOP_MODEL_HISTORY_H

#include <stddef.h>
#include <stdint.h>

struct history;
struct snapshot;

/* Which snapshots it has, by number; the first that was ever added has number 0. */
struct history_range {
	uint64_t first, end; /* from the one up to, not including, the other; equal: none */
};

/* An empty one. 0 or -ENOMEM. */
int history__new(size_t bytes_max, struct history **ret_history);
/* Takes NULL. */
void history__free(struct history *history);

/*
 * Adds @cur, whose number is the next one; @prev is the snapshot that was added before it, NULL: there is none. What its layouts, names and
 * item_opts point to outlives the history. 0 or -ENOMEM: then it has no snapshot any more.
 */
int history__add(struct history *history, const struct snapshot *cur, const struct snapshot *prev);

struct history_range history__range(const struct history *history);

/* The memory of what is packed: never more than its bound. What was unpacked last, two snapshots, comes on top. */
size_t history__bytes(const struct history *history);

/* CLOCK_REALTIME of snapshot @number, which is in its range. */
int64_t history__wall_ns(const struct history *history, uint64_t number);

/*
 * Unpacks snapshot @number and the one before it. They are the history's, and valid until its next call. 0, -ENODATA: it does not have both,
 * or -ENOMEM.
 */
int history__unpack(struct history *history, uint64_t number, const struct snapshot **ret_prev,
		    const struct snapshot **ret_cur);

#endif
