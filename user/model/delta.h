/* SPDX-License-Identifier: GPL-2.0 */
/*
 * delta: the one pure function that makes a frame from two snapshots and their real timestamps.
 */
#ifndef KVMTOP_MODEL_DELTA_H
#define KVMTOP_MODEL_DELTA_H

struct frame;
struct host_info;
struct reason_names;
struct snapshot;

/*
 * Computes what happened from @prev to @cur. A VM, vCPU or reason that @prev does not have started
 * at zero (counters begin when kvmtop first sees it). A counter that went backwards has no delta. What the event view has counted
 * (cur->item_opts) goes on from prev->items, see snapshot__take_items().
 * @host and @names are copied from. 0, or -ENOMEM, -EINVAL (@cur is not later than @prev).
 */
int delta__compute(const struct snapshot *prev, const struct snapshot *cur,
		   const struct host_info *host, const struct reason_names *names,
		   struct frame **ret_frame);

#endif
