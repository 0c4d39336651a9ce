// SPDX-License-Identifier: GPL-2.0
/* view_vcpu: one vCPU: where its time goes, now and lately, its exit reasons, and what the VMM does for it. */
#include "view_vcpu.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "../render/trend.h"
#include "cells.h"
#include "grid.h"
#include "reason_list.h"
#include "scope_head.h"
#include "stacked.h"
#include "subject.h"
#include "trends.h"

enum { LIST_REASONS, LIST_USER_EXITS };

static const struct list_def lists[] = {
	[LIST_REASONS] = REASON_LIST,
	[LIST_USER_EXITS] = USER_EXIT_LIST,
};

/* The lines of trends: from left to right a name, the trend, what it is now, and the most. */
#define NAME_WIDTH 7
#define NUMBERS_WIDTH 14
#define TREND_MIN 10

static const struct {
	const char *name;
	enum trail_measure first, last; /* a sum of these */
} trends[] = {
	{ "guest", TRAIL_STATE + STATE_GUEST, TRAIL_STATE + STATE_GUEST },
	{ "kvm", TRAIL_STATE + STATE_KVM, TRAIL_STATE + STATE_KVM },
	{ "vmm", TRAIL_STATE + STATE_VMM, TRAIL_STATE + STATE_VMM },
	{ "halt", TRAIL_STATE + STATE_HALT_POLL, TRAIL_STATE + STATE_HALT_BLOCK },
	{ "delay", TRAIL_STATE + STATE_RUN_DELAY, TRAIL_STATE + STATE_RUN_DELAY },
};

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	return reason_list__fill(ctx, view, i, i == LIST_USER_EXITS);
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	const struct frame_vcpu *vcpu = subject__vcpu(ctx, &view->subject);

	int used = 0;

	if (vcpu && vcpu->tid > 0)
		used = snprintf(buf, size, "  tid %d", (int)vcpu->tid);
	if (vcpu && vcpu->thread.cpu_known && (size_t)used < size)
		snprintf(buf + used, size - (size_t)used, "  on CPU %" PRIu32, vcpu->thread.cpu);
}

static void values_of(const struct view_ctx *ctx, const struct trail_row *row, size_t i, size_t n,
		      double *ret)
{
	double more[TRENDS_MAX];

	trends_values(ctx, row, trends[i].first, n, ret);
	if (trends[i].first == trends[i].last)
		return;
	trends_values(ctx, row, trends[i].last, n, more);
	for (size_t j = 0; j < n; j++)
		ret[j] += more[j];
}

static void put_pct(const struct view_ctx *ctx, struct place place, double pct)
{
	char text[FMT_SIZE];

	fmt_pct(pct, text, sizeof(text));
	cell_put(ctx->grid, place, false, isfinite(pct) ? STYLE_PLAIN : STYLE_DIM, text);
}

static void draw_trend(const struct view_ctx *ctx, const struct view *view, size_t i, size_t row)
{
	const struct trail_row about = subject__trail_row(&view->subject);
	const size_t room = ctx->grid->width - NAME_WIDTH - NUMBERS_WIDTH;
	const size_t n = room < TRENDS_MAX ? room : TRENDS_MAX;
	double values[TRENDS_MAX];
	const double max = (values_of(ctx, &about, i, n, values), trend_max(values, n));

	grid__put(ctx->grid, row, 0, NAME_WIDTH, STYLE_PLAIN, trends[i].name);
	trend_put(ctx->grid, (struct place){ row, NAME_WIDTH, n }, ctx->opts.glyphs, values, n,
		  max);
	put_pct(ctx, (struct place){ row, NAME_WIDTH + n + 1, 6 }, values[n - 1]);
	put_pct(ctx, (struct place){ row, NAME_WIDTH + n + 8, 6 }, max);
}

/* If there is room for all of them. */
static void draw_trends(const struct view_ctx *ctx, const struct view *view, struct area *area)
{
	const size_t width = ctx->grid->width, lines = ARRAY_SIZE(trends) + 1;

	if (!ctx->trends || area->height < 2 * lines ||
	    width < NAME_WIDTH + TREND_MIN + NUMBERS_WIDTH)
		return;
	grid__put(ctx->grid, area->row, 0, width, STYLE_PLAIN, "% of its time, up to now");
	cell_put(ctx->grid, (struct place){ area->row, width - NUMBERS_WIDTH + 1, 6 }, false,
		 STYLE_PLAIN, "now");
	cell_put(ctx->grid, (struct place){ area->row, width - NUMBERS_WIDTH + 8, 6 }, false,
		 STYLE_PLAIN, "max");
	grid__reverse(ctx->grid, area->row, 0, width);
	for (size_t i = 0; i < ARRAY_SIZE(trends); i++)
		draw_trend(ctx, view, i, area->row + 1 + i);
	area->row += lines;
	area->height -= lines;
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	const struct frame_vm *vm = subject__vm(ctx, &view->subject);
	const struct frame_vcpu *vcpu = subject__vcpu(ctx, &view->subject);

	if (!vcpu) {
		scope_head__absent(ctx, "vCPU", area);
		return 0;
	}
	scope_head__draw(ctx, vm, vcpu, &area);
	draw_trends(ctx, view, &area);
	return stacked_draw(ctx, view, area);
}

static bool open_row(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject)
{
	*ret_id = VIEW_REASON;
	return reason_list__open(ctx, view, &view->lists[view->at], ret_subject);
}

const struct view_ops view_vcpu = {
	.id = VIEW_VCPU,
	.name = "vCPU",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
	.open = open_row,
	.hint = stacked_hint,
};
