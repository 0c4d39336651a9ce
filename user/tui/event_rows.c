// SPDX-License-Identifier: GPL-2.0
#include "event_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "../model/item_rows.h"
#include "cells.h"
#include "view.h"

DEFINE_CLEANUP(item_rows, struct item_rows, item_rows__free)

static int append(struct event_rows *rows, const struct event_row *row)
{
	if (rows->n == rows->room) {
		const size_t room = rows->room ? 2 * rows->room : 64;
		struct event_row *v = reallocarray(rows->v, room, sizeof(*v));

		if (!v)
			return -ENOMEM;
		rows->v = v;
		rows->room = room;
	}
	rows->v[rows->n++] = *row;
	return 0;
}

struct event_id event_row__id(const struct event_row *row)
{
	struct event_id id = { .kind = row->kind };

	snprintf(id.name, sizeof(id.name), "%s", row->event);
	return id;
}

/* ---- from what the event view has counted */

static size_t index_of(const struct event_rows *rows, size_t first, const char *name)
{
	for (size_t i = first; i < rows->n; i++)
		if (!strcmp(rows->v[i].name, name))
			return i;
	return SIZE_MAX;
}

static int add_item(const struct view_ctx *ctx, struct event_rows *rows, size_t first,
		    const struct item_row *item, struct event_row row)
{
	if (!item->total && !item->delta && !ctx->zeros) {
		rows->zero++;
		return 0;
	}
	snprintf(row.name, sizeof(row.name), "%s", item->name);
	row.event = item->name;
	row.kind = item->source == ITEM_STATISTIC ? EVENT_ITEM_STATISTIC : EVENT_ITEM_TRACEPOINT;
	row.parent = item->parent ? index_of(rows, first, item->parent) : SIZE_MAX;
	row.total_known = !item->unread;
	row.total = item->total;
	row.rate_known = item->delta_valid;
	row.rate = item->rate;
	row.is_count = item->kind == ITEM_COUNT;
	row.origin = item->source;
	row.desc = item->desc;
	return append(rows, &row);
}

/* Parents first, so that children find them. */
static int add_items(const struct view_ctx *ctx, const struct event_row *scope,
		     struct event_rows *rows)
{
	const struct item_spec spec = { .stats = true,
					.tracepoints = true,
					.no_children = !ctx->children };
	struct item_rows *items __cleanup(cleanup_item_rows) = NULL;
	__autofree struct item_row *list = NULL;
	const size_t first = rows->n;
	size_t n = 0;
	int err = item_rows__new(ctx->frame, &spec, &items)
			  ?: item_rows__list(items, scope->vm, scope->vcpu, &list, &n);

	for (unsigned int children = 0; children < 2; children++)
		for (size_t i = 0; i < n && !err; i++)
			if (!list[i].parent == !children)
				err = add_item(ctx, rows, first, &list[i], *scope);
	return err;
}

/* ---- from the frame */

/* The name is escaped. */
static int add_counter(const struct view_ctx *ctx, struct event_rows *rows, const char *name,
		       const struct counter *counter, struct event_row row)
{
	if (!counter->total && !ctx->zeros) {
		rows->zero++;
		return 0;
	}
	snprintf(row.name, sizeof(row.name), "%s", name);
	row.kind = EVENT_TRACEPOINT;
	row.total_known = row.is_count = true;
	row.total = counter->total;
	row.rate_known = counter->delta_valid;
	row.rate = counter->rate;
	return append(rows, &row);
}

/* "kvm_exit(hlt)" */
static int add_children(const struct view_ctx *ctx, struct event_rows *rows, size_t first,
			const char *parent, const struct frame_reasons *reasons,
			struct event_row row)
{
	int err = 0;

	row.parent = index_of(rows, first, parent);
	if (row.parent == SIZE_MAX || !ctx->children)
		return 0;
	for (size_t i = 0; i < reasons->n && !err; i++) {
		char reason[EVENT_NAME / 2], name[EVENT_NAME];

		row.reason = &reasons->v[i];
		fmt_escape(glyphs_escape(ctx->opts.glyphs), row.reason->name,
			   strlen(row.reason->name), reason, sizeof(reason));
		snprintf(name, sizeof(name), "%s(%s)", parent, reason);
		err = add_counter(ctx, rows, name, &row.reason->count, row);
	}
	return err;
}

static struct counter sum_of(const struct frame_reasons *reasons)
{
	struct counter sum = { .delta_valid = true };

	for (size_t i = 0; i < reasons->n; i++) {
		sum.total += reasons->v[i].count.total;
		sum.delta += reasons->v[i].count.delta;
		sum.rate += reasons->v[i].count.rate;
		sum.delta_valid = sum.delta_valid && reasons->v[i].count.delta_valid;
	}
	return sum;
}

/* A tracepoint. */
static int add_event(const struct view_ctx *ctx, struct event_rows *rows, const char *event,
		     const struct counter *counter, struct event_row row)
{
	char name[EVENT_NAME];

	row.event = event;
	fmt_escape(FMT_ESCAPE_ASCII, event, strlen(event), name, sizeof(name));
	return add_counter(ctx, rows, name, counter, row);
}

/* Without them, the two whose reasons are always counted. */
static int add_tracepoints(const struct view_ctx *ctx, struct event_rows *rows,
			   const struct event_row *scope,
			   const struct frame_tracepoints *tracepoints, const struct counter *exits,
			   const struct frame_reasons *user_exits)
{
	const struct event_names *names = ctx->frame->event_names;
	const struct counter user = sum_of(user_exits);
	int err = 0;

	if (!tracepoints->valid || !names)
		return add_event(ctx, rows, EVENT_EXIT, exits, *scope)
			       ?: add_event(ctx, rows, EVENT_USER_EXIT, &user, *scope);
	for (size_t i = 0; i < tracepoints->n && !err; i++)
		err = add_event(ctx, rows, names->v[i], &tracepoints->v[i], *scope);
	return err;
}

static int add_frame(const struct view_ctx *ctx, const struct event_row *scope,
		     struct event_rows *rows)
{
	const struct frame *frame = ctx->frame;
	const struct frame_vm *vm = scope->vm;
	const struct frame_vcpu *vcpu = scope->vcpu;
	const struct frame_reasons *reasons = vcpu ? &vcpu->reasons
					      : vm ? &vm->reasons
						   : &frame->reasons;
	const struct frame_reasons *user = vcpu ? &vcpu->user_exits
					   : vm ? &vm->user_exits
						: &frame->user_exits;
	const size_t first = rows->n;

	return add_tracepoints(ctx, rows, scope,
			       vcpu ? &vcpu->tracepoints :
			       vm   ? &vm->tracepoints :
				      &frame->tracepoints,
			       vcpu ? &vcpu->exits :
			       vm   ? &vm->exits :
				      &frame->exits,
			       user) ?:
	       add_children(ctx, rows, first, EVENT_EXIT, reasons, *scope) ?:
	       add_children(ctx, rows, first, EVENT_USER_EXIT, user, *scope);
}

/* ---- both */

/* Shares of those from @first on, which are of one scope. */
static void set_shares(struct event_rows *rows, size_t first)
{
	double sums[2] = { 0 };

	for (size_t i = first; i < rows->n; i++)
		if (rows->v[i].parent == SIZE_MAX && rows->v[i].is_count)
			sums[rows->v[i].origin & 1] += (double)rows->v[i].total;
	for (size_t i = first; i < rows->n; i++) {
		struct event_row *row = &rows->v[i];
		const double whole = row->parent == SIZE_MAX ? sums[row->origin & 1]
							     : (double)rows->v[row->parent].total;

		row->share_known = row->is_count && row->total_known && whole > 0;
		if (row->share_known)
			row->share_pct = 100 * (double)row->total / whole;
	}
}

int event_rows__add(const struct view_ctx *ctx, const struct frame_vm *vm,
		    const struct frame_vcpu *vcpu, struct event_rows *rows)
{
	const struct event_row scope = { .parent = SIZE_MAX, .vm = vm, .vcpu = vcpu };
	const size_t first = rows->n;
	int err = ctx->frame->items ? add_items(ctx, &scope, rows) : add_frame(ctx, &scope, rows);

	if (!err)
		set_shares(rows, first);
	return err;
}

/* ---- the order */

struct sorting {
	const struct event_rows *rows;
	enum column_id by;
	bool reversed;
};

static int compare_values(const struct sorting *sorting, size_t a, size_t b)
{
	const struct event_row *x = &sorting->rows->v[a], *y = &sorting->rows->v[b];
	double by_x = sorting->by == COLUMN_TOTAL ? (double)x->total : x->rate;
	double by_y = sorting->by == COLUMN_TOTAL ? (double)y->total : y->rate;
	int order = 0;

	/* What is no count comes last in any case, as its unit is another one. */
	if (x->is_count != y->is_count)
		return x->is_count ? -1 : 1;
	if (sorting->by == COLUMN_NAME)
		order = strcmp(x->name, y->name);
	else
		order = (by_y > by_x) - (by_y < by_x);
	if (sorting->reversed)
		order = -order;
	return order ? order : strcmp(x->name, y->name) ?: (a > b) - (a < b);
}

/* A VM or a vCPU: by their place in the frame. */
static int compare_scopes(const struct event_row *a, const struct event_row *b)
{
	if (a->vm != b->vm)
		return a->vm > b->vm ? 1 : -1;
	return (a->vcpu > b->vcpu) - (a->vcpu < b->vcpu);
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct sorting *sorting = arg;
	const struct event_row *v = sorting->rows->v;
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;
	const size_t root_x = v[x].parent == SIZE_MAX ? x : v[x].parent;
	const size_t root_y = v[y].parent == SIZE_MAX ? y : v[y].parent;
	int order = compare_scopes(&v[x], &v[y]);

	if (order)
		return order;
	if (root_x != root_y)
		return compare_values(sorting, root_x, root_y);
	if (x == root_x || y == root_y)
		return x == root_x ? (y == root_y ? 0 : -1) : 1;
	return compare_values(sorting, x, y);
}

void event_rows__order(const struct event_rows *rows, enum column_id by, bool reversed,
		       size_t *ret_order)
{
	struct sorting sorting = { rows, by, reversed };

	for (size_t i = 0; i < rows->n; i++)
		ret_order[i] = i;
	qsort_r(ret_order, rows->n, sizeof(*ret_order), compare, &sorting);
}
