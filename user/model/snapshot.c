// SPDX-License-Identifier: GPL-2.0
/* snapshot: its life; it lives in its own arena, as everything in it does. */
#include "snapshot.h"

#include "../base/arena.h"
#include "item_counts.h"

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
	if (!snapshot)
		return;
	item_counts__free(snapshot->items);
	arena__free(snapshot->arena);
}

void snapshot__take_items(struct snapshot *snapshot, const struct item_counts *items)
{
	item_counts__free(snapshot->items);
	snapshot->items = items ? item_counts__share(items) : NULL;
}
