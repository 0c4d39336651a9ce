// SPDX-License-Identifier: GPL-2.0
#include "replay_boundaries.h"

#include <errno.h>
#include <stdlib.h>

#define ROOM_FIRST 256

int boundaries__note(struct boundaries *known, const struct boundary *boundary)
{
	if (known->n && boundary->place <= known->v[known->n - 1].place)
		return 0;
	if (known->n == known->room) {
		const size_t room = known->room ? 2 * known->room : ROOM_FIRST;
		struct boundary *v = reallocarray(known->v, room, sizeof(*v));

		if (!v)
			return -ENOMEM;
		known->v = v;
		known->room = room;
	}
	known->v[known->n++] = *boundary;
	return 0;
}

const struct boundary *boundaries__find(const struct boundaries *known, uint64_t place,
					int64_t wall_ns)
{
	for (size_t i = known->n; i-- > 0;)
		if (known->v[i].place < place && known->v[i].wall_ns <= wall_ns)
			return &known->v[i];
	return NULL;
}

void boundaries__release(struct boundaries *known)
{
	free(known->v);
	*known = (struct boundaries){ .n = 0 };
}
