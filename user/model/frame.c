// SPDX-License-Identifier: GPL-2.0
/* frame: its life; it lives in its own arena, as everything in it does. */
#include "frame.h"

#include <stdio.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/owners.h"

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
	owners_add(&frame->owners);
	return frame;
}

void frame__free(const struct frame *frame)
{
	if (!frame || !owners_drop(&frame->owners))
		return;
	item_counts__free(frame->items);
	arena__free(frame->arena);
}

void frame__vm_tag(const struct frame *frame, pid_t pid, const char *id,
		   char buf[static VM_ID_SIZE])
{
	bool alone = true;

	for (size_t i = 0; i < frame->n_vms && alone; i++)
		alone = frame->vms[i].pid != pid || !strcmp(frame->vms[i].id, id);
	if (alone)
		snprintf(buf, VM_ID_SIZE, "%d", (int)pid);
	else
		snprintf(buf, VM_ID_SIZE, "%s", id);
}

uint64_t frame_reasons__exits(const struct frame_reasons *reasons)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < reasons->n; i++)
		if (reasons->v[i].count.delta_valid)
			sum += reasons->v[i].count.delta;
	return sum;
}

uint64_t frame__drops(const struct frame *frame)
{
	uint64_t drops = 0;

	for (unsigned int i = 0; i < DROP_CAUSE_MAX; i++)
		drops += frame->drops[i];
	return drops;
}
