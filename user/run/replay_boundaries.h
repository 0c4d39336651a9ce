/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replay_boundaries: where frames of a recording begin that a search has passed, so that the next search begins near its end.
 */
#ifndef KVMTOP_RUN_REPLAY_BOUNDARIES_H
#define KVMTOP_RUN_REPLAY_BOUNDARIES_H

#include <stddef.h>
#include <stdint.h>

/* The snapshot that a frame begins with. */
struct boundary {
	uint64_t place; /* see replay.h */
	int64_t wall_ns;
};

/* All zero: none is known. In the order of their places. */
struct boundaries {
	struct boundary *v;
	size_t n, room;
};

/* One that is not behind all others is known. 0 or -ENOMEM. */
int boundaries__note(struct boundaries *known, const struct boundary *boundary);

/* The last one that is before @place and not after @wall_ns; NULL: none. */
const struct boundary *boundaries__find(const struct boundaries *known, uint64_t place,
					int64_t wall_ns);

void boundaries__release(struct boundaries *known);

#endif
