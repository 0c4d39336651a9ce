// SPDX-License-Identifier: GPL-2.0
/* view_stats: KVM's own statistics, of all VMs or of each, and what they mean. */
#include "view_stats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "../model/query.h"
#include "../model/stats.h"
#include "../model/stats_rows.h"
#include "../render/amount.h"
#include "cells.h"
#include "filter.h"
#include "list_draw.h"
#include "stat_meaning.h"
#include "subject.h"

enum { AT_MARK, AT_VM, AT_VCPU, AT_NAME, AT_TOTAL, AT_RATE, AT_VALUE, AT_MEANING, N_COLUMNS };

static const struct list_column columns[N_COLUMNS] = {
	[AT_MARK] = LIST_CELL(MARK, "", 1, 1),
	[AT_VM] = LIST_CELL(OWN, "VM", 6, 8, .good = 14, .max = 24, .left = true, .by_view = true,
			    .help = "whose it is, while b shows them by VM or by vCPU"),
	[AT_VCPU] =
		LIST_CELL(OWN, "VCPU", 7, 4, .by_view = true, .help = "KVM's number of the vCPU"),
	[AT_NAME] = { .title = "STATISTIC",
		      .kind = CELL_OWN,
		      .id = COLUMN_NAME,
		      .no = 2,
		      .min = 12,
		      .good = 26,
		      .max = 32,
		      .left = true,
		      .help = "the kernel's name of the statistic" },
	[AT_TOTAL] = { .title = "TOTAL",
		       .kind = CELL_OWN,
		       .id = COLUMN_TOTAL,
		       .no = 4,
		       .min = 7,
		       .help = "since the VM began" },
	[AT_RATE] = { .title = "PER s",
		      .kind = CELL_OWN,
		      .id = COLUMN_PER_S,
		      .no = 3,
		      .min = 7,
		      .help = "by how much it grew per second, in this interval" },
	[AT_VALUE] = { .title = "VALUE",
		       .kind = CELL_OWN,
		       .id = COLUMN_VALUE,
		       .no = 5,
		       .min = 7,
		       .help = "what it is now, or the most that it was" },
	[AT_MEANING] = LIST_CELL(OWN, "MEANING", 8, 16, .good = 27, .max = 60, .left = true,
				 .help = "what it counts, as far as kvmtop knows it"),
};

static const struct list_def lists[] = {
	{ .name = "statistics",
	  .columns = columns,
	  .n = N_COLUMNS,
	  .sort = AT_RATE,
	  .kind = LIST_KIND_STATS },
};

/* What rows of the list point to. */
struct own_rows {
	struct stats_row *v;
	size_t n;
};

/* A scope whose statistics are one row each: all VMs, a VM or a vCPU. */
struct scope {
	const struct frame_vm *vm;
	const struct frame_vcpu *vcpu;
};

/* ---- rows */

static int add_vm(struct stats_rows *rows, const struct frame_vm *vm, double interval_s)
{
	return stats_rows__add(rows, &vm->stats, interval_s)
		       ?: stats_rows__add(rows, &vm->vcpu_stats, interval_s);
}

static bool is_of(const struct view_ctx *ctx, const struct view *view, const struct frame_vm *vm)
{
	const uint64_t subject = view->subject.id.vm, chosen = ctx->filter->vm_key;

	return (!subject || subject == vm->key) && (!chosen || chosen == vm->key);
}

static int add_scope(const struct view_ctx *ctx, const struct view *view, struct scope scope,
		     struct stats_rows *rows)
{
	const struct frame *frame = ctx->frame;
	int err = 0;

	if (scope.vcpu)
		return stats_rows__add(rows, &scope.vcpu->stats, frame->interval_s);
	for (size_t i = 0; i < frame->n_vms && !err; i++)
		if (scope.vm ? scope.vm == &frame->vms[i] : is_of(ctx, view, &frame->vms[i]))
			err = add_vm(rows, &frame->vms[i], frame->interval_s);
	return err;
}

/* By what rows are sorted now. */
static struct list_value value_of(const struct stats_row *row, enum column_id by)
{
	if (by == COLUMN_NAME)
		return (struct list_value){ .known = true, .text = row->desc->name };
	if (by == COLUMN_VALUE)
		return (struct list_value){ .known = row->gauge, .number = (double)row->value };
	if (by == COLUMN_TOTAL)
		return (struct list_value){ .known = !row->gauge,
					    .number = (double)row->count.total };
	return (struct list_value){ .known = !row->gauge && row->count.delta_valid,
				    .number = row->count.rate };
}

static bool is_wanted(const struct view_ctx *ctx, const struct stats_row *row, struct scope scope)
{
	const struct filter *filter = ctx->filter;
	const char *const texts[] = { row->desc->name, stat_meaning(row->desc->name),
				      scope.vm ? scope.vm->name : NULL };

	return filter__wants_name(filter, row->desc->name) &&
	       filter__has_words(filter, texts, ARRAY_SIZE(texts));
}

/* Which statistic it is, in all frames: its place in the kernel's order, first the VM's, then the vCPUs'. */
static uint64_t number_of(const struct frame *frame, const struct stat_desc *desc)
{
	const struct stat_layout *layouts[] = { frame->vm_layout, frame->vcpu_layout };
	uint64_t number = 0;

	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
		for (size_t j = 0; layouts[i] && j < layouts[i]->n; j++, number++)
			if (&layouts[i]->v[j] == desc)
				return number;
	return number;
}

/* Puts the rows of a scope at the end of @own; the list's rows get their places when all are there. */
static int take(struct own_rows *own, const struct stats_rows *rows)
{
	struct stats_row *v = reallocarray(own->v, own->n + rows->n + 1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	own->v = v;
	for (size_t i = 0; i < rows->n; i++)
		own->v[own->n++] = rows->v[i];
	return 0;
}

static int list_scope(const struct view_ctx *ctx, struct view *view, size_t i, struct scope scope,
		      struct own_rows *own)
{
	static const struct query all = { .top = 0 };
	struct list *list = &view->lists[i];
	struct stats_rows rows = { .keep_zero = ctx->zeros };
	const size_t first = own->n;
	int err = add_scope(ctx, view, scope, &rows) ?:
		  stats_rows__finish(&rows, &all) ?:
		  take(own, &rows);

	list->zero += rows.zero;
	stats_rows__release(&rows);
	for (size_t j = first; j < own->n && !err; j++) {
		const struct stats_row *stat = &own->v[j];
		/* The index for now: the array may move. */
		const struct list_row row = {
			.id = { .vm = scope.vm ? scope.vm->key : 0,
				.item = scope.vcpu ? scope.vcpu->vcpu_id + UINT64_C(1) : 0,
				.sub = number_of(ctx->frame, stat->desc) },
			.kind = scope.vcpu ? ROW_VCPU_STAT : ROW_VM_STAT,
			.vm = scope.vm,
			.vcpu = scope.vcpu,
			.scope_exits = j,
			.value = value_of(stat, columns[list->sort].id),
		};

		list->in_all++;
		if (is_wanted(ctx, stat, scope))
			err = list__add(list, &row);
	}
	return err;
}

static int list_scopes(const struct view_ctx *ctx, struct view *view, size_t i,
		       struct own_rows *own)
{
	int err = 0;

	if (!ctx->by)
		return list_scope(ctx, view, i,
				  (struct scope){ .vm = subject__vm(ctx, &view->subject) }, own);
	for (size_t j = 0; j < ctx->frame->n_vms && !err; j++) {
		const struct frame_vm *vm = &ctx->frame->vms[j];

		if (!is_of(ctx, view, vm))
			continue;
		if (ctx->by == 1)
			err = list_scope(ctx, view, i, (struct scope){ .vm = vm }, own);
		for (size_t k = 0; ctx->by > 1 && k < vm->n_vcpus && !err; k++)
			err = list_scope(ctx, view, i, (struct scope){ vm, &vm->vcpus[k] }, own);
	}
	return err;
}

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	const uint64_t vm = UINT64_C(1) << AT_VM, vcpu = UINT64_C(1) << AT_VCPU;
	struct list *list = &view->lists[i];
	struct own_rows own = { .n = 0 };
	int err = 0;

	/* Columns that say the same in all rows are not there. */
	list->off &= ~(vm | vcpu);
	list->off |= (ctx->by < 1 ? vm : 0) | (ctx->by < 2 ? vcpu : 0);
	if (!view->subject.id.vm || subject__vm(ctx, &view->subject))
		err = list_scopes(ctx, view, i, &own);
	free(list->store);
	list->store = own.v;
	for (size_t j = 0; j < list->n; j++)
		list->rows[j].own = &own.v[list->rows[j].scope_exits];
	return err;
}

/* ---- drawing */

static void format_cell(const struct list_drawing *drawing, const struct list_row *row,
			size_t column, char *text, size_t size)
{
	const struct stats_row *stat = row->own;
	const char *meaning = stat_meaning(stat->desc->name);

	*text = '\0';
	if (column == AT_VM && row->vm)
		vm_name(drawing->ctx, row->vm, text, size);
	else if (column == AT_VCPU && row->vcpu && row->vcpu->vcpu_id != VCPU_ID_UNKNOWN)
		snprintf(text, size, "%u", row->vcpu->vcpu_id);
	else if (column == AT_NAME)
		snprintf(text, size, "%s", stat->desc->name);
	else if (column == AT_MEANING && meaning)
		snprintf(text, size, "%s", meaning);
	else if (column == AT_VALUE && stat->gauge)
		amount_format(stat->desc, stat->value, text, size);
	else if (column == AT_TOTAL && !stat->gauge)
		amount_format(stat->desc, stat->count.total, text, size);
	else if (column == AT_RATE && !stat->gauge && !stat->count.delta_valid)
		snprintf(text, size, "%s", FMT_UNKNOWN);
	else if (column == AT_RATE && !stat->gauge)
		amount_format_rate(stat->desc, stat->count.rate, text, size);
}

static void draw_own(const struct list_drawing *drawing, const struct list_row *row,
		     const struct list_column *column, struct place place, enum style style)
{
	char text[4 * FMT_NAME_MAX];

	format_cell(drawing, row, (size_t)(column - columns), text, sizeof(text));
	if (column == &columns[AT_VM])
		cut_name(text, place.width);
	cell_put(drawing->ctx->grid, place, column->left, style, text);
}

/* Why there are none. */
static void draw_none(const struct view_ctx *ctx, size_t row)
{
	const struct source_state *source = &ctx->frame->sources[SOURCE_STATS];
	char why[200] = "", text[256];

	if (source->error)
		fmt_escape(glyphs_escape(ctx->opts.glyphs), source->error, strlen(source->error),
			   why, sizeof(why));
	if (!source->used)
		snprintf(text, sizeof(text), " Statistics of KVM are not read: -d asks for them.");
	else
		snprintf(text, sizeof(text), " No statistics of KVM are known%s%s",
			 why[0] ? ": " : " in this interval.", why);
	grid__put(ctx->grid, row, 0, ctx->grid->width, STYLE_DIM, text);
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	struct list_drawing drawing;

	if (!view->lists[0].in_all && area.height > 1) {
		draw_none(ctx, area.row + 1);
		return 0;
	}
	list_drawing__init(&drawing, ctx, view, 0, 0, ctx->grid->width);
	drawing.own = draw_own;
	list_draw__header(&drawing, area.row);
	return list_draw__rows(&drawing, (struct area){ area.row + 1, area.height - 1 });
}

/* How they were read: of the first VM that has any. */
static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	enum stats_source source = STATS_NONE;

	for (size_t i = 0; ctx->frame && i < ctx->frame->n_vms && source == STATS_NONE; i++)
		if (is_of(ctx, view, &ctx->frame->vms[i]))
			source = ctx->frame->vms[i].stats.source;
	snprintf(buf, size, "   KVM statistics%s%s%s", source ? " (" : "",
		 source ? stats_source_name(source) : "", source ? ")" : "");
}

static bool open_row(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject)
{
	const struct list_row *row = list__current(&view->lists[0]);
	const struct stats_row *stat = row ? row->own : NULL;
	const struct stat_layout *of_vms = ctx->frame->vm_layout;
	bool of_vm;

	if (!stat)
		return false;
	of_vm = of_vms && stat->desc >= of_vms->v && stat->desc < of_vms->v + of_vms->n;
	*ret_id = VIEW_EVENT;
	*ret_subject = view->subject;
	if (row->vm)
		ret_subject->id = (struct row_id){ .vm = row->vm->key };
	ret_subject->has_vcpu |= row->vcpu != NULL;
	if (row->vcpu)
		ret_subject->vcpu_id = row->vcpu->vcpu_id;
	ret_subject->event.kind = of_vm ? EVENT_VM_STAT : EVENT_VCPU_STAT;
	snprintf(ret_subject->event.name, sizeof(ret_subject->event.name), "%s", stat->desc->name);
	subject__path(ctx, &view->subject, row->vm, row->vcpu, stat->desc->name, ret_subject->name,
		      sizeof(ret_subject->name));
	return true;
}

static void hint(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	(void)ctx;
	if (view->lists[0].zero)
		snprintf(buf, size, "%zu are zero: z shows them, V verifies them",
			 view->lists[0].zero);
	else
		snprintf(buf, size, "V compares them with what kvmtop counts");
}

const struct view_ops view_stats = {
	.id = VIEW_STATS,
	.name = "statistics",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
	.open = open_row,
	.hint = hint,
};
