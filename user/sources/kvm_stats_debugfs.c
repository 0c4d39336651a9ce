// SPDX-License-Identifier: GPL-2.0
/*
 * kvm_stats_debugfs: KVM's statistics by debugfs, where a VM has the sums of its vCPUs.
 */
#include "kvm_stats_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../model/scope.h"
#include "../model/stats.h"
#include "debugfs.h"
#include "proc.h"

/* The layouts follow from the files of the first VM there is. */
static int find_debugfs_layouts(struct kvm_stats *stats, const struct debugfs_vm *vm)
{
	int err = 0;

	if (!stats->debugfs_vm)
		err = debugfs_layout(DEBUGFS_KVM_ROOT, vm, stats->vm_layout, &stats->debugfs_vm);
	if (!err && stats->vcpu_layout && !stats->debugfs_vcpu)
		err = debugfs_layout(DEBUGFS_KVM_ROOT, vm, stats->vcpu_layout,
				     &stats->debugfs_vcpu);
	return err;
}

static uint64_t *read_debugfs(const struct kvm_stats *stats, const struct debugfs_vm *vm,
			      const struct stat_layout *layout)
{
	uint64_t *values;

	if (!layout)
		return NULL;
	values = arena__calloc(stats->arena, layout->n_values, sizeof(*values));
	if (!values || debugfs_read(DEBUGFS_KVM_ROOT, vm, layout, values))
		return NULL;
	return values;
}

static int take_debugfs_vm(struct kvm_stats *stats, const struct debugfs_vm *vm, pid_t pid)
{
	struct found_vm *more, *found;
	struct vmm_info info;

	if (find_debugfs_layouts(stats, vm) || proc_vmm_read(PROC_ROOT, pid, &info))
		return 0;
	more = realloc(stats->vms, (stats->n_vms + 1) * sizeof(*more));
	if (more) {
		stats->vms = more;
		found = &more[stats->n_vms++];
		*found = (struct found_vm){
			.ident = { .pid = pid,
				   .vm_fd = vm->fd,
				   .start_ns = info.start_ticks * NS_PER_TICK },
			.values = read_debugfs(stats, vm, stats->debugfs_vm),
			/* Sums over all vCPUs are not those of some. */
			.vcpu_sums = stats->opts.scope->n_vcpu_ids
					     ? NULL
					     : read_debugfs(stats, vm, stats->debugfs_vcpu),
		};
		snprintf(found->ident.comm, sizeof(found->ident.comm), "%s",
			 info.comm ? info.comm : "");
	}
	vmm_info__release(&info);
	return more ? 0 : -ENOMEM;
}

int kvm_stats_look_into_debugfs(struct kvm_stats *stats)
{
	__autofree struct debugfs_vm *vms = NULL;
	size_t n;
	int err = debugfs_vms(DEBUGFS_KVM_ROOT, &vms, &n);

	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++) {
		pid_t pid;

		if (!proc_process_of(PROC_ROOT, vms[i].creator, &pid) &&
		    scope__has_pid(stats->opts.scope, pid))
			err = take_debugfs_vm(stats, &vms[i], pid);
	}
	return err;
}
