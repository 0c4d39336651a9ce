/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kvm_stats_priv: what the parts of kvm_stats share. Each way to read statistics adds to the VMs
 * that were found; kvm_stats_merge puts these into snapshots.
 */
#ifndef KVMTOP_SOURCES_KVM_STATS_PRIV_H
#define KVMTOP_SOURCES_KVM_STATS_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../base/arena.h"
#include "../model/ids.h"
#include "../model/inventory.h"
#include "../model/stats.h"
#include "kvm_stats.h"

struct stats_iter;
struct snapshot;

#define WHY_LEN 160

/* How often all files of the host are looked through for unknown VMs. */
#define FIND_INTERVAL_NS 60000000000ull

struct found_vcpu {
	uint32_t vcpu_id;
	pid_t tid;
	enum stats_source source;
	const uint64_t *values;
};

struct found_vm {
	struct vm_ident ident;
	const uint64_t *values;
	const uint64_t *vcpu_sums; /* debugfs */
	struct found_vcpu *vcpus;
	size_t n_vcpus;
};

/* A VMM that is known to have VMs. */
struct vmm {
	pid_t pid;
	int *stats_fds; /* it holds, by vCPU id; see stats_fd.h */
	size_t n_stats_fds;
	uint64_t looked_for; /* struct kvm of the VM for which we looked for those; 0: not yet */
	uint64_t look_ns;    /* when we look again */
	uint64_t look_gap_ns;
};

struct kvm_stats {
	struct kvm_stats_opts opts;
	enum stats_source source;
	char error[2 * WHY_LEN], layout_error[WHY_LEN], debugfs_error[WHY_LEN]; /* empty: none */
	char read_error[WHY_LEN];		     /* of the last refresh; empty: none */
	struct stat_layout *vm_layout, *vcpu_layout; /* binary, or NULL */
	/* What debugfs shows of them; without them vm has all there is. From the first VM on. */
	struct stat_layout *debugfs_vm, *debugfs_vcpu;
	struct stats_iter *iterator;
	uint64_t found_ns; /* when all files were looked through last; 0: never */
	/* How long that took, and how long all VMMs one by one; 0: not known. */
	uint64_t all_took_ns, one_by_one_took_ns;

	struct vmm *vmms; /* no pid twice */
	size_t n_vmms;

	/* Of this refresh. */
	struct arena *arena;
	struct found_vm *vms;
	size_t n_vms;
	size_t last_vm; /* that an item was for: the next one often is, too */
};

/* The VMM of this pid; NULL: it is not known to have VMs. Valid until one is added or removed. */
struct vmm *kvm_stats_find_vmm(struct kvm_stats *stats, pid_t pid);

/* Forgets VMM number @i; the last one takes its place. */
void kvm_stats_remove_vmm(struct kvm_stats *stats, size_t i);

/* The values in @data by @layout, of the refresh's memory. NULL: there is none. */
static inline uint64_t *kvm_stats_decode(const struct kvm_stats *stats,
					 const struct stat_layout *layout, const void *data)
{
	uint64_t *values = arena__calloc(stats->arena, layout->n_values, sizeof(*values));

	if (values)
		stat_layout__decode(layout, data, values);
	return values;
}

/* Adds all VMs and vCPUs that the iterator finds, with their statistics. 0 or a negative errno. */
int kvm_stats_iterate(struct kvm_stats *stats);

/* The same for VMMs of VMs in @snapshot that are not known yet. 0 or -ENOMEM. */
int kvm_stats_iterate_new(struct kvm_stats *stats, const struct snapshot *snapshot);

/* Takes the statistics of vCPUs that were found from statistics fds, where their VMM holds such. */
void kvm_stats_use_fds(struct kvm_stats *stats);

/* Adds all VMs that debugfs has, with their statistics. 0 or a negative errno. */
int kvm_stats_look_into_debugfs(struct kvm_stats *stats);

#endif
