// SPDX-License-Identifier: GPL-2.0
#include "event_chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/fmt.h"
#include "../model/event_trail.h"
#include "../model/frame.h"
#include "../render/amount.h"
#include "../render/heat_map.h"
#include "../render/trend.h"
#include "cells.h"
#include "clock_text.h"
#include "trends.h"

/* Without times there is more room for bars. */
#define HEIGHT_TIMES 4
/* The header's words on the left need so much. */
#define WIDTH_WORDS 60

struct chart {
	const struct view_ctx *ctx;
	const struct event_ref *ref;
	struct area area;
	size_t zoom, columns; /* moments per column; columns that there is anything for */
	size_t first;	      /* the moment that they begin with */
	double values[TRENDS_MAX];
	double max;
};

/* The mean of each column, of what is known; columns begin at the same moments in each frame. */
static void find_columns(struct chart *chart, const struct subject *subject)
{
	const struct trail_row of = subject__trail_row(subject);
	const size_t end = trends_end(chart->ctx), width = chart->ctx->grid->width;
	const uint64_t number = trail__number(chart->ctx->trail), zoom = chart->zoom;
	const size_t wanted = (width < TRENDS_MAX ? width : TRENDS_MAX) * zoom;
	size_t n = wanted < EVENT_TRAIL_MOMENTS ? wanted : EVENT_TRAIL_MOMENTS;
	double moments[EVENT_TRAIL_MOMENTS];
	uint64_t first;

	n = n < end ? n : end;
	/* A whole column more would not fit. */
	if (n == wanted && (number + end) % zoom)
		n -= zoom - (number + end) % zoom;
	trends_event(chart->ctx, &of, &subject->event, n, moments);
	first = (number + end - n) / zoom;
	chart->first = end - n;
	chart->columns = n ? (size_t)((number + end - 1) / zoom - first) + 1 : 0;
	for (size_t i = 0, j = 0; i < chart->columns; i++) {
		double sum = 0;
		size_t known = 0;

		for (; j < n && (number + end - n + j) / zoom == first + i; j++) {
			if (isnan(moments[j]))
				continue;
			sum += moments[j];
			known++;
		}
		chart->values[i] = known ? sum / (double)known : (double)NAN;
	}
	chart->max = trend_max(chart->values, chart->columns);
}

/* The part of a bar that is in the line number @line from below, of @lines. */
static int level_in(double value, double max, size_t line, size_t lines)
{
	const double all = (double)(TREND_LEVELS * lines);
	const double level = all * (value / max);
	size_t top;

	if (isnan(value) || !(max > 0))
		return TREND_NONE;
	top = level > 0 ? (size_t)(level < all - 1 ? level : all - 1) : 0;
	if (top < TREND_LEVELS * line)
		return TREND_NONE;
	top -= TREND_LEVELS * line;
	return top < TREND_LEVELS - 1 ? (int)top : TREND_LEVELS - 1;
}

static void draw_bars(const struct chart *chart, size_t row, size_t lines)
{
	const struct view_ctx *ctx = chart->ctx;
	const size_t at = ctx->grid->width - chart->columns;

	for (size_t line = 0; line < lines; line++)
		for (size_t i = 0; i < chart->columns; i++)
			grid__put(ctx->grid, row + lines - 1 - line, at + i, 1, STYLE_PLAIN,
				  glyph_trend(ctx->opts.glyphs,
					      level_in(chart->values[i], chart->max, line, lines)));
}

static void draw_times(const struct chart *chart, size_t row)
{
	const struct view_ctx *ctx = chart->ctx;
	char clock[CLOCK_TEXT];

	if (chart->columns >= 20) {
		clock_text(trail__moment(ctx->trail, chart->first).wall_ns, clock);
		grid__put(ctx->grid, row, ctx->grid->width - chart->columns, 8, STYLE_DIM, clock);
	}
	clock_text(timespec_ns(&ctx->frame->wall), clock);
	line_put_right(ctx->grid, row, STYLE_DIM, clock);
}

/* What a column is, and what the highest bar stands for. */
static void draw_header(const struct chart *chart, size_t row)
{
	const struct view_ctx *ctx = chart->ctx;
	/* Shorter frames are moments of a second in the trail. */
	const double each_s = ctx->time.interval_s < 0.95 ? 1 : ctx->time.interval_s;
	char text[100], each[FMT_SIZE], max[FMT_SIZE] = FMT_UNKNOWN;

	fmt_duration_ns((uint64_t)(each_s * (double)chart->zoom * 1e9 + 0.5), each, sizeof(each));
	if (ctx->grid->width < WIDTH_WORDS)
		snprintf(text, sizeof(text), "each %s", each);
	else
		snprintf(text, sizeof(text), "%s, a column per %s%s",
			 chart->ref->gauge ? "what it was lately" : "how often lately", each,
			 chart->zoom > 1 ? "" : ": + widens");
	grid__put(ctx->grid, row, 0, ctx->grid->width, STYLE_PLAIN, text);
	if (!isnan(chart->max) && chart->ref->gauge)
		amount_format(chart->ref->desc, (uint64_t)chart->max, max, sizeof(max));
	else if (!isnan(chart->max))
		amount_format_rate(chart->ref->desc, chart->max, max, sizeof(max));
	snprintf(text, sizeof(text), "0 .. %s%s", max, chart->ref->gauge ? "" : "/s");
	line_put_right(ctx->grid, row, STYLE_PLAIN, text);
	grid__reverse(ctx->grid, row, 0, ctx->grid->width);
}

void event_chart__draw(const struct view_ctx *ctx, const struct subject *subject,
		       const struct event_ref *ref, struct area area)
{
	const bool times = area.height >= HEIGHT_TIMES;
	struct chart chart = { .ctx = ctx,
			       .ref = ref,
			       .area = area,
			       .zoom = heat_zoom(ctx->panel > 0 ? (size_t)ctx->panel : 0) };

	find_columns(&chart, subject);
	draw_header(&chart, area.row);
	draw_bars(&chart, area.row + 1, area.height - 1 - times);
	if (times && chart.columns)
		draw_times(&chart, area.row + area.height - 1);
}
