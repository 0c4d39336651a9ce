// SPDX-License-Identifier: GPL-2.0
#include "bottom.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/fmt.h"
#include "../model/frame.h"
#include "cells.h"
#include "state.h"
#include "time_bar.h"

/* ---- what kvmtop itself costs */

static void format_bytes(uint64_t bytes, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRIu64 " MiB", (bytes + (1 << 19)) >> 20);
}

/* By @width, what there is room for. */
static void format_self(const struct state *state, char *buf, size_t size)
{
	const struct screen_self *self = &state->ctx.self;
	char cpu[FMT_SIZE], bytes[32];
	size_t used = 0;

	*buf = '\0';
	if (self->cpu_pct < 0)
		return;
	fmt_pct(self->cpu_pct, cpu, sizeof(cpu));
	if (state->grid.width < 110) {
		snprintf(buf, size, "self %s %%", cpu);
		return;
	}
	used = (size_t)snprintf(buf, size, "kvmtop itself: %s %% of a CPU", cpu);
	if (self->recording && used < size)
		used += (size_t)snprintf(buf + used, size - used, "   recording: %s",
					 (format_bytes(self->recorded_bytes, bytes, sizeof(bytes)),
					  bytes));
	if (self->history_max_bytes && state->grid.width >= 160 && used < size)
		snprintf(buf + used, size - used, "   history: %s",
			 (format_bytes(self->history_bytes, bytes, sizeof(bytes)), bytes));
}

/* ---- the help line */

/* "23 rows", "18 of 23 rows", "12 of 23 rows" with a filter. */
static void format_rows(const struct state *state, char *buf, size_t size)
{
	const struct view *view = state__view(state);
	const struct list *list = &view->lists[view->at];
	size_t n = list->n;

	*buf = '\0';
	if (!view->ops->lists) {
		if (view->pages > view->seen)
			snprintf(buf, size, "lines %zu to %zu of %zu", view->scroll + 1,
				 view->scroll + view->seen < view->pages ? view->scroll + view->seen
									 : view->pages,
				 view->pages);
		return;
	}
	if (list->in_all == n && list->lines && list->lines < n)
		n = list->lines;
	if (n != list->in_all && n <= list->in_all)
		snprintf(buf, size, "%zu of %zu rows", n, list->in_all);
	else
		snprintf(buf, size, "%zu %s", n, fmt_plural(n, "row", "rows"));
}

/* What stands in the middle: a hint, how the order is held, what the view says. */
static void format_middle(struct state *state, bool past, char *buf, size_t size)
{
	const struct view *view = state__view(state);

	*buf = '\0';
	if (state->hint[0] && !state->hint_until_ns)
		state->hint_until_ns = state->ctx.now_ns + STATE_HOLD_NS;
	if (state->hint[0] && state->ctx.now_ns >= state->hint_until_ns)
		state->hint[0] = '\0';
	if (state->hint[0])
		snprintf(buf, size, "%s", state->hint);
	else if (past && view->ops->lists)
		time_bar__describe(&state->ctx, buf, size);
	else if (view->ops->lists && state__held(state))
		snprintf(buf, size, "order held");
	else if (view->ops->hint)
		view->ops->hint(&state->ctx, view, buf, size);
	else if (!view->ops->lists)
		snprintf(buf, size, "%sany key but q: back",
			 view->scroll + view->seen < view->pages ? "PgDn: more   " : "");
}

/* What is in force, and how it ends. Returns the column behind it. */
static size_t draw_filter(struct state *state, struct place place, char *filter)
{
	struct grid *grid = &state->grid;
	const bool clears = VIEW_BIT(state__view(state)->ops->id) & VIEWS_DATA;
	const char *how = clears && place.width > 20 ? "  c clears" : "";
	size_t at;

	cut_middle(filter, place.width - strlen(how));
	at = grid__put(grid, place.row, place.column, place.width, STYLE_PLAIN, filter);
	grid__reverse(grid, place.row, place.column, at - place.column);
	return grid__put(grid, place.row, at, strlen(how), STYLE_PLAIN, how);
}

static void draw_help_line(struct state *state, bool past, size_t row)
{
	struct grid *grid = &state->grid;
	const struct view *view = state__view(state);
	char rows[80], filter[FILTER_TEXT * 10], middle[400], self[160];
	size_t at = 1, end = grid->width > 1 ? grid->width - 1 : grid->width;

	format_rows(state, rows, sizeof(rows));
	format_middle(state, past, middle, sizeof(middle));
	format_self(state, self, sizeof(self));
	filter__describe(&state->filter, filter, sizeof(filter));
	/* What the past is about is more, and so is a filter, and how a text goes on. */
	if (fmt_width(self) + (past ? 80u : filter[0] || !view->ops->lists ? 60u : 24u) < end) {
		end -= fmt_width(self);
		grid__put(grid, row, end, grid->width, STYLE_DIM, self);
	}
	at = grid__put(grid, row, at, end - at, STYLE_PLAIN, rows);
	if (filter[0] && at + 2 < end)
		at = draw_filter(state, (struct place){ row, at + 2, end - at - 2 }, filter);
	at += rows[0] || filter[0] ? 2 : 0;
	if (at + 4 < end)
		cell_put(grid, (struct place){ row, at, end - at - 1 }, true,
			 state->hint[0] ? STYLE_BOLD : STYLE_PLAIN, middle);
}

/* ---- the line that is typed */

/* Over what is in that line, if there is no line of its own. */
static void draw_typed(struct state *state, size_t row, const char *prompt, const char *text)
{
	struct grid *grid = &state->grid;
	size_t at = grid__put(grid, row, 0, grid->width, STYLE_BOLD, prompt);
	const size_t room = grid->width > at + 1 ? grid->width - at - 1 : 1;
	char rows[sizeof(state->hint)];

	/* Its end is what is seen. */
	while (fmt_width(text) > room) {
		text++;
		while (((unsigned char)*text & 0xc0) == 0x80)
			text++;
	}
	at = grid__put(grid, row, at, room, STYLE_PLAIN, text);
	grid->cursor = true;
	grid->cursor_row = row;
	grid->cursor_column = at < grid->width ? at : grid->width - 1;
	if (state->hint[0])
		snprintf(rows, sizeof(rows), "%s", state->hint);
	else
		format_rows(state, rows, sizeof(rows));
	if (at + fmt_width(rows) + 4 < grid->width)
		line_put_right(grid, row, STYLE_DIM, rows);
}

/* Of a list to pick from. */
static const char *prompt_of_list(const struct view *view)
{
	if (view->choice == ACTION_GUEST)
		return "VM with: ";
	return view->choice == ACTION_PID ? "pid with: " : "column with: ";
}

size_t bottom__height(size_t height)
{
	if (height < 6)
		return height == 5;
	return 2;
}

void bottom__draw(struct state *state, bool past)
{
	struct grid *grid = &state->grid;
	const size_t lines = bottom__height(grid->height);
	const size_t row = grid->height - (lines ? lines : 1);
	const struct view *view = state__view(state);
	char keys[512];

	if (state->input.kind != INPUT_NONE)
		draw_typed(state, row, input_prompt(state->input.kind, grid->width),
			   state->input.text);
	else if (view->ops->id == VIEW_PICK)
		draw_typed(state, row, prompt_of_list(view), view->typed);
	else if (lines)
		draw_help_line(state, past, row);
	if (lines < 2)
		return;
	keys_line(state__view(state)->ops->id,
		  !past			     ? KEYS_TIME_LIVE
		  : state->ctx.opts.recorded ? KEYS_TIME_RECORDED
					     : KEYS_TIME_PAST,
		  grid->width, keys, sizeof(keys));
	line_put(grid, grid->height - 1, STYLE_BOLD, keys);
}
