// SPDX-License-Identifier: GPL-2.0
/* snapshot: its life; it lives in its own arena, as everything in it does. */
#include "snapshot.h"

#include "../base/arena.h"
#include "event_counts.h"

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
	event_counts__free(snapshot->events);
	arena__free(snapshot->arena);
}

void snapshot__take_events(struct snapshot *snapshot, const struct event_counts *events)
{
	event_counts__free(snapshot->events);
	snapshot->events = events ? event_counts__share(events) : NULL;
}
