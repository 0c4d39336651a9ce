// SPDX-License-Identifier: GPL-2.0
#include "list_draw.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "../render/cell.h"
#include "marks.h"
#include "subject.h"

uint64_t list_hidden(const struct view_ctx *ctx, const struct list_def *def,
		     const struct list *list)
{
	uint64_t hidden = list->off;

	for (size_t i = 0; i < def->n; i++)
		if ((def->columns[i].kind == CELL_WHY &&
		     !(ctx->frame && marks_known(ctx->frame))) ||
		    (def->columns[i].kind == CELL_TREND && !ctx->trends))
			hidden |= UINT64_C(1) << i;
	return hidden;
}

void list_drawing__init(struct list_drawing *drawing, const struct view_ctx *ctx, struct view *view,
			size_t i, size_t first, size_t width)
{
	*drawing = (struct list_drawing){ .ctx = ctx,
					  .def = &view->ops->lists[i],
					  .list = &view->lists[i],
					  .active = view->at == i,
					  .trend_max = -1 };
	drawing->list->header_row = 0;
	drawing->list->first_row = 0;
	drawing->list->first_column = first;
	drawing->list->width = width;
	list_layout__fit(drawing->def, drawing->list, list_hidden(ctx, drawing->def, drawing->list),
			 first, width, ctx->grid->width, &drawing->layout);
}

/* ---- the header */

/* What the user has chosen may be another column of the registry. */
static enum column_id column_shown(const struct view_ctx *ctx, enum column_id id)
{
	static const enum column_id exits[UNITS_MAX] = { COLUMN_EXITS_PER_S, COLUMN_EXITS,
							 COLUMN_EXITS_TOTAL };
	static const enum column_id user[UNITS_MAX] = { COLUMN_USER_EXITS_PER_S, COLUMN_USER_EXITS,
							COLUMN_USER_EXITS_TOTAL };
	static const enum column_id other[UNITS_MAX] = { COLUMN_PER_S, COLUMN_DELTA, COLUMN_TOTAL };

	if (id == COLUMN_EXITS_PER_S)
		return exits[ctx->units];
	if (id == COLUMN_USER_EXITS_PER_S)
		return user[ctx->units];
	return id == COLUMN_PER_S ? other[ctx->units] : id;
}

/* "EXITS/s", "EXITS", "EXITS": a rate that is shown as something else loses its unit. */
static void title_of(const struct view_ctx *ctx, const struct list_column *column, char *buf,
		     size_t size)
{
	char *unit;

	snprintf(buf, size, "%s", list_column__title(column));
	unit = strstr(buf, "/s");
	if (unit && column->id < COLUMN_MAX && column_shown(ctx, column->id) != column->id)
		*unit = '\0';
}

/* "EXITS" of "EXITS/s", "DELAY" of "DELAY%". */
static void cut_unit(char *title)
{
	const size_t len = strlen(title);

	if (len > 1 && title[len - 1] == '%')
		title[len - 1] = '\0';
	else if (len > 2 && !strcmp(title + len - 2, "/s"))
		title[len - 2] = '\0';
}

static void draw_title(const struct list_drawing *drawing, size_t row, size_t i)
{
	const struct list_column *column = &drawing->def->columns[i];
	const struct list *list = drawing->list;
	const bool sorted = list->sort == i && list_column__sorts(column);
	struct place place = { row, drawing->layout.at[i], drawing->layout.width[i] };
	char title[64];

	title_of(drawing->ctx, column, title, sizeof(title) - 4);
	/* Without room for the mark the unit gives way, or else it is in the gap behind the column. */
	if (sorted && !column->left && fmt_width(title) >= place.width) {
		cut_unit(title);
		place.width += fmt_width(title) >= place.width;
	}
	if (sorted)
		strcat(title, glyph_sort(drawing->ctx->opts.glyphs,
					 list_column__ascends(column) != list->reversed));
	cell_put(drawing->ctx->grid, place, column->left || column->kind != CELL_VALUE,
		 sorted || !drawing->active ? STYLE_BOLD : STYLE_PLAIN, title);
}

void list_draw__header(const struct list_drawing *drawing, size_t row)
{
	drawing->list->header_row = row;
	for (size_t i = 0; i < drawing->def->n; i++)
		if (drawing->layout.shown[i])
			draw_title(drawing, row, i);
	/* Of several lists only the one with the keys. */
	if (drawing->active)
		grid__reverse(drawing->ctx->grid, row, drawing->list->first_column,
			      drawing->list->width);
}

/* ---- rows */

static enum severity mark_of(const struct list_drawing *drawing, const struct list_row *row)
{
	const struct finding *finding =
		row->below && row->vcpu ? mark_vcpu_finding(drawing->ctx->frame, row->vcpu) : NULL;

	if (row->kind == ROW_VM && row->vm)
		return mark_of_vm(drawing->ctx->frame, row->vm);
	return finding ? finding->severity : SEVERITY_NONE;
}

static void draw_mark(const struct list_drawing *drawing, const struct list_row *row,
		      struct place place, bool selected)
{
	const enum severity mark = row->gone ? SEVERITY_NONE : mark_of(drawing, row);
	const bool ended = row->gone || (row->vm && row->vm->ended);

	if (selected)
		grid__put(drawing->ctx->grid, place.row, place.column, 1, STYLE_BOLD, ">");
	grid__put(drawing->ctx->grid, place.row, place.column + 1, 1,
		  ended ? STYLE_DIM : mark_style(mark), ended ? "-" : mark_text(mark));
}

/* Rates have three digits and a unit here, so that fewer cells change. */
static char *cell_text(const struct list_drawing *drawing, const struct list_row *row,
		       enum column_id id)
{
	const enum fmt_escape escape = glyphs_escape(drawing->ctx->opts.glyphs);
	struct column_value value;
	struct row registry;
	char buf[32];

	if (row->below && id == COLUMN_VM_LABEL) {
		vcpu_label(row->vcpu->vcpu_id, buf);
		return strdup(buf);
	}
	if (row->below && id == COLUMN_PID)
		id = COLUMN_TID;
	id = column_shown(drawing->ctx, id);
	list_row__registry(row, drawing->ctx->frame, &registry);
	if (registry_column(id)->unit != UNIT_PER_S)
		return cell_format(id, &registry, escape, FMT_UNKNOWN);
	registry_get(id, &registry, &value);
	if (value.type == VALUE_UNKNOWN)
		return strdup(FMT_UNKNOWN);
	return strdup(short_rate(registry_number(&value), buf, sizeof(buf)));
}

static void cut(const struct list_column *column, char *text, size_t width)
{
	if (column->id == COLUMN_VM_LABEL)
		cut_name(text, width);
	else
		cut_middle(text, width);
}

static int draw_value(const struct list_drawing *drawing, const struct list_row *row,
		      const struct list_column *column, struct place place, enum style style)
{
	__autofree char *text = NULL;

	/* What only what it is below has. */
	if (row->below && !(registry_column(column->id)->rows & ROW_BIT(row->kind)))
		return 0;
	text = cell_text(drawing, row, column->id);
	if (!text)
		return -ENOMEM;
	if (column->left) {
		const size_t indent = row->indent < place.width ? row->indent : 0;

		place.column += indent;
		place.width -= indent;
		cut(column, text, place.width);
	}
	if (!strcmp(text, FMT_UNKNOWN))
		style = STYLE_DIM;
	if (!column->blank || strcmp(text, FMT_UNKNOWN) != 0)
		cell_put(drawing->ctx->grid, place, column->left, style, text);
	return 0;
}

static void draw_bar(const struct list_drawing *drawing, const struct list_row *row,
		     struct place place)
{
	if (row->vcpu)
		bar_put(drawing->ctx->grid, place, drawing->ctx->opts.glyphs, &row->vcpu->shares);
	else if (row->vm)
		bar_put(drawing->ctx->grid, place, drawing->ctx->opts.glyphs, &row->vm->shares);
}

static void draw_why(const struct list_drawing *drawing, const struct list_row *row,
		     struct place place, enum style style)
{
	const struct view_ctx *ctx = drawing->ctx;
	const struct finding *finding =
		row->below && row->vcpu ? mark_vcpu_finding(ctx->frame, row->vcpu) : NULL;
	char why[WHY_SIZE] = "";

	if (!row->vm)
		return;
	if (finding)
		fmt_escape(glyphs_escape(ctx->opts.glyphs), finding->text, strlen(finding->text),
			   why, sizeof(why));
	else if (!row->below)
		mark_why(ctx->frame, row->vm, place.width, glyphs_escape(ctx->opts.glyphs), why);
	cell_put(ctx->grid, place, true, style, why);
}

static int draw_cell(const struct list_drawing *drawing, const struct list_row *row, size_t i,
		     struct place place, enum style style)
{
	const struct list_column *column = &drawing->def->columns[i];

	switch (column->kind) {
	case CELL_VALUE:
		return draw_value(drawing, row, column, place, style);
	case CELL_BAR:
		draw_bar(drawing, row, place);
		break;
	case CELL_WHY:
		draw_why(drawing, row, place, style);
		break;
	default:
		if (drawing->own)
			drawing->own(drawing, row, column, place, style);
	}
	return 0;
}

/* Of a row that the frame does not have: its name, and how long ago it ended. */
static void draw_gone_cell(const struct list_drawing *drawing, const struct list_row *row, size_t i,
			   struct place place)
{
	const struct list_column *column = &drawing->def->columns[i];
	const uint64_t now_ns = drawing->ctx->now_ns, since_ns = row->gone->since_ns;
	char text[512];

	snprintf(text, sizeof(text), "%s", FMT_UNKNOWN);
	if (column->kind == CELL_VALUE && column->left)
		snprintf(text, sizeof(text), "%s", row->gone->label);
	else if (column->kind == CELL_WHY && row->gone->stays)
		text[0] = '\0';
	else if (column->kind == CELL_WHY)
		snprintf(text, sizeof(text), "ended %llu s ago",
			 (unsigned long long)(now_ns > since_ns ? now_ns - since_ns : 0) /
				 1000000000);
	else if (column->kind != CELL_VALUE)
		return;
	if (column->kind == CELL_VALUE && column->left)
		cut(column, text, place.width);
	cell_put(drawing->ctx->grid, place, column->left || column->kind == CELL_WHY, STYLE_DIM,
		 text);
}

static int draw_row(const struct list_drawing *drawing, const struct list_row *row, size_t at,
		    bool selected)
{
	const enum style style = row->vm && row->vm->ended ? STYLE_DIM : STYLE_PLAIN;
	int err = 0;

	for (size_t i = 0; i < drawing->def->n && !err; i++) {
		const struct place place = { at, drawing->layout.at[i], drawing->layout.width[i] };

		if (!drawing->layout.shown[i])
			continue;
		if (drawing->def->columns[i].kind == CELL_MARK)
			draw_mark(drawing, row, place, selected);
		else if (row->gone)
			draw_gone_cell(drawing, row, i, place);
		else
			err = draw_cell(drawing, row, i, place, style);
	}
	if (selected)
		grid__reverse(drawing->ctx->grid, at, drawing->list->first_column,
			      drawing->list->width);
	return err;
}

/* For those who hear the screen read out. */
static void put_cursor(struct grid *grid, size_t row)
{
	grid->cursor = true;
	grid->cursor_row = row;
	grid->cursor_column = 0;
}

int list_draw__rows(const struct list_drawing *drawing, struct area area)
{
	struct list *list = drawing->list;
	int err = 0;

	list__fit(list, area.height);
	list->first_row = area.row;
	for (size_t i = 0; i < area.height && list->top + i < list->n && !err; i++) {
		const bool selected =
			drawing->active && list->selected && list->top + i == list->at;

		err = draw_row(drawing, &list->rows[list->top + i], area.row + i, selected);
		if (selected && drawing->ctx->opts.cursor_on_selection)
			put_cursor(drawing->ctx->grid, area.row + i);
	}
	return err;
}
