/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_delta: what the event view has counted up to a frame. That is the count up to the snapshot
 * where the interval began, and the growth since. A part of delta, and as pure.
 *
 * An item grows from its last reading, so the growth while it could not be read is not lost. Totals
 * of all VMs together are sums of growth, which do not shrink when a VM ends.
 */
#ifndef KVMTOP_MODEL_ITEM_DELTA_H
#define KVMTOP_MODEL_ITEM_DELTA_H

struct item_counts;
struct item_opts;
struct frame;

/*
 * Puts them into @frame (items, and the items of its VMs and vCPUs), all of whose other values are there. @before: up to where the
 * interval began; NULL: this is the first interval. 0 or -ENOMEM.
 */
int item_delta__frame(const struct item_opts *opts, const struct item_counts *before,
		      struct frame *frame);

#endif
