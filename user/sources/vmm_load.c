// SPDX-License-Identifier: GPL-2.0
#include "vmm_load.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/scope.h"
#include "../model/snapshot.h"
#include "kept_file.h"
#include "vmm_groups.h"
#include "vmm_load_parse.h"
#include "vmm_threads.h"

#define SEC_NS UINT64_C(1000000000)
#define LOOK_SECONDS 10

/* /proc/PID/status has some 1,500 bytes, more with many CPUs; what is looked for comes at the end. */
#define STATUS_SIZE 8192

struct vmm {
	uint64_t key; /* of the VM */
	pid_t pid;
	bool seen;
	int status_fd;
	uint64_t look_ns; /* when it is due */
	struct vmm_groups groups;
	struct vmm_threads threads;
	uint32_t cpus_allowed;
};

struct vmm_load_source {
	struct vmm_load_opts opts;
	struct kept_files files;
	struct vmm *vmms; /* sorted by key */
	size_t n_vmms;
	struct tid_set vcpus;
};

/* ---- VMs come and go */

static void drop_vmm(struct vmm_load_source *source, struct vmm *vmm)
{
	kept_file__close(&source->files, &vmm->status_fd);
	vmm_groups__done(&vmm->groups, &source->files);
	vmm_threads__done(&vmm->threads, &source->files);
}

/* NULL: no memory. */
static struct vmm *find_vmm(struct vmm_load_source *source, const struct vm_sample *vm)
{
	size_t from = 0, to = source->n_vmms;
	struct vmm *v;

	while (from < to) {
		const size_t mid = from + (to - from) / 2;

		if (source->vmms[mid].key < vm->key)
			from = mid + 1;
		else
			to = mid;
	}
	if (from < source->n_vmms && source->vmms[from].key == vm->key)
		return &source->vmms[from];
	v = reallocarray(source->vmms, source->n_vmms + 1, sizeof(*v));
	if (!v)
		return NULL;
	source->vmms = v;
	memmove(v + from + 1, v + from, (source->n_vmms - from) * sizeof(*v));
	source->n_vmms++;
	v[from] = (struct vmm){ .key = vm->key, .pid = vm->pid, .status_fd = -1 };
	vmm_groups__init(&v[from].groups);
	return &v[from];
}

static void drop_unseen(struct vmm_load_source *source)
{
	size_t n = 0;

	for (size_t i = 0; i < source->n_vmms; i++) {
		struct vmm *vmm = &source->vmms[i];

		if (vmm->seen)
			source->vmms[n++] = *vmm;
		else
			drop_vmm(source, vmm);
	}
	source->n_vmms = n;
}

static int note_vcpus(struct vmm_load_source *source, const struct snapshot *snapshot)
{
	size_t n = 0;
	pid_t *v;

	for (size_t i = 0; i < snapshot->n_vms; i++)
		n += snapshot->vms[i].n_vcpus;
	v = reallocarray(source->vcpus.v, n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < snapshot->n_vms; i++)
		for (size_t j = 0; j < snapshot->vms[i].n_vcpus; j++)
			v[n++] = snapshot->vms[i].vcpus[j].tid;
	source->vcpus = (struct tid_set){ v, n };
	tid_set__sort(&source->vcpus);
	return 0;
}

/* ---- a look */

/* The group of a thread, or NULL. */
static const char *read_group(struct vmm_load_source *source, const struct vmm *vmm, pid_t tid,
			      char group[PATH_MAX])
{
	char path[PATH_MAX], text[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%d/task/%d/cgroup", source->opts.proc_root, vmm->pid, tid);
	if (kept_file__read_once(&source->files, path, text, sizeof(text)) < 0 ||
	    !vmm_load_parse_cgroup(text, group, PATH_MAX))
		return NULL;
	return group;
}

static void look_for_vhost(struct vmm_load_source *source, struct vmm *vmm, const char *group)
{
	char path[PATH_MAX];
	const int len = snprintf(path, sizeof(path), "%s%s/cgroup.threads",
				 source->opts.cgroup_root, group);

	if (len > 0 && (size_t)len < sizeof(path))
		vmm_threads__find_vhost(&vmm->threads, &source->files, source->opts.proc_root, path,
					vmm->pid);
}

/* CPUs that a vCPU may use, all together; 0: that is not known of all. */
static void look_at_cpus(struct vmm_load_source *source, struct vmm *vmm,
			 const struct vm_sample *vm)
{
	struct cpu_set set = { { 0 } };

	vmm->cpus_allowed = 0;
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		char path[PATH_MAX], text[STATUS_SIZE];

		if (vm->vcpus[i].held == HELD_PARKED)
			continue;
		snprintf(path, sizeof(path), "%s/%d/task/%d/status", source->opts.proc_root,
			 vmm->pid, vm->vcpus[i].tid);
		if (kept_file__read_once(&source->files, path, text, sizeof(text)) < 0 ||
		    !vmm_load_parse_cpus(text, &set))
			return;
	}
	vmm->cpus_allowed = cpu_set__count(&set);
}

static void look(struct vmm_load_source *source, struct vmm *vmm, const struct vm_sample *vm,
		 uint32_t n_threads)
{
	char group[PATH_MAX];
	const char *found = read_group(source, vmm, vmm->pid, group);
	struct vmm_groups *groups = &vmm->groups;

	vmm_threads__list(&vmm->threads, &source->files, source->opts.proc_root, vmm->pid,
			  n_threads);
	if (found)
		look_for_vhost(source, vmm, found);
	vmm_groups__begin_look(groups);
	vmm_groups__look(groups, &source->files, source->opts.cgroup_root, found);
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		if (vm->vcpus[i].held == HELD_PARKED)
			continue;
		found = read_group(source, vmm, vm->vcpus[i].tid, group);
		vmm_groups__look(groups, &source->files, source->opts.cgroup_root, found);
	}
	vmm_groups__end_look(groups, &source->files, source->opts.cgroup_root);
	look_at_cpus(source, vmm, vm);
}

/* Not all in the same reading: the first time is after 1 to LOOK_SECONDS seconds. */
static void plan_look(struct vmm *vmm, uint64_t now_ns)
{
	const uint64_t seconds = vmm->look_ns ? LOOK_SECONDS : 1 + vmm->key % LOOK_SECONDS;

	vmm->look_ns = now_ns + seconds * SEC_NS;
}

/* ---- a reading */

static void read_threads(struct vmm_load_source *source, struct vmm *vmm, struct vmm_load *load)
{
	struct vmm_threads *threads = &vmm->threads;
	const char *root = source->opts.proc_root;

	if (!vmm_threads__read(threads, &source->files, root, vmm->pid, &source->vcpus, load))
		return;
	vmm_threads__list(threads, &source->files, root, vmm->pid, threads->n_listed);
	vmm_threads__read(threads, &source->files, root, vmm->pid, &source->vcpus, load);
}

/* Those that have had no exit are not known in any other way. */
static void note_stopped(struct vm_sample *vm)
{
	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i].held == HELD_UNKNOWN && !vm->vcpus[i].times.valid)
			vm->vcpus[i].held = HELD_STOPPED;
}

static void read_vmm(struct vmm_load_source *source, struct vmm *vmm, struct vm_sample *vm,
		     uint64_t now_ns)
{
	struct vmm_load *load = &vm->load;
	char path[PATH_MAX], text[STATUS_SIZE];
	uint32_t n_threads = 0;

	snprintf(path, sizeof(path), "%s/%d/status", source->opts.proc_root, vmm->pid);
	if (kept_file__read(&source->files, &vmm->status_fd, path, text, sizeof(text)) < 0)
		return;
	load->swap_known = vmm_load_parse_swap(text, &load->swap_bytes);
	vmm_load_parse_threads(text, &n_threads);
	if (vmm_load_parse_stopped(text))
		note_stopped(vm);
	if (now_ns >= vmm->look_ns) {
		look(source, vmm, vm, n_threads);
		plan_look(vmm, now_ns);
	} else if (n_threads != vmm->threads.n_listed) {
		vmm_threads__list(&vmm->threads, &source->files, source->opts.proc_root, vmm->pid,
				  n_threads);
	}
	vmm_groups__read(&vmm->groups, &source->files, source->opts.cgroup_root, load);
	/* Where only some vCPUs were asked for, the others are not known. */
	if (source->opts.scope->n_vcpu_ids)
		return;
	load->vcpus = (uint32_t)vm->n_vcpus;
	load->cpus_allowed = vmm->cpus_allowed;
	read_threads(source, vmm, load);
}

int vmm_load_source__read(struct vmm_load_source *source, struct snapshot *snapshot)
{
	int err = note_vcpus(source, snapshot);

	for (size_t i = 0; i < source->n_vmms; i++)
		source->vmms[i].seen = false;
	for (size_t i = 0; !err && i < snapshot->n_vms; i++) {
		struct vm_sample *vm = &snapshot->vms[i];
		struct vmm *vmm;

		if (vm->ended || !scope__has_pid(source->opts.scope, vm->pid))
			continue;
		vmm = find_vmm(source, vm);
		if (!vmm)
			return -ENOMEM;
		vmm->seen = true;
		read_vmm(source, vmm, vm, snapshot->mono_ns);
	}
	if (!err)
		drop_unseen(source);
	return err;
}

uint64_t vmm_load_source__calls(const struct vmm_load_source *source)
{
	return source->files.calls;
}

/* ---- its life */

int vmm_load_source__new(const struct vmm_load_opts *opts, struct vmm_load_source **ret_source)
{
	struct vmm_load_source *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;
	source->opts = *opts;
	kept_files__init(&source->files);
	*ret_source = source;
	return 0;
}

void vmm_load_source__free(struct vmm_load_source *source)
{
	if (!source)
		return;
	for (size_t i = 0; i < source->n_vmms; i++)
		drop_vmm(source, &source->vmms[i]);
	free(source->vmms);
	free(source->vcpus.v);
	free(source);
}
