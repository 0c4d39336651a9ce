// SPDX-License-Identifier: GPL-2.0
#include "inventory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_same_process(const struct inventory_vm *vm, uint32_t tgid, uint64_t start_ns)
{
	return vm->tgid == tgid && vm->start_ns / NS_PER_TICK == start_ns / NS_PER_TICK;
}

/*
 * A VM whose address is not known is identified by its fd. A VM whose fd was closed keeps its id,
 * by which debugfs knows it.
 */
static bool is_vm(const struct inventory_vm *vm, uint64_t kvm, int vm_fd)
{
	if (vm->kvm && kvm)
		return vm->kvm == kvm;
	return vm->vm_fd >= 0 && vm->vm_fd == vm_fd;
}

/* A slot whose VM was never known counts for a VM of its process. */
static struct inventory_vm *find_vm(const struct inventory *inventory,
				    const struct slot_ident *ident)
{
	for (size_t i = 0; i < inventory->n_vms; i++) {
		struct inventory_vm *vm = inventory->vms[i];

		if (vm->closed || (vm->ended && ident->registered_ns > vm->ended_ns))
			continue;
		if (is_same_process(vm, ident->tgid, ident->start_ns) &&
		    (!ident->kvm || is_vm(vm, ident->kvm, ident->vm_fd)))
			return vm;
	}
	return NULL;
}

/*
 * Whether @ident cannot be of @vm: the VM has another vCPU of that id, and KVM never replaces a
 * vCPU while its VM lives. (The same vCPU may get a second slot; then its address is the same and
 * the VM still runs.)
 */
static bool conflicts(const struct inventory_vm *vm, const struct slot_ident *ident)
{
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		const struct inventory_vcpu *vcpu = &vm->vcpus[i];

		if (vcpu->vcpu_id == ident->vcpu_id && (ident->fresh || vcpu->vcpu != ident->vcpu))
			return true;
	}
	return false;
}

static int new_vm(struct inventory *inventory, uint32_t tgid, uint64_t start_ns, uint64_t kvm,
		  const char *comm, struct inventory_vm **ret_vm)
{
	struct inventory_vm **vms;
	struct inventory_vm *vm;

	vms = realloc(inventory->vms, (inventory->n_vms + 1) * sizeof(*vms));
	if (!vms)
		return -ENOMEM;
	inventory->vms = vms;
	vm = calloc(1, sizeof(*vm));
	if (!vm)
		return -ENOMEM;
	vm->key = ++inventory->last_key;
	vm->tgid = tgid;
	vm->later = inventory->complete;
	vm->start_ns = start_ns;
	vm->kvm = kvm;
	vm->vm_fd = -1;
	memcpy(vm->comm, comm, sizeof(vm->comm));
	vms[inventory->n_vms++] = vm;
	*ret_vm = vm;
	return 0;
}

/* Notes @vm's fd. The VM that had it before in this process has it no more: a number names one open file. */
static void set_vm_fd(struct inventory *inventory, struct inventory_vm *vm, int vm_fd)
{
	vm->vm_fd = vm_fd;
	for (size_t i = 0; i < inventory->n_vms && vm_fd >= 0; i++) {
		struct inventory_vm *other = inventory->vms[i];

		if (other != vm && is_same_process(other, vm->tgid, vm->start_ns) &&
		    other->vm_fd == vm_fd)
			other->fd_closed = true;
	}
}

int inventory__add(struct inventory *inventory, const struct slot_ident *ident)
{
	struct inventory_vm *vm = find_vm(inventory, ident);
	struct inventory_vcpu *vcpus;
	int err;

	if (vm && conflicts(vm, ident)) {
		vm->closed = true;
		vm = NULL;
	}
	if (!vm) {
		err = new_vm(inventory, ident->tgid, ident->start_ns, ident->kvm, ident->comm, &vm);
		if (err)
			return err;
	}
	vcpus = realloc(vm->vcpus, (vm->n_vcpus + 1) * sizeof(*vcpus));
	if (!vcpus)
		return -ENOMEM;
	vm->vcpus = vcpus;
	vcpus[vm->n_vcpus++] = (struct inventory_vcpu){
		.slot = ident->slot,
		.vcpu_id = ident->vcpu_id,
		.vcpu = ident->vcpu,
	};
	if (!vm->kvm)
		vm->kvm = ident->kvm;
	if (vm->vm_fd < 0)
		set_vm_fd(inventory, vm, ident->vm_fd);
	return 0;
}

int inventory__note(struct inventory *inventory, const struct vm_ident *ident)
{
	struct inventory_vm *vm;
	bool ended = false, maybe = false;
	int err;

	for (size_t i = 0; i < inventory->n_vms; i++) {
		vm = inventory->vms[i];
		if (!is_same_process(vm, (uint32_t)ident->pid, ident->start_ns))
			continue;
		maybe |= !ident->kvm && vm->vm_fd < 0 && !vm->closed;
		if (!is_vm(vm, ident->kvm, ident->vm_fd))
			continue;
		ended |= vm->closed;
		if (vm->closed)
			continue;
		if (vm->vm_fd < 0)
			set_vm_fd(inventory, vm, ident->vm_fd);
		/* With another fd it may be another one at the same address. With none its vCPUs' are open. */
		vm->noted = vm->vm_fd == ident->vm_fd || ident->vm_fd < 0;
		vm->fd_sought |= ident->kvm != 0;
		return 0;
	}
	/* Slots that were found after @ident was read say so; the next VM may have its fd by now. Or it is one whose fd is not known. */
	if (ended || maybe)
		return 0;
	err = new_vm(inventory, (uint32_t)ident->pid, ident->start_ns, ident->kvm, ident->comm,
		     &vm);
	if (err)
		return err;
	set_vm_fd(inventory, vm, ident->vm_fd);
	vm->noted = true;
	vm->fd_sought = ident->kvm != 0;
	return 0;
}

void inventory__doubt(struct inventory_vm *vm)
{
	vm->in_doubt = true;
	vm->seen = vm->seen_fd = vm->seen_other_fd = false;
	vm->seen_vcpu = vm->seen_other_vcpu = false;
}

static void see_vcpu(struct inventory_vm *vm, const struct vm_file *file)
{
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		if (vm->vcpus[i].vcpu_id != file->vcpu_id || !vm->vcpus[i].vcpu)
			continue;
		if (vm->vcpus[i].vcpu == file->vcpu)
			vm->seen_vcpu = true;
		else
			vm->seen_other_vcpu = true;
	}
}

void inventory__see(struct inventory *inventory, const struct vm_file *file)
{
	for (size_t i = 0; i < inventory->n_vms; i++) {
		struct inventory_vm *vm = inventory->vms[i];

		if (!vm->in_doubt || vm->closed || vm->kvm != file->kvm ||
		    !is_same_process(vm, (uint32_t)file->pid, file->start_ns))
			continue;
		vm->seen = true;
		if (file->vcpu) {
			see_vcpu(vm, file);
			continue;
		}
		if (vm->vm_fd < 0)
			set_vm_fd(inventory, vm, file->fd);
		if (vm->vm_fd == file->fd)
			vm->seen_fd = true;
		else
			vm->seen_other_fd = true;
	}
}

/* Whether what has the VM's address is the VM: it has a vCPU that the VM has, or nothing that the VM does not have. */
static bool is_itself(const struct inventory_vm *vm)
{
	if (vm->seen_other_vcpu)
		return false;
	return vm->seen_fd || vm->seen_vcpu || !vm->seen_other_fd || !vm->n_vcpus;
}

void inventory__judge(struct inventory *inventory, uint32_t tgid, uint64_t now_ns)
{
	for (size_t i = 0; i < inventory->n_vms; i++) {
		struct inventory_vm *vm = inventory->vms[i];

		if (!vm->in_doubt || vm->closed || vm->tgid != tgid)
			continue;
		vm->in_doubt = false;
		vm->fd_sought = true;
		if (vm->seen && is_itself(vm))
			continue;
		vm->ended = true;
		vm->ended_ns = now_ns;
	}
}

static bool is_id_taken(const struct inventory *inventory, const struct inventory_vm *vm, int id_fd)
{
	for (size_t i = 0; i < inventory->n_vms; i++) {
		const struct inventory_vm *other = inventory->vms[i];

		if (other == vm || !other->has_id || other->id_fd != id_fd ||
		    !is_same_process(other, vm->tgid, vm->start_ns))
			continue;
		/* A number of ours need not be used at once again; the kernel does that with fds. */
		if (!other->closed || id_fd < 0)
			return true;
	}
	return false;
}

void inventory__give_id(const struct inventory *inventory, struct inventory_vm *vm)
{
	int id_fd = vm->vm_fd;

	if (vm->has_id)
		return;
	if (id_fd < 0 || is_id_taken(inventory, vm, id_fd))
		for (id_fd = -1; is_id_taken(inventory, vm, id_fd); id_fd--)
			;
	vm->id_fd = id_fd;
	vm->has_id = true;
}

static void free_vm(struct inventory_vm *vm)
{
	free(vm->vcpus);
	free(vm->name);
	for (size_t i = 0; i < VM_ALIAS_MAX; i++)
		free(vm->aliases[i]);
	free(vm);
}

void inventory__forget_slots(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->n_vms; i++)
		inventory->vms[i]->n_vcpus = 0;
}

void inventory__remove(struct inventory *inventory, size_t i)
{
	free_vm(inventory->vms[i]);
	inventory->vms[i] = inventory->vms[--inventory->n_vms];
}

void inventory__done(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->n_vms; i++)
		free_vm(inventory->vms[i]);
	free(inventory->vms);
	*inventory = (struct inventory){ 0 };
}
