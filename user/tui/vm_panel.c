// SPDX-License-Identifier: GPL-2.0
#include "vm_panel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "../render/trend.h"
#include "cells.h"
#include "host_bar.h"
#include "marks.h"
#include "subject.h"
#include "trends.h"

/* From so many lines of the screen on, and so many by itself. */
#define SCREEN_MIN 30
#define LINES 7
/* From this one on, with the trends of the host. */
#define SCREEN_TALL 45
#define LINES_TALL 14
#define LABEL 11
#define TREND_MAX 120

struct panel_trend {
	const char *label;
	enum trail_measure measure;
};

size_t vm_panel__height(const struct view_ctx *ctx, size_t lines)
{
	const bool tall = ctx->grid->height >= SCREEN_TALL && ctx->trends;
	const long wanted = (tall ? LINES_TALL : LINES) + ctx->panel;

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

/* One line: the trend, and what its top is. */
static void draw_trend(const struct view_ctx *ctx, const struct trail_row *of, const char *label,
		       enum trail_measure measure, size_t row)
{
	double values[TREND_MAX];
	size_t room = ctx->grid->width > LABEL + 24 ? ctx->grid->width - LABEL - 24 : 0;
	const size_t n = room < TREND_MAX ? room : TREND_MAX;
	char text[32];
	double max;

	trends_values(ctx, of, measure, n, values);
	max = trend_max(values, n);
	grid__put(ctx->grid, row, 2, LABEL, STYLE_PLAIN, label);
	trend_put(ctx->grid, (struct place){ row, LABEL, n }, ctx->opts.glyphs, values, n, max);
	if (measure == TRAIL_EXITS)
		short_rate(max, text + snprintf(text, sizeof(text), "  0 .. "), FMT_SIZE);
	else if (isnan(max))
		snprintf(text, sizeof(text), "  " FMT_UNKNOWN);
	else
		snprintf(text, sizeof(text), "  0 .. %.1f %%", max);
	grid__put(ctx->grid, row, LABEL + n, 24, STYLE_PLAIN, text);
}

static void draw_trends(const struct view_ctx *ctx, const struct trail_row *of,
			const struct panel_trend *trends, size_t n, struct area area)
{
	for (size_t i = 0; i < n && i < area.height && ctx->trends; i++)
		draw_trend(ctx, of, trends[i].label, trends[i].measure, area.row + i);
}

/* What it rests on: "delay % 18.3   worst vCPU 2". */
static void format_evidence(const struct view_ctx *ctx, const struct finding *finding, char *buf,
			    size_t size)
{
	size_t used = 0;

	*buf = '\0';
	for (size_t i = 0; i < finding->n_evidence && used < size; i++) {
		char text[EVIDENCE_LINE];

		evidence_format(&finding->evidence[i], glyphs_escape(ctx->opts.glyphs), text);
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i ? "; " : "", text);
	}
}

static void put_labelled(const struct view_ctx *ctx, size_t row, const char *label,
			 const char *text)
{
	grid__put(ctx->grid, row, 2, LABEL, STYLE_PLAIN, label);
	cell_put(ctx->grid, (struct place){ row, LABEL + 1, ctx->grid->width - LABEL - 1 }, true,
		 STYLE_PLAIN, text);
}

/* Why, the evidence, and what to do next; up to line @end. Returns the line after it. */
static size_t draw_why(const struct view_ctx *ctx, const struct frame_vm *vm, size_t row,
		       size_t end)
{
	const struct finding *finding = mark_finding(ctx->frame, vm);
	char why[WHY_SIZE], evidence[600];

	mark_why(ctx->frame, vm, ctx->grid->width - 4, glyphs_escape(ctx->opts.glyphs), why);
	grid__put(ctx->grid, row, 1, 1, mark_style(mark_of_vm(ctx->frame, vm)),
		  mark_text(mark_of_vm(ctx->frame, vm)));
	cell_put(ctx->grid, (struct place){ row++, 3, ctx->grid->width - 3 }, true, STYLE_BOLD,
		 why);
	if (!finding)
		return row;
	format_evidence(ctx, finding, evidence, sizeof(evidence));
	if (row < end)
		put_labelled(ctx, row++, "evidence", evidence);
	if (row < end && finding->next)
		put_labelled(ctx, row++, "next", finding->next);
	return row;
}

static void draw_shares(const struct view_ctx *ctx, const struct frame_vm *vm, size_t row)
{
	char text[160];

	shares_format(&vm->shares, text, sizeof(text));
	grid__put(ctx->grid, row, 2, LABEL, STYLE_PLAIN, "time");
	grid__put(ctx->grid, row, LABEL, ctx->grid->width, STYLE_PLAIN, text);
}

static void draw_host(const struct view_ctx *ctx, struct area area)
{
	static const struct panel_trend trends[] = {
		{ "guest", TRAIL_STATE + STATE_GUEST },
		{ "kvm", TRAIL_STATE + STATE_KVM },
		{ "vmm", TRAIL_STATE + STATE_VMM },
		{ "delay", TRAIL_STATE + STATE_RUN_DELAY },
		{ "exits/s", TRAIL_EXITS },
	};
	const struct trail_row of = trail_row_of(0, NULL);

	if (area.height < 3 || !ctx->trends)
		return;
	draw_rule(ctx, "all VMs", area.row);
	draw_trends(ctx, &of, trends, ARRAY_SIZE(trends),
		    (struct area){ area.row + 1, area.height - 1 });
}

/* Returns the line behind it. */
static size_t draw_vm(const struct view_ctx *ctx, const struct frame_vm *vm, struct area area)
{
	static const struct panel_trend trends[] = {
		{ "delay", TRAIL_STATE + STATE_RUN_DELAY },
		{ "exits/s", TRAIL_EXITS },
	};
	const struct trail_row of = trail_row_of(vm->key, NULL);
	const size_t end = area.row + area.height;
	char name[SUBJECT_NAME];

	vm_name(ctx, vm, name, sizeof(name));
	draw_rule(ctx, name, area.row++);
	if (marks_known(ctx->frame) && area.row < end)
		area.row = draw_why(ctx, vm, area.row, end);
	if (area.row < end)
		draw_shares(ctx, vm, area.row++);
	draw_trends(ctx, &of, trends, ARRAY_SIZE(trends),
		    (struct area){ area.row, end - area.row });
	return area.row + ARRAY_SIZE(trends);
}

void vm_panel__draw(const struct view_ctx *ctx, const struct list_row *row, struct area area)
{
	const size_t end = area.row + area.height;
	size_t at = area.row;

	if (row && row->vm && area.height)
		at = draw_vm(ctx, row->vm, area);
	if (ctx->grid->height >= SCREEN_TALL && at < end)
		draw_host(ctx, (struct area){ at, end - at });
}
