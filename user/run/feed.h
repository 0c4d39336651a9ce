/* SPDX-License-Identifier: GPL-2.0 */
/*
 * feed: gives frames one after the other, and those of the past: of this host (feed_live.h) or of a
 * recording (feed_replay.h). The taker does not know which.
 */
#ifndef KVMTOP_RUN_FEED_H
#define KVMTOP_RUN_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct feed;
struct frame;
struct time_span;

/* The times of the frames that can be had (CLOCK_REALTIME), each at the end of its interval; of a recording about so. */
struct feed_range {
	int64_t first_ns, last_ns;
	uint64_t frames;	      /* how many these are; 0: that is not known */
	const struct time_span *gaps; /* in which nothing was measured; the feed's */
	size_t n_gaps;
};

/* What each kind of feed does; the functions below say what. */
struct feed_ops {
	int (*next)(struct feed *feed, struct frame **ret_frame);
	int (*prev)(struct feed *feed, struct frame **ret_frame);
	int (*seek)(struct feed *feed, int64_t wall_ns, struct frame **ret_frame);
	int (*measure)(struct feed *feed, struct frame **ret_frame);
	uint64_t (*due_ns)(struct feed *feed);
	bool (*range)(const struct feed *feed, struct feed_range *ret_range);
	int (*finish)(struct feed *feed, int err);
	void (*free)(struct feed *feed);
};

/* What is common to all; each kind has it as its first member. */
struct feed {
	const struct feed_ops *ops;
	bool anew;
};

/*
 * The frame after the one that was given last, or the first one. Where that was the newest, a live
 * feed measures now, whenever it is due. 0. -ENODATA: there is no further one. -EINTR: a signal
 * that was taken ended the search in a recording. Or another negative errno, after one line on
 * stderr unless it is -ENOMEM. The frame is the caller's, as are those of the functions below; when
 * there is none, the feed stays where it was.
 */
static inline int feed__next(struct feed *feed, struct frame **ret_frame)
{
	return feed->ops->next(feed, ret_frame);
}

/* The frame before the one that was given last, as it was when it was new. Errors as above; -ENODATA, too, if the past is not kept. */
static inline int feed__prev(struct feed *feed, struct frame **ret_frame)
{
	return feed->ops->prev(feed, ret_frame);
}

/* The last frame that ends at @wall_ns or before it; before all of them, the first. INT64_MAX: the newest. Errors as of feed__prev. */
static inline int feed__seek(struct feed *feed, int64_t wall_ns, struct frame **ret_frame)
{
	return feed->ops->seek(feed, wall_ns, ret_frame);
}

/*
 * For a user who looks at the past: measures now, so that the meantime is not one long interval.
 * Gives the newest frame, but feed__next() and feed__prev() go on from where they were, if the past
 * is kept. -ENODATA: this feed measures nothing.
 */
static inline int feed__measure(struct feed *feed, struct frame **ret_frame)
{
	return feed->ops->measure(feed, ret_frame);
}

/* When the next frame is to be measured (CLOCK_MONOTONIC); 0: nothing is measured, and frames are there at once. */
static inline uint64_t feed__due_ns(struct feed *feed)
{
	return feed->ops->due_ns(feed);
}

/* false: there is no frame yet, or the past is not kept. */
static inline bool feed__range(const struct feed *feed, struct feed_range *ret_range)
{
	return feed->ops->range(feed, ret_range);
}

/* Whether the frame that was given last does not follow the one given before it: a step back, or another run of a recording. */
static inline bool feed__begins_anew(const struct feed *feed)
{
	return feed->anew;
}

/* At the end, which came by @err: says what was lost. 0 or a negative errno after one line on stderr. */
static inline int feed__finish(struct feed *feed, int err)
{
	return feed->ops->finish(feed, err);
}

/* Takes NULL. */
static inline void feed__free(struct feed *feed)
{
	if (feed)
		feed->ops->free(feed);
}

#endif
