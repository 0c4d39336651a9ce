// SPDX-License-Identifier: GPL-2.0
/*
 * tracepoints_delta: a vCPU's counts come from its two samples, a VM's are its vCPUs' and its own.
 * The total is not the sum of the VMs': an ended VM's counts become the host's. So the sums over
 * whole snapshots are compared.
 */
#include "tracepoints_delta.h"

#include <errno.h>

#include "../base/arena.h"
#include "frame.h"
#include "snapshot.h"

static size_t n_events(const struct tracepoints_delta *d)
{
	return d->cur->event_names ? d->cur->event_names->n : 0;
}

static int new_counters(const struct tracepoints_delta *d, struct frame_tracepoints *tracepoints)
{
	tracepoints->n = n_events(d);
	tracepoints->v = arena__calloc(d->frame->arena, tracepoints->n, sizeof(*tracepoints->v));
	tracepoints->valid = tracepoints->v != NULL;
	return tracepoints->v ? 0 : -ENOMEM;
}

/* Whether the two snapshots count the same events. */
static bool are_comparable(const struct tracepoints_delta *d)
{
	return d->prev && d->prev->event_names == d->cur->event_names;
}

/* Adds what came from @prev to @cur; @prev may be NULL. How much a part has grown by that was just switched on is not known. */
static void add_growth(const struct tracepoints_delta *d, struct frame_tracepoints *tracepoints,
		       const uint64_t *prev, const uint64_t *cur)
{
	for (size_t i = 0; cur && i < tracepoints->n; i++) {
		struct counter *counter = &tracepoints->v[i];
		uint64_t before = prev ? prev[i] : 0;

		counter->total += cur[i];
		if (cur[i] >= before && !d->frame->begun[PART_TRACEPOINTS]) {
			counter->delta += cur[i] - before;
			counter->delta_valid = true;
		}
	}
}

static void set_rates(const struct tracepoints_delta *d, struct frame_tracepoints *tracepoints)
{
	for (size_t i = 0; i < tracepoints->n; i++) {
		struct counter *counter = &tracepoints->v[i];

		if (counter->delta_valid)
			counter->rate = (double)counter->delta / d->frame->interval_s;
	}
}

int tracepoints_delta__vcpu(const struct tracepoints_delta *d, const struct vcpu_sample *prev,
			    const struct vcpu_sample *cur, struct frame_vcpu *vcpu)
{
	if (!cur->tracepoints || !d->cur->event_names)
		return 0;
	if (new_counters(d, &vcpu->tracepoints))
		return -ENOMEM;
	add_growth(d, &vcpu->tracepoints, prev && are_comparable(d) ? prev->tracepoints : NULL,
		   cur->tracepoints);
	set_rates(d, &vcpu->tracepoints);
	return 0;
}

int tracepoints_delta__vm(const struct tracepoints_delta *d, const struct vm_sample *prev,
			  const struct vm_sample *cur, struct frame_vm *vm)
{
	if (!cur->tracepoints || !d->cur->event_names)
		return 0;
	if (new_counters(d, &vm->tracepoints))
		return -ENOMEM;
	add_growth(d, &vm->tracepoints, prev && are_comparable(d) ? prev->tracepoints : NULL,
		   cur->tracepoints);
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		const struct frame_tracepoints *part = &vm->vcpus[i].tracepoints;

		for (size_t j = 0; j < part->n; j++) {
			vm->tracepoints.v[j].total += part->v[j].total;
			vm->tracepoints.v[j].delta += part->v[j].delta;
		}
	}
	set_rates(d, &vm->tracepoints);
	return 0;
}

static void add_to_sums(uint64_t *sums, const uint64_t *part, size_t n)
{
	for (size_t i = 0; part && i < n; i++)
		sums[i] += part[i];
}

/* Of all that is in @snapshot. */
static void sum_up(const struct snapshot *snapshot, uint64_t *sums, size_t n)
{
	add_to_sums(sums, snapshot->host_tracepoints, n);
	for (size_t i = 0; i < snapshot->n_vms; i++) {
		const struct vm_sample *vm = &snapshot->vms[i];

		add_to_sums(sums, vm->tracepoints, n);
		for (size_t j = 0; j < vm->n_vcpus; j++)
			add_to_sums(sums, vm->vcpus[j].tracepoints, n);
	}
}

/* Where the host's counts are not known: of the VMs that are there. */
static void add_vms(const struct frame *frame, struct frame_tracepoints *tracepoints)
{
	for (size_t i = 0; i < tracepoints->n; i++)
		tracepoints->v[i].delta_valid = !frame->begun[PART_TRACEPOINTS];
	for (size_t i = 0; i < frame->n_vms; i++) {
		const struct frame_tracepoints *part = &frame->vms[i].tracepoints;

		for (size_t j = 0; j < part->n; j++) {
			tracepoints->v[j].total += part->v[j].total;
			tracepoints->v[j].delta += part->v[j].delta;
		}
	}
}

int tracepoints_delta__frame(const struct tracepoints_delta *d)
{
	struct frame_tracepoints *tracepoints = &d->frame->tracepoints;
	size_t n = n_events(d);
	uint64_t *prev, *cur;

	if (!d->cur->event_names)
		return 0;
	prev = arena__calloc(d->frame->arena, n, sizeof(*prev));
	cur = arena__calloc(d->frame->arena, n, sizeof(*cur));
	if (!prev || !cur || new_counters(d, tracepoints))
		return -ENOMEM;
	d->frame->event_names = d->cur->event_names;
	if (d->cur->host_tracepoints) {
		if (are_comparable(d))
			sum_up(d->prev, prev, n);
		sum_up(d->cur, cur, n);
		add_growth(d, tracepoints, prev, cur);
	} else {
		add_vms(d->frame, tracepoints);
	}
	set_rates(d, tracepoints);
	return 0;
}
