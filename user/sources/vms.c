// SPDX-License-Identifier: GPL-2.0
#include "vms.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "proc.h"

bool vms__process_alive(const struct vms *vms, uint32_t tgid, uint64_t start_ns)
{
	return proc_alive(vms->proc_root, (pid_t)tgid, start_ns / NS_PER_TICK);
}

static void read_name(const struct vms *vms, struct inventory_vm *vm)
{
	struct vmm_info info;

	vm->name_read = true;
	if (proc_vmm_read(vms->proc_root, (pid_t)vm->tgid, &info))
		return;
	if (info.start_ticks == vm->start_ns / NS_PER_TICK) {
		vm->name = take_ptr(info.name);
		for (size_t i = 0; i < VM_ALIAS_MAX; i++)
			vm->aliases[i] = take_ptr(info.aliases[i]);
	}
	vmm_info__release(&info);
}

/* Whether the VM's fd is known and still one of a VM. What cannot be read counts as yes. */
static bool is_fd_open(const struct vms *vms, struct inventory_vm *vm)
{
	char path[PATH_MAX], target[64];
	ssize_t len;

	if (vm->vm_fd < 0 || vm->fd_closed)
		return false;
	snprintf(path, sizeof(path), "%s/%u/fd/%d", vms->proc_root, vm->tgid, vm->vm_fd);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0) {
		vm->fd_closed = errno == ENOENT;
	} else {
		target[len] = '\0';
		vm->fd_closed = strcmp(target, "anon_inode:kvm-vm") != 0;
	}
	return !vm->fd_closed;
}

static void end(struct inventory_vm *vm, uint64_t now_ns)
{
	vm->ended = true;
	vm->ended_ns = now_ns;
}

static void see(const struct vm_file *file, void *arg)
{
	inventory__see(arg, file);
}

/* A process whose first thread has ended shows none, though the others have them. */
static bool shows_fds(const struct vms *vms, uint32_t tgid)
{
	__autoclosedir DIR *dir = NULL;
	struct dirent *entry;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%u/fd", vms->proc_root, tgid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			return true;
	return false;
}

static size_t count_vms(const struct inventory *inventory, uint32_t tgid)
{
	size_t n = 0;

	for (size_t i = 0; i < inventory->n_vms; i++)
		n += inventory->vms[i]->tgid == tgid && !inventory->vms[i]->closed;
	return n;
}

/*
 * For sources that cannot assign a file to a VM: the links of a process's fds name the kind of
 * file. So a VM has ended when no fd of a VM and none of a vCPU is left. Or when its own fd was
 * closed, and the vCPUs' fds may be another VM's.
 */
static void judge_by_proc(struct vms *vms, struct inventory_vm *vm, uint64_t now_ns)
{
	__autofree int *fds = NULL;
	size_t n_fds, n_vcpus;

	if (!shows_fds(vms, vm->tgid) ||
	    proc_kvm_vm_fds(vms->proc_root, (pid_t)vm->tgid, &fds, &n_fds) ||
	    proc_vcpu_count(vms->proc_root, (pid_t)vm->tgid, &n_vcpus))
		return;
	if ((!n_fds && !n_vcpus) ||
	    (vm->vm_fd >= 0 && (!n_vcpus || count_vms(&vms->inventory, vm->tgid) > 1)))
		end(vm, now_ns);
}

/* Looks through all files of the processes of VMs in doubt. */
static void clear_doubts(struct vms *vms)
{
	const struct inventory *inventory = &vms->inventory;
	__autofree pid_t *pids = calloc(inventory->n_vms + 1, sizeof(*pids));
	__autofree int *errors = calloc(inventory->n_vms + 1, sizeof(*errors));
	const uint64_t now_ns = clock_now_ns();
	size_t n = 0;

	if (!pids || !errors) /* nothing is known then */
		return;
	for (size_t i = 0; i < inventory->n_vms; i++) {
		pid_t pid = (pid_t)inventory->vms[i]->tgid;
		size_t j = 0;

		while (j < n && pids[j] != pid)
			j++;
		if (inventory->vms[i]->in_doubt && j == n)
			pids[n++] = pid;
	}
	if (!n)
		return;
	for (size_t i = 0; i < n; i++)
		errors[i] = -EOPNOTSUPP;
	if (vms->look)
		vms->look(vms->look_arg, pids, errors, n, see, &vms->inventory);
	for (size_t i = 0; i < n; i++)
		if (!errors[i])
			inventory__judge(&vms->inventory, (uint32_t)pids[i], now_ns);
	for (size_t i = 0; i < inventory->n_vms; i++) {
		struct inventory_vm *vm = inventory->vms[i];

		for (size_t j = 0; vm->in_doubt && j < n; j++)
			if (pids[j] == (pid_t)vm->tgid && errors[j] == -EOPNOTSUPP)
				judge_by_proc(vms, vm, now_ns);
		vm->in_doubt = false;
	}
}

void vms__look_after(struct vms *vms)
{
	for (size_t i = 0; i < vms->inventory.n_vms; i++) {
		struct inventory_vm *vm = vms->inventory.vms[i];

		if (!vm->name_read)
			read_name(vms, vm);
		if (vm->closed || vm->ended)
			continue;
		/* A VM that was just seen in its VMM's files need not be looked up in /proc. */
		if (vm->noted && vm->vm_fd >= 0)
			;
		else if (!vms__process_alive(vms, vm->tgid, vm->start_ns))
			end(vm, UINT64_MAX);
		else if (!is_fd_open(vms, vm) && !vm->noted)
			inventory__doubt(vm);
		vm->noted = false;
	}
	clear_doubts(vms);
}

/* Whether another VM of its process, which has just come, has its fd: then it may have ended just now. */
static bool is_succeeded(const struct inventory *inventory, const struct inventory_vm *vm)
{
	for (size_t i = 0; i < inventory->n_vms; i++) {
		const struct inventory_vm *other = inventory->vms[i];

		if (other != vm && !other->has_id && other->vm_fd == vm->vm_fd &&
		    other->tgid == vm->tgid)
			return true;
	}
	return false;
}

bool vms__look_at_new(struct vms *vms)
{
	bool ended = false;

	for (size_t i = 0; i < vms->inventory.n_vms; i++) {
		struct inventory_vm *vm = vms->inventory.vms[i];

		if (vm->closed || vm->ended)
			continue;
		if ((vm->vm_fd < 0 && !vm->has_id && !vm->fd_sought) ||
		    (vm->fd_closed && is_succeeded(&vms->inventory, vm)))
			inventory__doubt(vm);
	}
	clear_doubts(vms);
	for (size_t i = 0; i < vms->inventory.n_vms; i++) {
		struct inventory_vm *vm = vms->inventory.vms[i];

		ended |= vm->ended && !vm->closed && !vm->has_id;
		ended |= vm->ended && !vm->closed && is_succeeded(&vms->inventory, vm);
	}
	return ended;
}

void vms__give_ids(struct vms *vms)
{
	for (size_t i = 0; i < vms->inventory.n_vms; i++) {
		if (!vms->inventory.vms[i]->name_read)
			read_name(vms, vms->inventory.vms[i]);
		inventory__give_id(&vms->inventory, vms->inventory.vms[i]);
	}
}

void vms__close_ended(struct vms *vms)
{
	for (size_t i = 0; i < vms->inventory.n_vms; i++)
		vms->inventory.vms[i]->closed |= vms->inventory.vms[i]->ended;
}

struct inventory_vm *vms__find(const struct vms *vms, uint64_t key)
{
	for (size_t i = 0; i < vms->inventory.n_vms; i++)
		if (vms->inventory.vms[i]->key == key)
			return vms->inventory.vms[i];
	return NULL;
}

struct inventory_vm *vms__owner_of(const struct vms *vms, uint32_t slot)
{
	for (size_t i = 0; i < vms->inventory.n_vms; i++)
		for (size_t j = 0; j < vms->inventory.vms[i]->n_vcpus; j++)
			if (vms->inventory.vms[i]->vcpus[j].slot == slot)
				return vms->inventory.vms[i];
	return NULL;
}

void vms__done(struct vms *vms)
{
	inventory__done(&vms->inventory);
}
