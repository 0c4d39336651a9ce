// SPDX-License-Identifier: GPL-2.0
/*
 * kvm_stats: see kvm_stats.h. What a refresh found is kept until the next one: read() fills it, merge() hands it on.
 */
#include "kvm_stats_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../model/snapshot.h"
#include "../model/stats.h"
#include "bpf/stats_iter.h"
#include "debugfs.h"
#include "kvm_layout.h"
#include "limits.h"

/* ---- what works here */

static void open_iterator(struct kvm_stats *stats)
{
	const struct stats_iter_opts opts = {
		.vm_bytes = stats->vm_layout->bytes,
		.vcpu_bytes = stats->vcpu_layout->bytes,
		.types = stats->opts.types,
	};

	if (!stats_iter__open(&opts, stats->error, sizeof(stats->error), &stats->iterator) &&
	    stats->opts.only != STATS_DEBUGFS)
		stats->source = STATS_ITERATOR;
}

/* The iterator where it works, else debugfs. error says of the first that does not why. */
static void choose_source(struct kvm_stats *stats)
{
	const enum stats_source only = stats->opts.only;

	/* It also finds the VMs. */
	if (stats->vm_layout)
		open_iterator(stats);
	if (only == STATS_DEBUGFS)
		stats->error[0] = '\0';
	if (stats->source != STATS_NONE || only == STATS_ITERATOR || only == STATS_FD)
		return;
	if (!stats->debugfs_error[0])
		stats->source = STATS_DEBUGFS;
	else
		snprintf(stats->error + strlen(stats->error),
			 sizeof(stats->error) - strlen(stats->error), "%sdebugfs %s",
			 stats->error[0] ? "; " : "", stats->debugfs_error);
}

int kvm_stats__open(const struct kvm_stats_opts *opts, struct kvm_stats **ret_stats)
{
	struct kvm_stats *stats = calloc(1, sizeof(*stats));
	char why[WHY_LEN];
	int err;

	if (!stats)
		return -ENOMEM;
	stats->opts = *opts;
	if (!debugfs_probe(DEBUGFS_KVM_ROOT, why, sizeof(why)))
		why[0] = '\0';
	memcpy(stats->debugfs_error, why, sizeof(why));
	err = kvm_layout_from_vm(stats->layout_error, sizeof(stats->layout_error),
				 &stats->vm_layout, &stats->vcpu_layout);
	/* Bytes that are wrong are not replaced by a guess. */
	if (err && err != -EBADMSG)
		err = kvm_layout_from_btf(opts->types, why, sizeof(why), &stats->vm_layout,
					  &stats->vcpu_layout);
	if (!err)
		stats->layout_error[0] = '\0';
	memcpy(stats->error, stats->layout_error, sizeof(stats->layout_error));
	choose_source(stats);
	stats->opts.types = NULL;
	*ret_stats = stats;
	return 0;
}

const char *kvm_stats__error(const struct kvm_stats *stats)
{
	if (stats->source == STATS_NONE)
		return stats->error;
	return stats->read_error[0] ? stats->read_error : NULL;
}

const char *kvm_stats__debugfs_error(const struct kvm_stats *stats)
{
	return stats->debugfs_error[0] ? stats->debugfs_error : NULL;
}

enum stats_source kvm_stats__source(const struct kvm_stats *stats)
{
	return stats->source;
}

int kvm_stats__try(struct kvm_stats *stats)
{
	return stats->iterator ? stats_iter__try(stats->iterator) : 0;
}

const char *kvm_stats__layout_error(const struct kvm_stats *stats)
{
	return stats->layout_error;
}

bool kvm_stats__vm(const struct kvm_stats *stats, size_t i, const struct vm_ident **ret_ident,
		   enum stats_source *ret_source)
{
	if (i >= stats->n_vms)
		return false;
	*ret_ident = &stats->vms[i].ident;
	*ret_source = stats->source;
	if (stats->vms[i].n_vcpus)
		*ret_source = stats->vms[i].vcpus[0].source;
	return true;
}

int kvm_stats__id_fd(const struct kvm_stats *stats, size_t i)
{
	const struct vm_ident *ident = &stats->vms[i].ident;
	int id_fd = -1;

	if (ident->vm_fd >= 0)
		return ident->vm_fd;
	while (i--)
		id_fd -= stats->vms[i].ident.pid == ident->pid && stats->vms[i].ident.vm_fd < 0;
	return id_fd;
}

const struct stat_layout *kvm_stats__vm_layout(const struct kvm_stats *stats)
{
	return stats->vm_layout;
}

const struct stat_layout *kvm_stats__vcpu_layout(const struct kvm_stats *stats)
{
	return stats->vcpu_layout;
}

/* ---- a refresh */

static void forget_found(struct kvm_stats *stats)
{
	for (size_t i = 0; i < stats->n_vms; i++)
		free(stats->vms[i].vcpus);
	stats->n_vms = 0;
}

int kvm_stats__read(struct kvm_stats *stats, struct snapshot *snapshot)
{
	int err = 0;

	forget_found(stats);
	stats->arena = snapshot->arena;
	if (stats->source == STATS_ITERATOR) {
		err = kvm_stats_iterate(stats);
		kvm_stats_use_fds(stats);
	} else if (stats->source == STATS_DEBUGFS) {
		err = kvm_stats_look_into_debugfs(stats);
	}
	stats->read_error[0] = '\0';
	if (err)
		limits_strerror(err, stats->read_error, sizeof(stats->read_error));
	snapshot->sources[SOURCE_STATS] = (struct source_state){
		.used = true,
		.error = kvm_stats__error(stats),
	};
	snapshot->sources[SOURCE_DEBUGFS] = (struct source_state){
		.used = true,
		.error = kvm_stats__debugfs_error(stats),
	};
	return err == -ENOMEM ? err : 0;
}

void kvm_stats__ioctls(const struct kvm_stats *stats, uint64_t *ret_vm_ioctl,
		       uint64_t *ret_vcpu_ioctl)
{
	*ret_vm_ioctl = *ret_vcpu_ioctl = 0;
	if (stats->iterator)
		stats_iter__ioctls(stats->iterator, ret_vm_ioctl, ret_vcpu_ioctl);
}

void kvm_stats__close(struct kvm_stats *stats)
{
	if (!stats)
		return;
	forget_found(stats);
	free(stats->vms);
	while (stats->n_vmms)
		kvm_stats_remove_vmm(stats, 0);
	free(stats->vmms);
	stats_iter__close(stats->iterator);
	stat_layout__free(stats->vm_layout);
	stat_layout__free(stats->vcpu_layout);
	stat_layout__free(stats->debugfs_vm);
	stat_layout__free(stats->debugfs_vcpu);
	free(stats);
}
