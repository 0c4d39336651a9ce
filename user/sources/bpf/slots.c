// SPDX-License-Identifier: GPL-2.0
/*
 * slots: the life of slots. A slot that is taken is put into the inventory of VMs. When its VM has
 * ended, the slot is retired, and a read later it is given back.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../base/cleanup.h"
#include "../vms.h"
#include "collector.h"
#include "exits_priv.h"
#include "kvmtop.skel.h"

/* How often in a row to look for VMs that begin and end during the look. */
#define MAX_ROUNDS 3

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
 * Whether slot @v is ready to be shown. A thread that left KVM_RUN before its first entry has a
 * slot without a name. The first entry names it. Until then, or until its process ends, the slot is
 * not shown; its counts are not lost.
 */
static bool is_named(const struct exits *exits, const struct kvmtop_vcpu *v)
{
	if (READ_ONCE(v->vcpu) && v->vcpu_id != KVMTOP_ID_UNKNOWN)
		return true;
	if (READ_ONCE(v->state) & KVMTOP_STATE_DEAD)
		return true;
	return !vms__process_alive(exits->vms, v->tgid, v->start_ns);
}

/* Puts slots that are in use since the last time into the inventory. */
static int find_new_slots(struct exits *exits)
{
	__autofree struct slot_ident *found = NULL;
	size_t n = 0, capacity = 0;
	int err;

	for (size_t slot = 1; slot < exits->n_slots; slot++) {
		const struct kvmtop_vcpu *v = &exits->vcpus[slot];

		if (exits->slots[slot] != SLOT_FREE || !READ_ONCE(v->registered_ns) ||
		    !is_named(exits, v))
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
		err = inventory__add(&exits->vms->inventory, &found[i]);
		if (err)
			return err;
		exits->slots[found[i].slot] = SLOT_LIVE;
	}
	return 0;
}

/*
 * A VM may get further vCPUs and end during the look. These have slots by then, so slots are looked
 * for again.
 */
int exits_update_vms(struct exits *exits)
{
	int err = find_new_slots(exits);

	if (err)
		return err;
	vms__look_after(exits->vms);
	err = find_new_slots(exits);
	for (int i = 0; i < MAX_ROUNDS && !err && vms__look_at_new(exits->vms); i++) {
		vms__close_ended(exits->vms);
		err = find_new_slots(exits);
	}
	if (err)
		return err;
	vms__close_ended(exits->vms);
	vms__give_ids(exits->vms);
	return 0;
}

/* ---- retired and given back */

/* Zeroes a cell, what was read of it, and its histogram, which is given back. */
static void clear_cell(struct exits *exits, struct kvmtop_cell *cell, struct cell_seen *seen)
{
	uint32_t hist = cell->hist;

	memset(cell, 0, sizeof(*cell));
	hist_total__release(&seen->hist);
	memset(seen, 0, sizeof(*seen));
	if (hist == KVMTOP_HIST_NONE || hist >= exits->n_hists)
		return;
	memset(&exits->hists[hist], 0, sizeof(exits->hists[hist]));
	bpf_map_update_elem(bpf_map__fd(exits->skel->maps.free_hists), NULL, &hist, BPF_ANY);
}

static void give_back(struct exits *exits, uint32_t slot)
{
	struct kvmtop_vcpu *v = &exits->vcpus[slot];
	int free_cells = bpf_map__fd(exits->skel->maps.free_cells);

	collectors_forget(exits, slot);
	for (uint32_t i = 1; i < KVMTOP_OWN_CELLS; i++)
		clear_cell(exits, &v->own[i], exits_own_seen(exits, slot, i));
	for (uint32_t i = 0; i < v->n_spare && i < KVMTOP_SPARE_MAX; i++) {
		uint32_t cell = v->spare[i];

		clear_cell(exits, &exits->spare[cell], exits_spare_seen(exits, cell));
		bpf_map_update_elem(free_cells, NULL, &cell, BPF_ANY);
	}
	/* All but its own number and the cell that is never used, which programs look at. */
	memset(v, 0, offsetof(struct kvmtop_vcpu, slot));
	memset(&v->flags, 0,
	       offsetof(struct kvmtop_vcpu, own) - offsetof(struct kvmtop_vcpu, flags));
	exits->slots[slot] = SLOT_FREE;
	exits->vm_keys[slot] = 0;
	exits->parked[slot] = (struct parked){ .from_ns = 0 };
	if (slot < exits->n_homes)
		bpf_map_delete_elem(bpf_map__fd(exits->skel->maps.claims), &slot);
	else
		bpf_map_update_elem(bpf_map__fd(exits->skel->maps.free_vcpus), NULL, &slot,
				    BPF_ANY);
}

/* True when it was there. Another slot may have taken the key in between: see restore(). */
static bool forget(int map, const void *key, uint32_t slot)
{
	uint32_t value;

	return !bpf_map_lookup_elem(map, key, &value) && value == slot &&
	       !bpf_map_delete_elem(map, key);
}

/*
 * Puts back what retire() took from a slot in use. Between the lookup and the deletion the kernel
 * side may have given the old slot's address or thread to a new slot.
 */
static void restore(struct exits *exits)
{
	int by_vcpu = bpf_map__fd(exits->skel->maps.by_vcpu);
	int by_tid = bpf_map__fd(exits->skel->maps.by_tid);

	for (uint32_t slot = 1; slot < exits->n_slots; slot++) {
		const struct kvmtop_vcpu *v = &exits->vcpus[slot];
		uint64_t vcpu = READ_ONCE(v->vcpu);
		uint32_t tid = READ_ONCE(v->tid);

		if (!READ_ONCE(v->registered_ns) || exits->slots[slot] == SLOT_RETIRED)
			continue;
		if (vcpu)
			bpf_map_update_elem(by_vcpu, &vcpu, &slot, BPF_NOEXIST);
		if (tid)
			bpf_map_update_elem(by_tid, &tid, &slot, BPF_NOEXIST);
	}
}

/* True when it was on it. An event that is running may put it there once more. */
static bool leave_short_path(struct kvmtop_vcpu *v)
{
	bool was = READ_ONCE(v->short_entry) || READ_ONCE(v->short_exit);

	v->short_entry = 0;
	v->short_exit = 0;
	return was;
}

/*
 * From now on no event finds slot @slot. An event that has just found it has until the next read to
 * finish. True when something was taken out of a map.
 */
static bool retire(struct exits *exits, uint32_t slot)
{
	struct kvmtop_vcpu *v = &exits->vcpus[slot];
	uint64_t vcpu = v->vcpu;
	uint32_t tid = v->tid;
	bool forgotten = false;

	v->vcpu = 0;
	v->tid = 0;
	v->task = 0;
	leave_short_path(v);
	if (vcpu)
		forgotten |= forget(bpf_map__fd(exits->skel->maps.by_vcpu), &vcpu, slot);
	if (tid)
		forgotten |= forget(bpf_map__fd(exits->skel->maps.by_tid), &tid, slot);
	exits->slots[slot] = SLOT_RETIRED;
	return forgotten;
}

void exits_give_back_retired(struct exits *exits)
{
	for (uint32_t slot = 1; slot < exits->n_slots; slot++)
		if (exits->slots[slot] == SLOT_RETIRED && !leave_short_path(&exits->vcpus[slot]))
			give_back(exits, slot);
}

void exits_retire_vcpus(struct exits *exits, const struct inventory_vm *vm)
{
	bool forgotten = false;

	for (size_t i = 0; i < vm->n_vcpus; i++)
		forgotten |= retire(exits, vm->vcpus[i].slot);
	if (forgotten)
		restore(exits);
}

void exits_forget_ended_vms(struct exits *exits)
{
	bool forgotten = false;
	size_t i = 0;

	while (i < exits->vms->inventory.n_vms) {
		const struct inventory_vm *vm = exits->vms->inventory.vms[i];

		if (!vm->closed) {
			i++;
			continue;
		}
		for (size_t j = 0; j < vm->n_vcpus; j++)
			forgotten |= retire(exits, vm->vcpus[j].slot);
		inventory__remove(&exits->vms->inventory, i);
	}
	if (forgotten)
		restore(exits);
}

const struct inventory_vm *exits__vm_of(struct exits *exits, uint32_t slot)
{
	struct inventory_vm *vm = vms__owner_of(exits->vms, slot);

	if (!vm && !find_new_slots(exits))
		vm = vms__owner_of(exits->vms, slot);
	if (vm && !vm->has_id) {
		vms__look_at_new(exits->vms);
		vms__give_ids(exits->vms);
	}
	return vm;
}

int exits__find_vms(struct exits *exits)
{
	return find_new_slots(exits);
}
