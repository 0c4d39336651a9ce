// SPDX-License-Identifier: GPL-2.0
#include "event_value.h"

#include <string.h>

#include "../base/cleanup.h"
#include "frame.h"
#include "item_defs.h"
#include "stats.h"

/* ---- finding */

static bool find_tracepoint(const struct frame *frame, const char *name, struct event_ref *ret)
{
	const struct event_names *names = frame->event_names;

	for (size_t i = 0; frame->tracepoints.valid && names && i < names->n; i++) {
		ret->index = i;
		if (!strcmp(names->v[i], name))
			return true;
	}
	ret->by = !strcmp(name, EVENT_EXIT) ? EVENT_BY_EXITS : EVENT_BY_USER_EXITS;
	return ret->by == EVENT_BY_EXITS || !strcmp(name, EVENT_USER_EXIT);
}

static bool is_gauge(const struct stat_desc *desc)
{
	return desc->type == STAT_INSTANT || desc->type == STAT_PEAK;
}

static bool find_stat(const struct stat_layout *layout, const char *name, struct event_ref *ret)
{
	for (size_t i = 0; layout && i < layout->n; i++) {
		ret->index = i;
		ret->desc = &layout->v[i];
		ret->gauge = is_gauge(ret->desc);
		if (!strcmp(ret->desc->name, name))
			return true;
		ret->sum_index += !ret->gauge;
	}
	return false;
}

static bool find_item(const struct frame *frame, const char *name, enum item_origin origin,
		      struct event_ref *ret)
{
	const struct item_def *def =
		frame->items ? item_defs__find(frame->items->defs, name, origin) : NULL;

	if (!def)
		return false;
	ret->index = def->index;
	ret->desc = def->desc;
	ret->gauge = def->kind == ITEM_GAUGE;
	return true;
}

bool event_ref__find(const struct frame *frame, const struct event_id *id, struct event_ref *ret)
{
	*ret = (struct event_ref){ .frame = frame, .kind = id->kind };
	switch (id->kind) {
	case EVENT_TRACEPOINT:
		return find_tracepoint(frame, id->name, ret);
	case EVENT_VM_STAT:
		return find_stat(frame->vm_layout, id->name, ret);
	case EVENT_VCPU_STAT:
		return find_stat(frame->vcpu_layout, id->name, ret);
	case EVENT_ITEM_TRACEPOINT:
		return find_item(frame, id->name, ITEM_TRACEPOINT, ret);
	case EVENT_ITEM_STATISTIC:
		return find_item(frame, id->name, ITEM_STATISTIC, ret);
	default:
		return false;
	}
}

/* ---- what it is */

static struct event_value of_counter(const struct counter *counter)
{
	return (struct event_value){ true, counter->total, counter->delta_valid, counter->rate };
}

static struct event_value of_reasons(const struct frame_reasons *reasons)
{
	struct event_value sum = { .total_known = true, .rate_known = true };

	for (size_t i = 0; i < reasons->n; i++) {
		sum.total += reasons->v[i].count.total;
		sum.rate += reasons->v[i].count.rate;
		sum.rate_known = sum.rate_known && reasons->v[i].count.delta_valid;
	}
	return sum;
}

static struct event_value of_tracepoint(const struct event_ref *ref, const struct frame_vm *vm,
					const struct frame_vcpu *vcpu)
{
	const struct frame_tracepoints *of = vcpu ? &vcpu->tracepoints
					     : vm ? &vm->tracepoints
						  : &ref->frame->tracepoints;

	if (ref->by == EVENT_BY_EXITS)
		return of_counter(vcpu ? &vcpu->exits : vm ? &vm->exits : &ref->frame->exits);
	if (ref->by == EVENT_BY_USER_EXITS)
		return of_reasons(vcpu ? &vcpu->user_exits
				  : vm ? &vm->user_exits
				       : &ref->frame->user_exits);
	return of->valid && ref->index < of->n ? of_counter(&of->v[ref->index])
					       : (struct event_value){ .total_known = false };
}

static uint64_t sum_of(const uint64_t *v, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; v && i < n; i++)
		sum += v[i];
	return sum;
}

static struct event_value of_stat(const struct event_ref *ref, const struct frame_stats *stats,
				  size_t index)
{
	const struct frame_stat *stat = index < stats->n ? &stats->v[index] : NULL;
	struct event_value value = { .total_known = stat };

	if (!stat)
		return value;
	if (!stat->totals && !ref->gauge)
		return of_counter(&stat->count);
	/* A histogram, which is as many as its samples, or a gauge. */
	value.total = stat->totals ? sum_of(stat->totals, stat->desc->n) : stat->value;
	value.rate_known = stat->totals ? stat->deltas != NULL : stat->change_valid;
	value.rate =
		stat->totals ? (double)sum_of(stat->deltas, stat->desc->n) : (double)stat->change;
	value.rate /= ref->frame->interval_s;
	return value;
}

static struct event_value of_item(const struct event_ref *ref, const struct item_list *list)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		const size_t middle = (low + high) / 2;
		const struct item_count *count = &list->v[middle];

		if (count->def == ref->index)
			return (struct event_value){
				.total_known = !(ref->gauge && count->unread),
				.total = count->total,
				.rate_known = count->delta_valid,
				.rate = (ref->gauge ? (double)count->delta
						    : (double)(uint64_t)count->delta) /
					ref->frame->interval_s,
			};
		if (count->def < ref->index)
			low = middle + 1;
		else
			high = middle;
	}
	return (struct event_value){ .total_known = false };
}

static struct event_value of_scope(const struct event_ref *ref, const struct frame_vm *vm,
				   const struct frame_vcpu *vcpu)
{
	static const struct item_list none;

	switch (ref->kind) {
	case EVENT_TRACEPOINT:
		return of_tracepoint(ref, vm, vcpu);
	case EVENT_VM_STAT:
		return vcpu ? (struct event_value){ .total_known = false }
			    : of_stat(ref, &vm->stats, ref->index);
	case EVENT_VCPU_STAT:
		if (!vcpu && ref->gauge)
			return (struct event_value){ .total_known = false };
		return vcpu ? of_stat(ref, &vcpu->stats, ref->index)
			    : of_stat(ref, &vm->vcpu_stats, ref->sum_index);
	default:
		return of_item(ref, vcpu		? &vcpu->items
				    : vm		? &vm->items
				    : ref->frame->items ? &ref->frame->items->all
							: &none);
	}
}

void event_ref__get(const struct event_ref *ref, const struct frame_vm *vm,
		    const struct frame_vcpu *vcpu, struct event_value *ret)
{
	const bool summed = !vm && (ref->kind == EVENT_VM_STAT || ref->kind == EVENT_VCPU_STAT);

	*ret = summed ? (struct event_value){ .rate_known = true } : of_scope(ref, vm, vcpu);
	for (size_t i = 0; summed && i < ref->frame->n_vms; i++) {
		const struct event_value part = of_scope(ref, &ref->frame->vms[i], NULL);

		if (!part.total_known)
			continue;
		ret->total_known = true;
		ret->total += part.total;
		ret->rate += part.rate;
		ret->rate_known = ret->rate_known && part.rate_known;
	}
	ret->rate_known = ret->rate_known && ret->total_known;
}
