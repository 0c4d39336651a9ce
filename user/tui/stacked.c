// SPDX-License-Identifier: GPL-2.0
#include "stacked.h"

#include <stdio.h>
#include <string.h>

#include "list_draw.h"
#include "trends.h"

/* Of a list that is worth its header. */
#define LINES_MIN 3

static size_t least(size_t rows)
{
	return rows + 1 < LINES_MIN ? rows + 1 : LINES_MIN;
}

size_t stacked_share(size_t lines, const size_t *rows, size_t n, size_t at, size_t *ret_heights)
{
	size_t needed = 0;

	for (size_t i = 0; i < n; i++)
		needed += least(rows[i]);
	if (needed > lines) {
		memset(ret_heights, 0, n * sizeof(*ret_heights));
		ret_heights[at] = rows[at] + 1 < lines ? rows[at] + 1 : lines;
		return lines - ret_heights[at];
	}
	for (size_t i = 0; i < n; i++)
		ret_heights[i] = least(rows[i]);
	lines -= needed;
	/* One by one, those that still need some. */
	for (bool any = true; lines && any;) {
		any = false;
		for (size_t i = 0; i < n && lines; i++) {
			if (ret_heights[i] > rows[i])
				continue;
			ret_heights[i]++;
			lines--;
			any = true;
		}
	}
	return lines;
}

static void draw_own(const struct list_drawing *drawing, const struct list_row *row,
		     const struct list_column *column, struct place place, enum style style)
{
	(void)style;
	if (column->kind == CELL_TREND)
		trends_draw(drawing, row, TRAIL_EXITS, place);
}

static int draw_list(const struct view_ctx *ctx, struct view *view, size_t i, struct area area)
{
	struct list_drawing drawing;

	list_drawing__init(&drawing, ctx, view, i, 0, ctx->grid->width);
	drawing.own = draw_own;
	if (drawing.def->kind == LIST_KIND_VCPUS_OF_VM)
		trends_share_scale(&drawing, area.height - 1);
	list_draw__header(&drawing, area.row);
	return list_draw__rows(&drawing, (struct area){ area.row + 1, area.height - 1 });
}

int stacked_draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	size_t rows[VIEW_LISTS] = { 0 }, heights[VIEW_LISTS] = { 0 };
	int err = 0;

	for (size_t i = 0; i < view->ops->n_lists; i++)
		rows[i] = view->lists[i].n;
	stacked_share(area.height, rows, view->ops->n_lists, view->at, heights);
	for (size_t i = 0; i < view->ops->n_lists && !err; i++) {
		if (!heights[i])
			continue;
		err = draw_list(ctx, view, i, (struct area){ area.row, heights[i] });
		area.row += heights[i];
	}
	return err;
}

void stacked_hint(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	const struct list_def *def = &view->ops->lists[view->at];
	const struct list *list = &view->lists[view->at];
	const struct list_column *column = &def->columns[list->sort];

	(void)ctx;
	snprintf(buf, size, "%s: %s", list_column__title(column), list_column__help(column));
}
