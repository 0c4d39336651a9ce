// SPDX-License-Identifier: GPL-2.0
#include "trends.h"

#include <math.h>
#include <string.h>

#include "../base/clock.h"
#include "../model/event_trail.h"
#include "../model/frame.h"
#include "../model/trail_reasons.h"
#include "../render/trend.h"
#include "list_draw.h"
#include "view.h"

struct trail_row trail_row_of(uint64_t vm_key, const uint32_t *vcpu)
{
	return (struct trail_row){ .kind = !vm_key ? TRAIL_HOST
					   : vcpu  ? TRAIL_VCPU
						   : TRAIL_VM,
				   .vm_key = vm_key,
				   .vcpu_id = vcpu ? *vcpu : 0 };
}

struct trail_row subject__trail_row(const struct subject *subject)
{
	return trail_row_of(subject->id.vm, subject->has_vcpu ? &subject->vcpu_id : NULL);
}

size_t trends_end(const struct view_ctx *ctx)
{
	return ctx->frame ? trail__count(ctx->trail, timespec_ns(&ctx->frame->wall)) : 0;
}

void trends_values(const struct view_ctx *ctx, const struct trail_row *row,
		   enum trail_measure measure, size_t n, double *ret_values)
{
	trail__values(ctx->trail, row, measure, trends_end(ctx), n, ret_values);
}

void trends_reason(const struct view_ctx *ctx, const struct trail_row *row,
		   const struct frame_reason *reason, size_t n, double *ret_values)
{
	const size_t end = trends_end(ctx);
	struct trail_reason at;

	for (size_t i = 0; i < n; i++)
		ret_values[i] = end + i >= n && trail__reason(ctx->trail, row, reason->isa,
							      reason->code, end + i - n, end, &at)
					? at.rate
					: NAN;
}

void trends_event(const struct view_ctx *ctx, const struct trail_row *row,
		  const struct event_id *event, size_t n, double *ret_values)
{
	const uint64_t end = trail__number(ctx->trail) + trends_end(ctx);

	/* Exits are kept for longer, and of all VMs. */
	if (event->kind == EVENT_TRACEPOINT && !strcmp(event->name, EVENT_EXIT))
		trends_values(ctx, row, TRAIL_EXITS, n, ret_values);
	else
		event_trail__values(ctx->events, row, event, end, n, ret_values);
}

/* The width of the column with trends; 0: it is not shown. */
static size_t width_of_trends(const struct list_drawing *drawing)
{
	for (size_t i = 0; i < drawing->def->n; i++)
		if (drawing->def->columns[i].kind == CELL_TREND && drawing->layout.shown[i])
			return drawing->layout.width[i] < TRENDS_MAX ? drawing->layout.width[i]
								     : TRENDS_MAX;
	return 0;
}

void trends_share_scale(struct list_drawing *drawing, size_t lines)
{
	const size_t n = width_of_trends(drawing);
	const struct list *list = drawing->list;
	double values[TRENDS_MAX], max = 0;

	if (!n)
		return;
	list__fit(drawing->list, lines);
	for (size_t i = list->top; i < list->n && i - list->top < lines; i++) {
		const struct list_row *row = &list->rows[i];
		const struct trail_row of = trail_row_of(row->vm ? row->vm->key : 0,
							 row->vcpu ? &row->vcpu->vcpu_id : NULL);
		double most;

		if (row->gone)
			continue;
		trends_values(drawing->ctx, &of, TRAIL_EXITS, n, values);
		most = trend_max(values, n);
		max = most > max ? most : max;
	}
	drawing->trend_max = max;
}

void trends_draw(const struct list_drawing *drawing, const struct list_row *row,
		 enum trail_measure measure, struct place place)
{
	const struct view_ctx *ctx = drawing->ctx;
	const struct trail_row about =
		trail_row_of(row->vm ? row->vm->key : 0, row->vcpu ? &row->vcpu->vcpu_id : NULL);
	const size_t n = place.width < TRENDS_MAX ? place.width : TRENDS_MAX;
	double values[TRENDS_MAX];

	if (row->reason)
		trends_reason(ctx, &about, row->reason, n, values);
	else
		trends_values(ctx, &about, measure, n, values);
	trend_put(ctx->grid, place, ctx->opts.glyphs, values, n,
		  row->reason ? -1 : drawing->trend_max);
}
