// SPDX-License-Identifier: GPL-2.0
#include "bpf_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../base/log.h"
#include "../model/snapshot.h"
#include "../model/verify.h"
#include "bpf_programs.h"
#include "kvmtop.skel.h"

/* How often it is looked whether an event is lost or late, at intervals of a millisecond. */
#define MAX_LOOKS 20

/* How often in a row it is looked for VMs that come and go while we look. */
#define MAX_ROUNDS 3

static uint64_t now_ns(clockid_t clock, struct timespec *ret_now)
{
	clock_gettime(clock, ret_now);
	return (uint64_t)ret_now->tv_sec * 1000000000ull + (uint64_t)ret_now->tv_nsec;
}

static int by_registration(const void *a, const void *b)
{
	const struct slot_ident *x = a, *y = b;

	return x->registered_ns < y->registered_ns ? -1 : x->registered_ns > y->registered_ns;
}

static struct slot_ident identity(const struct kvmtop_vcpu *v)
{
	struct slot_ident ident = {
		.slot = v->slot,
		.tgid = v->tgid,
		.start_ns = v->start_ns,
		.registered_ns = v->registered_ns,
		.kvm = v->kvm,
		.vcpu = v->address,
		.vcpu_id = v->vcpu_id,
		.vm_fd = v->vm_fd == KVMTOP_ID_UNKNOWN ? -1 : (int)v->vm_fd,
		.fresh = v->fresh,
	};

	memcpy(ident.comm, v->comm, sizeof(v->comm));
	return ident;
}

/*
 * Whether slot @v is ready to be shown. A thread that left KVM_RUN before its first entry has a slot without
 * a name; it is told at the first entry, so until then it waits (its counts are not lost), or until its process ends.
 */
static bool is_named(const struct bpf_exit *bpf, const struct kvmtop_vcpu *v)
{
	if (READ_ONCE(v->vcpu) && v->vcpu_id != KVMTOP_ID_UNKNOWN)
		return true;
	if (READ_ONCE(v->state) & KVMTOP_STATE_DEAD)
		return true;
	return !bpf_exit_process_alive(bpf, v->tgid, v->start_ns);
}

/* Puts slots that are in use since the last time into the inventory. */
static int find_new_slots(struct bpf_exit *bpf)
{
	__autofree struct slot_ident *found = NULL;
	size_t n = 0, capacity = 0;
	int err;

	for (size_t slot = 1; slot < bpf->n_slots; slot++) {
		const struct kvmtop_vcpu *v = &bpf->vcpus[slot];

		if (bpf->slots[slot] != SLOT_FREE || !READ_ONCE(v->registered_ns) ||
		    !is_named(bpf, v))
			continue;
		if (n == capacity) {
			struct slot_ident *more;

			capacity = capacity ? capacity * 2 : 64;
			more = realloc(found, capacity * sizeof(*found));
			if (!more)
				return -ENOMEM;
			found = more;
		}
		found[n++] = identity(v);
	}
	if (n)
		qsort(found, n, sizeof(*found), by_registration);
	for (size_t i = 0; i < n; i++) {
		err = inventory__add(&bpf->inventory, &found[i]);
		if (err)
			return err;
		bpf->slots[found[i].slot] = SLOT_LIVE;
	}
	return 0;
}

static void note_gone(struct bpf_exit *bpf)
{
	for (size_t i = 0; i < bpf->inventory.n_vms; i++)
		bpf->inventory.vms[i]->gone |= bpf->inventory.vms[i]->ended;
}

/*
 * Brings the inventory up to date, before the counters are read, so that those of a VM that is gone are its last. A VM may
 * get further vCPUs and end while we look: those have slots by then, so they are looked for again.
 */
static int find_vms(struct bpf_exit *bpf)
{
	int err = find_new_slots(bpf);

	if (err)
		return err;
	bpf_exit_look_after_vms(bpf);
	err = find_new_slots(bpf);
	for (int i = 0; i < MAX_ROUNDS && !err && bpf_exit_look_at_new_vms(bpf); i++) {
		note_gone(bpf);
		err = find_new_slots(bpf);
	}
	if (err)
		return err;
	note_gone(bpf);
	bpf_exit_give_ids(bpf);
	return 0;
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
 * Brings @seen up to date with the histogram of @cell, of which @count and @sum_ns were read before. Most are idle: one
 * that had no exit since, and has timed all that it had, need not be looked at.
 */
static int read_hist(const struct bpf_exit *bpf, uint32_t hist, uint64_t count, uint64_t sum_ns,
		     struct cell_seen *seen)
{
	int err;

	if (count == seen->count && sum_ns == seen->sum_ns && seen->timed == count)
		return 0;
	if (count - seen->count >= UINT32_MAX)
		seen->hist_lost = true;
	err = hist_total__take(&seen->hist, bpf->hists[hist].count);
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

static int add_cell(const struct bpf_exit *bpf, struct arena *arena, struct tally *tally,
		    struct kvmtop_cell *cell, struct cell_seen *seen)
{
	uint32_t hist = READ_ONCE(cell->hist);
	uint64_t count = READ_ONCE(cell->count);
	uint64_t sum_ns, max_ns;
	int err;

	tally->count += count;
	if (bpf->latency == LATENCY_OFF)
		return 0;
	sum_ns = READ_ONCE(cell->sum_ns);
	tally->sum_ns += sum_ns;
	/* The kernel side stores a larger one meanwhile, or it does not: either way none is lost. */
	max_ns = __atomic_exchange_n(&cell->max_ns, 0, __ATOMIC_RELAXED);
	if (max_ns > tally->max_ns)
		tally->max_ns = max_ns;
	if (max_ns > seen->max_ns)
		seen->max_ns = max_ns;
	if (seen->max_ns > tally->max_total_ns)
		tally->max_total_ns = seen->max_ns;
	if (bpf->latency == LATENCY_MEAN)
		return 0;
	if (hist == KVMTOP_HIST_NONE || hist >= bpf->n_hists) {
		tally->hist_missing = true;
		return 0;
	}
	err = read_hist(bpf, hist, count, sum_ns, seen);
	if (err)
		return err;
	tally->hist_missing |= seen->hist_lost;
	return add_hist(arena, tally, hist_total__hist(&seen->hist));
}

/* Adds @cell to the tallies of @sample, which have room for it. */
static int read_cell(const struct bpf_exit *bpf, struct arena *arena, struct kvmtop_cell *cell,
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
	return add_cell(bpf, arena, tally, cell, seen);
}

static struct vcpu_sample *sample_for(struct vm_sample *vm, uint32_t vcpu_id)
{
	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i].vcpu_id == vcpu_id)
			return &vm->vcpus[i];
	vm->vcpus[vm->n_vcpus].vcpu_id = vcpu_id;
	return &vm->vcpus[vm->n_vcpus++];
}

/* Room for @more tallies in all arrays, what is there kept: a vCPU may have several slots. */
static int make_room(const struct bpf_exit *bpf, struct arena *arena, struct vcpu_sample *sample,
		     size_t more)
{
	struct tally *exits = arena__calloc(arena, sample->n_exits + more, sizeof(*exits));
	struct tally *user = arena__calloc(arena, sample->n_user_exits + more, sizeof(*user));
	struct tally *events =
		arena__calloc(arena, bpf->events ? sample->n_events + more : 0, sizeof(*events));

	if (!exits || !user || !events)
		return -ENOMEM;
	if (sample->n_events)
		memcpy(events, sample->events, sample->n_events * sizeof(*events));
	sample->events = events;
	if (sample->n_exits)
		memcpy(exits, sample->exits, sample->n_exits * sizeof(*exits));
	if (sample->n_user_exits)
		memcpy(user, sample->user_exits, sample->n_user_exits * sizeof(*user));
	sample->exits = exits;
	sample->user_exits = user;
	return 0;
}

static uint32_t at_most(uint32_t n, uint32_t limit)
{
	return n < limit ? n : limit;
}

void bpf_exit__place(const struct kvmtop_vcpu *before, const struct kvmtop_vcpu *after,
		     struct vcpu_place *place)
{
	bool moved = before->exit_ns != after->exit_ns || before->entry_ns != after->entry_ns ||
		     before->user_ns != after->user_ns || before->guest_ns != after->guest_ns ||
		     before->vmm_ns != after->vmm_ns || before->exit_cell != after->exit_cell;
	/* Nothing was timed yet: it cannot be told. */
	bool unknown = moved || (!before->guest_ns && !before->kvm_ns);

	place->in_vmm |= unknown || before->user_ns;
	place->in_kvm |= unknown || (before->exit_ns && !before->user_ns);
	/* As long as the exit is not counted it is the same as if it had not happened. */
	place->in_guest |=
		unknown || (!before->user_ns && (!before->exit_ns || !before->exit_cell));
}

static int read_vcpu(const struct bpf_exit *bpf, struct kvmtop_vcpu *v, bool gone,
		     struct arena *arena, struct vcpu_sample *sample)
{
	/* Once and for all: its thread may add cells while we look. */
	uint32_t n_own = at_most(READ_ONCE(v->n_own), KVMTOP_OWN_CELLS);
	uint32_t n_spare = at_most(READ_ONCE(v->n_spare), KVMTOP_SPARE_MAX);
	struct kvmtop_vcpu before, after;
	/* Keys first: an exit is counted before its key is, so there are never more keys than exits. */
	int err = bpf_guests_fill_before_exits(bpf, v->slot, gone, arena, sample);

	if (!err)
		err = make_room(bpf, arena, sample, n_own + n_spare);
	if (err)
		return err;
	memcpy(&before, v, FIRST_LINE);
	sample->tid = (pid_t)READ_ONCE(v->tid);
	for (uint32_t i = 0; i < n_own && !err; i++)
		err = read_cell(bpf, arena, &v->own[i], bpf_exit_own_seen(bpf, v->slot, i), sample);
	for (uint32_t i = 0; i < n_spare && !err; i++)
		err = read_cell(bpf, arena, &bpf->spare[v->spare[i]],
				bpf_exit_spare_seen(bpf, v->spare[i]), sample);
	if (err)
		return err;
	if (bpf->latency != LATENCY_OFF)
		bpf_exit_read_times(bpf, v, gone, sample);
	memcpy(&after, v, FIRST_LINE);
	bpf_exit__place(&before, &after, &sample->place);
	return bpf_guests_fill_after_exits(bpf, v->slot, gone, arena, sample);
}

static int by_vcpu_id(const void *a, const void *b)
{
	const struct vcpu_sample *x = a, *y = b;

	return x->vcpu_id < y->vcpu_id ? -1 : x->vcpu_id > y->vcpu_id;
}

static int read_vm(const struct bpf_exit *bpf, const struct inventory_vm *vm, struct arena *arena,
		   struct vm_sample *sample)
{
	*sample = (struct vm_sample){
		.key = vm->key,
		.pid = (pid_t)vm->tgid,
		.vm_fd = vm->id_fd,
		.kvm = vm->kvm,
		.name = arena__strdup(arena, vm->name),
		.comm = arena__strdup(arena, vm->comm),
		.gone = vm->gone,
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
		int err = read_vcpu(bpf, &bpf->vcpus[vm->vcpus[i].slot], vm->gone, arena,
				    sample_for(sample, vm->vcpus[i].vcpu_id));

		if (err)
			return err;
		bpf->vm_keys[vm->vcpus[i].slot] = vm->key;
	}
	qsort(sample->vcpus, sample->n_vcpus, sizeof(*sample->vcpus), by_vcpu_id);
	return bpf_guests_fill_vm(bpf, vm, arena, sample);
}

/*
 * How many userspace exits no program was run for and nobody rescued. One that is just being
 * rescued looks lost for a moment, or, when its thread is preempted in between, for long; so if there are
 * more than @known the least of some looks is taken. Never less than @known.
 */
static uint64_t not_rescued(const struct bpf_exit *bpf, uint64_t known)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t least = UINT64_MAX;

	for (int looks = 0; looks < MAX_LOOKS && least > known; looks++) {
		uint64_t missed, rescued, lost;

		if (looks)
			nanosleep(&pause, NULL);
		missed = bpf_programs_missed(bpf->skel, ROLE_BIT(ROLE_USER_EXIT));
		rescued = READ_ONCE(bpf->skel->bss->drops.rescued);
		lost = missed > rescued ? missed - rescued : 0;
		if (lost < least)
			least = lost;
	}
	return least > known ? least : known;
}

/* How many exits and entries the kernel ran no program of ours for; and looks after exits to user space. */
static uint64_t missed_exits(struct bpf_exit *bpf)
{
	bpf->missed_user_exits = not_rescued(bpf, bpf->missed_user_exits);
	return bpf_programs_missed(bpf->skel, ROLES_OF_EXITS);
}

void bpf_exit__coverage(struct bpf_exit *bpf, struct verify_coverage *ret_coverage)
{
	bool missed = missed_exits(bpf); /* first: it looks after userspace exits, too */

	*ret_coverage = (struct verify_coverage){
		.room = !READ_ONCE(bpf->skel->bss->drops.map_full),
		.exits = !missed,
		.user_exits = !bpf->missed_user_exits,
		.events = bpf->events & ~bpf_programs_missed_events(bpf->skel),
	};
}

/* True when it was there. Another slot may have taken the key in between: see restore(). */
static bool forget(int map, const void *key, uint32_t slot)
{
	uint32_t value;

	return !bpf_map_lookup_elem(map, key, &value) && value == slot &&
	       !bpf_map_delete_elem(map, key);
}

/*
 * Puts back what retire() took from a slot in use: between its look and its deletion the kernel side may have given the
 * address or thread of the old slot to a new one.
 */
static void restore(struct bpf_exit *bpf)
{
	int by_vcpu = bpf_map__fd(bpf->skel->maps.by_vcpu);
	int by_tid = bpf_map__fd(bpf->skel->maps.by_tid);

	for (uint32_t slot = 1; slot < bpf->n_slots; slot++) {
		const struct kvmtop_vcpu *v = &bpf->vcpus[slot];
		uint64_t vcpu = READ_ONCE(v->vcpu);
		uint32_t tid = READ_ONCE(v->tid);

		if (!READ_ONCE(v->registered_ns) || bpf->slots[slot] == SLOT_RETIRED)
			continue;
		if (vcpu)
			bpf_map_update_elem(by_vcpu, &vcpu, &slot, BPF_NOEXIST);
		if (tid)
			bpf_map_update_elem(by_tid, &tid, &slot, BPF_NOEXIST);
	}
}

/*
 * From now on no event finds slot @slot; one that has just found it has until the next read to finish. True when something was
 * taken out of a map.
 */
static bool retire(struct bpf_exit *bpf, uint32_t slot)
{
	struct kvmtop_vcpu *v = &bpf->vcpus[slot];
	uint64_t vcpu = v->vcpu;
	uint32_t tid = v->tid;
	bool forgotten = false;

	v->vcpu = 0;
	v->tid = 0;
	v->task = 0;
	if (vcpu)
		forgotten |= forget(bpf_map__fd(bpf->skel->maps.by_vcpu), &vcpu, slot);
	if (tid)
		forgotten |= forget(bpf_map__fd(bpf->skel->maps.by_tid), &tid, slot);
	bpf->slots[slot] = SLOT_RETIRED;
	return forgotten;
}

static void give_back_retired(struct bpf_exit *bpf)
{
	for (uint32_t slot = 1; slot < bpf->n_slots; slot++)
		if (bpf->slots[slot] == SLOT_RETIRED)
			bpf_exit_give_back(bpf, slot);
}

void bpf_exit_retire_vcpus(struct bpf_exit *bpf, const struct inventory_vm *vm)
{
	bool forgotten = false;

	for (size_t i = 0; i < vm->n_vcpus; i++)
		forgotten |= retire(bpf, vm->vcpus[i].slot);
	if (forgotten)
		restore(bpf);
}

static void forget_gone_vms(struct bpf_exit *bpf)
{
	bool forgotten = false;
	size_t i = 0;

	while (i < bpf->inventory.n_vms) {
		const struct inventory_vm *vm = bpf->inventory.vms[i];

		if (!vm->gone) {
			i++;
			continue;
		}
		for (size_t j = 0; j < vm->n_vcpus; j++)
			forgotten |= retire(bpf, vm->vcpus[j].slot);
		inventory__remove(&bpf->inventory, i);
	}
	if (forgotten)
		restore(bpf);
}

static struct inventory_vm *owner_of(const struct bpf_exit *bpf, uint32_t slot)
{
	for (size_t i = 0; i < bpf->inventory.n_vms; i++)
		for (size_t j = 0; j < bpf->inventory.vms[i]->n_vcpus; j++)
			if (bpf->inventory.vms[i]->vcpus[j].slot == slot)
				return bpf->inventory.vms[i];
	return NULL;
}

const struct inventory_vm *bpf_exit__vm_of(struct bpf_exit *bpf, uint32_t slot)
{
	struct inventory_vm *vm = owner_of(bpf, slot);

	if (!vm && !find_new_slots(bpf))
		vm = owner_of(bpf, slot);
	if (vm && !vm->has_id) {
		bpf_exit_look_at_new_vms(bpf);
		bpf_exit_give_ids(bpf);
	}
	return vm;
}

int bpf_exit__find_vms(struct bpf_exit *bpf)
{
	return find_new_slots(bpf);
}

int bpf_exit__note_vm(struct bpf_exit *bpf, const struct vm_ident *ident)
{
	return inventory__note(&bpf->inventory, ident);
}

int bpf_exit__read(struct bpf_exit *bpf, struct snapshot *snapshot)
{
	struct precedence precedence = bpf_exit__take_precedence(bpf);
	int err;

	give_back_retired(bpf);
	bpf_exit_forget_ignored(bpf);
	bpf_exit__end_precedence(&precedence);
	err = find_vms(bpf);
	if (err)
		return err;
	snapshot->vms =
		arena__calloc(snapshot->arena, bpf->inventory.n_vms + 1, sizeof(*snapshot->vms));
	if (!snapshot->vms)
		return -ENOMEM;
	snapshot->latency = bpf->latency;
	err = bpf_guests_collect(bpf);
	if (!err && bpf->latency != LATENCY_OFF)
		err = bpf_threads_look(bpf);
	if (err)
		return err;
	now_ns(CLOCK_REALTIME, &snapshot->wall);
	snapshot->mono_ns = now_ns(CLOCK_MONOTONIC, &(struct timespec){ 0 });
	for (size_t i = 0; i < bpf->inventory.n_vms; i++) {
		err = read_vm(bpf, bpf->inventory.vms[i], snapshot->arena, &snapshot->vms[i]);
		if (err)
			return err;
		snapshot->n_vms++;
	}
	snapshot->drops[DROP_MAP_FULL] = READ_ONCE(bpf->skel->bss->drops.map_full);
	snapshot->drops[DROP_MISSED] = missed_exits(bpf);
	snapshot->drops[DROP_MISSED] += bpf->missed_user_exits;
	snapshot->drops[DROP_MISSED] +=
		bpf_programs_missed(bpf->skel, ROLE_BIT(ROLE_HALT) | ROLE_BIT(ROLE_MOVED));
	snapshot->hist_full = READ_ONCE(bpf->skel->bss->drops.hist_full);
	err = bpf_guests_fill_host(bpf, snapshot);
	if (err)
		return err;
	snapshot->sources[SOURCE_TRACEPOINTS] = (struct source_state){ .used = true };
	precedence = bpf_exit__take_precedence(bpf);
	forget_gone_vms(bpf);
	bpf->inventory.complete = true;
	bpf_exit__end_precedence(&precedence);
	return 0;
}
