// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_vms: what there is to know of VMs beside their counts: their names and fds, and whether they have ended (inventory.h says
 * when).
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "bpf_priv.h"
#include "proc.h"

bool bpf_exit_process_alive(const struct bpf_exit *bpf, uint32_t tgid, uint64_t start_ns)
{
	return proc_alive(bpf->proc_root, (pid_t)tgid, start_ns / NS_PER_TICK);
}

void bpf_exit__set_look(struct bpf_exit *bpf, bpf_look_fn look, void *arg)
{
	bpf->look = look;
	bpf->look_arg = arg;
}

static void read_name(const struct bpf_exit *bpf, struct inventory_vm *vm)
{
	struct vmm_info info;

	vm->name_read = true;
	if (proc_vmm_read(bpf->proc_root, (pid_t)vm->tgid, &info))
		return;
	if (info.start_ticks == vm->start_ns / NS_PER_TICK) {
		vm->name = take_ptr(info.name);
		for (size_t i = 0; i < VM_ALIAS_MAX; i++)
			vm->aliases[i] = take_ptr(info.aliases[i]);
	}
	vmm_info__release(&info);
}

/* Whether the VM's fd is known and still one of a VM. What cannot be read counts as yes. */
static bool is_fd_open(const struct bpf_exit *bpf, struct inventory_vm *vm)
{
	char path[PATH_MAX], target[64];
	ssize_t len;

	if (vm->vm_fd < 0 || vm->fd_closed)
		return false;
	snprintf(path, sizeof(path), "%s/%u/fd/%d", bpf->proc_root, vm->tgid, vm->vm_fd);
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
static bool shows_fds(const struct bpf_exit *bpf, uint32_t tgid)
{
	__autoclosedir DIR *dir = NULL;
	struct dirent *entry;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%u/fd", bpf->proc_root, tgid);
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
		n += inventory->vms[i]->tgid == tgid && !inventory->vms[i]->gone;
	return n;
}

/*
 * Where nobody tells whose a file is: the fds of the process are named after what they are. So a VM has ended when there is
 * none of a VM and none of a vCPU left; and when its own was closed and the vCPUs' may be those of another one.
 */
static void judge_by_proc(struct bpf_exit *bpf, struct inventory_vm *vm, uint64_t now_ns)
{
	__autofree int *fds = NULL;
	size_t n_fds, n_vcpus;

	if (!shows_fds(bpf, vm->tgid) ||
	    proc_kvm_vm_fds(bpf->proc_root, (pid_t)vm->tgid, &fds, &n_fds) ||
	    proc_vcpu_count(bpf->proc_root, (pid_t)vm->tgid, &n_vcpus))
		return;
	if ((!n_fds && !n_vcpus) ||
	    (vm->vm_fd >= 0 && (!n_vcpus || count_vms(&bpf->inventory, vm->tgid) > 1)))
		end(vm, now_ns);
}

/* Looks through all files of the processes of VMs in doubt. */
static void clear_doubts(struct bpf_exit *bpf)
{
	const struct inventory *inventory = &bpf->inventory;
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
	if (bpf->look)
		bpf->look(bpf->look_arg, pids, errors, n, see, &bpf->inventory);
	for (size_t i = 0; i < n; i++)
		if (!errors[i])
			inventory__judge(&bpf->inventory, (uint32_t)pids[i], now_ns);
	for (size_t i = 0; i < inventory->n_vms; i++) {
		struct inventory_vm *vm = inventory->vms[i];

		for (size_t j = 0; vm->in_doubt && j < n; j++)
			if (pids[j] == (pid_t)vm->tgid && errors[j] == -EOPNOTSUPP)
				judge_by_proc(bpf, vm, now_ns);
		vm->in_doubt = false;
	}
}

void bpf_exit_look_after_vms(struct bpf_exit *bpf)
{
	for (size_t i = 0; i < bpf->inventory.n_vms; i++) {
		struct inventory_vm *vm = bpf->inventory.vms[i];

		if (!vm->name_read)
			read_name(bpf, vm);
		if (vm->gone || vm->ended)
			continue;
		/* Who has just seen it in its VMM's files need not ask /proc. */
		if (vm->noted && vm->vm_fd >= 0)
			;
		else if (!bpf_exit_process_alive(bpf, vm->tgid, vm->start_ns))
			end(vm, UINT64_MAX);
		else if (!is_fd_open(bpf, vm) && !vm->noted)
			inventory__doubt(vm);
		vm->noted = false;
	}
	clear_doubts(bpf);
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

bool bpf_exit_look_at_new_vms(struct bpf_exit *bpf)
{
	bool ended = false;

	for (size_t i = 0; i < bpf->inventory.n_vms; i++) {
		struct inventory_vm *vm = bpf->inventory.vms[i];

		if (vm->gone || vm->ended)
			continue;
		if ((vm->vm_fd < 0 && !vm->has_id && !vm->fd_sought) ||
		    (vm->fd_closed && is_succeeded(&bpf->inventory, vm)))
			inventory__doubt(vm);
	}
	clear_doubts(bpf);
	for (size_t i = 0; i < bpf->inventory.n_vms; i++) {
		struct inventory_vm *vm = bpf->inventory.vms[i];

		ended |= vm->ended && !vm->gone && !vm->has_id;
		ended |= vm->ended && !vm->gone && is_succeeded(&bpf->inventory, vm);
	}
	return ended;
}

void bpf_exit_give_ids(struct bpf_exit *bpf)
{
	for (size_t i = 0; i < bpf->inventory.n_vms; i++) {
		if (!bpf->inventory.vms[i]->name_read)
			read_name(bpf, bpf->inventory.vms[i]);
		inventory__give_id(&bpf->inventory, bpf->inventory.vms[i]);
	}
}
