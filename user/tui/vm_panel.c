// SPDX-License-Identifier: GPL-2.0
#include "vm_panel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../model/frame.h"
#include "../render/trend.h"
#include "cells.h"
#include "host_bar.h"
#include "marks.h"
#include "past.h"
#include "subject.h"

/* From so many lines of the screen on, and so many by itself. */
#define SCREEN_MIN 30
#define LINES 6
#define LABEL 11

size_t vm_panel__height(const struct view_ctx *ctx, size_t lines)
{
	const long wanted = LINES + ctx->panel;

	if (ctx->grid->height < SCREEN_MIN || wanted < 2)
		return 0;
	return (size_t)wanted < lines / 3 ? (size_t)wanted : lines / 3;
}

/* "--- web01 -----": over the whole width. */
static void draw_rule(const struct view_ctx *ctx, const char *name, size_t row)
{
	size_t at = grid__put(ctx->grid, row, 0, 4, STYLE_PLAIN, "--- ");

	at = grid__put(ctx->grid, row, at, ctx->grid->width - at, STYLE_BOLD, name);
	at = grid__put(ctx->grid, row, at, 1, STYLE_PLAIN, " ");
	while (at < ctx->grid->width)
		at = grid__put(ctx->grid, row, at, 1, STYLE_PLAIN, "-");
}

static void draw_trend(const struct view_ctx *ctx, const struct frame_vm *vm, const char *label,
		       enum past_value which, size_t row)
{
	double values[PAST_FRAMES];
	size_t room = ctx->grid->width > LABEL + 24 ? ctx->grid->width - LABEL - 24 : 0;
	const size_t n = room < 120 ? room : 120;
	char text[32];
	double max;

	past__values(ctx->past, vm->key, which, timespec_ns(&ctx->frame->wall), n, values);
	max = trend_max(values, n);
	grid__put(ctx->grid, row, 2, LABEL, STYLE_PLAIN, label);
	trend_put(ctx->grid, (struct place){ row, LABEL, n }, ctx->opts.glyphs, values, n, max);
	if (which == PAST_DELAY)
		snprintf(text, sizeof(text), "  0 .. %.1f %%", max);
	else
		short_rate(max, text + snprintf(text, sizeof(text), "  0 .. "), FMT_SIZE);
	grid__put(ctx->grid, row, LABEL + n, 24, STYLE_PLAIN, text);
}

static void draw_why(const struct view_ctx *ctx, const struct frame_vm *vm, size_t row)
{
	char text[512];

	snprintf(text, sizeof(text), " %s %s", mark_text(mark_of_vm(ctx->frame, vm)),
		 mark_why(ctx->frame, vm, ctx->grid->width - 3));
	line_put(ctx->grid, row, STYLE_PLAIN, text);
}

static void draw_shares(const struct view_ctx *ctx, const struct frame_vm *vm, size_t row)
{
	char text[160];

	shares_format(&vm->shares, text, sizeof(text));
	grid__put(ctx->grid, row, 2, LABEL, STYLE_PLAIN, "time");
	grid__put(ctx->grid, row, LABEL, ctx->grid->width, STYLE_PLAIN, text);
}

void vm_panel__draw(const struct view_ctx *ctx, const struct list_row *row, struct area area)
{
	const size_t end = area.row + area.height;
	char name[SUBJECT_NAME];

	if (!row || !row->vm || !area.height)
		return;
	vm_name(ctx, row->vm, name, sizeof(name));
	draw_rule(ctx, name, area.row++);
	if (marks_known(ctx->frame) && area.row < end)
		draw_why(ctx, row->vm, area.row++);
	if (area.row < end)
		draw_shares(ctx, row->vm, area.row++);
	if (ctx->trends && area.row < end)
		draw_trend(ctx, row->vm, "delay", PAST_DELAY, area.row++);
	if (ctx->trends && area.row < end)
		draw_trend(ctx, row->vm, "exits/s", PAST_EXITS, area.row++);
}
