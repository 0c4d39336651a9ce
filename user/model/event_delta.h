/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_delta: what the event view has counted up to a frame: what it had counted up to the snapshot where the interval began,
 * and what has come since. A part of delta, and as pure.
 *
 * An event grows from what it had when it was read last, so what could not be read for a while is made up for. Totals of all VMs
 * together are sums of growth, which do not shrink when a VM ends.
 */
#ifndef KVMTOP_MODEL_EVENT_DELTA_H
#define KVMTOP_MODEL_EVENT_DELTA_H

struct event_counts;
struct event_opts;
struct frame;

/*
 * Puts them into @frame (events, and the events of its VMs and vCPUs), all of whose other values are there. @before: up to where the
 * interval began; NULL: this is the first interval. 0 or -ENOMEM.
 */
int event_delta__frame(const struct event_opts *opts, const struct event_counts *before,
		       struct frame *frame);

#endif
