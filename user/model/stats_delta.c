// SPDX-License-Identifier: GPL-2.0
/* stats_delta: totals and deltas of statistics, of one vCPU or VM, and summed over vCPUs. */
#include "stats_delta.h"

#include <errno.h>
#include <string.h>

#include "../base/arena.h"
#include "frame.h"
#include "snapshot.h"
#include "stats.h"

/* What is known of one vCPU or VM in one snapshot. */
struct values {
	const struct stat_layout *layout;
	const uint64_t *v; /* NULL: nothing */
	enum stats_source source;
};

static struct values values_of(const struct stat_layout *layout, const uint64_t *v,
			       enum stats_source source)
{
	bool known = layout && v && source != STATS_NONE;

	return known ? (struct values){ layout, v, source } : (struct values){ .v = NULL };
}

static bool is_gauge(const struct stat_desc *desc)
{
	return desc->type == STAT_INSTANT || desc->type == STAT_PEAK;
}

/* Histograms, and the rest if it has several values. */
static bool is_array(const struct stat_desc *desc)
{
	return desc->n > 1 || desc->type == STAT_LINEAR_HIST || desc->type == STAT_LOG_HIST;
}

static void set_counter(const struct frame *frame, struct counter *counter, const uint64_t *prev,
			uint64_t cur)
{
	counter->total = cur;
	counter->delta_valid = prev && *prev <= cur;
	if (!counter->delta_valid)
		return;
	counter->delta = cur - *prev;
	counter->rate = (double)counter->delta / frame->interval_s;
}

static void set_gauge(struct frame_stat *stat, const uint64_t *prev, uint64_t cur)
{
	stat->value = cur;
	stat->change_valid = prev;
	if (prev)
		stat->change = (int64_t)(cur - *prev);
}

static bool any_backwards(const uint64_t *prev, const uint64_t *cur, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cur[i] < prev[i])
			return true;
	return false;
}

static int set_array(const struct frame *frame, struct frame_stat *stat, const uint64_t *prev,
		     const uint64_t *cur)
{
	size_t n = stat->desc->n;
	uint64_t *totals = arena__calloc(frame->arena, n, sizeof(*totals));
	uint64_t *deltas;

	if (!totals)
		return -ENOMEM;
	memcpy(totals, cur, n * sizeof(*totals));
	stat->totals = totals;
	if (!prev || is_gauge(stat->desc) || any_backwards(prev, cur, n))
		return 0;

	deltas = arena__calloc(frame->arena, n, sizeof(*deltas));
	if (!deltas)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		deltas[i] = cur[i] - prev[i];
	stat->deltas = deltas;
	return 0;
}

static int set_stat(const struct frame *frame, struct frame_stat *stat, const uint64_t *prev,
		    const uint64_t *cur)
{
	if (is_array(stat->desc))
		return set_array(frame, stat, prev, cur);
	if (is_gauge(stat->desc))
		set_gauge(stat, prev, *cur);
	else
		set_counter(frame, &stat->count, prev, *cur);
	return 0;
}

/* Room for all statistics of @layout, or for those that can be summed; @stats has their descriptors then. */
static int stats_init(const struct frame *frame, const struct stat_layout *layout,
		      enum stats_source source, bool gauges, struct frame_stats *stats)
{
	stats->v = arena__calloc(frame->arena, layout->n, sizeof(*stats->v));
	if (!stats->v)
		return -ENOMEM;
	stats->source = source;
	stats->n = 0;
	for (size_t i = 0; i < layout->n; i++)
		if (gauges || !is_gauge(&layout->v[i]))
			stats->v[stats->n++].desc = &layout->v[i];
	return 0;
}

/* What there was before a VM or vCPU began. */
static struct values zeroes(const struct frame *frame, const struct values *cur)
{
	struct values zero = *cur;

	if (cur->v)
		zero.v = arena__calloc(frame->arena, cur->layout->n_values, sizeof(*zero.v));
	return zero; /* without memory: nothing is known, and so no delta */
}

/* Leaves @stats unknown when @cur is. */
static int stats_from_values(const struct frame *frame, const struct values *prev,
			     const struct values *cur, bool gauges, struct frame_stats *stats)
{
	bool comparable = prev->v && prev->layout == cur->layout;
	int err;

	if (!cur->v)
		return 0;
	err = stats_init(frame, cur->layout, cur->source, gauges, stats);
	for (size_t i = 0; !err && i < stats->n; i++) {
		size_t first = stats->v[i].desc->first;

		err = set_stat(frame, &stats->v[i], comparable ? prev->v + first : NULL,
			       cur->v + first);
	}
	return err;
}

static void add_counter(struct counter *sum, const struct counter *part)
{
	sum->total += part->total;
	sum->delta += part->delta; /* 0 when not valid */
	sum->rate += part->rate;
	sum->delta_valid = sum->delta_valid && part->delta_valid;
}

/* Adds one array of all vCPUs; leaves @ret_sums NULL when one of them has none. */
static int sum_arrays(const struct frame *frame, const struct frame_vm *vm, size_t i, bool deltas,
		      const uint64_t **ret_sums)
{
	size_t n = vm->vcpus[0].stats.v[i].desc->n;
	uint64_t *sums = arena__calloc(frame->arena, n, sizeof(*sums));

	if (!sums)
		return -ENOMEM;
	for (size_t j = 0; j < vm->n_vcpus; j++) {
		const struct frame_stat *part = &vm->vcpus[j].stats.v[i];
		const uint64_t *v = deltas ? part->deltas : part->totals;

		if (!v)
			return 0;
		for (size_t k = 0; k < n; k++)
			sums[k] += v[k];
	}
	*ret_sums = sums;
	return 0;
}

/* Sums statistic @i of all vCPUs. */
static int sum_stat(const struct frame *frame, const struct frame_vm *vm, size_t i,
		    struct frame_stat *sum)
{
	if (is_array(sum->desc)) {
		int err = sum_arrays(frame, vm, i, false, &sum->totals);

		return err ? err : sum_arrays(frame, vm, i, true, &sum->deltas);
	}
	sum->count.delta_valid = true;
	for (size_t j = 0; j < vm->n_vcpus; j++)
		add_counter(&sum->count, &vm->vcpus[j].stats.v[i].count);
	if (!sum->count.delta_valid)
		sum->count = (struct counter){ .total = sum->count.total };
	return 0;
}

/* The worst of the vCPUs' sources; STATS_NONE when a vCPU has none, or there is no vCPU. */
static enum stats_source vcpus_source(const struct frame_vm *vm)
{
	enum stats_source worst = STATS_NONE;

	for (size_t i = 0; i < vm->n_vcpus; i++) {
		if (vm->vcpus[i].stats.source == STATS_NONE)
			return STATS_NONE;
		if (vm->vcpus[i].stats.source > worst)
			worst = vm->vcpus[i].stats.source;
	}
	return worst;
}

/* All vCPUs' statistics are by one layout, so the same index is the same statistic. */
static int sum_vcpus(const struct frame *frame, const struct stat_layout *layout,
		     struct frame_vm *vm)
{
	enum stats_source source = vcpus_source(vm);
	int err;

	if (source == STATS_NONE)
		return 0;
	err = stats_init(frame, layout, source, false, &vm->vcpu_stats);
	for (size_t i = 0; !err && i < vm->vcpu_stats.n; i++) {
		struct frame_stat *sum = &vm->vcpu_stats.v[i];

		err = sum_stat(frame, vm, (size_t)(sum->desc - layout->v), sum);
	}
	return err;
}

int stats_delta__vcpu(const struct stats_delta *d, const struct vcpu_sample *prev,
		      const struct vcpu_sample *cur, struct frame_stats *stats)
{
	struct values now = values_of(d->cur->vcpu_layout, cur->stats, cur->stats_source);
	struct values before = { .v = NULL };

	if (prev)
		before = values_of(d->prev->vcpu_layout, prev->stats, prev->stats_source);
	else if (d->vcpus_from_zero)
		before = zeroes(d->frame, &now);
	return stats_from_values(d->frame, &before, &now, true, stats);
}

int stats_delta__vm(const struct stats_delta *d, const struct vm_sample *prev,
		    const struct vm_sample *cur, struct frame_vm *vm)
{
	struct values own = values_of(d->cur->vm_layout, cur->stats, cur->stats_source);
	struct values sums = values_of(d->cur->vcpu_layout, cur->vcpu_sums, STATS_DEBUGFS);
	struct values own_before = { .v = NULL }, sums_before = { .v = NULL };
	int err;

	if (prev) {
		own_before = values_of(d->prev->vm_layout, prev->stats, prev->stats_source);
		sums_before = values_of(d->prev->vcpu_layout, prev->vcpu_sums, STATS_DEBUGFS);
	} else if (cur->later) {
		own_before = zeroes(d->frame, &own);
		sums_before = zeroes(d->frame, &sums);
	}
	err = stats_from_values(d->frame, &own_before, &own, true, &vm->stats);
	if (err)
		return err;
	if (sums.v)
		return stats_from_values(d->frame, &sums_before, &sums, false, &vm->vcpu_stats);
	return sum_vcpus(d->frame, d->cur->vcpu_layout, vm);
}
