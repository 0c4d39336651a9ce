// SPDX-License-Identifier: GPL-2.0
/*
 * item_delta: VMs and vCPUs are read one after the other, and each is compared with its earlier
 * counts. Each VM's growth is added to all VMs together.
 */
#include "item_delta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "item_counts.h"
#include "item_opts.h"
#include "item_defs.h"
#include "item_inventory.h"
#include "item_readings.h"
#include "frame.h"

struct work {
	const struct item_opts *opts;
	const struct item_counts *before; /* NULL: nothing yet */
	struct frame *frame;
	const struct item_defs *defs; /* counts->defs */
	struct item_counts *counts;   /* being made */
	struct item_count *all;	      /* counts->all */
	struct item_readings readings;
	uint32_t *moved; /* the new index of each item of before; NULL: all are the same */
	struct item_count *scratch; /* the counts of the scope in hand */
};

/* ---- what a scope has grown by */

/* Whether counts of @def may have begun at zero in this interval: exits do when they are taken in another way. */
static bool may_begin(const struct work *w, const struct item_def *def)
{
	return def->source == ITEM_TRACEPOINT &&
	       (w->frame->begun[PART_TRACEPOINTS] || w->frame->begun[PART_EXITS]);
}

static void grow_gauge(struct item_count *count, const struct item_reading *reading)
{
	count->delta_valid = reading->change_valid;
	count->delta = reading->change_valid ? reading->change : 0;
	count->total = reading->total;
}

/*
 * What is seen for the first time: a tracepoint is counted since kvmtop attached, a statistic since its VM began. Returns
 * what the total grew by.
 */
static uint64_t begin_count(const struct work *w, const struct item_def *def,
			    struct item_count *count, const struct item_reading *reading)
{
	const bool begun = may_begin(w, def) && !reading->delta_valid;
	const bool whole = w->opts->past || begun || (w->before && def->source == ITEM_TRACEPOINT);

	count->delta_valid = reading->delta_valid;
	count->delta = reading->delta_valid ? (int64_t)reading->delta : 0;
	return whole ? reading->total : (uint64_t)count->delta;
}

static uint64_t grow_count(struct item_count *count, const struct item_reading *reading)
{
	count->delta_valid = reading->total >= count->last;
	count->delta = count->delta_valid ? (int64_t)(reading->total - count->last) : 0;
	return (uint64_t)count->delta;
}

static void add_to_all(struct item_count *all, const struct item_count *count, uint64_t growth)
{
	/* values are whatever the kernel or a recording says */
	all->delta = (int64_t)((uint64_t)all->delta + (uint64_t)count->delta);
	all->total += growth;
	all->had = true;
	all->lost |= !count->delta_valid;
	all->delta_valid = !all->lost;
}

/* A gauge is the sum over the VMs that run: that of an ended VM leaves the sum. */
static void add_gauge_to_all(struct item_count *all, const struct item_count *count)
{
	all->total += count->total;
	all->delta = (int64_t)((uint64_t)all->delta + (uint64_t)count->delta);
	all->lost |= !count->delta_valid;
	all->unread |= count->unread;
	all->delta_valid = true; /* known, see finish_gauges */
}

/* The earlier count stays, without a delta if it was not read now. */
static struct item_count carry(const struct work *w, const struct item_count *before)
{
	struct item_count count = *before;

	if (w->moved)
		count.def = w->moved[count.def];
	count.delta_valid = false;
	count.delta = 0;
	count.unread = true;
	return count;
}

/*
 * Tracepoints or exits began in this interval, and had been counted before that. What went on meanwhile has a delta, and catches
 * up with what it was not read for. The others are counted from zero, also where they are more than before.
 */
static uint64_t begin_again(struct item_count *count, const struct item_reading *reading)
{
	count->delta_valid = reading->delta_valid;
	count->delta = reading->delta_valid ? (int64_t)reading->delta : 0;
	if (!reading->delta_valid || reading->total < count->last)
		return reading->total;
	return reading->total - count->last;
}

/* Takes the reading of @count->def into @count; returns what the total grew by. */
static uint64_t settle(const struct work *w, struct item_count *count)
{
	const struct item_reading *reading = &w->readings.v[count->def];
	const struct item_def *def = w->defs->v[count->def];
	uint64_t growth = 0;

	if (def->kind == ITEM_GAUGE)
		grow_gauge(count, reading);
	else if (!count->had)
		growth = begin_count(w, def, count, reading);
	else if (may_begin(w, def))
		growth = begin_again(count, reading);
	else
		growth = grow_count(count, reading);
	if (def->kind != ITEM_GAUGE)
		count->total += growth;
	count->last = reading->total;
	count->had = true;
	count->unread = false;
	return growth;
}

/* @count is of @vm, and has grown by @growth. */
static void add_vm_to_all(const struct work *w, const struct frame_vm *vm,
			  const struct item_count *count, bool read, uint64_t growth)
{
	const struct item_def *def = w->defs->v[count->def];

	if (def->kind == ITEM_GAUGE && (read || !vm->ended))
		add_gauge_to_all(&w->all[count->def], count);
	else if (read && (w->opts->selected || !def->host))
		add_to_all(&w->all[count->def], count, growth);
}

/*
 * The counts of a scope, into the scratch: those that it had @before, and those that were read. Both are sorted. Returns how
 * many. @vm: whose they are; NULL: a vCPU's.
 */
static size_t settle_all(const struct work *w, const struct frame_vm *vm,
			 const struct item_list *before)
{
	size_t read = item_readings__next(&w->readings, 0), b = 0, n = 0;

	while (b < before->n || read < w->defs->n) {
		struct item_count count = { .def = (uint32_t)read };
		uint64_t growth = 0;
		bool is_read;

		if (b < before->n) {
			count = carry(w, &before->v[b]);
			b += count.def <= read;
		}
		if (count.def > read)
			count = (struct item_count){ .def = (uint32_t)read };
		is_read = count.def == read;
		if (is_read) {
			growth = settle(w, &count);
			read = item_readings__next(&w->readings, read + 1);
		}
		if (vm)
			add_vm_to_all(w, vm, &count, is_read, growth);
		w->scratch[n++] = count;
	}
	return n;
}

/* What was read, as the counts of a scope more. 0 or -ENOMEM. */
static int add_scope(struct work *w, const struct frame_vm *vm, uint64_t vcpu,
		     struct item_list *ret_list)
{
	struct item_counts *counts = w->counts;
	struct item_list before = item_counts__find(w->before, vm->key, vcpu);
	size_t n = settle_all(w, vcpu == ITEM_ALL_VCPUS ? vm : NULL, &before);
	struct item_count *v = arena__calloc(counts->arena, n, sizeof(*v));

	if (!v)
		return -ENOMEM;
	memcpy(v, w->scratch, n * sizeof(*v));
	*ret_list = (struct item_list){ v, n };
	counts->scopes[counts->n_scopes++] = (struct item_scope){ vm->key, vcpu, *ret_list };
	return 0;
}

static int add_vm(struct work *w, struct frame_vm *vm)
{
	int err;

	item_readings__read_vm(&w->readings, vm);
	err = add_scope(w, vm, ITEM_ALL_VCPUS, &vm->items);
	for (size_t i = 0; w->opts->per_vcpu && i < vm->n_vcpus && !err; i++) {
		struct frame_vcpu *vcpu = &vm->vcpus[i];

		item_readings__read_vcpu(&w->readings, vcpu);
		err = add_scope(w, vm, vcpu->vcpu_id, &vcpu->items);
	}
	return err;
}

static int add_vms(struct work *w)
{
	struct frame *frame = w->frame;
	size_t n = frame->n_vms;
	int err = 0;

	for (size_t i = 0; w->opts->per_vcpu && i < frame->n_vms; i++)
		n += frame->vms[i].n_vcpus;
	w->counts->scopes = arena__calloc(w->counts->arena, n, sizeof(*w->counts->scopes));
	if (!w->counts->scopes)
		return -ENOMEM;
	for (size_t i = 0; i < frame->n_vms && !err; i++)
		err = add_vm(w, &frame->vms[i]);
	item_counts__sort(w->counts);
	return err;
}

/* ---- all VMs together */

static bool any_vm_lives(const struct frame *frame)
{
	for (size_t i = 0; i < frame->n_vms; i++)
		if (!frame->vms[i].ended)
			return true;
	return false;
}

/* What is known without any VM is zero, and not unknown. */
static bool is_known(const struct work *w, const struct item_def *def, bool lives)
{
	if (def->source == ITEM_STATISTIC)
		return !lives;
	if (!w->opts->tracepoints)
		return false; /* they were counted, and are not any more */
	return !def->host || (w->opts->selected && !lives);
}

static void begin_all(struct work *w)
{
	bool lives = any_vm_lives(w->frame);

	for (uint32_t i = 0; i < w->defs->n; i++)
		w->all[i].def = i;
	for (size_t i = 0; w->before && i < w->before->all.n; i++) {
		struct item_count count = carry(w, &w->before->all.v[i]);

		count.lost = count.unread = false;
		if (w->defs->v[count.def]->kind == ITEM_GAUGE)
			count.total = 0;
		w->all[count.def] = count;
	}
	for (size_t i = 0; i < w->defs->n; i++)
		w->all[i].delta_valid = is_known(w, w->defs->v[i], lives);
}

static void set_host_tracepoints(struct work *w)
{
	const struct frame_tracepoints *host = &w->frame->tracepoints;
	size_t n = w->defs->event_names ? w->defs->event_names->n : 0;

	for (size_t i = 0; i < host->n && i < n; i++) {
		const struct item_def *def = w->defs->by_tracepoint[i];
		struct item_count *count = def ? &w->all[def->index] : NULL;

		if (!count)
			continue;
		count->delta_valid = host->v[i].delta_valid;
		count->delta = count->delta_valid ? (int64_t)host->v[i].delta : 0;
		count->total += (count->had || !w->before) && !w->frame->begun[PART_TRACEPOINTS]
					? (uint64_t)count->delta
					: host->v[i].total;
		count->had = true;
	}
}

/* @total: of all VMs before; NULL: this is the first interval. */
static void finish_gauge(struct item_count *all, const uint64_t *total)
{
	bool known = all->delta_valid;

	if (total)
		all->delta = (int64_t)(all->total - *total);
	all->unread |= !known;
	all->delta_valid = !all->unread && (total || !all->lost);
	all->delta = all->delta_valid ? all->delta : 0;
	all->had |= known;
}

/* What is new had none before. */
static int finish_gauges(struct work *w)
{
	__autofree uint64_t *totals = calloc(w->defs->n + 1, sizeof(*totals));

	if (!totals)
		return -ENOMEM;
	for (size_t i = 0; w->before && i < w->before->all.n; i++)
		totals[w->moved ? w->moved[i] : i] = w->before->all.v[i].total;
	for (size_t i = 0; i < w->defs->n; i++)
		if (w->defs->v[i]->kind == ITEM_GAUGE)
			finish_gauge(&w->all[i], w->before ? &totals[i] : NULL);
	return 0;
}

/* ---- one after the other */

/* What is now the item of each one of @before, malloc'ed. 0 or -ENOMEM. */
static int map_moved(const struct item_defs *before, const struct item_defs *defs,
		     uint32_t **ret_moved)
{
	uint32_t *moved = calloc(before->n + 1, sizeof(*moved));
	size_t to = 0;

	if (!moved)
		return -ENOMEM;
	/* Both are sorted, and all of the one are in the other. */
	for (size_t i = 0; i < before->n; i++) {
		while (strcmp(defs->v[to]->name, before->v[i]->name) ||
		       defs->v[to]->source != before->v[i]->source)
			to++;
		moved[i] = (uint32_t)to;
	}
	*ret_moved = moved;
	return 0;
}

static int begin(struct work *w)
{
	const struct item_defs *before = w->before ? w->before->defs : NULL;
	int err = item_inventory(before, w->opts, w->frame, &w->defs);

	if (err)
		return err;
	w->counts = item_counts__new(w->defs);
	if (!w->counts)
		return -ENOMEM;
	w->all = arena__calloc(w->counts->arena, w->defs->n, sizeof(*w->all));
	w->counts->all = (struct item_list){ w->all, w->defs->n };
	w->scratch = calloc(w->defs->n + 1, sizeof(*w->scratch));
	if (!w->all || !w->scratch)
		return -ENOMEM;
	if (before && before != w->defs)
		err = map_moved(before, w->defs, &w->moved);
	return err ? err : item_readings__init(&w->readings, w->defs, w->opts, w->frame);
}

static int count_all(struct work *w)
{
	int err;

	begin_all(w);
	err = add_vms(w);
	if (err)
		return err;
	if (!w->opts->selected)
		set_host_tracepoints(w);
	return finish_gauges(w);
}

int item_delta__frame(const struct item_opts *opts, const struct item_counts *before,
		      struct frame *frame)
{
	struct work w = { .opts = opts, .before = before, .frame = frame };
	int err = begin(&w) ?: count_all(&w);

	item_readings__done(&w.readings);
	free(w.moved);
	free(w.scratch);
	if (err) {
		item_counts__free(w.counts);
		return err;
	}
	frame->items = w.counts;
	return 0;
}
