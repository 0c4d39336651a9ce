/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kvm_stats: KVM's own statistics of every VM on the host, by the best source that works here.
 * These are a statistics fd that the VMM holds, the BPF iterator, and debugfs.
 */
#ifndef KVMTOP_SOURCES_KVM_STATS_H
#define KVMTOP_SOURCES_KVM_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../model/ids.h"

struct kernel_types;
struct kvm_stats;
struct scope;
struct snapshot;
struct stat_layout;
struct vm_file;
struct vm_ident;

struct kvm_stats_opts {
	enum stats_source only;	   /* STATS_NONE: the best that works */
	const struct scope *scope; /* of these VMMs and vCPUs; outlives what is opened */
	const struct kernel_types
		*types; /* of struct features; during the call only. NULL: there are none */
};

/* What came of it, also when nothing works: then it reads nothing. 0 or -ENOMEM. */
int kvm_stats__open(const struct kvm_stats_opts *opts, struct kvm_stats **ret_stats);

/* NULL: works; else one line that says why no statistics can be had at all. */
const char *kvm_stats__error(const struct kvm_stats *stats);
/* The same of debugfs alone, which is looked at whether it is used or not. */
const char *kvm_stats__debugfs_error(const struct kvm_stats *stats);
/* The source of VMs whose VMM holds no statistics fds. */
enum stats_source kvm_stats__source(const struct kvm_stats *stats);

/* Why there are no layouts; empty when there are. */
const char *kvm_stats__layout_error(const struct kvm_stats *stats);

/* Layouts of the binary statistics; NULL where this kernel has none, or does not show them. */
const struct stat_layout *kvm_stats__vm_layout(const struct kvm_stats *stats);
const struct stat_layout *kvm_stats__vcpu_layout(const struct kvm_stats *stats);

/* The VMs of the last read, by number; false beyond the last one. */
bool kvm_stats__vm(const struct kvm_stats *stats, size_t i, const struct vm_ident **ret_ident,
		   enum stats_source *ret_source);

/* What the id of such a VM is made of, see vm_id(). */
int kvm_stats__id_fd(const struct kvm_stats *stats, size_t i);

/* Whether the iterator, if that is the source, can be read with the rights that we have now: 0 or a negative errno. */
int kvm_stats__try(struct kvm_stats *stats);

/*
 * Reads the statistics of all VMs, and what there is of them: see kvm_stats__vm(). In @snapshot it only says how that went. Memory is
 * @snapshot's. 0 or -ENOMEM: what cannot be read is not known.
 */
int kvm_stats__read(struct kvm_stats *stats, struct snapshot *snapshot);

/* Puts what was read into those VMs that @snapshot has by now. VMs of VMMs that are new are read before. 0 or -ENOMEM. */
int kvm_stats__merge(struct kvm_stats *stats, struct snapshot *snapshot);

/*
 * Looks through all files of each of the @n processes now, and calls @see for those of VMs and vCPUs. @arg is the struct kvm_stats. In
 * @errors, for each: 0, or a negative errno if that failed; -EOPNOTSUPP: it cannot be done here.
 */
void kvm_stats__look(void *arg, const pid_t *pids, int *errors, size_t n,
		     void (*see)(const struct vm_file *file, void *arg), void *see_arg);

/* Addresses of kvm_vm_ioctl and kvm_vcpu_ioctl; 0: not known. */
void kvm_stats__ioctls(const struct kvm_stats *stats, uint64_t *ret_vm_ioctl,
		       uint64_t *ret_vcpu_ioctl);

void kvm_stats__close(struct kvm_stats *stats);

#endif
