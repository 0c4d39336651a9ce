/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats_iter: the BPF iterator that reads KVM's own statistics out of every VM and vCPU that has a
 * file descriptor (bpf/statistics.bpf.c). Knows their identity, not the names of the statistics.
 */
#ifndef KVMTOP_SOURCES_BPF_STATS_ITER_H
#define KVMTOP_SOURCES_BPF_STATS_ITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../../model/snapshot.h"

struct exits;
struct stats_iter;
struct kernel_types;

struct stats_iter_opts {
	size_t vm_bytes, vcpu_bytes;	  /* of the statistics in struct kvm and struct kvm_vcpu */
	const struct exits *verify;	  /* read what it counted as well; or NULL */
	const struct kernel_types *types; /* NULL: there are none, and nothing works */
};

/* One VM, or one vCPU. Valid during the call only. */
struct stats_iter_item {
	uint64_t kvm;
	uint64_t vcpu; /* 0: the VM */
	uint64_t start_ns;
	pid_t pid;
	int fd;
	uint32_t vcpu_id;
	pid_t tid; /* 0: no thread has run it */
	const char *comm;
	const void *stats; /* vm_bytes or vcpu_bytes of them */
	/* When verifying, of a vCPU that was seen; otherwise stats_after is NULL. */
	const void *stats_after;
	/* Key of the vCPU's VM in the last exits__read(); 0: the vCPU came since. */
	uint64_t vm_key;
	const struct tally *exits, *user_exits, *events; /* what was counted between the two */
	size_t n_exits, n_user_exits, n_events;
	struct vcpu_place place; /* what the vCPU was doing meanwhile */
};

/* Non-zero ends the reading, and is returned. */
typedef int (*stats_iter_fn)(const struct stats_iter_item *item, void *arg);

/*
 * Loads the iterator. On failure writes one line to @why and returns a negative errno: -EOPNOTSUPP where this
 * kernel cannot.
 */
int stats_iter__open(const struct stats_iter_opts *opts, char *why, size_t why_size,
		     struct stats_iter **ret_stats);

/*
 * Calls @fn for each VM and vCPU of process @pid (0: of all processes), in the order of their fds.
 * A VM or vCPU with several fds comes several times. 0 or a negative errno; -ESRCH: no such
 * process.
 */
int stats_iter__read(struct stats_iter *stats, pid_t pid, stats_iter_fn fn, void *arg);

/* Whether it can be read with the rights that we have now: 0 or a negative errno. */
int stats_iter__try(struct stats_iter *stats);

/* Whether it can be restricted to a process (6.1); if not, reading one is reading all. */
bool stats_iter__can_restrict(const struct stats_iter *stats);

void stats_iter__close(struct stats_iter *stats);

/* Addresses of kvm_vm_ioctl and kvm_vcpu_ioctl. */
void stats_iter__ioctls(const struct stats_iter *stats, uint64_t *ret_vm_ioctl,
			uint64_t *ret_vcpu_ioctl);

/*
 * Addresses of kvm_vm_ioctl and kvm_vcpu_ioctl, from kallsyms. 0, or -ENOENT: they are not there, or hidden (CAP_SYSLOG); or another
 * negative errno.
 */
int stats_iter_find_ioctls(uint64_t *ret_vm_ioctl, uint64_t *ret_vcpu_ioctl);

#endif
