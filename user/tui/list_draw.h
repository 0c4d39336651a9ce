/* SPDX-License-Identifier: GPL-2.0 */
/*
 * list_draw: draws a list: its header and the rows that are seen. Pure.
 */
#ifndef KVMTOP_TUI_LIST_DRAW_H
#define KVMTOP_TUI_LIST_DRAW_H

#include <stddef.h>

#include "cells.h"
#include "list_columns.h"
#include "view.h"

struct list_drawing {
	const struct view_ctx *ctx;
	const struct list_def *def;
	struct list *list;
	bool active; /* it has the keys: its selection is shown */
	struct list_layout layout;
	double trend_max; /* of all trends; below 0: each row has its own */
	/* Draws CELL_TREND and CELL_OWN of rows that are there; NULL: there are none. */
	void (*own)(const struct list_drawing *drawing, const struct list_row *row,
		    const struct list_column *column, struct place place, enum style style);
};

/* Bits of the columns that are not shown, whatever room there is. */
uint64_t list_hidden(const struct view_ctx *ctx, const struct list_def *def,
		     const struct list *list);

/* For list @i of @view, over @width columns from @first on. */
void list_drawing__init(struct list_drawing *drawing, const struct view_ctx *ctx, struct view *view,
			size_t i, size_t first, size_t width);

/* The titles, in line @row. */
void list_draw__header(const struct list_drawing *drawing, size_t row);

/* The rows that there is room for in @area. 0 or -ENOMEM. */
int list_draw__rows(const struct list_drawing *drawing, struct area area);

#endif
