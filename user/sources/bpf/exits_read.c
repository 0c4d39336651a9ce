// SPDX-License-Identifier: GPL-2.0
#include "exits_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../base/arena.h"
#include "../../base/cleanup.h"
#include "../../base/log.h"
#include "../../model/snapshot.h"
#include "../../model/verify.h"
#include "../vms.h"
#include "collector.h"
#include "programs.h"
#include "kvmtop.skel.h"

static uint64_t now_ns(clockid_t clock, struct timespec *ret_now)
{
	clock_gettime(clock, ret_now);
	return (uint64_t)ret_now->tv_sec * 1000000000ull + (uint64_t)ret_now->tv_nsec;
}

static struct tally *tally_for(struct tally *tallies, size_t *n, uint32_t isa, uint64_t code)
{
	struct tally *tally;

	for (size_t i = 0; i < *n; i++)
		if (tallies[i].code == code && tallies[i].isa == isa)
			return &tallies[i];
	tally = &tallies[(*n)++];
	tally->isa = isa;
	tally->code = code;
	return tally;
}

/*
 * Brings @seen up to date with the histogram of @cell, of which @count and @sum_ns were read
 * before. Most are idle: a cell without an exit since then, and with all exits timed, need not be
 * read.
 */
static int read_hist(const struct exits *exits, uint32_t hist, uint64_t count, uint64_t sum_ns,
		     struct cell_seen *seen)
{
	int err;

	if (count == seen->count && sum_ns == seen->sum_ns && seen->timed == count)
		return 0;
	if (count - seen->count >= UINT32_MAX)
		seen->hist_lost = true;
	err = hist_total__take(&seen->hist, exits->hists[hist].count);
	if (err)
		return err;
	seen->count = count;
	seen->sum_ns = sum_ns;
	seen->timed = hist_count(hist_total__hist(&seen->hist));
	return 0;
}

/* Adds @part to the histogram of @tally. A vCPU that has several slots may have several of the same reason. */
static int add_hist(struct arena *arena, struct tally *tally, struct hist part)
{
	struct hist_sum sum;

	if (!tally->hist.n)
		return hist_copy(arena, part, &tally->hist);
	hist_sum__init(&sum);
	hist_sum__add(&sum, tally->hist);
	hist_sum__add(&sum, part);
	return hist_copy(arena, sum.hist, &tally->hist);
}

static int add_cell(const struct exits *exits, struct arena *arena, struct tally *tally,
		    struct kvmtop_cell *cell, struct cell_seen *seen)
{
	uint32_t hist = READ_ONCE(cell->hist);
	uint64_t count = READ_ONCE(cell->count);
	uint64_t sum_ns, max_ns;
	int err;

	tally->count += count;
	if (exits->latency == LATENCY_OFF)
		return 0;
	sum_ns = READ_ONCE(cell->sum_ns);
	tally->sum_ns += sum_ns;
	/* The kernel side may store a larger one meanwhile. No maximum is lost either way. */
	max_ns = __atomic_exchange_n(&cell->max_ns, 0, __ATOMIC_RELAXED);
	if (max_ns > tally->max_ns)
		tally->max_ns = max_ns;
	if (max_ns > seen->max_ns)
		seen->max_ns = max_ns;
	if (seen->max_ns > tally->max_total_ns)
		tally->max_total_ns = seen->max_ns;
	if (exits->latency == LATENCY_MEAN)
		return 0;
	if (hist == KVMTOP_HIST_NONE || hist >= exits->n_hists) {
		tally->hist_missing = true;
		return 0;
	}
	err = read_hist(exits, hist, count, sum_ns, seen);
	if (err)
		return err;
	tally->hist_missing |= seen->hist_lost;
	return add_hist(arena, tally, hist_total__hist(&seen->hist));
}

/* Adds @cell to the tallies of @sample, which have room for it. */
static int read_cell(const struct exits *exits, struct arena *arena, struct kvmtop_cell *cell,
		     struct cell_seen *seen, struct vcpu_sample *sample)
{
	struct tally *tally;

	if (cell->isa == KVMTOP_ISA_EVENT)
		tally = tally_for(sample->events, &sample->n_events, cell->isa, cell->reason);
	else if (cell->isa == KVMTOP_ISA_USER)
		tally = tally_for(sample->user_exits, &sample->n_user_exits, cell->isa,
				  cell->reason);
	else
		tally = tally_for(sample->exits, &sample->n_exits, cell->isa, cell->reason);
	return add_cell(exits, arena, tally, cell, seen);
}

static struct vcpu_sample *sample_for(struct vm_sample *vm, uint32_t vcpu_id)
{
	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i].vcpu_id == vcpu_id)
			return &vm->vcpus[i];
	vm->vcpus[vm->n_vcpus].vcpu_id = vcpu_id;
	return &vm->vcpus[vm->n_vcpus++];
}

/* Makes room for @more tallies in all arrays, after those of the vCPU's other slots. */
static int make_room(const struct exits *exits, struct arena *arena, struct vcpu_sample *sample,
		     size_t more)
{
	struct tally *kernel = arena__calloc(arena, sample->n_exits + more, sizeof(*kernel));
	struct tally *user = arena__calloc(arena, sample->n_user_exits + more, sizeof(*user));
	struct tally *events =
		arena__calloc(arena, exits->events ? sample->n_events + more : 0, sizeof(*events));

	if (!kernel || !user || !events)
		return -ENOMEM;
	if (sample->n_events)
		memcpy(events, sample->events, sample->n_events * sizeof(*events));
	sample->events = events;
	if (sample->n_exits)
		memcpy(kernel, sample->exits, sample->n_exits * sizeof(*kernel));
	if (sample->n_user_exits)
		memcpy(user, sample->user_exits, sample->n_user_exits * sizeof(*user));
	sample->exits = kernel;
	sample->user_exits = user;
	return 0;
}

static uint32_t at_most(uint32_t n, uint32_t limit)
{
	return n < limit ? n : limit;
}

void exits__place(const struct kvmtop_vcpu *before, const struct kvmtop_vcpu *after,
		  struct vcpu_place *place)
{
	bool changed = before->event_ns != after->event_ns || before->user_ns != after->user_ns ||
		       before->kvm_ns != after->kvm_ns || before->exit_place != after->exit_place;
	/* Nothing was timed yet, so it is unknown. */
	bool unknown = changed || !before->kvm_ns;
	bool counted = KVMTOP_PLACE_CELL(before->exit_place) != KVMTOP_CELL_NONE;

	place->in_vmm |= unknown || before->user_ns;
	place->in_kvm |= unknown || (before->exit_place && !before->user_ns);
	/* An exit that is not counted yet is treated as if it had not happened. */
	place->in_guest |= unknown || (!before->user_ns && !counted);
}

static int read_vcpu(const struct exits *exits, struct kvmtop_vcpu *v, bool ended,
		     struct arena *arena, struct vcpu_sample *sample)
{
	/* Read once, as the thread may add cells meanwhile. */
	uint32_t n_own = at_most(READ_ONCE(v->n_own), KVMTOP_OWN_CELLS - 1);
	uint32_t n_spare = at_most(READ_ONCE(v->n_spare), KVMTOP_SPARE_MAX);
	struct kvmtop_vcpu before, after;
	/* Keys first: an exit is counted before its key is, so there are never more keys than exits. */
	int err = collectors_fill_before_exits(exits, v->slot, ended, arena, sample);

	if (!err)
		err = make_room(exits, arena, sample, n_own + n_spare);
	if (err)
		return err;
	memcpy(&before, v, FIRST_LINE);
	sample->tid = (pid_t)READ_ONCE(v->tid);
	for (uint32_t cell = 1; cell <= n_own && !err; cell++)
		err = read_cell(exits, arena, &v->own[cell], exits_own_seen(exits, v->slot, cell),
				sample);
	for (uint32_t i = 0; i < n_spare && !err; i++)
		err = read_cell(exits, arena, &exits->spare[v->spare[i]],
				exits_spare_seen(exits, v->spare[i]), sample);
	if (err)
		return err;
	if (exits->latency != LATENCY_OFF)
		exits_read_times(exits, v, ended, sample);
	memcpy(&after, v, FIRST_LINE);
	exits__place(&before, &after, &sample->place);
	return collectors_fill_after_exits(exits, v->slot, ended, arena, sample);
}

static int by_vcpu_id(const void *a, const void *b)
{
	const struct vcpu_sample *x = a, *y = b;

	return x->vcpu_id < y->vcpu_id ? -1 : x->vcpu_id > y->vcpu_id;
}

static int read_vm(const struct exits *exits, const struct inventory_vm *vm, struct arena *arena,
		   struct vm_sample *sample)
{
	*sample = (struct vm_sample){
		.key = vm->key,
		.pid = (pid_t)vm->tgid,
		.vm_fd = vm->id_fd,
		.kvm = vm->kvm,
		.name = arena__strdup(arena, vm->name),
		.comm = arena__strdup(arena, vm->comm),
		.ended = vm->closed,
		.later = vm->later,
		.vcpus = arena__calloc(arena, vm->n_vcpus, sizeof(*sample->vcpus)),
	};
	if (!sample->vcpus || !sample->comm || (vm->name && !sample->name))
		return -ENOMEM;
	for (size_t i = 0; i < VM_ALIAS_MAX; i++) {
		sample->aliases[i] = arena__strdup(arena, vm->aliases[i]);
		if (vm->aliases[i] && !sample->aliases[i])
			return -ENOMEM;
	}
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		int err = read_vcpu(exits, &exits->vcpus[vm->vcpus[i].slot], vm->closed, arena,
				    sample_for(sample, vm->vcpus[i].vcpu_id));

		if (err)
			return err;
		exits->vm_keys[vm->vcpus[i].slot] = vm->key;
	}
	qsort(sample->vcpus, sample->n_vcpus, sizeof(*sample->vcpus), by_vcpu_id);
	return collectors_fill_vm(exits, vm, arena, sample);
}

void exits__coverage(struct exits *exits, struct verify_coverage *ret_coverage)
{
	bool missed = exits_missed(exits); /* first: it looks after userspace exits, too */

	*ret_coverage = (struct verify_coverage){
		.room = !READ_ONCE(exits->skel->data->drops.map_full),
		.exits = !missed,
		.user_exits = !exits->missed_user_exits,
		.events = exits->events & ~programs_missed_events(exits->skel),
		.no_events = !exits->opts.events,
	};
}

void exits_read_drops(struct exits *exits, struct snapshot *snapshot)
{
	const uint64_t *before = exits->drops_before;
	const uint32_t others = ROLE_BIT(ROLE_HALT) | ROLE_BIT(ROLE_MIGRATED);
	uint64_t missed = exits_missed(exits);

	missed += exits->missed_user_exits + programs_missed(exits->skel, others);
	snapshot->drops[DROP_MISSED] = before[DROP_MISSED] + missed;
	snapshot->drops[DROP_MAP_FULL] =
		before[DROP_MAP_FULL] + READ_ONCE(exits->skel->data->drops.map_full);
	snapshot->hist_full =
		exits->hist_full_before + READ_ONCE(exits->skel->data->drops.hist_full);
}

int exits__read(struct exits *exits, struct snapshot *snapshot)
{
	struct precedence precedence = exits__take_precedence(exits);
	int err;

	exits_give_back_retired(exits);
	exits_forget_ignored(exits);
	exits__end_precedence(&precedence);
	err = exits_update_vms(exits);
	if (err)
		return err;
	snapshot->vms = arena__calloc(snapshot->arena, exits->vms->inventory.n_vms + 1,
				      sizeof(*snapshot->vms));
	if (!snapshot->vms)
		return -ENOMEM;
	snapshot->latency = exits->latency;
	err = collectors_collect(exits);
	if (!err && exits->latency != LATENCY_OFF)
		err = threads_look(exits);
	if (err)
		return err;
	now_ns(CLOCK_REALTIME, &snapshot->wall);
	snapshot->mono_ns = now_ns(CLOCK_MONOTONIC, &(struct timespec){ 0 });
	for (size_t i = 0; i < exits->vms->inventory.n_vms; i++) {
		err = read_vm(exits, exits->vms->inventory.vms[i], snapshot->arena,
			      &snapshot->vms[i]);
		if (err)
			return err;
		snapshot->n_vms++;
	}
	exits_read_drops(exits, snapshot);
	err = collectors_fill_host(exits, snapshot);
	if (err)
		return err;
	snapshot->sources[SOURCE_TRACEPOINTS] = (struct source_state){ .used = true };
	precedence = exits__take_precedence(exits);
	exits_forget_ended_vms(exits);
	exits->vms->inventory.complete = true;
	exits__end_precedence(&precedence);
	return 0;
}
