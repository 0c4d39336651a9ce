// SPDX-License-Identifier: GPL-2.0
/* snapshot: its life; it lives in its own arena, as everything in it does. */
#include "snapshot.h"

#include "../base/arena.h"

struct snapshot *snapshot__new(void)
{
	struct arena *arena = arena__new();
	struct snapshot *snapshot;

	if (!arena)
		return NULL;
	snapshot = arena__alloc(arena, sizeof(*snapshot));
	if (!snapshot) {
		arena__free(arena);
		return NULL;
	}
	snapshot->arena = arena;
	return snapshot;
}

void snapshot__free(struct snapshot *snapshot)
{
	if (snapshot)
		arena__free(snapshot->arena);
}
