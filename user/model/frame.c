// SPDX-License-Identifier: GPL-2.0
/* frame: its life; it lives in its own arena, as everything in it does. */
#include "frame.h"

#include "../base/arena.h"

struct frame *frame__new(void)
{
	struct arena *arena = arena__new();
	struct frame *frame;

	if (!arena)
		return NULL;
	frame = arena__alloc(arena, sizeof(*frame));
	if (!frame) {
		arena__free(arena);
		return NULL;
	}
	frame->arena = arena;
	return frame;
}

void frame__free(struct frame *frame)
{
	if (frame)
		arena__free(frame->arena);
}
