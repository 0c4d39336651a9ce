/* SPDX-License-Identifier: GPL-2.0 */
/*
 * codec_items: the counts of the event view as bytes, and back. For the history; recordings do not
 * need it. Pure.
 *
 * It keeps what the next frame needs: the total and the last reading. Deltas belong to a frame, and
 * are computed again.
 */
#ifndef KVMTOP_MODEL_CODEC_ITEMS_H
#define KVMTOP_MODEL_CODEC_ITEMS_H

#include <stddef.h>

struct item_counts;
struct item_defs;
struct wire_out;

/* Adds @counts to @out, each as its difference from @base; that is not used if it is NULL or of other items. 0 or -ENOMEM. */
int codec_write_items(const struct item_counts *counts, const struct item_counts *base,
		      struct wire_out *out);

/*
 * Reads what codec_write_items() wrote, of the items @defs, with the same @base. @ret_counts: one of its owners is the caller. 0, -EBADMSG or
 * -ENOMEM.
 */
int codec_read_items(const struct item_defs *defs, const struct item_counts *base,
		     const void *bytes, size_t n, const struct item_counts **ret_counts);

#endif
