/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmm_load: what the VMMs use besides their vCPUs and what holds them back (model/load.h), out of /proc and their control groups. Not
 * cheap, so it is made only for outputs that ask.
 *
 * Each reading takes a system call for /proc/PID/status, one for memory.pressure, one for each other thread and one for each group
 * with a limit. Every ten seconds it looks up which threads and groups there are, and which CPUs the vCPUs may use. Threads are also
 * looked up when their number has changed or one has ended. So a limit that is set meanwhile is seen ten seconds later at most, and
 * what it held back since then with it.
 */
#ifndef KVMTOP_SOURCES_VMM_LOAD_H
#define KVMTOP_SOURCES_VMM_LOAD_H

#include <stdint.h>

struct scope;
struct snapshot;
struct vmm_load_source;

#define CGROUP_ROOT "/sys/fs/cgroup"

struct vmm_load_opts {
	const char *proc_root, *cgroup_root;
	const struct scope *scope; /* VMs that are not in it are left out; it outlives the source */
};

/* 0 or -ENOMEM. */
int vmm_load_source__new(const struct vmm_load_opts *opts, struct vmm_load_source **ret_source);
void vmm_load_source__free(struct vmm_load_source *source);

/* Sets the load of the VMs of @snapshot, which has all vCPUs that are known. What cannot be read is not known. 0 or -ENOMEM. */
int vmm_load_source__read(struct vmm_load_source *source, struct snapshot *snapshot);

/* How many system calls it has made. */
uint64_t vmm_load_source__calls(const struct vmm_load_source *source);

#endif
