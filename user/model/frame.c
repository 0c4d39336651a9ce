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
	frame->owners = 1;
	return frame;
}

const struct frame *frame__share(const struct frame *frame)
{
	/* Immutable is what it says, not who reads it. */
	unsigned int *owners = &((struct frame *)frame)->owners;

	__atomic_add_fetch(owners, 1, __ATOMIC_RELAXED);
	return frame;
}

void frame__free(const struct frame *frame)
{
	unsigned int *owners = frame ? &((struct frame *)frame)->owners : NULL;

	if (owners && !__atomic_sub_fetch(owners, 1, __ATOMIC_ACQ_REL))
		arena__free(frame->arena);
}
