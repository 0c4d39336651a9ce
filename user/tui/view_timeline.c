// SPDX-License-Identifier: GPL-2.0
/* view_timeline: when each VM had findings: a strip of marks over the time that is kept. */
#include "view_timeline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../model/frame.h"
#include "../model/trail.h"
#include "cells.h"
#include "clock_text.h"
#include "filter.h"
#include "host_findings.h"
#include "list_draw.h"
#include "marks.h"
#include "stacked.h"
#include "subject.h"
#include "trends.h"

enum { AT_MARK, AT_NAME, AT_LOST, AT_STRIP, N_COLUMNS };

static const struct list_column columns[N_COLUMNS] = {
	[AT_MARK] = LIST_CELL(MARK, "", 1, 2),
	[AT_NAME] = LIST_VALUE(VM_LABEL, 2, 8, .good = 14, .max = 24, .left = true,
			       .help = "the VM's name, or pid and name of its VMM"),
	[AT_LOST] = LIST_VALUE(LOST_CPUS, 4, 5, .help = "CPUs it would have used and did not get"),
	[AT_STRIP] = LIST_CELL(OWN, "", 3, 10, .good = 60, .max = 250, .left = true),
};

static const struct list_def lists[] = {
	{ .name = "timeline",
	  .columns = columns,
	  .n = N_COLUMNS,
	  .sort = AT_LOST,
	  .kind = LIST_KIND_TIMELINE },
};

/* From so many lines on there is one on all VMs. */
#define HEIGHT_FINDINGS 6

/* Of a strip. */
#define CELLS_MAX 256

/* No mark: fine; not there; not known. */
enum { CELL_FINE, CELL_ABSENT = 100, CELL_UNKNOWN };

/* The time that strips are about. */
struct span {
	int64_t first_ns, last_ns;
	size_t first, end; /* its moments */
};

static struct span span_of(const struct view_ctx *ctx)
{
	const size_t count = trail__count(ctx->trail, INT64_MAX);
	struct span span = { .end = count };

	if (!count)
		return span;
	span.first_ns = trail__moment(ctx->trail, 0).wall_ns;
	span.last_ns = trail__moment(ctx->trail, count - 1).wall_ns;
	if (ctx->time.has_past && ctx->time.first_ns > span.first_ns &&
	    ctx->time.first_ns < span.last_ns) {
		span.first_ns = ctx->time.first_ns;
		span.first = trail__count(ctx->trail, span.first_ns - 1);
	}
	return span;
}

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	struct list *list = &view->lists[i];
	const struct frame *frame = ctx->frame;
	int err = 0;

	for (size_t j = 0; j < frame->n_vms && !err; j++) {
		struct list_row row = { .id = { .vm = frame->vms[j].key },
					.kind = ROW_VM,
					.vm = &frame->vms[j] };

		if (view->subject.id.vm && view->subject.id.vm != row.id.vm)
			continue;
		list->in_all++;
		if (!filter__wants_vm(ctx->filter, frame, row.vm, true))
			continue;
		list_column__value(&columns[list->sort], frame, &row, &row.value);
		err = list__add(list, &row);
	}
	return err;
}

/* Which of @n cells a moment is in. */
static size_t cell_of(const struct span *span, int64_t wall_ns, size_t n)
{
	const double all = (double)span->last_ns - (double)span->first_ns;
	const double at = all > 0 ? ((double)wall_ns - (double)span->first_ns) / all : 1;

	if (!(at > 0))
		return 0;
	return at >= 1 ? n - 1 : (size_t)(at * (double)n);
}

/* The one that a moment begins in. */
static size_t first_cell(const struct span *span, const struct trail_moment *moment, size_t n)
{
	return cell_of(span, moment->wall_ns - (int64_t)((double)moment->interval_s * 1e9), n);
}

/* How much a mark says, if several fall into one cell. */
static int rank_of(uint8_t cell)
{
	return cell == CELL_UNKNOWN ? 0 : cell == CELL_ABSENT ? 1 : 2 + cell;
}

static void find_cells(const struct view_ctx *ctx, uint64_t vm_key, size_t n, uint8_t *ret)
{
	const struct span span = span_of(ctx);

	memset(ret, CELL_UNKNOWN, n);
	for (size_t i = span.first; i < span.end; i++) {
		const struct trail_moment moment = trail__moment(ctx->trail, i);
		const int mark = trail__mark(ctx->trail, i, span.end, vm_key);
		const uint8_t value = mark == TRAIL_ABSENT    ? CELL_ABSENT
				      : mark == TRAIL_UNKNOWN ? CELL_UNKNOWN
							      : (uint8_t)mark;

		/* All cells that it is of. */
		for (size_t cell = first_cell(&span, &moment, n),
			    last = cell_of(&span, moment.wall_ns, n);
		     cell <= last && !moment.gap; cell++)
			if (rank_of(value) > rank_of(ret[cell]))
				ret[cell] = value;
	}
}

static void draw_own(const struct list_drawing *drawing, const struct list_row *row,
		     const struct list_column *column, struct place place, enum style style)
{
	struct grid *grid = drawing->ctx->grid;
	uint8_t cells[CELLS_MAX];
	const size_t n = place.width < sizeof(cells) ? place.width : sizeof(cells);

	(void)column;
	(void)style;
	find_cells(drawing->ctx, row->vm->key, n, cells);
	for (size_t i = 0; i < n; i++) {
		if (cells[i] == CELL_FINE)
			grid__put(grid, place.row, place.column + i, 1, STYLE_DIM, ".");
		else if (cells[i] < CELL_ABSENT)
			grid__put(grid, place.row, place.column + i, 1, mark_style(cells[i]),
				  mark_text(cells[i]));
		/* Where it was not there, and where that is not known, is nothing. */
	}
}

/* In the header, above the strips: from when to when, and where the frame is. */
static void draw_times(const struct view_ctx *ctx, const struct list_drawing *drawing, size_t row)
{
	const size_t at = drawing->layout.at[AT_STRIP], n = drawing->layout.width[AT_STRIP];
	const struct span span = span_of(ctx);
	char clock[CLOCK_TEXT];

	if (!drawing->layout.shown[AT_STRIP] || n < 20 || !span.end)
		return;
	clock_text(span.first_ns, clock);
	grid__put(ctx->grid, row, at, 8, STYLE_PLAIN, clock);
	clock_text(span.last_ns, clock);
	cell_put(ctx->grid, (struct place){ row, at, n }, false, STYLE_PLAIN, clock);
	if (ctx->time.mode != SCREEN_LIVE)
		grid__put(ctx->grid, row, at + cell_of(&span, timespec_ns(&ctx->frame->wall), n), 1,
			  STYLE_BOLD, "#");
	grid__reverse(ctx->grid, row, 0, ctx->grid->width);
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	struct list_drawing drawing;

	if (area.height >= HEIGHT_FINDINGS && marks_known(ctx->frame)) {
		if (host_findings__draw(ctx, area.row))
			return -ENOMEM;
		area.row++;
		area.height--;
	}
	list_drawing__init(&drawing, ctx, view, 0, 0, ctx->grid->width);
	drawing.own = draw_own;
	list_draw__header(&drawing, area.row);
	draw_times(ctx, &drawing, area.row);
	return list_draw__rows(&drawing, (struct area){ area.row + 1, area.height - 1 });
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	(void)view;
	snprintf(buf, size, "   timeline%s",
		 ctx->frame && marks_known(ctx->frame) ? "" : ": findings are not known");
}

static void hint(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	(void)view;
	snprintf(buf, size, ". fine ? look ! act   Enter: the VM %s",
		 ctx->time.mode == SCREEN_LIVE ? "at its last mark" : "at this time");
}

static bool open_row(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject)
{
	const struct list_row *row = list__current(&view->lists[0]);

	if (!row || row->gone)
		return false;
	*ret_id = VIEW_VM;
	*ret_subject = (struct subject){ .id = row->id };
	vm_name(ctx, row->vm, ret_subject->name, sizeof(ret_subject->name));
	return true;
}

/* The newest moment of cell @cell of @n with the worst mark of the VM; 0: nothing is known of it. */
static int64_t moment_in(const struct view_ctx *ctx, uint64_t vm_key, size_t cell, size_t n)
{
	const struct span span = span_of(ctx);
	int worst = TRAIL_UNKNOWN;
	int64_t wall_ns = 0;

	for (size_t i = span.first; i < span.end; i++) {
		const struct trail_moment moment = trail__moment(ctx->trail, i);
		const int mark = trail__mark(ctx->trail, i, span.end, vm_key);

		if (moment.gap || mark < worst || first_cell(&span, &moment, n) > cell ||
		    cell_of(&span, moment.wall_ns, n) < cell)
			continue;
		worst = mark;
		wall_ns = moment.wall_ns;
	}
	return wall_ns;
}

/* When it last had a finding; 0: it has one now, or never had. */
static int64_t last_found(const struct view_ctx *ctx, uint64_t vm_key)
{
	const struct span span = span_of(ctx);

	for (size_t i = span.end; i-- > span.first;)
		if (trail__mark(ctx->trail, i, span.end, vm_key) > SEVERITY_NONE)
			return i + 1 == span.end ? 0 : trail__moment(ctx->trail, i).wall_ns;
	return 0;
}

/* That of the cell that was clicked. By key: of the past the frame that is shown, else when it last had a finding. */
static int64_t when(const struct view_ctx *ctx, const struct view *view, size_t clicked)
{
	const struct list *list = &view->lists[0];
	const struct list_row *row = list__current(list);
	struct list_layout layout;
	size_t at, n;

	list_layout__fit(&lists[0], list, list_hidden(ctx, &lists[0], list), list->first_column,
			 list->width, ctx->grid->width, &layout);
	at = layout.at[AT_STRIP];
	n = layout.width[AT_STRIP] < CELLS_MAX ? layout.width[AT_STRIP] : CELLS_MAX;
	if (layout.shown[AT_STRIP] && clicked >= at && clicked - at < n)
		return moment_in(ctx, row->id.vm, clicked - at, n);
	return ctx->time.mode == SCREEN_LIVE ? last_found(ctx, row->id.vm) : 0;
}

const struct view_ops view_timeline = {
	.id = VIEW_TIMELINE,
	.name = "timeline",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
	.open = open_row,
	.when = when,
	.hint = hint,
};
