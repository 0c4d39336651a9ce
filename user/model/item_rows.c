// SPDX-License-Identifier: GPL-2.0
/* item_rows: which of a frame's items are wanted is found once, for all of its VMs. */
#include "item_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/cleanup.h"
#include "item_filter.h"
#include "frame.h"

struct item_rows {
	const struct frame *frame;
	bool *wanted; /* by item */
};

DEFINE_CLEANUP(rows, struct item_rows, item_rows__free)

static const struct item_defs *defs_of(const struct frame *frame)
{
	static const struct item_defs none;

	return frame->items ? frame->items->defs : &none;
}

static bool is_asked_for(const struct item_spec *spec, const struct item_def *def)
{
	bool source = def->source == ITEM_STATISTIC ? spec->stats : spec->tracepoints;

	return source && (!spec->filter || item_filter__matches(spec->filter, def->name));
}

/* A child brings its parent, also when children are left out. */
static void find_wanted(const struct item_defs *defs, const struct item_spec *spec, bool *wanted)
{
	for (size_t i = 0; i < defs->n; i++) {
		const struct item_def *def = defs->v[i];
		bool asked_for = is_asked_for(spec, def);

		wanted[i] |= asked_for && (!spec->no_children || !def->parent);
		if (asked_for && def->parent)
			wanted[def->parent->index] = true;
	}
}

int item_rows__new(const struct frame *frame, const struct item_spec *spec,
		   struct item_rows **ret_rows)
{
	__cleanup(cleanup_rows) struct item_rows *rows = calloc(1, sizeof(*rows));
	const struct item_defs *defs = defs_of(frame);

	if (!rows)
		return -ENOMEM;
	rows->frame = frame;
	rows->wanted = calloc(defs->n + 1, sizeof(*rows->wanted));
	if (!rows->wanted)
		return -ENOMEM;
	find_wanted(defs, spec, rows->wanted);
	*ret_rows = take_ptr(rows);
	return 0;
}

void item_rows__free(struct item_rows *rows)
{
	if (!rows)
		return;
	free(rows->wanted);
	free(rows);
}

const char *item_row__delta(const struct item_row *row, char buf[ITEM_DELTA_SIZE])
{
	if (row->kind == ITEM_GAUGE)
		snprintf(buf, ITEM_DELTA_SIZE, "%" PRId64, row->delta);
	else
		snprintf(buf, ITEM_DELTA_SIZE, "%" PRIu64, (uint64_t)row->delta);
	return buf;
}

static double rate_of(const struct frame *frame, const struct item_def *def, int64_t delta)
{
	const double by = def->kind == ITEM_GAUGE ? (double)delta : (double)(uint64_t)delta;

	return by / frame->interval_s;
}

static struct item_row row_of(const struct frame *frame, const struct item_count *count)
{
	const struct item_def *def = defs_of(frame)->v[count->def];

	return (struct item_row){
		.name = def->name,
		.parent = def->parent ? def->parent->name : NULL,
		.source = def->source,
		.kind = def->kind,
		.desc = def->desc,
		.total = count->total,
		.delta_valid = count->delta_valid,
		.unread = def->kind == ITEM_GAUGE && count->unread,
		.delta = count->delta,
		.rate = rate_of(frame, def, count->delta),
	};
}

/* Sorted by item, which is by name. */
static struct item_list list_of(const struct frame *frame, const struct frame_vm *vm,
				const struct frame_vcpu *vcpu)
{
	if (vcpu)
		return vcpu->items;
	if (vm)
		return vm->items;
	return frame->items ? frame->items->all : (struct item_list){ .n = 0 };
}

int item_rows__list(const struct item_rows *rows, const struct frame_vm *vm,
		    const struct frame_vcpu *vcpu, struct item_row **ret_list, size_t *ret_n)
{
	const struct item_list items = list_of(rows->frame, vm, vcpu);
	struct item_row *list = calloc(items.n + 1, sizeof(*list));
	size_t n = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < items.n; i++)
		if (rows->wanted[items.v[i].def])
			list[n++] = row_of(rows->frame, &items.v[i]);
	*ret_list = list;
	*ret_n = n;
	return 0;
}
