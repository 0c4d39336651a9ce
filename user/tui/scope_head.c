// SPDX-License-Identifier: GPL-2.0
#include "scope_head.h"

#include <stdio.h>

#include "../base/fmt.h"
#include "../model/frame.h"
#include "cells.h"
#include "marks.h"

/* So many lines are left to lists, at least, before there is a line of numbers, and one of words. */
#define LISTS_MIN 6
#define LABEL 5

/* The area begins a line lower from now on. Returns that line. */
static size_t take_line(struct area *area)
{
	area->height--;
	return area->row++;
}

/* "guest 29.4  kvm 1.9  ...": all six, as they add up. */
static void format_shares(const struct time_shares *shares, char *buf, size_t size)
{
	static const char *const names[STATE_MAX] = { "guest", "kvm",	"vmm",
						      "poll",  "block", "delay" };
	size_t used = 0;

	*buf = '\0';
	for (size_t i = 0; i < STATE_MAX && used < size; i++) {
		char pct[FMT_SIZE];

		fmt_pct(shares->pct[i], pct, sizeof(pct));
		used += (size_t)snprintf(buf + used, size - used, "%s%s %s", i ? "  " : "",
					 names[i],
					 time_shares_known(shares, i) ? pct : FMT_UNKNOWN);
	}
}

static void draw_why(const struct view_ctx *ctx, const struct frame_vm *vm, size_t row)
{
	const enum mark mark = mark_of_vm(ctx->frame, vm);
	size_t at = grid__put(ctx->grid, row, 0, 1, mark_style(mark), mark_text(mark));

	grid__put(ctx->grid, row, at + 1, ctx->grid->width, STYLE_PLAIN,
		  mark_why(ctx->frame, vm, ctx->grid->width - 2));
}

void scope_head__draw(const struct view_ctx *ctx, const struct frame_vm *vm,
		      const struct frame_vcpu *vcpu, struct area *area)
{
	const struct time_shares *shares = vcpu ? &vcpu->shares : &vm->shares;
	char text[160];

	if (area->height > LISTS_MIN - 2 && ctx->grid->width > LABEL) {
		const size_t row = take_line(area);

		grid__put(ctx->grid, row, 0, LABEL, STYLE_BOLD, "TIME");
		bar_put(ctx->grid, (struct place){ row, LABEL, ctx->grid->width - LABEL },
			ctx->opts.glyphs, shares);
	}
	if (area->height > LISTS_MIN) {
		format_shares(shares, text, sizeof(text));
		grid__put(ctx->grid, take_line(area), LABEL, ctx->grid->width, STYLE_PLAIN, text);
	}
	if (area->height > LISTS_MIN && marks_known(ctx->frame))
		draw_why(ctx, vm, take_line(area));
}

void scope_head__absent(const struct view_ctx *ctx, const char *what, struct area area)
{
	char text[64];

	snprintf(text, sizeof(text), " This %s is not there at this time.", what);
	if (area.height)
		grid__put(ctx->grid, area.row + area.height / 4, 0, ctx->grid->width, STYLE_DIM,
			  text);
}
