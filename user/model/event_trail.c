// SPDX-License-Identifier: GPL-2.0
/* event_trail: names of events are numbers here, and a moment has a value for each number. */
#include "event_trail.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "event_value.h"
#include "frame.h"
#include "item_defs.h"
#include "stats.h"

/* All VMs, the one that is watched, and a vCPU of that. */
#define SCOPES 3

struct name {
	enum event_kind kind;
	char *name;
};

/* Values by the number of the event; not a number: not known. */
struct rates {
	struct trail_row row;
	float *v; /* NULL: the scope was not kept */
	size_t n;
};

struct moment {
	uint64_t number;
	uint32_t run;
	float interval_s;
	struct rates scopes[SCOPES];
};

struct event_trail {
	struct moment moments[EVENT_TRAIL_MOMENTS]; /* by the number; with an interval of 0: none */
	struct name *names;
	size_t n, room;
	uint32_t run;
};

struct event_trail *event_trail__new(void)
{
	return calloc(1, sizeof(struct event_trail));
}

static void moment__release(struct moment *moment)
{
	for (size_t i = 0; i < SCOPES; i++)
		free(moment->scopes[i].v);
	*moment = (struct moment){ .number = 0 };
}

static void cleanup_moment(struct moment *moment)
{
	moment__release(moment);
}

void event_trail__free(struct event_trail *trail)
{
	if (!trail)
		return;
	for (size_t i = 0; i < EVENT_TRAIL_MOMENTS; i++)
		moment__release(&trail->moments[i]);
	for (size_t i = 0; i < trail->n; i++)
		free(trail->names[i].name);
	free(trail->names);
	free(trail);
}

void event_trail__break(struct event_trail *trail)
{
	trail->run++;
}

/* ---- names as numbers */

static bool is_name(const struct name *name, enum event_kind kind, const char *text)
{
	return name->kind == kind && !strcmp(name->name, text);
}

/* They come in the same order in each frame: the one looked for is mostly at @hint. SIZE_MAX: there is none. */
static size_t find(const struct event_trail *trail, enum event_kind kind, const char *text,
		   size_t hint)
{
	for (size_t i = 0; i < trail->n; i++) {
		const size_t at = hint + i < trail->n ? hint + i : hint + i - trail->n;

		if (is_name(&trail->names[at], kind, text))
			return at;
	}
	return SIZE_MAX;
}

static int add_name(struct event_trail *trail, enum event_kind kind, const char *text)
{
	if (trail->n == trail->room) {
		const size_t room = trail->room ? 2 * trail->room : 256;
		struct name *names = reallocarray(trail->names, room, sizeof(*names));

		if (!names)
			return -ENOMEM;
		trail->names = names;
		trail->room = room;
	}
	trail->names[trail->n] = (struct name){ kind, strdup(text) };
	if (!trail->names[trail->n].name)
		return -ENOMEM;
	trail->n++;
	return 0;
}

/* The numbers of a frame's events, by how it has them. */
struct numbers {
	size_t *v;
	size_t n, room;
	size_t hint;
};

static int add_number(struct event_trail *trail, struct numbers *numbers, enum event_kind kind,
		      const char *text)
{
	size_t at = find(trail, kind, text, numbers->hint);

	if (at == SIZE_MAX) {
		if (add_name(trail, kind, text))
			return -ENOMEM;
		at = trail->n - 1;
	}
	numbers->v[numbers->n++] = at;
	numbers->hint = at + 1 < trail->n ? at + 1 : 0;
	return 0;
}

static size_t n_of_layout(const struct stat_layout *layout)
{
	return layout ? layout->n : 0;
}

static bool has_tracepoints(const struct frame *frame)
{
	return frame->tracepoints.valid && frame->event_names;
}

/* First tracepoints, then statistics of VMs, of vCPUs, then what the event view has counted. */
static int find_numbers(struct event_trail *trail, const struct frame *frame,
			struct numbers *numbers)
{
	static const char *const exits[] = { EVENT_EXIT, EVENT_USER_EXIT };
	static const struct event_names without = { exits, ARRAY_SIZE(exits) };
	const struct event_names *names = has_tracepoints(frame) ? frame->event_names : &without;
	const struct item_defs *items = frame->items ? frame->items->defs : NULL;
	const struct stat_layout *layouts[] = { frame->vm_layout, frame->vcpu_layout };
	int err = 0;

	numbers->room = names->n + n_of_layout(layouts[0]) + n_of_layout(layouts[1]) +
			(items ? items->n : 0);
	numbers->v = calloc(numbers->room + 1, sizeof(*numbers->v));
	if (!numbers->v)
		return -ENOMEM;
	for (size_t i = 0; i < names->n && !err; i++)
		err = add_number(trail, numbers, EVENT_TRACEPOINT, names->v[i]);
	for (size_t k = 0; k < ARRAY_SIZE(layouts); k++)
		for (size_t i = 0; i < n_of_layout(layouts[k]) && !err; i++)
			err = add_number(trail, numbers, k ? EVENT_VCPU_STAT : EVENT_VM_STAT,
					 layouts[k]->v[i].name);
	for (size_t i = 0; items && i < items->n && !err; i++)
		err = add_number(trail, numbers,
				 items->v[i]->source == ITEM_STATISTIC ? EVENT_ITEM_STATISTIC
								       : EVENT_ITEM_TRACEPOINT,
				 items->v[i]->name);
	return err;
}

/* ---- a frame as a moment */

/* What is in the frame, by its numbers. */
struct take {
	const struct frame *frame;
	const struct numbers *numbers;
	float *v;
};

static float rate_of(const struct counter *counter)
{
	return counter->delta_valid ? (float)counter->rate : NAN;
}

static void take_tracepoints(const struct take *take, const struct frame_tracepoints *of,
			     const struct counter *exits, const struct frame_reasons *user_exits)
{
	const size_t *numbers = take->numbers->v;
	double user = 0;

	for (size_t i = 0; has_tracepoints(take->frame) && i < of->n; i++)
		take->v[numbers[i]] = rate_of(&of->v[i]);
	if (has_tracepoints(take->frame))
		return;
	for (size_t i = 0; i < user_exits->n; i++)
		user += user_exits->v[i].count.delta_valid ? user_exits->v[i].count.rate
							   : (double)NAN;
	take->v[numbers[0]] = rate_of(exits);
	take->v[numbers[1]] = (float)user;
}

/* A statistic that is summed. */
struct stat_sum {
	double v;
	uint32_t known; /* how many are in it */
	bool gauge;
	size_t number;
};

/*
 * All VMs of the host are gone through in each frame, so it is short: a gauge has no rate, and is looked at apart. Histograms have none that says
 * much.
 */
static void add_stats(const struct frame_stats *stats, struct stat_sum *sums, size_t n)
{
	const struct frame_stat *stat = stats->v;

	if (stats->n != n)
		return;
	for (struct stat_sum *sum = sums, *end = sums + n; sum < end; sum++, stat++) {
		sum->v += stat->count.rate;
		sum->known += stat->count.delta_valid;
	}
}

static void add_gauges(const struct frame_stats *stats, struct stat_sum *sums, size_t n)
{
	for (size_t i = 0; i < n && stats->n == n; i++) {
		if (!sums[i].gauge)
			continue;
		sums[i].v += (double)stats->v[i].value;
		sums[i].known++;
	}
}

/* Those of @layout, whose first number is that of event @first; of VMs' sums over vCPUs, gauges are left out. */
static size_t begin_sums(const struct take *take, const struct stat_layout *layout, size_t first,
			 bool gauges, struct stat_sum *sums)
{
	size_t n = 0;

	for (size_t i = 0; i < n_of_layout(layout); i++) {
		const enum stat_type type = layout->v[i].type;
		const bool gauge = type == STAT_INSTANT || type == STAT_PEAK;

		if (gauges || !gauge)
			sums[n++] = (struct stat_sum){ .gauge = gauge && layout->v[i].n == 1,
						       .number = take->numbers->v[first + i] };
	}
	return n;
}

static void take_sums(const struct take *take, const struct stat_sum *sums, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sums[i].known)
			take->v[sums[i].number] = (float)sums[i].v;
}

/* Of a vCPU, a VM, or all VMs. */
static int take_stats(const struct take *take, const struct frame_vm *vm,
		      const struct frame_vcpu *vcpu, size_t of_vms, size_t of_vcpus)
{
	const struct frame *frame = take->frame;
	const size_t most = n_of_layout(frame->vm_layout) + n_of_layout(frame->vcpu_layout);
	__autofree struct stat_sum *sums = calloc(most + 1, sizeof(*sums));
	size_t n_vms, n_vcpus;

	if (!sums)
		return -ENOMEM;
	n_vms = begin_sums(take, frame->vm_layout, of_vms, true, sums);
	n_vcpus = begin_sums(take, frame->vcpu_layout, of_vcpus, vcpu, sums + n_vms);
	if (vcpu) {
		add_stats(&vcpu->stats, sums + n_vms, n_vcpus);
		add_gauges(&vcpu->stats, sums + n_vms, n_vcpus);
	}
	for (size_t i = 0; !vcpu && i < frame->n_vms; i++) {
		if (vm && vm != &frame->vms[i])
			continue;
		add_stats(&frame->vms[i].stats, sums, n_vms);
		add_gauges(&frame->vms[i].stats, sums, n_vms);
		add_stats(&frame->vms[i].vcpu_stats, sums + n_vms, n_vcpus);
	}
	take_sums(take, sums, n_vms + n_vcpus);
	return 0;
}

static void take_items(const struct take *take, const struct item_list *items, size_t first)
{
	for (size_t i = 0; i < items->n; i++) {
		const struct item_count *count = &items->v[i];
		const struct item_def *def = take->frame->items->defs->v[count->def];
		float *v = &take->v[take->numbers->v[first + count->def]];

		if (def->kind == ITEM_GAUGE && !count->unread)
			*v = (float)count->total;
		else if (def->kind != ITEM_GAUGE && count->delta_valid)
			*v = (float)((double)(uint64_t)count->delta / take->frame->interval_s);
	}
}

static int take_scope(const struct take *take, const struct frame_vm *vm,
		      const struct frame_vcpu *vcpu)
{
	static const struct item_list none;
	const struct frame *frame = take->frame;
	const size_t of_vms = has_tracepoints(frame) ? frame->event_names->n : 2;
	const size_t of_vcpus = of_vms + n_of_layout(frame->vm_layout);
	const size_t of_items = of_vcpus + n_of_layout(frame->vcpu_layout);

	take_tracepoints(take,
			 vcpu ? &vcpu->tracepoints
			 : vm ? &vm->tracepoints
			      : &frame->tracepoints,
			 vcpu ? &vcpu->exits
			 : vm ? &vm->exits
			      : &frame->exits,
			 vcpu ? &vcpu->user_exits
			 : vm ? &vm->user_exits
			      : &frame->user_exits);
	take_items(take,
		   vcpu		  ? &vcpu->items
		   : vm		  ? &vm->items
		   : frame->items ? &frame->items->all
				  : &none,
		   of_items);
	return take_stats(take, vm, vcpu, of_vms, of_vcpus);
}

static int moment__take(struct moment *moment, size_t n, const struct frame *frame,
			const struct numbers *numbers, const struct trail_row *row,
			const struct frame_vm *vm, const struct frame_vcpu *vcpu)
{
	struct rates *rates = &moment->scopes[row->kind];
	const struct take take = { frame, numbers, rates->v = calloc(n + 1, sizeof(*rates->v)) };

	if (!rates->v)
		return -ENOMEM;
	rates->row = *row;
	rates->n = n;
	for (size_t i = 0; i < n; i++)
		rates->v[i] = NAN;
	return take_scope(&take, vm, vcpu);
}

static const struct frame_vm *find_vm(const struct frame *frame, const struct trail_row *watched)
{
	for (size_t i = 0; watched && watched->kind != TRAIL_HOST && i < frame->n_vms; i++)
		if (frame->vms[i].key == watched->vm_key)
			return &frame->vms[i];
	return NULL;
}

static const struct frame_vcpu *find_vcpu(const struct frame_vm *vm,
					  const struct trail_row *watched)
{
	for (size_t i = 0; vm && watched->kind == TRAIL_VCPU && i < vm->n_vcpus; i++)
		if (vm->vcpus[i].vcpu_id == watched->vcpu_id)
			return &vm->vcpus[i];
	return NULL;
}

static int moment__make(struct moment *moment, size_t n, const struct frame *frame,
			const struct numbers *numbers, const struct trail_row *watched)
{
	const struct frame_vm *vm = find_vm(frame, watched);
	const struct frame_vcpu *vcpu = find_vcpu(vm, watched);
	const struct trail_row all = { .kind = TRAIL_HOST };
	const struct trail_row of_vm = { .kind = TRAIL_VM, .vm_key = vm ? vm->key : 0 };
	int err = moment__take(moment, n, frame, numbers, &all, NULL, NULL);

	if (!err && vm)
		err = moment__take(moment, n, frame, numbers, &of_vm, vm, NULL);
	if (!err && vcpu)
		err = moment__take(moment, n, frame, numbers, watched, vm, vcpu);
	return err;
}

/* ---- short frames become one moment */

static bool is_same(const struct trail_row *a, const struct trail_row *b)
{
	return a->kind == b->kind && a->vm_key == b->vm_key && a->vcpu_id == b->vcpu_id;
}

/* @old is of another part of the same moment. What is not known is as in the other one. */
static void moment__merge(struct moment *moment, const struct moment *old)
{
	const float sum_s = moment->interval_s + old->interval_s;
	const float weight = old->interval_s / sum_s;

	for (size_t k = 0; k < SCOPES; k++) {
		struct rates *cur = &moment->scopes[k];
		const struct rates *before = &old->scopes[k];

		if (!cur->v || !before->v || !is_same(&cur->row, &before->row))
			continue;
		for (size_t i = 0; i < before->n; i++)
			if (isnan(cur->v[i]))
				cur->v[i] = before->v[i];
			else if (!isnan(before->v[i]))
				cur->v[i] = before->v[i] * weight + cur->v[i] * (1 - weight);
	}
	moment->interval_s = sum_s;
}

int event_trail__note(struct event_trail *trail, uint64_t number, const struct frame *frame,
		      const struct trail_row *watched)
{
	struct moment *last = &trail->moments[number % EVENT_TRAIL_MOMENTS];
	struct moment moment __cleanup(cleanup_moment) = { .number = number,
							   .run = trail->run,
							   .interval_s = (float)frame->interval_s };
	struct numbers numbers = { .n = 0 };
	int err = find_numbers(trail, frame, &numbers)
			  ?: moment__make(&moment, trail->n, frame, &numbers, watched);

	free(numbers.v);
	if (err)
		return err;
	if (last->interval_s > 0 && last->number == number && last->run == trail->run)
		moment__merge(&moment, last);
	moment__release(last);
	*last = moment;
	moment = (struct moment){ .number = 0 };
	return 0;
}

/* ---- what is asked */

static const struct moment *find_moment(const struct event_trail *trail, uint64_t number)
{
	const struct moment *moment = &trail->moments[number % EVENT_TRAIL_MOMENTS];

	return moment->interval_s > 0 && moment->number == number ? moment : NULL;
}

static double value_of(const struct moment *moment, const struct trail_row *row, size_t at)
{
	const struct rates *rates = moment ? &moment->scopes[row->kind] : NULL;
	const bool known = rates && rates->v && at < rates->n &&
			   (row->kind == TRAIL_HOST || is_same(&rates->row, row));

	return known ? (double)rates->v[at] : (double)NAN;
}

void event_trail__values(const struct event_trail *trail, const struct trail_row *row,
			 const struct event_id *id, uint64_t end, size_t n, double *ret_values)
{
	const size_t at = find(trail, id->kind, id->name, 0);
	const struct moment *newest = end ? find_moment(trail, end - 1) : NULL;

	for (size_t i = 0; i < n; i++) {
		const struct moment *moment =
			end + i >= n && at != SIZE_MAX ? find_moment(trail, end + i - n) : NULL;

		/* Of the host all runs count. */
		if (moment && row->kind != TRAIL_HOST && (!newest || moment->run != newest->run))
			moment = NULL;
		ret_values[i] = value_of(moment, row, at);
	}
}
