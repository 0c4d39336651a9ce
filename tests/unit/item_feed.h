/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_feed: frames one after the other, with what the event view counts, and the rows of the last one.
 */
#ifndef KVMTOP_TESTS_ITEM_FEED_H
#define KVMTOP_TESTS_ITEM_FEED_H

#include "../../user/base/cleanup.h"
#include "../../user/model/item_counts.h"
#include "../../user/model/item_opts.h"
#include "../../user/model/item_delta.h"
#include "../../user/model/item_filter.h"
#include "../../user/model/item_rows.h"
#include "../../user/model/frame.h"
#include "unit.h"

/* What is asked for. */
struct asked {
	bool stats, tracepoints, no_children, past, selected, per_vcpu;
	const char *fields;
	const struct reason_names *names;
	uint32_t isa;
};

struct item_feed {
	struct item_opts opts;
	struct item_spec spec;
	struct item_filter *filter;
	const struct item_counts *counts; /* NULL: no frame yet */
	struct item_rows *rows;
};

static inline struct item_feed *item_feed__new(const struct asked *asked)
{
	struct item_feed *feed = calloc(1, sizeof(*feed));
	char why[64];

	feed->opts = (struct item_opts){ .stats = asked->stats,
					 .tracepoints = asked->tracepoints,
					 .past = asked->past,
					 .selected = asked->selected,
					 .per_vcpu = asked->per_vcpu,
					 .names = asked->names,
					 .isa = asked->isa };
	assert_int_equal(item_filter__new(asked->fields, why, sizeof(why), &feed->filter), 0);
	feed->spec = (struct item_spec){ .stats = asked->stats,
					 .tracepoints = asked->tracepoints,
					 .no_children = asked->no_children,
					 .filter = feed->filter };
	return feed;
}

/* @frame outlives the next one. All of its VMs have the reasons of the first one, and so they are its own. */
static inline void item_feed__take(struct item_feed *feed, struct frame *frame)
{
	const struct item_counts *before = feed->counts;

	frame->reasons = frame->n_vms ? frame->vms[0].reasons : (struct frame_reasons){ .n = 0 };
	frame->user_exits =
		frame->n_vms ? frame->vms[0].user_exits : (struct frame_reasons){ .n = 0 };
	assert_int_equal(item_delta__frame(&feed->opts, before, frame), 0);
	feed->counts = frame->items;
	item_counts__free(before);
	item_rows__free(feed->rows);
	assert_int_equal(item_rows__new(frame, &feed->spec, &feed->rows), 0);
}

static inline void item_feed__free(struct item_feed *feed)
{
	item_rows__free(feed->rows);
	item_counts__free(feed->counts);
	item_filter__free(feed->filter);
	free(feed);
}

#define __autofeed __cleanup(cleanup_feed)

DEFINE_CLEANUP(feed, struct item_feed, item_feed__free)

#endif
