// SPDX-License-Identifier: GPL-2.0
#include "vm_panel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "../render/trend.h"
#include "cells.h"
#include "filter.h"
#include "host_bar.h"
#include "list_draw.h"
#include "marks.h"
#include "reason_list.h"
#include "subject.h"
#include "trends.h"
#include "vcpu_list.h"

/* From so many lines of the screen on, and so many by itself. */
#define SCREEN_MIN 30
#define LINES 7
/* From this one on, with the trends of the host. */
#define SCREEN_TALL 40
#define LINES_TALL 14
/* From here on there is room for what Enter would show. */
#define LISTS_WIDTH 180
#define LISTS_HEIGHT 45
#define LINES_LISTS 22
#define HOST_LINES 6
#define GAP 2
#define LABEL 11
#define TREND_MAX 120

struct panel_trend {
	const char *label;
	enum trail_measure measure;
};

static bool has_lists(const struct view_ctx *ctx)
{
	return ctx->grid->width >= LISTS_WIDTH && ctx->grid->height >= LISTS_HEIGHT;
}

size_t vm_panel__height(const struct view_ctx *ctx, size_t lines)
{
	const bool tall = ctx->grid->height >= SCREEN_TALL && ctx->trends;
	const long wanted = (has_lists(ctx) ? LINES_LISTS : tall ? LINES_TALL : LINES) + ctx->panel;

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

/* ---- its vCPUs and its reasons, side by side */

enum { LIST_VCPUS, LIST_REASONS };

static const struct list_def lists[] = {
	[LIST_VCPUS] = VCPU_LIST,
	[LIST_REASONS] = REASON_LIST,
};

static const struct view_ops beside = { .lists = lists, .n_lists = ARRAY_SIZE(lists) };

static void draw_own(const struct list_drawing *drawing, const struct list_row *row,
		     const struct list_column *column, struct place place, enum style style)
{
	(void)style;
	if (column->kind == CELL_TREND)
		trends_draw(drawing, row, TRAIL_EXITS, place);
}

/* In the order of their ids, or the most frequent first; those that there is room for. */
static int draw_list(const struct view_ctx *ctx, struct view *view, size_t i, size_t first,
		     size_t width, struct area area)
{
	struct list *list = &view->lists[i];
	const struct list_rules rules = { .ascending = i == LIST_VCPUS };
	struct list_drawing drawing;
	int err = list__arrange(list, &rules);

	if (err)
		return err;
	list_drawing__init(&drawing, ctx, view, i, first, width);
	drawing.active = false;
	drawing.own = draw_own;
	if (i == LIST_VCPUS)
		trends_share_scale(&drawing, area.height - 1);
	list_draw__header(&drawing, area.row);
	return list_draw__rows(&drawing, (struct area){ area.row + 1, area.height - 1 });
}

static int draw_lists(const struct view_ctx *ctx, const struct frame_vm *vm, struct area area)
{
	const size_t half = (ctx->grid->width - GAP) / 2;
	/* No key of the list of VMs is about these. */
	const struct filter all = { .no_idle = false };
	struct view_ctx own = *ctx;
	struct view view = { .ops = &beside,
			     .subject = { .id = { .vm = vm->key } },
			     .at = VIEW_LISTS };
	int err;

	own.filter = &all;
	view.lists[LIST_VCPUS].sort = VCPU_LIST_BY_ID;
	view.lists[LIST_REASONS].sort = REASON_LIST_SORT;
	err = vcpu_list__add(&own, &view, LIST_VCPUS, vm)
		      ?: reason_list__fill(&own, &view, LIST_REASONS, false)
		      ?: draw_list(&own, &view, LIST_VCPUS, 0, half, area)
		      ?: draw_list(&own, &view, LIST_REASONS, half + GAP, half, area);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		list__release(&view.lists[i]);
	return err;
}

/* Returns the line behind it. */
static size_t draw_vm(const struct view_ctx *ctx, const struct frame_vm *vm, struct area area,
		      int *ret_err)
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
	if (has_lists(ctx) && end > area.row + HOST_LINES + 2) {
		const size_t height = end - area.row - HOST_LINES;

		*ret_err = draw_lists(ctx, vm, (struct area){ area.row, height });
		return area.row + height;
	}
	if (area.row < end)
		draw_shares(ctx, vm, area.row++);
	draw_trends(ctx, &of, trends, ARRAY_SIZE(trends),
		    (struct area){ area.row, end - area.row });
	return area.row + ARRAY_SIZE(trends);
}

int vm_panel__draw(const struct view_ctx *ctx, const struct list_row *row, struct area area)
{
	const size_t end = area.row + area.height;
	size_t at = area.row;
	int err = 0;

	if (row && row->vm && area.height)
		at = draw_vm(ctx, row->vm, area, &err);
	if (ctx->grid->height >= SCREEN_TALL && at < end)
		draw_host(ctx, (struct area){ at, end - at });
	return err;
}
