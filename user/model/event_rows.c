// SPDX-License-Identifier: GPL-2.0
/* event_rows: which of a frame's events are wanted is found once, for all of its VMs. */
#include "event_rows.h"

#include <errno.h>
#include <stdlib.h>

#include "../base/cleanup.h"
#include "event_filter.h"
#include "frame.h"

struct event_rows {
	const struct frame *frame;
	bool *wanted; /* by event */
};

DEFINE_CLEANUP(rows, struct event_rows, event_rows__free)

static const struct event_defs *defs_of(const struct frame *frame)
{
	static const struct event_defs none;

	return frame->events ? frame->events->defs : &none;
}

static bool is_asked_for(const struct event_spec *spec, const struct event_def *def)
{
	bool source = def->source == EVENT_STATISTIC ? spec->stats : spec->tracepoints;

	return source && (!spec->filter || event_filter__matches(spec->filter, def->name));
}

/* A child brings its parent, also when children are left out. */
static void find_wanted(const struct event_defs *defs, const struct event_spec *spec, bool *wanted)
{
	for (size_t i = 0; i < defs->n; i++) {
		const struct event_def *def = defs->v[i];
		bool asked_for = is_asked_for(spec, def);

		wanted[i] |= asked_for && (!spec->no_children || !def->parent);
		if (asked_for && def->parent)
			wanted[def->parent->index] = true;
	}
}

int event_rows__new(const struct frame *frame, const struct event_spec *spec,
		    struct event_rows **ret_rows)
{
	__cleanup(cleanup_rows) struct event_rows *rows = calloc(1, sizeof(*rows));
	const struct event_defs *defs = defs_of(frame);

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

void event_rows__free(struct event_rows *rows)
{
	if (!rows)
		return;
	free(rows->wanted);
	free(rows);
}

static struct event_row row_of(const struct frame *frame, const struct event_count *count)
{
	const struct event_def *def = defs_of(frame)->v[count->def];

	return (struct event_row){
		.name = def->name,
		.parent = def->parent ? def->parent->name : NULL,
		.source = def->source,
		.kind = def->kind,
		.desc = def->desc,
		.total = count->total,
		.delta_valid = count->delta_valid,
		.unread = def->kind == EVENT_GAUGE && count->unread,
		.delta = count->delta,
		.rate = (double)count->delta / frame->interval_s,
	};
}

/* Sorted by event, which is by name. */
static struct event_list list_of(const struct frame *frame, const struct frame_vm *vm,
				 const struct frame_vcpu *vcpu)
{
	if (vcpu)
		return vcpu->events;
	if (vm)
		return vm->events;
	return frame->events ? frame->events->all : (struct event_list){ .n = 0 };
}

int event_rows__list(const struct event_rows *rows, const struct frame_vm *vm,
		     const struct frame_vcpu *vcpu, struct event_row **ret_list, size_t *ret_n)
{
	const struct event_list events = list_of(rows->frame, vm, vcpu);
	struct event_row *list = calloc(events.n + 1, sizeof(*list));
	size_t n = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < events.n; i++)
		if (rows->wanted[events.v[i].def])
			list[n++] = row_of(rows->frame, &events.v[i]);
	*ret_list = list;
	*ret_n = n;
	return 0;
}
