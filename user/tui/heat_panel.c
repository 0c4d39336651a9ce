// SPDX-License-Identifier: GPL-2.0
#include "heat_panel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "../model/trail_reasons.h"
#include "../render/heat_map.h"
#include "cells.h"
#include "clock_text.h"
#include "trends.h"

/* From left to right: "< 65.5us", how many, a bar of that, and the map. */
#define LABEL_WIDTH 8
#define COUNT_WIDTH 7
#define BAR_MAX 13
#define BAR_MIN 6
#define MAP_AT (LABEL_WIDTH + COUNT_WIDTH + BAR_MAX + 3)
#define MAP_MIN 12
/* The header, and below the map its times and what its shades mean. */
#define LINES_AROUND 3

DEFINE_CLEANUP(heat_map, struct heat_map, heat_map__free)

struct panel {
	const struct view_ctx *ctx;
	const struct heat_map *map;
	struct area area;
	size_t bar;   /* columns */
	size_t first; /* the moment that the map begins with */
	bool with_map;
	size_t zoom;
};

/* ---- the histograms of the past */

/* As many moments as there are columns for, at most those that have reasons. */
static size_t moments_of(const struct view_ctx *ctx, size_t columns, size_t zoom)
{
	const size_t end = trends_end(ctx), wanted = columns * zoom;
	size_t n = wanted < TRAIL_ROWS ? wanted : TRAIL_ROWS;

	return n < end ? n : end;
}

/* Whether the frame is not in the trail: it is of a past that was not gone through. */
static bool is_apart(const struct view_ctx *ctx)
{
	const size_t end = trends_end(ctx);

	return !end || trail__moment(ctx->trail, end - 1).wall_ns != timespec_ns(&ctx->frame->wall);
}

/* The histograms of the @n moments before @end; NULL where they are not known. */
static void find_hists(const struct view_ctx *ctx, const struct trail_row *row,
		       const struct frame_reason *reason, size_t end, size_t n,
		       struct trail_hist *ret_hists, const struct hist **ret_frames)
{
	struct trail_reason of;

	for (size_t i = 0; i < n; i++) {
		if (!trail__reason(ctx->trail, row, reason->isa, reason->code, end - n + i, end,
				   &of) ||
		    !of.hist_known)
			continue;
		trail_reason__hist(&of, &ret_hists[i]);
		ret_frames[i] = &ret_hists[i].hist;
	}
}

static int make_map(const struct view_ctx *ctx, const struct subject *subject,
		    const struct frame_reason *reason, struct heat_spec *spec, size_t *ret_first,
		    struct heat_map **ret_map)
{
	const struct trail_row row = subject__trail_row(subject);
	const size_t end = trends_end(ctx);
	const size_t n = moments_of(ctx, spec->columns_max, spec->frames_per_column);
	const size_t all = n + is_apart(ctx);
	__autofree struct trail_hist *hists = calloc(n + 1, sizeof(*hists));
	__autofree const struct hist **frames = calloc(all, sizeof(*frames));

	if (!hists || !frames)
		return -ENOMEM;
	spec->first = trail__number(ctx->trail) + end - n;
	find_hists(ctx, &row, reason, end, n, hists, frames);
	/* Of the present one the frame knows more: it may be looked at for the first time. */
	if (reason->time.hist_valid)
		frames[all - 1] = &reason->time.hist;
	*ret_first = end - n;
	return heat_map__new(frames, all, spec, ret_map);
}

/* ---- drawing */

static void draw_row(const struct panel *panel, size_t i, uint64_t most, size_t at)
{
	const struct heat_row *row = &panel->map->rows[i];
	const struct view_ctx *ctx = panel->ctx;
	char bound[FMT_SIZE], text[FMT_SIZE + 4];
	size_t filled =
		most ? (size_t)((double)row->now / (double)most * (double)panel->bar + 0.5) : 0;

	if (row->end_ns == UINT64_MAX)
		snprintf(text, sizeof(text), ">%7s",
			 fmt_duration_ns(row->lo_ns, bound, sizeof(bound)));
	else
		snprintf(text, sizeof(text), "<%7s",
			 fmt_duration_ns(row->end_ns, bound, sizeof(bound)));
	grid__put(ctx->grid, at, 0, LABEL_WIDTH, STYLE_PLAIN, text);
	cell_put(ctx->grid, (struct place){ at, LABEL_WIDTH, COUNT_WIDTH }, false, STYLE_PLAIN,
		 panel->map->now_known ? fmt_count(row->now, text, sizeof(text)) : FMT_UNKNOWN);
	/* What has occurred is seen. */
	if (row->now && !filled)
		filled = 1;
	for (size_t j = 0; j < filled; j++)
		grid__put(ctx->grid, at, LABEL_WIDTH + COUNT_WIDTH + 1 + j, 1, STYLE_PLAIN,
			  glyph_heat(ctx->opts.glyphs, HEAT_LEVELS - 1));
}

static void draw_map_row(const struct panel *panel, size_t i, size_t columns, size_t at)
{
	const struct view_ctx *ctx = panel->ctx;
	const size_t first = MAP_AT + columns - panel->map->n_columns;

	grid__put(ctx->grid, at, MAP_AT - 1, 1, STYLE_PLAIN, "|");
	for (size_t j = 0; j < panel->map->n_columns; j++) {
		const int8_t level = heat_map__level(panel->map, i, j);

		if (level != HEAT_GAP)
			grid__put(ctx->grid, at, first + j, 1, STYLE_PLAIN,
				  glyph_heat(ctx->opts.glyphs, (unsigned int)level));
	}
}

/* From when to when the map is, and what its shades mean. */
static void draw_below(const struct panel *panel, size_t columns, size_t at)
{
	const struct view_ctx *ctx = panel->ctx;
	const size_t first = panel->first + panel->map->first_frame;
	const enum glyph_set set = ctx->opts.glyphs;
	char clock[CLOCK_TEXT], text[128];

	clock[0] = '\0';
	if (first < trends_end(ctx))
		clock_text(trail__moment(ctx->trail, first).wall_ns, clock);
	if (panel->map->n_columns >= 20)
		grid__put(ctx->grid, at, MAP_AT + columns - panel->map->n_columns, 8, STYLE_DIM,
			  clock);
	clock_text(timespec_ns(&ctx->frame->wall), clock);
	cell_put(ctx->grid, (struct place){ at, MAP_AT, columns }, false, STYLE_DIM, clock);
	snprintf(text, sizeof(text),
		 " cells, %% of their column: %s under 1   %s under 10   %s under 30   %s 30 and "
		 "more",
		 glyph_heat(set, 1), glyph_heat(set, 2), glyph_heat(set, 3), glyph_heat(set, 4));
	line_put(ctx->grid, at + 1, STYLE_DIM, text);
}

static void draw_header(const struct panel *panel, size_t at)
{
	const struct view_ctx *ctx = panel->ctx;
	char text[80], each[FMT_SIZE];
	/* Shorter frames are moments of a second in the trail. */
	const double each_s = ctx->time.interval_s < 0.95 ? 1 : ctx->time.interval_s;

	grid__put(ctx->grid, at, 0, ctx->grid->width, STYLE_PLAIN, "handled in  now");
	if (panel->with_map) {
		fmt_duration_ns((uint64_t)(each_s * (double)panel->zoom * 1e9 + 0.5), each,
				sizeof(each));
		snprintf(text, sizeof(text), "lately, a column per %s%s", each,
			 panel->zoom > 1 ? "" : ": + widens");
		grid__put(ctx->grid, at, MAP_AT, ctx->grid->width, STYLE_PLAIN, text);
	}
	grid__reverse(ctx->grid, at, 0, ctx->grid->width);
}

static void draw_map(const struct panel *panel, size_t columns)
{
	const struct heat_map *map = panel->map;
	size_t at = panel->area.row + 1;
	uint64_t most = 0;

	for (size_t i = 0; i < map->n_rows; i++)
		most = map->rows[i].now > most ? map->rows[i].now : most;
	for (size_t i = map->n_rows; i--; at++) {
		draw_row(panel, i, most, at);
		if (panel->with_map)
			draw_map_row(panel, i, columns, at);
	}
	if (panel->with_map)
		draw_below(panel, columns, at);
}

/* How wide a column of time is: + and -. */
static size_t zoom_of(const struct view_ctx *ctx)
{
	return heat_zoom(ctx->panel > 0 ? (size_t)ctx->panel : 0);
}

int heat_panel__draw(const struct view_ctx *ctx, const struct subject *subject,
		     const struct frame_reason *reason, struct area area, size_t *ret_used)
{
	struct heat_map *map __cleanup(cleanup_heat_map) = NULL;
	const size_t width = ctx->grid->width;
	const bool with_map = width >= MAP_AT + MAP_MIN && area.height > LINES_AROUND + 2;
	const size_t columns = with_map ? width - MAP_AT : 1;
	const size_t around = with_map ? LINES_AROUND : 1;
	struct panel panel = { .ctx = ctx,
			       .area = area,
			       .bar = width > MAP_AT ? BAR_MAX : BAR_MIN,
			       .with_map = with_map,
			       .zoom = with_map ? zoom_of(ctx) : 1 };
	struct heat_spec spec = { .rows_max = area.height > around ? area.height - around : 1,
				  .columns_max = columns,
				  .rows_per_octave = 1,
				  .frames_per_column = panel.zoom };
	int err;

	*ret_used = 0;
	if (area.height < 2)
		return 0;
	err = make_map(ctx, subject, reason, &spec, &panel.first, &map);
	if (err)
		return err;
	panel.map = map;
	draw_header(&panel, area.row);
	if (!map->n_rows)
		grid__put(ctx->grid, area.row + 1, 1, width, STYLE_DIM,
			  ctx->frame->latency == LATENCY_FULL ? "none in this time"
							      : "this needs --latency full");
	draw_map(&panel, columns);
	*ret_used = 1 + (map->n_rows ? map->n_rows + around - 1 : 1);
	return 0;
}
