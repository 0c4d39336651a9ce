/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_feed: frames one after the other, with what the event view counts, and the rows of the last one.
 */
#ifndef KVMTOP_TESTS_EVENT_FEED_H
#define KVMTOP_TESTS_EVENT_FEED_H

#include "../../user/base/cleanup.h"
#include "../../user/model/event_counts.h"
#include "../../user/model/event_delta.h"
#include "../../user/model/event_filter.h"
#include "../../user/model/event_rows.h"
#include "../../user/model/frame.h"
#include "unit.h"

/* What is asked for. */
struct asked {
	bool stats, tracepoints, no_children, past, selected, per_vcpu;
	const char *fields;
	const struct reason_names *names;
	uint32_t isa;
};

struct event_feed {
	struct event_opts opts;
	struct event_spec spec;
	struct event_filter *filter;
	const struct event_counts *counts; /* NULL: no frame yet */
	struct event_rows *rows;
};

static inline struct event_feed *event_feed__new(const struct asked *asked)
{
	struct event_feed *feed = calloc(1, sizeof(*feed));
	char why[64];

	feed->opts = (struct event_opts){ .stats = asked->stats,
					  .tracepoints = asked->tracepoints,
					  .past = asked->past,
					  .selected = asked->selected,
					  .per_vcpu = asked->per_vcpu,
					  .names = asked->names,
					  .isa = asked->isa };
	assert_int_equal(event_filter__new(asked->fields, why, sizeof(why), &feed->filter), 0);
	feed->spec = (struct event_spec){ .stats = asked->stats,
					  .tracepoints = asked->tracepoints,
					  .no_children = asked->no_children,
					  .filter = feed->filter };
	return feed;
}

/* @frame outlives the next one. All of its VMs have the reasons of the first one, and so they are its own. */
static inline void event_feed__take(struct event_feed *feed, struct frame *frame)
{
	const struct event_counts *before = feed->counts;

	frame->reasons = frame->n_vms ? frame->vms[0].reasons : (struct frame_reasons){ .n = 0 };
	frame->user_exits =
		frame->n_vms ? frame->vms[0].user_exits : (struct frame_reasons){ .n = 0 };
	assert_int_equal(event_delta__frame(&feed->opts, before, frame), 0);
	feed->counts = frame->events;
	event_counts__free(before);
	event_rows__free(feed->rows);
	assert_int_equal(event_rows__new(frame, &feed->spec, &feed->rows), 0);
}

static inline void event_feed__free(struct event_feed *feed)
{
	event_rows__free(feed->rows);
	event_counts__free(feed->counts);
	event_filter__free(feed->filter);
	free(feed);
}

#define __autofeed __cleanup(cleanup_feed)

DEFINE_CLEANUP(feed, struct event_feed, event_feed__free)

#endif
