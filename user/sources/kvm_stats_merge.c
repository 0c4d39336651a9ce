// SPDX-License-Identifier: GPL-2.0
/*
 * kvm_stats_merge: puts the statistics that were read into the VMs and vCPUs of a snapshot.
 */
#include "kvm_stats_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../model/snapshot.h"

/* Looks from number *@from on, as both are in about the same order; moves it behind what it finds. */
static const struct found_vm *find_found(const struct kvm_stats *stats, const struct vm_sample *vm,
					 size_t *from)
{
	for (size_t i = 0; i < stats->n_vms; i++) {
		size_t at = (*from + i) % stats->n_vms;
		const struct vm_ident *ident = &stats->vms[at].ident;

		if (ident->pid != vm->pid)
			continue;
		if (ident->kvm ? ident->kvm != vm->kvm : ident->vm_fd != vm->vm_fd)
			continue;
		*from = at + 1;
		return &stats->vms[at];
	}
	return NULL;
}

static int by_vcpu_id(const void *a, const void *b)
{
	const struct vcpu_sample *x = a, *y = b;

	return x->vcpu_id < y->vcpu_id ? -1 : x->vcpu_id > y->vcpu_id;
}

/* Puts the vCPUs' statistics into @vm, and those vCPUs that it has no events of. */
static int merge_vcpus(struct arena *arena, const struct found_vm *found, struct vm_sample *vm)
{
	struct vcpu_sample *all = arena__calloc(arena, vm->n_vcpus + found->n_vcpus, sizeof(*all));
	const size_t n_before = vm->n_vcpus;
	size_t n = n_before;

	if (!all)
		return -ENOMEM;
	if (n)
		memcpy(all, vm->vcpus, n * sizeof(*all));
	for (size_t i = 0; i < found->n_vcpus; i++) {
		const struct found_vcpu *vcpu = &found->vcpus[i];
		struct vcpu_sample key = { .vcpu_id = vcpu->vcpu_id };
		struct vcpu_sample *sample = bsearch(&key, all, n_before, sizeof(*all), by_vcpu_id);

		if (!sample) {
			sample = &all[n++];
			sample->vcpu_id = vcpu->vcpu_id;
			sample->tid = vcpu->tid;
		}
		sample->stats = vcpu->values;
		sample->stats_source = vcpu->source;
	}
	qsort(all, n, sizeof(*all), by_vcpu_id);
	vm->vcpus = all;
	vm->n_vcpus = n;
	return 0;
}

int kvm_stats__merge(struct kvm_stats *stats, struct snapshot *snapshot)
{
	bool debugfs = stats->source == STATS_DEBUGFS;
	size_t from = 0;
	int err;

	err = kvm_stats_iterate_new(stats, snapshot);
	if (err)
		return err;
	snapshot->vm_layout = debugfs ? stats->debugfs_vm : stats->vm_layout;
	snapshot->vcpu_layout = debugfs ? stats->debugfs_vcpu : stats->vcpu_layout;
	for (size_t i = 0; i < snapshot->n_vms; i++) {
		struct vm_sample *vm = &snapshot->vms[i];
		/* An ended VM's place may have another VM. */
		const struct found_vm *found = vm->ended ? NULL : find_found(stats, vm, &from);

		if (!found)
			continue;
		vm->stats = found->values;
		vm->stats_source = found->values ? stats->source : STATS_NONE;
		vm->vcpu_sums = found->vcpu_sums;
		err = merge_vcpus(snapshot->arena, found, vm);
		if (err)
			return err;
	}
	return 0;
}
