/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmm_threads: the threads of a VMM that are no vCPUs, and those of vhost in the kernel that work for it. How long they ran, and
 * waited for a CPU. One that ends takes along what it did since it was last read.
 */
#ifndef KVMTOP_SOURCES_VMM_THREADS_H
#define KVMTOP_SOURCES_VMM_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct kept_files;
struct vmm_load;

/* More threads than that are not looked at: then nothing is known of them. */
#define VMM_THREADS_MAX 512

/* The threads that are vCPUs, of all VMs; sorted. */
struct tid_set {
	pid_t *v;
	size_t n;
};

bool tid_set__has(const struct tid_set *set, pid_t tid);
void tid_set__sort(struct tid_set *set);

struct vmm_thread {
	pid_t tid;
	bool is_kernel; /* of vhost, before 6.4; later ones are threads of the VMM */
	bool seen, begun;
	int fd; /* of its schedstat */
	uint64_t run_ns, delay_ns;
};

struct vmm_threads {
	struct vmm_thread *v;
	size_t n;
	bool listed, known;
	uint32_t n_listed;	   /* of the process, when they were listed */
	uint64_t run_ns, delay_ns; /* since they were first listed */
};

void vmm_threads__done(struct vmm_threads *threads, struct kept_files *files);

/* Finds out which there are. @n_process: how many the process has, vCPUs included. */
void vmm_threads__list(struct vmm_threads *threads, struct kept_files *files, const char *proc_root,
		       pid_t pid, uint32_t n_process);

/* Those of vhost among the threads of the group at @path, as the kernel puts them into the VMM's group. Few are looked at. */
void vmm_threads__find_vhost(struct vmm_threads *threads, struct kept_files *files,
			     const char *proc_root, const char *path, pid_t pid);

/* Reads them, and sets their part of @load. true: some have ended, so that they should be listed again. */
bool vmm_threads__read(struct vmm_threads *threads, struct kept_files *files, const char *proc_root,
		       pid_t pid, const struct tid_set *vcpus, struct vmm_load *load);

#endif
