// SPDX-License-Identifier: GPL-2.0
#include "reason_who.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../base/fmt.h"
#include "../model/frame.h"
#include "cells.h"
#include "reason_list.h"
#include "subject.h"
#include "view.h"

#define NAME_COLUMNS 20

/* Part @i of the scope: a vCPU of @vm, or a VM of the frame. */
static size_t parts_of(const struct view_ctx *ctx, const struct frame_vm *vm)
{
	return vm ? vm->n_vcpus : ctx->frame->n_vms;
}

static uint64_t exits_of(const struct view_ctx *ctx, const struct frame_vm *vm,
			 const struct subject *subject, size_t i)
{
	const struct frame_vm *of = vm ? vm : &ctx->frame->vms[i];
	const struct frame_reason *reason =
		reason_list__find_in(of, vm ? &vm->vcpus[i] : NULL, subject->isa, subject->code);

	return reason && reason->count.delta_valid ? reason->count.delta : 0;
}

static void name_of(const struct view_ctx *ctx, const struct frame_vm *vm, size_t i, char *buf,
		    size_t size)
{
	if (!vm)
		vm_name(ctx, &ctx->frame->vms[i], buf, size);
	else if (vm->vcpus[i].vcpu_id == VCPU_ID_UNKNOWN)
		snprintf(buf, size, "vCPU %s", FMT_UNKNOWN);
	else
		snprintf(buf, size, "vCPU %u", vm->vcpus[i].vcpu_id);
	cut_name(buf, NAME_COLUMNS);
}

/* The part that had most of those after @before, which had @limit. SIZE_MAX: none had any. */
static size_t next_of(const struct view_ctx *ctx, const struct frame_vm *vm,
		      const struct subject *subject, size_t before, uint64_t limit,
		      uint64_t *ret_exits)
{
	size_t next = SIZE_MAX;

	*ret_exits = 0;
	for (size_t i = 0; i < parts_of(ctx, vm); i++) {
		const uint64_t exits = exits_of(ctx, vm, subject, i);

		if (!exits || exits > limit ||
		    (before != SIZE_MAX && exits == limit && i <= before))
			continue;
		if (exits > *ret_exits) {
			*ret_exits = exits;
			next = i;
		}
	}
	return next;
}

void reason_who__draw(const struct view_ctx *ctx, const struct subject *subject, size_t row)
{
	const struct frame_vm *vm = subject__vm(ctx, subject);
	size_t at = 8, part = SIZE_MAX, n = 0;
	uint64_t limit = UINT64_MAX, sum = 0, exits = 0;
	char name[SUBJECT_NAME], text[SUBJECT_NAME + 16];

	if (subject->has_vcpu)
		return;
	for (size_t i = 0; i < parts_of(ctx, vm); i++) {
		const uint64_t of_it = exits_of(ctx, vm, subject, i);

		sum += of_it;
		n += of_it > 0;
	}
	grid__put(ctx->grid, row, 0, 8, STYLE_BOLD, "WHO");
	for (uint64_t left = sum; n && left; n--, left -= exits, limit = exits) {
		part = next_of(ctx, vm, subject, part, limit, &exits);
		name_of(ctx, vm, part, name, sizeof(name));
		snprintf(text, sizeof(text), "%s %.0f %%", name,
			 100.0 * (double)exits / (double)sum);
		/* The last one that has room makes way for all others. */
		if (at + fmt_width(text) + (n > 1 ? 20 : 0) > ctx->grid->width) {
			snprintf(text, sizeof(text), "%zu others %.0f %%", n,
				 100.0 * (double)left / (double)sum);
			n = 1;
			exits = left;
		}
		at = grid__put(ctx->grid, row, at, ctx->grid->width, STYLE_PLAIN, text) + 3;
	}
}
