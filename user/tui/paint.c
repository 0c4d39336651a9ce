// SPDX-License-Identifier: GPL-2.0
#include "paint.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../base/clock.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "bottom.h"
#include "cells.h"
#include "marks.h"
#include "state.h"
#include "subject.h"
#include "time_bar.h"

/* Below this there is room for one line only. */
#define WIDTH_MIN 20
#define HEIGHT_MIN 4
/* From this height on the past has a bar: below, what is wrong is more. */
#define HEIGHT_BAR 12

static bool is_past(const struct state *state)
{
	return state->ctx.time.mode != SCREEN_LIVE && state->ctx.time.has_past;
}

/* ---- the first line */

static const char *mode_word(const struct state *state)
{
	static const char *const words[] = { [SCREEN_LIVE] = "LIVE",
					     [SCREEN_PAUSED] = "PAUSED",
					     [SCREEN_PLAYING] = "REPLAY",
					     [SCREEN_AT_END] = "END" };

	return words[state->ctx.time.mode];
}

/* "12:35:07 1s LIVE"; with what the refresh took if that is too long. */
static void format_time(const struct state *state, char *buf, size_t size)
{
	const struct screen_time *when = &state->ctx.time;
	/* A tenth of a second is exact enough. */
	const double interval = when->interval_s >= 0 && when->interval_s < 1e6
					? (double)(long)(when->interval_s * 10 + 0.5) / 10
					: 0;
	char clock[16] = "--:--:--", took[40] = "";
	struct tm tm;

	if (state->ctx.frame && localtime_r(&state->ctx.frame->wall.tv_sec, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	if (when->took_s > when->interval_s && when->interval_s > 0)
		snprintf(took, sizeof(took), " (took %.1f)", when->took_s);
	snprintf(buf, size, "%s %gs%s %s", clock, interval, took, mode_word(state));
}

/* " kvmtop  host"; nothing if @brief. */
static void format_host(const struct state *state, bool brief, char *buf, size_t size)
{
	char host[300] = "";

	*buf = '\0';
	if (brief)
		return;
	if (state->ctx.frame && state->ctx.frame->host.name)
		fmt_escape(glyphs_escape(state->ctx.opts.glyphs), state->ctx.frame->host.name,
			   strlen(state->ctx.frame->host.name), host, sizeof(host));
	snprintf(buf, size, " kvmtop  %s", host);
}

/* "kvmtop  host > VM > vCPU 2", and what the view says of it; if @brief, without the host: "VM > vCPU 2". */
static void format_path(const struct state *state, bool brief, char *buf, size_t size)
{
	const struct view *view = state__view(state);
	size_t used;

	format_host(state, brief, buf, size);
	used = strlen(buf);
	for (size_t i = 0; i < state->depth && used < size; i++) {
		const char *name = state->stack[i]->subject.name;

		/* A list, or a page of text, is about what the view below is about. */
		if (name[0] && (!i || strcmp(name, state->stack[i - 1]->subject.name)))
			used += (size_t)snprintf(buf + used, size - used, "%s%s",
						 used ? " > " : " ", name);
	}
	if (view->ops->info && used < size)
		view->ops->info(&state->ctx, view, buf + used, size - used);
}

static void draw_first_line(struct state *state)
{
	struct grid *grid = &state->grid;
	char path[1024], when[80], drops[40] = "";
	size_t right;

	format_time(state, when, sizeof(when));
	if (state->ctx.frame && frame__drops(state->ctx.frame))
		snprintf(drops, sizeof(drops), "DROPS %" PRIu64 " ",
			 frame__drops(state->ctx.frame));
	right = strlen(drops) + strlen(when) + 1;
	if (right + 9 > grid->width) {
		/* The mode is what must not be missing. */
		snprintf(when, sizeof(when), "%s", mode_word(state));
		drops[0] = '\0';
		right = strlen(when) + 1;
	}
	right = right < grid->width ? right : grid->width - 1;
	format_path(state, false, path, sizeof(path));
	if (fmt_width(path) + right + 1 > grid->width && state__view(state)->subject.name[0])
		format_path(state, true, path, sizeof(path));
	cell_put(grid, (struct place){ 0, 0, grid->width - right - 1 }, true, STYLE_BOLD, path);
	grid__put(grid, 0, grid->width - right, right, STYLE_ACT, drops);
	grid__put(grid, 0, grid->width - right + strlen(drops), right, STYLE_BOLD, when);
}

/* ---- in between */

/* As small as that there is room for the worst VM only. */
static void draw_tiny(struct state *state)
{
	const struct view *view = state__view(state);
	const struct list_row *row =
		view->ops->lists ? list__current(&view->lists[view->at]) : NULL;
	char name[SUBJECT_NAME] = "", why[WHY_SIZE] = "", text[SUBJECT_NAME + WHY_SIZE + 4];

	if (row && row->vm && state->ctx.frame) {
		vm_name(&state->ctx, row->vm, name, sizeof(name));
		mark_why(state->ctx.frame, row->vm, 0, glyphs_escape(state->ctx.opts.glyphs), why);
	}
	snprintf(text, sizeof(text), "%s%s%s", name, name[0] ? ": " : "", why);
	cell_put(&state->grid, (struct place){ 0, 0, state->grid.width }, true, STYLE_PLAIN, text);
}

static int draw_view(struct state *state, struct area area)
{
	struct view *view = state__view(state);

	if (!state->ctx.frame && view->ops->lists) {
		grid__put(&state->grid, area.row + area.height / 3, 6, state->grid.width,
			  STYLE_PLAIN, "measuring ...");
		return 0;
	}
	for (size_t i = 0; i < view->ops->n_lists; i++)
		view->lists[i].first_row = view->lists[i].header_row = 0;
	return view->ops->draw(&state->ctx, view, area);
}

/* A terminal that is to get ASCII gets nothing else, wherever it comes from. */
static void make_ascii(struct grid *grid)
{
	for (size_t i = 0; i < grid->width * grid->height; i++)
		if ((unsigned char)grid->cells[i].text[0] >= 0x80 || !grid->cells[i].text[0])
			strcpy(grid->cells[i].text, "?");
}

int paint(struct state *state)
{
	struct grid *grid = &state->grid;
	struct area area = { 1, 0 };
	int err;

	grid__clear(grid);
	if (grid->width < WIDTH_MIN || grid->height < HEIGHT_MIN) {
		draw_tiny(state);
		return 0;
	}
	draw_first_line(state);
	area.height = grid->height - 1 - bottom__height(grid->height);
	if (is_past(state) && grid->height >= HEIGHT_BAR) {
		area.height -= 2;
		time_bar__draw(&state->ctx, area.row + area.height);
	}
	err = draw_view(state, area);
	bottom__draw(state, is_past(state));
	if (state->ctx.opts.glyphs == GLYPHS_ASCII)
		make_ascii(grid);
	return err;
}
