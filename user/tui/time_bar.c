// SPDX-License-Identifier: GPL-2.0
#include "time_bar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../base/clock.h"
#include "../model/frame.h"
#include "cells.h"
#include "past.h"
#include "view.h"

#define CELLS_MAX 512

static void format_clock(int64_t ns, char *buf, size_t size)
{
	const time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;

	*buf = '\0';
	if (localtime_r(&seconds, &tm))
		strftime(buf, size, "%H:%M:%S", &tm);
}

/* Where among @n cells the frame is. */
static size_t cell_of_frame(const struct view_ctx *ctx, size_t n)
{
	const double span = (double)ctx->time.last_ns - (double)ctx->time.first_ns;
	double at = 1;

	if (ctx->frame && span > 0)
		at = ((double)timespec_ns(&ctx->frame->wall) - (double)ctx->time.first_ns) / span;
	if (!(at > 0))
		return 0;
	return at >= 1 ? n - 1 : (size_t)(at * (double)n);
}

void time_bar__draw(const struct view_ctx *ctx, size_t row)
{
	struct grid *grid = ctx->grid;
	const size_t n = grid->width - 2 < CELLS_MAX ? grid->width - 2 : CELLS_MAX;
	uint8_t marks[CELLS_MAX];
	char first[16], last[16];

	format_clock(ctx->time.first_ns, first, sizeof(first));
	format_clock(ctx->time.last_ns, last, sizeof(last));
	grid__put(grid, row, 1, 8, STYLE_PLAIN, first);
	if (n > 20)
		grid__put(grid, row, n - strlen(last) + 1, 8, STYLE_PLAIN, last);
	past__marks(ctx->past, ctx->time.first_ns, ctx->time.last_ns, n, marks);
	grid__put(grid, row + 1, 0, 1, STYLE_PLAIN, "[");
	for (size_t i = 0; i < n; i++)
		grid__put(grid, row + 1, 1 + i, 1, mark_style(marks[i]),
			  marks[i] ? mark_text(marks[i]) : "-");
	grid__put(grid, row + 1, 1 + cell_of_frame(ctx, n), 1, STYLE_BOLD, "#");
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
	char at[16] = "", age[48], findings[48] = "";
	int64_t ago = 0;

	if (ctx->frame) {
		const int64_t wall_ns = timespec_ns(&ctx->frame->wall);

		format_clock(wall_ns, at, sizeof(at));
		ago = (ctx->time.last_ns - wall_ns) / 1000000000;
	}
	format_age(ago > 0 ? ago : 0, age, sizeof(age));
	if (ctx->frame && marks_known(ctx->frame))
		snprintf(findings, sizeof(findings), ", %zu with findings",
			 past__findings(ctx->past));
	snprintf(buf, size, "at %s, %s %s     %" PRIu64 " frames%s", at, age,
		 ctx->opts.recorded ? "before the end" : "ago", ctx->time.frames, findings);
}
