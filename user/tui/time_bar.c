// SPDX-License-Identifier: GPL-2.0
#include "time_bar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../model/frame.h"
#include "../model/trail.h"
#include "cells.h"
#include "clock_text.h"
#include "marks.h"
#include "view.h"

#define CELLS_MAX 512
#define LONGEST_S 1e9 /* more than what is shown */

/* Which of @n cells a moment is in. */
static size_t cell_of(const struct view_ctx *ctx, int64_t wall_ns, size_t n)
{
	const double span = (double)ctx->time.last_ns - (double)ctx->time.first_ns;
	const double at = span > 0 ? ((double)wall_ns - (double)ctx->time.first_ns) / span : 1;

	if (!(at > 0))
		return 0;
	return at >= 1 ? n - 1 : (size_t)(at * (double)n);
}

/* What is known of a cell's moments: the worst severity, or that there are none. */
struct cell_mark {
	uint8_t worst;
	bool known;
};

static void note_mark(struct cell_mark *cell, uint8_t worst)
{
	cell->known = true;
	if (worst > cell->worst)
		cell->worst = worst;
}

/* Of each of the @n cells. A moment is as long as its interval: it may be more than one cell. */
static void find_marks(const struct view_ctx *ctx, size_t n, struct cell_mark *ret)
{
	const size_t end = trail__count(ctx->trail, ctx->time.last_ns);

	memset(ret, 0, n * sizeof(*ret));
	for (size_t i = 0; i < end; i++) {
		const struct trail_moment moment = trail__moment(ctx->trail, i);
		const double s =
			moment.interval_s < LONGEST_S ? (double)moment.interval_s : LONGEST_S;
		const int64_t begin_ns = moment_add(moment.wall_ns, -(int64_t)(s * 1e9));
		const size_t cell = cell_of(ctx, moment.wall_ns, n);

		if (moment.wall_ns < ctx->time.first_ns)
			continue;
		for (size_t at = cell_of(ctx, begin_ns, n) + 1; at < cell; at++)
			note_mark(&ret[at], moment.worst);
		note_mark(&ret[cell], moment.worst);
	}
}

/* The cell of a gap that is seen: one that is longer than an interval may be. */
static bool is_seen(const struct view_ctx *ctx, const struct time_span *gap)
{
	const double s = ((double)gap->to_ns - (double)gap->from_ns) / 1e9;

	return s > 2 * ctx->time.interval_s && gap->to_ns > ctx->time.first_ns &&
	       gap->from_ns < ctx->time.last_ns;
}

/* Cells that are all within a gap are blank; a short one is the cell in its middle. */
static void draw_gap(const struct view_ctx *ctx, size_t row, size_t n, const struct time_span *gap)
{
	const size_t first = cell_of(ctx, gap->from_ns, n), last = cell_of(ctx, gap->to_ns, n);
	const int64_t middle_ns = gap->from_ns + (gap->to_ns - gap->from_ns) / 2;

	if (last < first + 2)
		grid__put(ctx->grid, row, 1 + cell_of(ctx, middle_ns, n), 1, STYLE_PLAIN, " ");
	for (size_t i = first + 1; i < last; i++)
		grid__put(ctx->grid, row, 1 + i, 1, STYLE_PLAIN, " ");
}

/* ", 50 with findings", of all @frames; if fewer were judged so far: ", findings in 50 of 52". */
static void format_findings(const struct view_ctx *ctx, uint64_t frames, char *buf, size_t size)
{
	const size_t end = trail__count(ctx->trail, INT64_MAX);
	size_t n = 0;

	for (size_t i = 0; i < end; i++)
		n += trail__moment(ctx->trail, i).n_findings > 0;
	if (end < frames)
		snprintf(buf, size, ", findings in %zu of %zu", n, end);
	else
		snprintf(buf, size, ", %zu with findings", n);
}

void time_bar__draw(const struct view_ctx *ctx, size_t row)
{
	struct grid *grid = ctx->grid;
	const size_t n = grid->width - 2 < CELLS_MAX ? grid->width - 2 : CELLS_MAX;
	struct cell_mark marks[CELLS_MAX];
	char first[CLOCK_TEXT], last[CLOCK_TEXT];

	clock_text(ctx->time.first_ns, first);
	clock_text(ctx->time.last_ns, last);
	grid__put(grid, row, 1, 8, STYLE_PLAIN, first);
	if (n > 20)
		grid__put(grid, row, n - strlen(last) + 1, 8, STYLE_PLAIN, last);
	find_marks(ctx, n, marks);
	grid__put(grid, row + 1, 0, 1, STYLE_PLAIN, "[");
	for (size_t i = 0; i < n; i++)
		grid__put(grid, row + 1, 1 + i, 1, mark_style(marks[i].worst),
			  marks[i].worst   ? mark_text(marks[i].worst)
			  : marks[i].known ? "-"
					   : "_");
	for (size_t i = 0; i < ctx->time.n_gaps; i++)
		if (is_seen(ctx, &ctx->time.gaps[i]))
			draw_gap(ctx, row + 1, n, &ctx->time.gaps[i]);
	if (ctx->frame)
		grid__put(grid, row + 1, 1 + cell_of(ctx, timespec_ns(&ctx->frame->wall), n), 1,
			  STYLE_BOLD, "#");
	grid__put(grid, row + 1, 1 + n, 1, STYLE_PLAIN, "]");
}

/* "2 min 3 s". */
static void format_age(int64_t seconds, char *buf, size_t size)
{
	if (seconds >= 3600)
		snprintf(buf, size, "%" PRId64 " h %" PRId64 " min", seconds / 3600,
			 seconds / 60 % 60);
	else if (seconds >= 60)
		snprintf(buf, size, "%" PRId64 " min %" PRId64 " s", seconds / 60, seconds % 60);
	else
		snprintf(buf, size, "%" PRId64 " s", seconds);
}

void time_bar__describe(const struct view_ctx *ctx, char *buf, size_t size)
{
	char at[CLOCK_TEXT] = "", age[48], findings[48] = "";
	int64_t ago = 0;

	if (ctx->frame) {
		const int64_t wall_ns = timespec_ns(&ctx->frame->wall);

		clock_text(wall_ns, at);
		ago = (ctx->time.last_ns - wall_ns) / 1000000000;
	}
	format_age(ago > 0 ? ago : 0, age, sizeof(age));
	if (ctx->frame && marks_known(ctx->frame))
		format_findings(ctx, ctx->time.frames, findings, sizeof(findings));
	snprintf(buf, size, "at %s, %s %s     %s%" PRIu64 " frames%s", at, age,
		 ctx->opts.recorded ? "before the end" : "ago", ctx->time.about ? "about " : "",
		 ctx->time.frames, findings);
}
