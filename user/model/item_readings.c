// SPDX-License-Identifier: GPL-2.0
#include "item_readings.h"

#include <errno.h>
#include <stdlib.h>

#include "../base/cleanup.h"
#include "item_opts.h"
#include "item_defs.h"
#include "frame.h"
#include "stats.h"

/* ---- numbers */

/* The reading of @def, and whether it was @ret_fed before. */
static struct item_reading *reading_of(struct item_readings *r, const struct item_def *def,
				       bool *ret_fed)
{
	uint64_t *word = &r->fed[def->index / ITEM_WORD_BITS];
	uint64_t bit = UINT64_C(1) << def->index % ITEM_WORD_BITS;

	*ret_fed = *word & bit;
	*word |= bit;
	return &r->v[def->index];
}

static void read_count(struct item_readings *r, const struct item_def *def,
		       const struct counter *count)
{
	bool fed;
	struct item_reading *reading = reading_of(r, def, &fed);

	reading->delta_valid = count->delta_valid && (!fed || reading->delta_valid);
	reading->total += count->total;
	reading->delta += count->delta_valid ? count->delta : 0;
}

static uint64_t sum_of(const uint64_t *v, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return sum;
}

static void read_gauge(struct item_readings *r, const struct item_def *def,
		       const struct frame_stat *stat)
{
	bool fed;
	struct item_reading *reading = reading_of(r, def, &fed);

	reading->change_valid = stat->change_valid && (!fed || reading->change_valid);
	reading->total += stat->totals ? sum_of(stat->totals, stat->desc->n) : stat->value;
	/* values are whatever the kernel or a recording says */
	reading->change = (int64_t)((uint64_t)reading->change + (uint64_t)stat->change);
}

static void read_stat(struct item_readings *r, const struct item_def *def,
		      const struct frame_stat *stat)
{
	struct counter count = stat->count;

	if (def->kind == ITEM_GAUGE) {
		read_gauge(r, def, stat);
		return;
	}
	if (stat->totals) /* the samples of a histogram, or the sum of several values */
		count = (struct counter){
			.total = sum_of(stat->totals, stat->desc->n),
			.delta_valid = stat->deltas,
			.delta = stat->deltas ? sum_of(stat->deltas, stat->desc->n) : 0,
		};
	read_count(r, def, &count);
}

/* ---- what a scope has */

enum which { ONLY_GAUGES, ALL_STATS };

static void read_stats(struct item_readings *r, const struct frame_stats *stats,
		       const struct stat_layout *layout, const struct item_def *const *by_stat,
		       enum which which)
{
	for (size_t i = 0; layout && i < stats->n; i++) {
		const struct item_def *def = by_stat[stats->v[i].desc - layout->v];

		if (which == ALL_STATS || def->kind == ITEM_GAUGE)
			read_stat(r, def, &stats->v[i]);
	}
}

static void read_vm_stats(struct item_readings *r, const struct frame_vm *vm)
{
	const struct item_defs *defs = r->defs;
	bool each = vm->vcpu_stats.source != STATS_NONE && vm->vcpu_stats.source != STATS_DEBUGFS;

	read_stats(r, &vm->stats, defs->vm_layout, defs->by_vm_stat, ALL_STATS);
	read_stats(r, &vm->vcpu_stats, defs->vcpu_layout, defs->by_vcpu_stat, ALL_STATS);
	/* The sums over vCPUs have no gauges. */
	for (size_t i = 0; each && i < vm->n_vcpus; i++)
		read_stats(r, &vm->vcpus[i].stats, defs->vcpu_layout, defs->by_vcpu_stat,
			   ONLY_GAUGES);
}

/* @all: the frame's, among which all of @reasons are, in the same order; @items of them. */
static void read_reasons(struct item_readings *r, const struct frame_reasons *reasons,
			 const struct frame_reasons *all, const uint32_t *items,
			 const struct item_def *parent)
{
	static const struct counter none = { .delta_valid = true };
	size_t a = 0;

	read_count(r, parent, &none);
	for (size_t i = 0; i < reasons->n; i++) {
		const struct frame_reason *reason = &reasons->v[i];

		while (all->v[a].isa != reason->isa || all->v[a].code != reason->code)
			a++;
		read_count(r, parent, &reason->count);
		read_count(r, r->defs->v[items[a]], &reason->count);
	}
}

static void read_tracepoints(struct item_readings *r, const struct frame_tracepoints *tracepoints)
{
	const struct item_defs *defs = r->defs;
	size_t n = defs->event_names ? defs->event_names->n : 0;

	for (size_t i = 0; i < tracepoints->n && i < n; i++)
		if (defs->by_tracepoint[i])
			read_count(r, defs->by_tracepoint[i], &tracepoints->v[i]);
}

static void read_all_tracepoints(struct item_readings *r,
				 const struct frame_tracepoints *tracepoints,
				 const struct frame_reasons *reasons,
				 const struct frame_reasons *user_exits)
{
	const struct frame *frame = r->frame;

	read_tracepoints(r, tracepoints);
	read_reasons(r, reasons, &frame->reasons, r->exits, r->defs->exit);
	read_reasons(r, user_exits, &frame->user_exits, r->user_exits, r->defs->user_exit);
}

static void begin(struct item_readings *r)
{
	for (size_t i = item_readings__next(r, 0); i < r->defs->n;
	     i = item_readings__next(r, i + 1))
		r->v[i] = (struct item_reading){ .total = 0 };
	for (size_t i = 0; i < r->n_words; i++)
		r->fed[i] = 0;
}

void item_readings__read_vm(struct item_readings *r, const struct frame_vm *vm)
{
	begin(r);
	if (r->opts->tracepoints)
		read_all_tracepoints(r, &vm->tracepoints, &vm->reasons, &vm->user_exits);
	if (r->opts->stats)
		read_vm_stats(r, vm);
}

void item_readings__read_vcpu(struct item_readings *r, const struct frame_vcpu *vcpu)
{
	begin(r);
	if (r->opts->tracepoints)
		read_all_tracepoints(r, &vcpu->tracepoints, &vcpu->reasons, &vcpu->user_exits);
	if (r->opts->stats)
		read_stats(r, &vcpu->stats, r->defs->vcpu_layout, r->defs->by_vcpu_stat, ALL_STATS);
}

/* ---- life */

/* The item of each of @reasons, malloc'ed; NULL: no memory. */
static uint32_t *map_reasons(const struct item_defs *defs, const struct frame_reasons *reasons)
{
	uint32_t *map = calloc(reasons->n + 1, sizeof(*map));

	for (size_t i = 0; map && i < reasons->n; i++)
		map[i] = item_defs__of_code(defs, reasons->v[i].isa, reasons->v[i].code)->index;
	return map;
}

int item_readings__init(struct item_readings *r, const struct item_defs *defs,
			const struct item_opts *opts, const struct frame *frame)
{
	static const struct frame_reasons none;
	bool exits = opts->tracepoints;

	*r = (struct item_readings){
		.defs = defs,
		.opts = opts,
		.frame = frame,
		.exits = map_reasons(defs, exits ? &frame->reasons : &none),
		.user_exits = map_reasons(defs, exits ? &frame->user_exits : &none),
		.v = calloc(defs->n + 1, sizeof(*r->v)),
		.n_words = defs->n / ITEM_WORD_BITS + 1,
	};
	r->fed = calloc(r->n_words, sizeof(*r->fed));
	if (r->exits && r->user_exits && r->v && r->fed)
		return 0;
	item_readings__done(r);
	return -ENOMEM;
}

void item_readings__done(struct item_readings *r)
{
	free(r->exits);
	free(r->user_exits);
	free(r->v);
	free(r->fed);
	*r = (struct item_readings){ .v = NULL };
}
