/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replay_counted: the event view's counts at places in a recording. Counting goes on from the
 * nearest place, so a frame of the past has the same totals each time.
 */
#ifndef KVMTOP_RUN_REPLAY_COUNTED_H
#define KVMTOP_RUN_REPLAY_COUNTED_H

#include <stddef.h>
#include <stdint.h>

#include "../model/item_counts.h"
#include "../model/item_opts.h"

struct replay_item;
struct snapshot;

/* What is counted of a large host may have megabytes; the more places are known, the fewer of those in between are kept. */
#define COUNTED_MAX 32

struct counted {
	uint64_t place;			 /* of a snapshot, see replay.h */
	struct item_opts opts;		 /* of its run */
	const struct item_counts *items; /* one of its owners; NULL: nothing yet */
};

/* The place of a snapshot from which on is counted what @opts (NULL: nothing) say, in the words of its run. */
struct counted counted__begin(const struct item_opts *opts, const struct replay_item *item);
/* The same, with an owner more. */
struct counted counted__share(const struct counted *counted);
void counted__release(struct counted *counted);

/* All zero: none is known. */
struct counted_places {
	struct {
		struct counted counted;
		int64_t wall_ns;
	} v[COUNTED_MAX];
	size_t n;
	uint64_t stride, passed; /* frames from one to the next at least; since one of them */
};

/* To be called with the beginning of each frame that is passed, from one of them on (or the first of all). */
void counted_places__note(struct counted_places *places, const struct counted *counted,
			  int64_t wall_ns);
/* The last one that is before @place and not after @wall_ns; NULL: none. */
const struct counted *counted_places__find(const struct counted_places *places, uint64_t place,
					   int64_t wall_ns);
void counted_places__release(struct counted_places *places);

#endif
