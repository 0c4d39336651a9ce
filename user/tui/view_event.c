// SPDX-License-Identifier: GPL-2.0
/* view_event: one event of KVM: how often it happened lately, and in which VMs and vCPUs, side by side. */
#include "view_event.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/event_value.h"
#include "../model/frame.h"
#include "../model/stats.h"
#include "../render/amount.h"
#include "event_chart.h"
#include "filter.h"
#include "list_draw.h"
#include "marks.h"
#include "scope_head.h"
#include "stacked.h"
#include "stat_meaning.h"
#include "subject.h"
#include "vcpu_list.h"

enum { LIST_VMS, LIST_VCPUS };

/* @VA_ARGS: what is known besides. */
#define COLUMNS_OF(...)                                                                            \
	{                                                                                          \
		LIST_CELL(MARK, "", 1, 1),                                                         \
			{ .title = "VM",                                                           \
			  .kind = CELL_OWN,                                                        \
			  .id = COLUMN_VM_LABEL,                                                   \
			  .no = 2,                                                                 \
			  .min = 8,                                                                \
			  .good = 14,                                                              \
			  .max = 24,                                                               \
			  .left = true,                                                            \
			  .help = "whose it is" },                                                 \
			__VA_ARGS__{ .title = "TOTAL",                                             \
				     .kind = CELL_OWN,                                             \
				     .id = COLUMN_TOTAL,                                           \
				     .no = 5,                                                      \
				     .min = 7,                                                     \
				     .help = "how often in all; of a value, what it is now" },     \
			LIST_CELL(OWN, "%", 4, 5,                                                  \
				  .help = "share of all that happened in this interval"),          \
		{                                                                                  \
			.title = "PER s", .kind = CELL_OWN, .id = COLUMN_PER_S, .no = 3, .min = 7, \
			.help = "how often per second, in this interval"                           \
		}                                                                                  \
	}

#define VCPU_COLUMN          \
	{ .title = "VCPU",   \
	  .kind = CELL_OWN,  \
	  .id = COLUMN_VCPU, \
	  .no = 2,           \
	  .min = 4,          \
	  .help = "KVM's number of the vCPU" },

static const struct list_column event_vm_columns[] = COLUMNS_OF();
static const struct list_column event_vcpu_columns[] = COLUMNS_OF(VCPU_COLUMN);

/* The last one. */
static const struct list_def lists[] = {
	[LIST_VMS] = { .name = "VMs",
		       .columns = event_vm_columns,
		       .n = ARRAY_SIZE(event_vm_columns),
		       .sort = ARRAY_SIZE(event_vm_columns) - 1 },
	[LIST_VCPUS] = { .name = "vCPUs",
			 .columns = event_vcpu_columns,
			 .n = ARRAY_SIZE(event_vcpu_columns),
			 .sort = ARRAY_SIZE(event_vcpu_columns) - 1 },
};

/* The gap between the two, and what each needs: else only the one with the keys is there. */
#define GAP 2
#define WIDTH_EACH 28
/* Of the chart: a header, bars, and the times. */
#define CHART_MIN 2
#define CHART_MAX 10

/* ---- rows */

struct own_row {
	struct event_ref ref;
	struct event_value value;
	bool share_known;
	double share_pct;
};

/* What a list is filled from. */
struct filling {
	const struct view_ctx *ctx;
	struct view *view;
	struct list *list;
	const struct list_column *columns; /* of that */
	struct event_ref ref;
	struct event_value all; /* of all rows of a list */
	struct own_row *own;
	size_t n, room;
};

static struct list_value value_of(const struct filling *filling, const struct list_row *row,
				  const struct event_value *value)
{
	const struct list_column *column = &filling->columns[filling->list->sort];
	struct list_value by;

	if (column->id == COLUMN_TOTAL)
		return (struct list_value){ .known = value->total_known,
					    .number = (double)value->total };
	if (column->id == COLUMN_PER_S)
		return (struct list_value){ .known = value->rate_known, .number = value->rate };
	list_column__value(column, filling->ctx->frame, row, &by);
	return by;
}

/* Words may be those that the event was found by. */
static bool is_wanted(const struct filling *filling, const struct frame_vm *vm,
		      const struct event_value *value)
{
	const struct filter *filter = filling->ctx->filter;
	const char *const texts[] = { filling->view->subject.event.name, vm->name, vm->comm };

	if (filter->vm_key && filter->vm_key != vm->key)
		return false;
	if (filter->findings && mark_of_vm(filling->ctx->frame, vm) == SEVERITY_NONE)
		return false;
	if (filter->no_idle && value->rate_known && !(value->rate > 0))
		return false;
	return filter__has_words(filter, texts, ARRAY_SIZE(texts));
}

static int add(struct filling *filling, const struct frame_vm *vm, const struct frame_vcpu *vcpu)
{
	struct own_row *own = &filling->own[filling->n];
	struct list_row row = {
		.id = { .vm = vm->key, .item = vcpu ? vcpu->vcpu_id + UINT64_C(1) : 0 },
		.kind = vcpu ? ROW_VCPU : ROW_VM,
		.vm = vm,
		.vcpu = vcpu,
		.own = own,
	};

	if (filling->n == filling->room)
		return 0;
	own->ref = filling->ref;
	event_ref__get(&filling->ref, vm, vcpu, &own->value);
	if (!own->value.total_known)
		return 0;
	own->share_known = own->value.rate_known && filling->all.rate_known &&
			   filling->all.rate > 0 && !filling->ref.gauge;
	own->share_pct = own->share_known ? 100 * own->value.rate / filling->all.rate : 0;
	filling->list->in_all++;
	if (!is_wanted(filling, vm, &own->value))
		return 0;
	filling->n++;
	row.value = value_of(filling, &row, &own->value);
	return list__add(filling->list, &row);
}

static int add_vm(struct filling *filling, const struct frame_vm *vm, bool vcpus)
{
	const struct subject *subject = &filling->view->subject;
	int err = 0;

	if (subject->id.vm && subject->id.vm != vm->key)
		return 0;
	if (!vcpus)
		return add(filling, vm, NULL);
	for (size_t i = 0; i < vm->n_vcpus && !err; i++)
		if (!subject->has_vcpu || subject->vcpu_id == vm->vcpus[i].vcpu_id)
			err = add(filling, vm, &vm->vcpus[i]);
	return err;
}

static size_t rows_of(const struct frame *frame, bool vcpus)
{
	size_t n = vcpus ? 0 : frame->n_vms;

	for (size_t i = 0; vcpus && i < frame->n_vms; i++)
		n += frame->vms[i].n_vcpus;
	return n;
}

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	const struct subject *subject = &view->subject;
	const struct frame *frame = ctx->frame;
	struct filling filling = { .ctx = ctx,
				   .view = view,
				   .list = &view->lists[i],
				   .columns = lists[i].columns,
				   .room = rows_of(frame, i == LIST_VCPUS) };
	const struct frame_vm *vm = subject__vm(ctx, subject);
	int err = 0;

	free(filling.list->store);
	filling.list->store = NULL;
	if (!event_ref__find(frame, &subject->event, &filling.ref) || (subject->id.vm && !vm))
		return 0;
	event_ref__get(&filling.ref, vm, NULL, &filling.all);
	filling.own = calloc(filling.room + 1, sizeof(*filling.own));
	if (!filling.own)
		return -ENOMEM;
	filling.list->store = filling.own;
	for (size_t j = 0; j < frame->n_vms && !err; j++)
		err = add_vm(&filling, &frame->vms[j], i == LIST_VCPUS);
	return err;
}

/* ---- drawing */

static void draw_own(const struct list_drawing *drawing, const struct list_row *row,
		     const struct list_column *column, struct place place, enum style style)
{
	const struct own_row *own = row->own;
	char text[4 * FMT_NAME_MAX] = FMT_UNKNOWN;

	if (column->id == COLUMN_VM_LABEL)
		vm_name(drawing->ctx, row->vm, text, sizeof(text));
	else if (column->id == COLUMN_VCPU && row->vcpu->vcpu_id != VCPU_ID_UNKNOWN)
		snprintf(text, sizeof(text), "%u", row->vcpu->vcpu_id);
	else if (column->id == COLUMN_TOTAL)
		amount_format(own->ref.desc, own->value.total, text, sizeof(text));
	else if (column->id == COLUMN_PER_S && own->value.rate_known)
		amount_format_rate(own->ref.desc, own->value.rate, text, sizeof(text));
	else if (column->id == COLUMN_MAX && own->share_known)
		fmt_pct(own->share_pct, text, sizeof(text));
	if (column->id == COLUMN_VM_LABEL)
		cut_middle(text, place.width);
	cell_put(drawing->ctx->grid, place, column->left, style, text);
}

static int draw_list(const struct view_ctx *ctx, struct view *view, size_t i, size_t first,
		     size_t width, struct area area)
{
	struct list_drawing drawing;

	list_drawing__init(&drawing, ctx, view, i, first, width);
	drawing.own = draw_own;
	list_draw__header(&drawing, area.row);
	if (!view->lists[i].in_all && area.height > 1)
		cell_put(ctx->grid, (struct place){ area.row + 1, first, width }, true, STYLE_DIM,
			 i == LIST_VCPUS ? " not known of single vCPUs" : " not known of VMs");
	return list_draw__rows(&drawing, (struct area){ area.row + 1, area.height - 1 });
}

static int draw_lists(const struct view_ctx *ctx, struct view *view, struct area area)
{
	const size_t width = ctx->grid->width, half = (width - GAP) / 2;

	if (half < WIDTH_EACH)
		return draw_list(ctx, view, view->at, 0, width, area);
	return draw_list(ctx, view, LIST_VMS, 0, half, area)
		       ?: draw_list(ctx, view, LIST_VCPUS, half + GAP, width - half - GAP, area);
}

/* "540k/s   16.1M in all   page faults KVM looked at" */
static void draw_now(const struct view_ctx *ctx, const struct subject *subject,
		     const struct event_ref *ref, size_t row)
{
	const char *meaning = ref->desc ? stat_meaning(ref->desc->name) : NULL;
	struct event_value value;
	char total[FMT_SIZE] = FMT_UNKNOWN, rate[FMT_SIZE] = FMT_UNKNOWN, text[256];

	event_ref__get(ref, subject__vm(ctx, subject), subject__vcpu(ctx, subject), &value);
	if (value.total_known)
		amount_format(ref->desc, value.total, total, sizeof(total));
	if (value.rate_known)
		amount_format_rate(ref->desc, value.rate, rate, sizeof(rate));
	if (ref->gauge)
		snprintf(text, sizeof(text), "%s now", total);
	else
		snprintf(text, sizeof(text), "%s/s   %s in all", rate, total);
	if (meaning)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "   %s", meaning);
	line_put(ctx->grid, row, STYLE_PLAIN, text);
}

/* The lists need most of a low screen. */
static size_t chart_height(const struct view_ctx *ctx, size_t lines)
{
	const size_t third = lines / 3;

	if (!ctx->trends || third < CHART_MIN)
		return 0;
	return third < CHART_MAX ? third : CHART_MAX;
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	const struct subject *subject = &view->subject;
	struct event_ref ref;
	size_t chart;

	if (!event_ref__find(ctx->frame, &subject->event, &ref)) {
		scope_head__absent(ctx, "event", area);
		return 0;
	}
	if (subject->id.vm && !subject__vm(ctx, subject)) {
		scope_head__absent(ctx, "VM", area);
		return 0;
	}
	if (area.height > 3) {
		draw_now(ctx, subject, &ref, area.row++);
		area.height--;
	}
	chart = chart_height(ctx, area.height);
	if (chart)
		event_chart__draw(ctx, subject, &ref, (struct area){ area.row, chart });
	return draw_lists(ctx, view, (struct area){ area.row + chart, area.height - chart });
}

/* In brackets, what counts it. */
static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	static const char *const by[] = {
		[EVENT_NONE] = "",
		[EVENT_TRACEPOINT] = "tracepoint",
		[EVENT_VM_STAT] = "statistic of VMs",
		[EVENT_VCPU_STAT] = "statistic of vCPUs",
		[EVENT_ITEM_TRACEPOINT] = "tracepoint",
		[EVENT_ITEM_STATISTIC] = "statistic",
	};

	(void)ctx;
	snprintf(buf, size, " (%s)", by[view->subject.event.kind]);
}

static bool open_row(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject)
{
	const struct list *list = &view->lists[view->at];
	const struct list_row *row = list__current(list);

	if (!row || row->gone)
		return false;
	*ret_id = row->vcpu ? VIEW_VCPU : VIEW_VM;
	if (row->vcpu)
		return vcpu_list__open(ctx, view, list, ret_subject);
	*ret_subject = (struct subject){ .id = row->id };
	vm_name(ctx, row->vm, ret_subject->name, sizeof(ret_subject->name));
	return true;
}

const struct view_ops view_event = {
	.id = VIEW_EVENT,
	.name = "event",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
	.open = open_row,
	.hint = stacked_hint,
};
