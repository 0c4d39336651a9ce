// SPDX-License-Identifier: GPL-2.0
/* view_events: what kvm_stat shows: how often each event of KVM happens, in all VMs or in each. */
#include "view_events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "../render/amount.h"
#include "event_rows.h"
#include "filter.h"
#include "list_draw.h"
#include "stacked.h"
#include "subject.h"
#include "trends.h"

enum { AT_MARK, AT_VM, AT_VCPU, AT_EVENT, AT_TOTAL, AT_SHARE, AT_RATE, AT_TREND, N_COLUMNS };

static const struct list_column columns[N_COLUMNS] = {
	[AT_MARK] = LIST_CELL(MARK, "", 1, 1),
	[AT_VM] = LIST_CELL(OWN, "VM", 5, 8, .good = 14, .max = 24, .left = true, .by_view = true,
			    .help = "whose it is, while b shows them by VM or by vCPU"),
	[AT_VCPU] =
		LIST_CELL(OWN, "VCPU", 6, 4, .by_view = true, .help = "KVM's number of the vCPU"),
	[AT_EVENT] = { .title = "Event",
		       .kind = CELL_OWN,
		       .id = COLUMN_NAME,
		       .no = 2,
		       .min = 12,
		       .good = 36,
		       .max = 60,
		       .left = true,
		       .help = "name of the event" },
	[AT_TOTAL] = { .title = "Total",
		       .kind = CELL_OWN,
		       .id = COLUMN_TOTAL,
		       .no = 4,
		       .min = 7,
		       .help = "how often in all" },
	[AT_SHARE] =
		LIST_CELL(OWN, "%Total", 5, 6,
			  .help = "share of all events of its source; of a child, of its parent"),
	[AT_RATE] = { .title = "CurAvg/s",
		      .kind = CELL_OWN,
		      .id = COLUMN_PER_S,
		      .no = 3,
		      .min = 9,
		      .help = "how often per second, in this interval" },
	[AT_TREND] = LIST_CELL(
		TREND, "Trend", 7, 10, .good = 16, .max = 60, .left = true,
		.help = "how often per second in the last frames, each row by its own maximum"),
};

static const struct list_def lists[] = {
	{ .name = "events",
	  .columns = columns,
	  .n = N_COLUMNS,
	  .sort = AT_RATE,
	  .kind = LIST_KIND_EVENTS },
};

/* ---- rows */

static int collect(const struct view_ctx *ctx, const struct view *view, struct event_rows *rows)
{
	const struct frame_vm *only = subject__vm(ctx, &view->subject);
	int err = 0;

	if (view->subject.id.vm && !only)
		return 0;
	if (!ctx->by && !ctx->filter->vm_key)
		return event_rows__add(ctx, only, NULL, rows);
	for (size_t i = 0; i < ctx->frame->n_vms && !err; i++) {
		const struct frame_vm *vm = &ctx->frame->vms[i];

		if ((only && vm != only) || (ctx->filter->vm_key && ctx->filter->vm_key != vm->key))
			continue;
		if (ctx->by < 2)
			err = event_rows__add(ctx, vm, NULL, rows);
		for (size_t j = 0; ctx->by == 2 && j < vm->n_vcpus && !err; j++)
			err = event_rows__add(ctx, vm, &vm->vcpus[j], rows);
	}
	return err;
}

static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

/* The list has one value by which it sorts. Here it is the place that the row is to have, so that children stay below their parents. */
static double value_of(size_t place, size_t n, bool ascending)
{
	return (double)(ascending ? place : n - place);
}

static bool is_wanted(const struct filter *filter, const struct event_row *event)
{
	const char *const texts[] = { event->name, event->vm ? event->vm->name : NULL };

	return filter__wants_name(filter, event->name) &&
	       filter__has_words(filter, texts, ARRAY_SIZE(texts));
}

/* A child brings its parent. */
static void choose(const struct filter *filter, const struct event_rows *rows, bool *ret_wanted)
{
	for (size_t i = 0; i < rows->n; i++) {
		if (!is_wanted(filter, &rows->v[i]))
			continue;
		ret_wanted[i] = true;
		if (rows->v[i].parent != SIZE_MAX)
			ret_wanted[rows->v[i].parent] = true;
	}
}

static struct list_row row_of(const struct event_row *event)
{
	return (struct list_row){
		.id = { .vm = event->vm ? event->vm->key : 0,
			.item = event->vcpu ? event->vcpu->vcpu_id + UINT64_C(1) : 0,
			.sub = hash_of(event->name) ^ event->origin },
		.kind = ROW_EVENT,
		.vm = event->vm,
		.vcpu = event->vcpu,
		.reason = event->reason,
		.own = event,
		.indent = event->parent == SIZE_MAX ? 0 : 2,
	};
}

static int add_rows(const struct view_ctx *ctx, struct list *list, const struct event_rows *rows)
{
	const bool ascending = list_column__ascends(&columns[list->sort]) != list->reversed;
	__autofree size_t *order = calloc(rows->n + 1, sizeof(*order));
	__autofree bool *wanted = calloc(rows->n + 1, sizeof(*wanted));
	int err = order && wanted ? 0 : -ENOMEM;

	if (err)
		return err;
	event_rows__order(rows, columns[list->sort].id, list->reversed, order);
	choose(ctx->filter, rows, wanted);
	for (size_t i = 0; i < rows->n && !err; i++) {
		struct list_row row = row_of(&rows->v[order[i]]);

		row.value.known = row.value.exact = true;
		row.value.number = value_of(i, rows->n, ascending);
		if (wanted[order[i]])
			err = list__add(list, &row);
	}
	return err;
}

/* Columns that say the same in all rows are not there. */
static void hide_scopes(const struct view_ctx *ctx, struct list *list)
{
	const uint64_t vm = UINT64_C(1) << AT_VM, vcpu = UINT64_C(1) << AT_VCPU;

	list->off &= ~(vm | vcpu);
	list->off |= (ctx->by < 1 ? vm : 0) | (ctx->by < 2 ? vcpu : 0);
}

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	struct list *list = &view->lists[i];
	struct event_rows rows = { .n = 0 };
	int err = collect(ctx, view, &rows);

	free(list->store);
	list->store = rows.v;
	hide_scopes(ctx, list);
	list->in_all = rows.n;
	list->zero = rows.zero;
	return err ? err : add_rows(ctx, list, &rows);
}

/* ---- drawing */

static void put_text(const struct list_drawing *drawing, const struct list_row *row,
		     struct place place, enum style style, size_t column)
{
	const struct event_row *event = row->own;
	char text[4 * FMT_NAME_MAX] = FMT_UNKNOWN;

	if (column == AT_VM && event->vm)
		vm_name(drawing->ctx, event->vm, text, sizeof(text));
	else if (column == AT_VCPU && event->vcpu && event->vcpu->vcpu_id != VCPU_ID_UNKNOWN)
		snprintf(text, sizeof(text), "%u", event->vcpu->vcpu_id);
	else if (column == AT_EVENT)
		snprintf(text, sizeof(text), "%*s%s", (int)row->indent, "", event->name);
	else if (column == AT_TOTAL && event->total_known)
		amount_format(event->desc, event->total, text, sizeof(text));
	else if (column == AT_SHARE && event->share_known)
		fmt_pct(event->share_pct, text, sizeof(text));
	else if (column == AT_RATE && event->rate_known)
		amount_format_rate(event->desc, event->rate, text, sizeof(text));
	if (column == AT_VM)
		cut_name(text, place.width);
	cell_put(drawing->ctx->grid, place, drawing->def->columns[column].left, style, text);
}

static void draw_trend(const struct view_ctx *ctx, const struct event_row *event,
		       struct place place)
{
	const struct trail_row of = trail_row_of(event->vm ? event->vm->key : 0,
						 event->vcpu ? &event->vcpu->vcpu_id : NULL);
	const struct event_id id = event_row__id(event);
	const size_t n = place.width < TRENDS_MAX ? place.width : TRENDS_MAX;
	double values[TRENDS_MAX];

	trends_event(ctx, &of, &id, n, values);
	trend_put(ctx->grid, place, ctx->opts.glyphs, values, n, -1);
}

static void draw_own(const struct list_drawing *drawing, const struct list_row *row,
		     const struct list_column *column, struct place place, enum style style)
{
	const struct event_row *event = row->own;
	const size_t at = (size_t)(column - columns);

	if (at != AT_TREND)
		put_text(drawing, row, place, style, at);
	else if (event->reason)
		trends_draw(drawing, row, TRAIL_EXITS, place);
	else
		draw_trend(drawing->ctx, event, place);
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	struct list_drawing drawing;

	list_drawing__init(&drawing, ctx, view, 0, 0, ctx->grid->width);
	drawing.own = draw_own;
	list_draw__header(&drawing, area.row);
	return list_draw__rows(&drawing, (struct area){ area.row + 1, area.height - 1 });
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	static const char *const by[] = { "", ", by VM", ", by vCPU" };

	snprintf(buf, size, "   events%s%s", view->subject.id.vm ? "" : " of all VMs",
		 by[ctx->by < ARRAY_SIZE(by) ? ctx->by : 0]);
}

static void hint(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	if (ctx->frame && !ctx->frame->items && !ctx->frame->tracepoints.valid)
		snprintf(buf, size, "d counts each tracepoint");
	else if (view->lists[0].zero)
		snprintf(buf, size, "%zu never happened: z shows them", view->lists[0].zero);
	else
		stacked_hint(ctx, view, buf, size);
}

/* Of a child the exit reason that it counts, else the event. */
static bool open_row(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject)
{
	const struct list_row *row = list__current(&view->lists[0]);
	const struct event_row *event = row ? row->own : NULL;
	char name[SUBJECT_NAME];

	if (!event || !(event->reason || event->event))
		return false;
	*ret_id = event->reason ? VIEW_REASON : VIEW_EVENT;
	*ret_subject = view->subject;
	if (row->vm)
		ret_subject->id = (struct row_id){ .vm = row->vm->key };
	ret_subject->has_vcpu |= row->vcpu != NULL;
	if (row->vcpu)
		ret_subject->vcpu_id = row->vcpu->vcpu_id;
	snprintf(name, sizeof(name), "%.*s", SUBJECT_NAME - 1, event->name);
	if (event->reason)
		fmt_escape(glyphs_escape(ctx->opts.glyphs), event->reason->name,
			   strlen(event->reason->name), name, sizeof(name));
	ret_subject->has_reason = event->reason;
	ret_subject->isa = event->reason ? event->reason->isa : 0;
	ret_subject->code = event->reason ? event->reason->code : 0;
	if (event->event)
		ret_subject->event = event_row__id(event);
	subject__path(ctx, &view->subject, row->vm, row->vcpu, name, ret_subject->name,
		      sizeof(ret_subject->name));
	return true;
}

const struct view_ops view_events = {
	.id = VIEW_EVENTS,
	.name = "events",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
	.open = open_row,
	.hint = hint,
};
