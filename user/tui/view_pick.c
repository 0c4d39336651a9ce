// SPDX-License-Identifier: GPL-2.0
/* view_pick: a list to pick one thing from; what is typed makes it shorter. */
#include "view_pick.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "cells.h"
#include "grid.h"
#include "list_draw.h"
#include "subject.h"

/* The registry's column is not shown: it says that texts ascend. */
static const struct list_column columns[] = {
	LIST_CELL(MARK, "", 1, 2),
	{ .title = "",
	  .kind = CELL_OWN,
	  .id = COLUMN_VM_LABEL,
	  .no = 2,
	  .min = 20,
	  .max = 200,
	  .left = true,
	  .unsorted = true },
};

#define NAME 1

static const struct list_def lists[] = {
	{ .columns = columns, .n = ARRAY_SIZE(columns), .sort = NAME },
};

/* ---- what there is to choose from */

static const struct list_def *columns_of(const struct view *view)
{
	return &view->below->ops->lists[view->below->at];
}

static const char *column_state(const struct view_ctx *ctx, const struct view *view, size_t i)
{
	const struct list_def *def = columns_of(view);
	const struct list *list = &view->below->lists[view->below->at];
	struct list_layout layout;

	if (list->off & (UINT64_C(1) << i))
		return "off";
	list_layout__fit(def, list, list_hidden(ctx, def, list), 0, ctx->grid->width,
			 ctx->grid->width, &layout);
	if (layout.shown[i])
		return "shown";
	for (size_t j = 0; j < def->n; j++)
		if (layout.shown[j] && def->columns[j].instead == def->columns[i].no)
			return "in parts";
	return list_hidden(ctx, def, list) & (UINT64_C(1) << i) ? "nothing to show" : "no room";
}

static void column_text(const struct view_ctx *ctx, const struct view *view, size_t i, char *buf,
			size_t size)
{
	const struct list_column *column = &columns_of(view)->columns[i];
	const char *state = column_state(ctx, view, i);

	if (view->choice == ACTION_COLUMNS)
		snprintf(buf, size, "[%c] %-12s %-15s %s", strcmp(state, "off") != 0 ? 'x' : ' ',
			 list_column__title(column), state, list_column__help(column));
	else
		snprintf(buf, size, "%-12s %s", list_column__title(column),
			 list_column__help(column));
}

static void vm_text(const struct view_ctx *ctx, const struct view *view, const struct frame_vm *vm,
		    char *buf, size_t size)
{
	char name[SUBJECT_NAME], tag[VM_ID_SIZE];

	if (view->choice == ACTION_PID) {
		frame__vm_tag(ctx->frame, vm->pid, vm->id, tag);
		vm_plain_name(ctx, vm, name, sizeof(name));
		snprintf(buf, size, "%7s  %s", tag, name);
		return;
	}
	vm_name(ctx, vm, name, sizeof(name));
	if (vm->name && *vm->name)
		snprintf(buf, size, "%s  (pid %d)", name, (int)vm->pid);
	else /* which begins with the pid */
		snprintf(buf, size, "%s", name);
}

static void row_text(const struct view_ctx *ctx, const struct view *view,
		     const struct list_row *row, char *buf, size_t size)
{
	if (row->vm)
		vm_text(ctx, view, row->vm, buf, size);
	else
		column_text(ctx, view, row->id.item - 1, buf, size);
}

static int add(const struct view_ctx *ctx, struct view *view, const struct list_row *row)
{
	char text[512];

	view->lists[0].in_all++;
	row_text(ctx, view, row, text, sizeof(text));
	return strcasestr(text, view->typed) ? list__add(&view->lists[0], row) : 0;
}

static int fill_vms(const struct view_ctx *ctx, struct view *view)
{
	int err = 0;

	for (size_t i = 0; i < ctx->frame->n_vms && !err; i++) {
		const struct frame_vm *vm = &ctx->frame->vms[i];
		struct list_row row = { .id = { .vm = vm->key }, .kind = ROW_VM, .vm = vm };

		list_column__value(&columns[NAME], ctx->frame, &row, &row.value);
		if (view->choice == ACTION_PID)
			row.value.text = NULL;
		err = add(ctx, view, &row);
	}
	return err;
}

static int fill_columns(const struct view_ctx *ctx, struct view *view)
{
	const struct list_def *def = columns_of(view);
	const struct list *list = &view->below->lists[view->below->at];
	int err = 0;

	for (size_t place = 0; place < def->n && !err; place++) {
		const size_t i = list__column_at(list, place);
		const struct list_column *column = &def->columns[i];
		const struct list_row row = {
			.id = { .item = i + 1 },
			.value = { .known = true, .number = (double)place, .exact = true },
		};
		const bool sortable = list_column__sorts(column);

		if (*list_column__title(column) && (sortable || view->choice == ACTION_COLUMNS))
			err = add(ctx, view, &row);
	}
	return err;
}

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	(void)i;
	if (view->choice == ACTION_GUEST || view->choice == ACTION_PID)
		return fill_vms(ctx, view);
	return fill_columns(ctx, view);
}

/* ---- drawing */

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	(void)ctx;
	if (view->choice == ACTION_GUEST || view->choice == ACTION_PID)
		snprintf(buf, size, "  only one VM: which?");
	else if (view->choice == ACTION_COLUMNS)
		snprintf(buf, size, "  columns: Space on or off, < > move");
	else
		snprintf(buf, size, "  sort by which column?");
}

/* The view whose columns they are, or the text of the row. */
struct pick_drawing {
	struct list_drawing drawing;
	const struct view *view;
};

static void draw_own(const struct list_drawing *drawing, const struct list_row *row,
		     const struct list_column *column, struct place place, enum style style)
{
	const struct pick_drawing *pick = (const struct pick_drawing *)drawing;
	char text[512];

	(void)column;
	row_text(drawing->ctx, pick->view, row, text, sizeof(text));
	cell_put(drawing->ctx->grid, place, true, style, text);
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	struct pick_drawing pick = { .view = view };

	list_drawing__init(&pick.drawing, ctx, view, 0, 0, ctx->grid->width);
	pick.drawing.own = draw_own;
	return list_draw__rows(&pick.drawing, area);
}

const struct view_ops view_pick = {
	.id = VIEW_PICK,
	.name = "choice",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
};
