// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../base/arena.h"
#include "../../base/cleanup.h"
#include "../../base/once.h"
#include "../../model/inventory.h"
#include "collector.h"
#include "object.h"
#include "tracepoints.h"
#include "tracepoints_priv.h"
#include "tracepoints.skel.h"

/* When more elements of the hash than this are in use, idle ones of no known VM are removed. */
#define FULL(n) ((n) - (n) / 4)

static uint64_t *row_of(const struct tracepoints *tp, uint64_t *rows, uint32_t slot)
{
	return &rows[(size_t)slot * tp->row];
}

static void add_counts(uint64_t *sum, const uint64_t *part, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum[i] += part[i];
}

/* ---- which VM an event is about */

static bool is_of(const struct inventory_vm *vm, const struct kvmtop_event_key *key)
{
	return vm->tgid == key->tgid && (!key->kvm || vm->kvm == key->kvm);
}

/*
 * The only VM that it can be: a running one or, if there is none, one that has just ended. NULL:
 * there is none, or there are several.
 */
static const struct inventory_vm *find_vm(const struct inventory *inventory,
					  const struct kvmtop_event_key *key)
{
	const struct inventory_vm *found[2] = { NULL, NULL }; /* running, ended */
	size_t n[2] = { 0, 0 };

	for (size_t i = 0; i < inventory->n_vms; i++) {
		const struct inventory_vm *vm = inventory->vms[i];

		if (!is_of(vm, key))
			continue;
		found[vm->closed] = vm;
		n[vm->closed]++;
	}
	if (n[0])
		return n[0] == 1 ? found[0] : NULL;
	return n[1] == 1 ? found[1] : NULL;
}

/*
 * The slot of the vCPU. A VM may have the address of another one that has ended. The thread tells
 * them apart; otherwise it is the running one. 0: it has none (yet).
 */
static uint32_t find_slot(const struct tracepoints *tp, const struct kvmtop_event_key *key)
{
	const struct inventory *inventory = exits__inventory(tp->exits);
	uint32_t best = 0;
	int best_rank = 0;

	for (size_t i = 0; i < inventory->n_vms; i++) {
		const struct inventory_vm *vm = inventory->vms[i];

		if (!is_of(vm, key))
			continue;
		for (size_t j = 0; j < vm->n_vcpus; j++) {
			uint32_t slot = vm->vcpus[j].slot;
			bool same_thread = READ_ONCE(tp->slots.vcpus[slot].tid) == key->tid;
			int rank = 1 + !vm->closed + 2 * (key->tid && same_thread);

			if (vm->vcpus[j].vcpu != key->vcpu || rank < best_rank)
				continue;
			best = slot;
			best_rank = rank;
		}
	}
	return best;
}

static uint64_t *counts_of_vm(struct tracepoints *tp, uint64_t vm_key)
{
	struct vm_events *vms;

	for (size_t i = 0; i < tp->n_vms; i++)
		if (tp->vms[i].vm_key == vm_key)
			return tp->vms[i].counts;
	vms = reallocarray(tp->vms, tp->n_vms + 1, sizeof(*vms));
	if (!vms)
		return NULL;
	tp->vms = vms;
	vms[tp->n_vms] = (struct vm_events){ vm_key, calloc(tp->names.n, sizeof(*vms->counts)) };
	return vms[tp->n_vms].counts ? vms[tp->n_vms++].counts : NULL;
}

/*
 * Adds what is new of @other to its vCPU or VM. If that is not known yet, the count is kept for
 * later. 0 or -ENOMEM.
 */
static int give(struct tracepoints *tp, struct other_event *other)
{
	const struct kvmtop_event_key *key = &other->key;
	uint64_t more = other->count - other->given;
	const struct inventory_vm *vm;
	uint64_t *counts;
	uint32_t slot;

	if (!more || key->event >= tp->names.n)
		return 0;
	slot = key->vcpu ? find_slot(tp, key) : 0;
	vm = slot ? NULL : find_vm(exits__inventory(tp->exits), key);
	if (slot)
		counts = row_of(tp, tp->by_slot, slot);
	else
		counts = vm ? counts_of_vm(tp, vm->key) : tp->pending;
	if (!counts)
		return -ENOMEM;
	counts[key->event] += more;
	if (counts != tp->pending)
		other->given = other->count;
	return 0;
}

/* ---- reading the hash */

static int cmp_others(const void *a, const void *b)
{
	const struct other_event *x = a, *y = b;

	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* Reads all of other_events into tp->keys and tp->values. How many, or a negative errno. */
static ssize_t read_hash(struct tracepoints *tp)
{
	DECLARE_LIBBPF_OPTS(bpf_map_batch_opts, opts);
	int map = bpf_map__fd(tp->skel->maps.other_events);
	uint32_t position = 0, n, done = 0;
	int err = 0;

	while (!err && done < tp->max_others) {
		n = (uint32_t)tp->max_others - done;
		err = bpf_map_lookup_batch(map, done ? &position : NULL, &position, tp->keys + done,
					   tp->values + done, &n, &opts);
		if (err && errno != ENOENT)
			return -errno;
		done += n;
	}
	return done;
}

/*
 * Puts the new readings, and those old ones that were not found again, into one sorted list. A
 * reading with a lower count than before is a new element with the same key.
 */
static int merge_others(struct tracepoints *tp, size_t n_read)
{
	struct other_event *list = calloc(n_read + tp->n_others + 1, sizeof(*list));
	const struct other_event *old = tp->others, *end = tp->others + tp->n_others;
	struct other_event *fresh;
	size_t n = 0;

	if (!list)
		return -ENOMEM;
	fresh = list + tp->n_others; /* behind what is written before it is read */
	for (size_t i = 0; i < n_read; i++)
		fresh[i] = (struct other_event){ .key = tp->keys[i], .count = tp->values[i] };
	qsort(fresh, n_read, sizeof(*fresh), cmp_others);
	for (size_t i = 0; i < n_read; i++) {
		struct other_event other = fresh[i];

		if (i && !memcmp(&other.key, &fresh[i - 1].key, sizeof(other.key)))
			continue; /* the kernel may find one twice */
		while (old < end && cmp_others(old, &other) < 0)
			list[n++] = *old++;
		if (old < end && !cmp_others(old, &other)) {
			other.given = old->given;
			other.idle = old->count == other.count;
			old++;
		}
		list[n++] = other;
	}
	while (old < end)
		list[n++] = *old++;
	free(tp->others);
	tp->others = list;
	tp->n_others = n;
	return 0;
}

/* True when it is out; @count is brought up to date where the kernel does both at once for hashes (5.14). */
static bool take_out(const struct tracepoints *tp, int map, const struct kvmtop_event_key *key,
		     uint64_t *count)
{
	struct precedence precedence = exits__take_precedence(tp->exits);
	bool done =
		!bpf_map_lookup_and_delete_elem(map, key, count) || !bpf_map_delete_elem(map, key);

	exits__end_precedence(&precedence);
	return done;
}

/* Removes elements from the hash that were idle for an interval and that are of no known VM. */
static void make_room(struct tracepoints *tp)
{
	int map = bpf_map__fd(tp->skel->maps.other_events);
	size_t n = 0;

	if (tp->n_others <= FULL(tp->max_others))
		return;
	for (size_t i = 0; i < tp->n_others; i++) {
		struct other_event *other = &tp->others[i];
		bool known = find_slot(tp, &other->key) ||
			     find_vm(exits__inventory(tp->exits), &other->key);

		uint64_t count = other->count;

		if (!other->idle || known || !take_out(tp, map, &other->key, &count)) {
			tp->others[n++] = *other;
			continue;
		}
		tp->host[other->key.event] += count - other->given;
		tp->pending[other->key.event] -= other->count - other->given;
	}
	tp->n_others = n;
}

/* Counts of VMs that have ended become the host's. */
static void fold_gone_vms(struct tracepoints *tp)
{
	const struct inventory *inventory = exits__inventory(tp->exits);
	size_t i = 0;

	while (i < tp->n_vms) {
		struct vm_events *vm = &tp->vms[i];
		bool known = false;

		for (size_t j = 0; j < inventory->n_vms && !known; j++)
			known = inventory->vms[j]->key == vm->vm_key;
		if (known) {
			i++;
			continue;
		}
		add_counts(tp->host, vm->counts, tp->names.n);
		free(vm->counts);
		*vm = tp->vms[--tp->n_vms];
	}
}

/* Reads what is counted outside the vCPUs' threads. */
static int collect(void *arg)
{
	struct tracepoints *tp = arg;
	struct precedence precedence = exits__take_precedence(tp->exits);
	ssize_t n = read_hash(tp);
	int err;

	exits__end_precedence(&precedence);
	err = n < 0 ? (int)n : merge_others(tp, (size_t)n);
	fold_gone_vms(tp);
	memset(tp->pending, 0, tp->names.n * sizeof(*tp->pending));
	for (size_t i = 0; !err && i < tp->n_others; i++)
		err = give(tp, &tp->others[i]);
	if (!err)
		make_room(tp);
	return err;
}

/* ---- into the snapshot */

static uint64_t sum_of(const struct tally *tallies, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += tallies[i].count;
	return sum;
}

/* Adds what the programs of the events have counted for slot @slot. */
static void add_row(const struct tracepoints *tp, uint32_t slot, uint64_t *counts)
{
	const uint64_t *row = row_of(tp, tp->counts, slot), *others = row_of(tp, tp->by_slot, slot);

	for (size_t i = 0; i < tp->names.n; i++) {
		counts[i] += READ_ONCE(row[i]) + others[i];
		if (tp->events[i].source == EVENT_FROM_ENTRIES)
			counts[i] += READ_ONCE(tp->slots.vcpus[slot].entries);
	}
}

static int fill_vcpu(void *arg, uint32_t slot, bool ended, struct arena *arena,
		     struct vcpu_sample *sample)
{
	const struct tracepoints *tp = arg;
	uint64_t *counts = arena__calloc(arena, tp->names.n, sizeof(*counts));

	(void)ended;
	if (!counts)
		return -ENOMEM;
	if (sample->tracepoints) /* of another slot */
		memcpy(counts, sample->tracepoints, tp->names.n * sizeof(*counts));
	add_row(tp, slot, counts);
	for (size_t i = 0; i < tp->names.n; i++) {
		if (tp->events[i].source == EVENT_FROM_EXITS)
			counts[i] = sum_of(sample->exits, sample->n_exits);
		else if (tp->events[i].source == EVENT_FROM_USER_EXITS)
			counts[i] = sum_of(sample->user_exits, sample->n_user_exits);
	}
	sample->tracepoints = counts;
	return 0;
}

static int fill_vm(void *arg, const struct inventory_vm *vm, struct arena *arena,
		   struct vm_sample *sample)
{
	const struct tracepoints *tp = arg;
	uint64_t *counts = arena__calloc(arena, tp->names.n, sizeof(*counts));

	if (!counts)
		return -ENOMEM;
	for (size_t i = 0; i < tp->n_vms; i++)
		if (tp->vms[i].vm_key == vm->key)
			add_counts(counts, tp->vms[i].counts, tp->names.n);
	sample->tracepoints = counts;
	return 0;
}

void tracepoints__add_drops(const struct tracepoints *tp, uint64_t *drops)
{
	for (size_t i = 0; tp && i < tp->names.n; i++)
		drops[DROP_MISSED] += object_missed_by(tp->events[i].program);
	if (tp)
		drops[DROP_TRACEPOINTS] += READ_ONCE(tp->skel->bss->events_without_room);
}

/* Events that a program was not run for did happen: they have no VM, and are counted as missed. */
static int fill_host(void *arg, struct snapshot *snapshot)
{
	const struct tracepoints *tp = arg;
	uint64_t *counts = arena__calloc(snapshot->arena, tp->names.n, sizeof(*counts));

	if (!counts)
		return -ENOMEM;
	for (size_t i = 0; i < tp->names.n; i++)
		counts[i] = tp->host[i] + tp->pending[i] + READ_ONCE(tp->counts[i]) +
			    object_missed_by(tp->events[i].program);
	tracepoints__add_drops(tp, snapshot->drops);
	snapshot->event_names = tp->kept;
	if (!tp->only_some_vms)
		snapshot->host_tracepoints = counts;
	return 0;
}

static void add_cell(const struct tracepoints *tp, const struct kvmtop_cell *cell)
{
	for (size_t i = 0; i < tp->names.n && cell->isa != KVMTOP_ISA_EVENT; i++)
		if (tp->events[i].source ==
		    (cell->isa == KVMTOP_ISA_USER ? EVENT_FROM_USER_EXITS : EVENT_FROM_EXITS))
			tp->host[i] += cell->count;
}

/* The slot's counts become the host's. */
static void forget(void *arg, uint32_t slot)
{
	struct tracepoints *tp = arg;
	const struct kvmtop_vcpu *v = &tp->slots.vcpus[slot];

	add_row(tp, slot, tp->host);
	for (uint32_t cell = 1; cell <= v->n_own && cell < KVMTOP_OWN_CELLS; cell++)
		add_cell(tp, &v->own[cell]);
	for (uint32_t i = 0; i < v->n_spare && i < KVMTOP_SPARE_MAX; i++)
		add_cell(tp, &tp->slots.spare[v->spare[i]]);
	memset(row_of(tp, tp->counts, slot), 0, tp->row * sizeof(*tp->counts));
	memset(row_of(tp, tp->by_slot, slot), 0, tp->row * sizeof(*tp->by_slot));
}

const struct collector_ops tracepoints_collector_ops = {
	.collect = collect,
	.fill_after_exits = fill_vcpu,
	.fill_vm = fill_vm,
	.fill_host = fill_host,
	.forget = forget,
};
