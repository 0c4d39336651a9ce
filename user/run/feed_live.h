/* SPDX-License-Identifier: GPL-2.0 */
/*
 * feed_live: frames of what runs now: every interval a snapshot, and with the one before it a frame. If asked for it keeps the past, packed
 * (model/history.h), and gives its frames as they were.
 */
#ifndef KVMTOP_RUN_FEED_LIVE_H
#define KVMTOP_RUN_FEED_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct feed;
struct host_info;
struct reason_names;
struct snapshot;
struct snapshot_choice;

/* All of it outlives the feed. */
struct feed_live_opts {
	uint64_t interval_ns;
	size_t history_bytes; /* 0: the past is not kept */
	const struct host_info *host;
	const struct reason_names *names;
	/* Takes a snapshot. 0, or a negative errno after one line on stderr unless it is -ENOMEM. */
	int (*read)(void *arg, struct snapshot **ret_snapshot);
	/*
	 * Called with each snapshot when its frame is made; @prev NULL: it is the first. NULL: no
	 * such call.
	 */
	void (*taken)(void *arg, const struct snapshot *cur, const struct snapshot *prev);
	/* See feed__finish(). NULL: there is nothing to be done. */
	int (*finish)(void *arg);
	void *arg;
};

/* Takes the first snapshot; the first interval begins. 0, or a negative errno after one line on stderr unless it is -ENOMEM. */
int feed_live__new(const struct feed_live_opts *opts, struct feed **ret_feed);

/* How long intervals are from now on, the one that has begun included. The frames that were given stay as they are. */
void feed_live__set_interval(struct feed *feed, uint64_t interval_ns);

/*
 * What of the snapshots is shown from now on, in frames of the past, too; NULL: all of it. Snapshots are kept whole, so what comes in has all of
 * its counts. With @others other VMs or vCPUs are shown than before: the event view's totals begin at zero. @choice outlives the feed, or
 * what is chosen next.
 */
void feed_live__choose(struct feed *feed, const struct snapshot_choice *choice, bool others);

/* The memory of the past. */
size_t feed_live__history_bytes(const struct feed *feed);

/* How many VMs of the newest snapshot @choice has, without choosing. 0 or -ENOMEM. */
int feed_live__count_chosen(const struct feed *feed, const struct snapshot_choice *choice,
			    size_t *ret_n);

#endif
