// SPDX-License-Identifier: GPL-2.0
/* view_reason: one exit reason: how long it takes, now and lately, what it was about, and whose it was. */
#include "view_reason.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/exit_origin.h"
#include "../model/frame.h"
#include "../model/time_sum.h"
#include "heat_panel.h"
#include "key_list.h"
#include "list_draw.h"
#include "reason_list.h"
#include "reason_who.h"
#include "scope_head.h"

static const struct list_def lists[] = { KEY_LIST };

/* The list of keys gets its header and so many rows before a taller heat map. */
#define KEYS_MIN 4
/* Below this height only the histogram is shown. */
#define HEIGHT_ALL 14

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	return key_list__fill(ctx, view, i);
}

/* In brackets: what the number of the reason is of; or of an exit to the VMM, by which exit it came about. */
static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	const char *isa = isa_name(view->subject.isa);
	const bool user = view->subject.isa == ISA_USER;
	const struct frame_reasons *reasons =
		user && ctx->frame ? reason_list__of_exits(ctx, &view->subject) : NULL;
	const struct frame_reason *from = reasons ? exit_origin(reasons, view->subject.code) : NULL;
	char name[64];

	if (from)
		fmt_escape(glyphs_escape(ctx->opts.glyphs), from->name, strlen(from->name), name,
			   sizeof(name));
	if (from)
		snprintf(buf, size, " (from %s)", name);
	else if (user)
		snprintf(buf, size, " (to the VMM)");
	else if (isa)
		snprintf(buf, size, " (%s)", isa);
}

/* ---- its numbers */

static void add_time(char *buf, size_t size, const char *name, bool known, uint64_t ns)
{
	const size_t used = strlen(buf);
	char text[FMT_SIZE];

	if (used < size && known)
		snprintf(buf + used, size - used, "  %s %s", name,
			 fmt_duration_ns(ns, text, sizeof(text)));
}

static void add_percentiles(char *buf, size_t size, const struct time_delta *time,
			    enum percentile first, enum percentile last)
{
	static const char *const names[PERCENTILE_MAX] = {
#define NAME(id, name, label, ...) [id] = "p" label,
		PERCENTILES(NAME)
#undef NAME
	};

	for (enum percentile i = first; i <= last; i++)
		add_time(buf, size, names[i], time->pct_valid, time->pct_ns[i]);
}

static void format_share(char *buf, size_t size, bool known, double pct)
{
	if (!known || fmt_pct(pct, buf, size) == NULL)
		snprintf(buf, size, "%s", FMT_UNKNOWN);
}

/* "118k/s  85.4 % of exits  94.2 % of time  avg ..." */
static void draw_now(const struct view_ctx *ctx, const struct frame_reason *reason,
		     uint64_t scope_exits, size_t row)
{
	const struct counter *count = &reason->count;
	const bool shared = count->delta_valid && scope_exits;
	char rate[FMT_SIZE] = FMT_UNKNOWN, exits[FMT_SIZE], times[FMT_SIZE], text[256];

	if (count->delta_valid)
		short_rate(count->rate, rate, sizeof(rate));
	format_share(exits, sizeof(exits), shared,
		     shared ? 100.0 * (double)count->delta / (double)scope_exits : 0);
	format_share(times, sizeof(times), reason->time.share_valid, reason->time.share_pct);
	snprintf(text, sizeof(text), "%s/s  %s %% of exits  %s %% of time", rate, exits, times);
	add_time(text, sizeof(text), "avg", reason->time.avg_valid,
		 (uint64_t)(reason->time.avg_ns + 0.5));
	add_percentiles(text, sizeof(text), &reason->time, P50, P90);
	line_put(ctx->grid, row, STYLE_PLAIN, text);
}

/* "p99 ...  max ...   since start: 31.2M, p99 18.4us" */
static void draw_total(const struct view_ctx *ctx, const struct frame_reason *reason, size_t row)
{
	const struct time_derived total = time_total__derive(&reason->time.total);
	char count[FMT_SIZE], text[256] = "", all[128];

	add_percentiles(text, sizeof(text), &reason->time, P99, P999);
	add_time(text, sizeof(text), "max", reason->time.max_valid, reason->time.max_ns);
	snprintf(all, sizeof(all), "    in all: %s",
		 fmt_count(reason->count.total, count, sizeof(count)));
	add_time(all, sizeof(all), "p99", total.pct_valid, total.pct_ns[P99]);
	strncat(text, all, sizeof(text) - strlen(text) - 1);
	line_put(ctx->grid, row, STYLE_PLAIN, text + strspn(text, " "));
}

/* ---- the parts */

static int draw_keys(const struct view_ctx *ctx, struct view *view, struct area area)
{
	struct list_drawing drawing;

	if (!view->lists[0].n) {
		key_list__draw_none(ctx, view, area.row);
		return 0;
	}
	list_drawing__init(&drawing, ctx, view, 0, 0, ctx->grid->width);
	list_draw__header(&drawing, area.row);
	return list_draw__rows(&drawing, (struct area){ area.row + 1, area.height - 1 });
}

/* How many lines the list of keys gets of @lines. */
static size_t lines_for_keys(const struct view *view, size_t lines)
{
	const size_t wanted = view->lists[0].n ? view->lists[0].n + 1 : 1;
	const size_t half = lines / 3 > KEYS_MIN ? lines / 3 : KEYS_MIN;

	return wanted < half ? wanted : half;
}

/* What the histogram leaves is the keys'. */
static int draw_small(const struct view_ctx *ctx, struct view *view,
		      const struct frame_reason *reason, struct area area)
{
	size_t used;
	int err = heat_panel__draw(ctx, &view->subject, reason, area, &used);

	if (err || !view->lists[0].n || area.height < used + 3)
		return err;
	return draw_keys(ctx, view, (struct area){ area.row + used, area.height - used });
}

static int draw_all(const struct view_ctx *ctx, struct view *view,
		    const struct frame_reason *reason, struct area area)
{
	struct area keys = { .height = lines_for_keys(view, area.height) };
	size_t used;
	int err;

	/* A line for those who it was of. */
	area.height -= keys.height + 1;
	err = heat_panel__draw(ctx, &view->subject, reason, area, &used);
	if (err)
		return err;
	keys.row = area.row + used;
	/* What the heat map does not need. */
	keys.height += area.height - used;
	if (view->lists[0].n && view->lists[0].n + 1 < keys.height)
		keys.height = view->lists[0].n + 1;
	else if (!view->lists[0].n)
		keys.height = 1;
	reason_who__draw(ctx, &view->subject, keys.row + keys.height);
	return draw_keys(ctx, view, keys);
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	const struct frame_reasons *all = reason_list__of(ctx, &view->subject);
	const struct frame_reason *reason = reason_list__find(ctx, &view->subject);
	const bool small = area.height < HEIGHT_ALL;

	if (!reason) {
		scope_head__absent(ctx, "reason", area);
		return 0;
	}
	draw_now(ctx, reason, frame_reasons__exits(all), area.row);
	if (!small)
		draw_total(ctx, reason, area.row + 1);
	area.row += small ? 1 : 2;
	area.height -= small ? 1 : 2;
	return small ? draw_small(ctx, view, reason, area) : draw_all(ctx, view, reason, area);
}

static void hint(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	(void)ctx;
	(void)view;
	snprintf(buf, size, "+ - zoom: more or less time per column");
}

const struct view_ops view_reason = {
	.id = VIEW_REASON,
	.name = "reason",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
	.hint = hint,
};
