// SPDX-License-Identifier: GPL-2.0
#include "verify_readings.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../model/scope.h"
#include "../model/snapshot.h"
#include "../model/stats.h"
#include "../model/verify.h"
#include "../sources/bpf/exits.h"
#include "../sources/bpf/stats_iter.h"
#include "../sources/debugfs.h"
#include "../sources/kvm_stats.h"
#include "../sources/proc.h"

/* The statistics of one VM in debugfs. */
struct debugfs_sample {
	bool valid;
	pid_t pid;
	int fd;
	uint64_t inode;
	uint64_t *values;
};

struct verify_readings {
	struct verify_readings_opts opts;
	struct verify *verify;
	struct stats_iter *iterator; /* NULL: not to be had, see stats_why */
	char stats_why[160];
	/* What debugfs has: sums of the vCPUs' statistics, from the first VM on. */
	struct stat_layout *debugfs_layout;
	/* Of the reading at hand. */
	const struct snapshot *snapshot;
	struct debugfs_vm *vms;
	size_t n_vms;
	struct debugfs_sample *debugfs; /* before; NULL: there is none */
	uint64_t *before, *after;
	size_t n_values;
};

static char *copy_id(struct arena *arena, const struct vm_sample *vm)
{
	char id[VM_ID_SIZE];

	vm_id(vm->pid, vm->vm_fd, id);
	return arena__strdup(arena, id);
}

/* What all readings of a VM have in common. */
static struct verify_reading reading_of(const struct verify_readings *readings,
					const struct vm_sample *vm)
{
	return (struct verify_reading){
		.vm_key = vm->key,
		.pid = vm->pid,
		.vm_id = copy_id(readings->snapshot->arena, vm),
		.vcpu_id = VCPU_ID_UNKNOWN,
		.before = readings->before,
		.after = readings->after,
	};
}

/* ---- the iterator: per vCPU, statistics and counts in one go */

static const struct vm_sample *find_vm(const struct snapshot *snapshot, uint64_t key)
{
	for (size_t i = 0; i < snapshot->n_vms; i++)
		if (snapshot->vms[i].key == key)
			return &snapshot->vms[i];
	return NULL;
}

static int take_item(const struct stats_iter_item *item, void *arg)
{
	struct verify_readings *readings = arg;
	const struct stat_layout *layout = kvm_stats__vcpu_layout(readings->opts.stats);
	const struct vm_sample *vm;
	struct verify_reading reading;

	if (!item->stats_after || !scope__has_vcpu(readings->opts.scope, item->vcpu_id))
		return 0;
	/* By its slot, and not by an address, which may be another VM's since the snapshot. */
	vm = find_vm(readings->snapshot, item->vm_key);
	if (!vm || vm->ended)
		return 0;
	stat_layout__decode(layout, item->stats, readings->before);
	stat_layout__decode(layout, item->stats_after, readings->after);
	reading = reading_of(readings, vm);
	reading.vcpu_id = item->vcpu_id;
	reading.source = SOURCE_STATS;
	reading.layout = layout;
	reading.exits = item->exits;
	reading.n_exits = item->n_exits;
	reading.user_exits = item->user_exits;
	reading.n_user_exits = item->n_user_exits;
	reading.events = item->events;
	reading.n_events = item->n_events;
	reading.in_flight = item->place.in_kvm;
	reading.in_guest = item->place.in_guest;
	reading.in_vmm = item->place.in_vmm;
	return reading.vm_id ? verify__add(readings->verify, &reading) : -ENOMEM;
}

static int read_items(struct verify_readings *readings)
{
	const struct scope *scope = readings->opts.scope;
	int err = 0;

	if (!scope->n_pids)
		return stats_iter__read(readings->iterator, 0, take_item, readings);
	/* A VMM that has ended is no error. */
	for (size_t i = 0; i < scope->n_pids && err != -ENOMEM; i++)
		err = stats_iter__read(readings->iterator, scope->pids[i], take_item, readings);
	return err;
}

/* ---- debugfs: per VM, sums; the counts are read in between */

static int layout_from(struct verify_readings *readings, const struct debugfs_vm *vm)
{
	const struct stat_layout *known = kvm_stats__vcpu_layout(readings->opts.stats);
	int err;

	if (readings->debugfs_layout)
		return 0;
	/* Before there were binary statistics the files had other names than the members of the struct. */
	if (known && !known->data_offset)
		known = NULL;
	err = debugfs_layout(DEBUGFS_KVM_ROOT, vm, known, &readings->debugfs_layout);
	return err == -ENOMEM ? err : err ? -ENODATA : 0;
}

/* All tallies of the VM's vCPUs one after another: their counts are summed by code. */
static int gather(struct arena *arena, const struct vm_sample *vm, struct verify_reading *reading)
{
	struct tally *exits, *user, *events;
	size_t n = 0;

	for (size_t i = 0; i < vm->n_vcpus; i++)
		n += vm->vcpus[i].n_exits + vm->vcpus[i].n_user_exits + vm->vcpus[i].n_events;
	exits = arena__calloc(arena, n, sizeof(*exits));
	user = arena__calloc(arena, n, sizeof(*user));
	events = arena__calloc(arena, n, sizeof(*events));
	if (!exits || !user || !events)
		return -ENOMEM;
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		const struct vcpu_sample *v = &vm->vcpus[i];

		for (size_t j = 0; j < v->n_exits; j++)
			exits[reading->n_exits++] = v->exits[j];
		for (size_t j = 0; j < v->n_user_exits; j++)
			user[reading->n_user_exits++] = v->user_exits[j];
		for (size_t j = 0; j < v->n_events; j++)
			events[reading->n_events++] = v->events[j];
		reading->in_flight += v->place.in_kvm;
		reading->in_guest += v->place.in_guest;
		reading->in_vmm += v->place.in_vmm;
	}
	reading->exits = exits;
	reading->user_exits = user;
	reading->events = events;
	return 0;
}

/* The statistics of all VMs that debugfs has, in the order of @vms. */
static int read_debugfs(struct verify_readings *readings, const struct debugfs_vm *vms, size_t n,
			struct debugfs_sample **ret_samples)
{
	struct debugfs_sample *samples =
		arena__calloc(readings->snapshot->arena, n, sizeof(*samples));

	if (!samples)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int err = layout_from(readings, &vms[i]);

		if (err == -ENOMEM)
			return err;
		if (err)
			continue;
		if (proc_process_of(PROC_ROOT, vms[i].creator, &samples[i].pid))
			continue;
		samples[i].fd = vms[i].fd;
		samples[i].inode = vms[i].inode;
		samples[i].values =
			arena__calloc(readings->snapshot->arena, readings->debugfs_layout->n_values,
				      sizeof(uint64_t));
		if (!samples[i].values)
			return -ENOMEM;
		samples[i].valid = !debugfs_read(DEBUGFS_KVM_ROOT, &vms[i],
						 readings->debugfs_layout, samples[i].values);
	}
	*ret_samples = samples;
	return 0;
}

static int compare_debugfs(struct verify_readings *readings, const struct debugfs_sample *before,
			   const struct debugfs_sample *after, size_t n)
{
	for (size_t i = 0; i < readings->snapshot->n_vms; i++) {
		const struct vm_sample *vm = &readings->snapshot->vms[i];
		struct verify_reading reading = reading_of(readings, vm);
		int err;

		for (size_t j = 0; j < n; j++) {
			if (before[j].pid != vm->pid || before[j].fd != vm->vm_fd ||
			    !before[j].valid || !after[j].valid || vm->ended)
				continue;
			err = gather(readings->snapshot->arena, vm, &reading);
			if (err || !reading.vm_id)
				return -ENOMEM;
			reading.source = SOURCE_DEBUGFS;
			reading.instance = before[j].inode;
			reading.layout = readings->debugfs_layout;
			reading.before = before[j].values;
			reading.after = after[j].values;
			err = verify__add(readings->verify, &reading);
			if (err)
				return err;
			break;
		}
	}
	return 0;
}

/* ---- readings */

static void forget_reading(struct verify_readings *readings)
{
	free(readings->vms);
	readings->vms = NULL;
	readings->n_vms = 0;
	readings->debugfs = NULL; /* the arena's */
}

int verify_readings__begin(struct verify_readings *readings, struct snapshot *snapshot)
{
	forget_reading(readings);
	readings->snapshot = snapshot;
	/* It has sums over all vCPUs only. */
	if (kvm_stats__debugfs_error(readings->opts.stats) || readings->opts.scope->n_vcpu_ids ||
	    debugfs_vms(DEBUGFS_KVM_ROOT, &readings->vms, &readings->n_vms))
		return 0;
	return read_debugfs(readings, readings->vms, readings->n_vms, &readings->debugfs);
}

int verify_readings__end(struct verify_readings *readings, const struct snapshot *snapshot)
{
	struct verify_coverage coverage;
	struct debugfs_sample *after = NULL;
	int err = 0;

	readings->snapshot = snapshot;
	if (readings->debugfs)
		err = read_debugfs(readings, readings->vms, readings->n_vms, &after);
	for (size_t i = 0; i < snapshot->n_vms; i++)
		if (snapshot->vms[i].ended)
			verify__vm_ended(readings->verify, snapshot->vms[i].key);
	if (!err && after)
		err = compare_debugfs(readings, readings->debugfs, after, readings->n_vms);
	if (!err && readings->iterator)
		err = read_items(readings);
	/* After the counts: what is missed later does not concern them. */
	exits__coverage(readings->opts.exits, &coverage);
	verify__set_coverage(readings->verify, &coverage);
	forget_reading(readings);
	return err == -ENOMEM ? err : 0;
}

struct verify *verify_readings__verify(const struct verify_readings *readings)
{
	return readings->verify;
}

struct stats_iter *verify_readings__iterator(const struct verify_readings *readings)
{
	return readings->iterator;
}

const char *verify_readings__iterator_error(const struct verify_readings *readings)
{
	return readings->iterator ? NULL : readings->stats_why;
}

/* ---- its life */

static int open_iterator(struct verify_readings *readings)
{
	const struct stat_layout *vm = kvm_stats__vm_layout(readings->opts.stats);
	const struct stat_layout *vcpu = kvm_stats__vcpu_layout(readings->opts.stats);
	struct stats_iter_opts opts = { .verify = readings->opts.exits,
					.types = readings->opts.types };
	int err;

	if (!vm || !vcpu) {
		snprintf(readings->stats_why, sizeof(readings->stats_why),
			 "no binary statistics: %s", kvm_stats__layout_error(readings->opts.stats));
		return 0;
	}
	opts.vm_bytes = vm->bytes;
	opts.vcpu_bytes = vcpu->bytes;
	err = stats_iter__open(&opts, readings->stats_why, sizeof(readings->stats_why),
			       &readings->iterator);
	return err == -ENOMEM ? err : 0;
}

int verify_readings__open(const struct verify_readings_opts *opts,
			  struct verify_readings **ret_readings)
{
	const struct stat_layout *vcpu = kvm_stats__vcpu_layout(opts->stats);
	struct verify_readings *readings = calloc(1, sizeof(*readings));
	int err = -ENOMEM;

	if (!readings)
		return err;
	readings->opts = *opts;
	readings->verify = verify__new();
	readings->n_values = vcpu ? vcpu->n_values : 0;
	readings->before = calloc(readings->n_values + 1, sizeof(*readings->before));
	readings->after = calloc(readings->n_values + 1, sizeof(*readings->after));
	if (readings->verify && readings->before && readings->after)
		err = open_iterator(readings);
	if (err)
		verify_readings__close(readings);
	else
		*ret_readings = readings;
	return err;
}

void verify_readings__close(struct verify_readings *readings)
{
	if (!readings)
		return;
	forget_reading(readings);
	stats_iter__close(readings->iterator);
	verify__free(readings->verify);
	stat_layout__free(readings->debugfs_layout);
	free(readings->before);
	free(readings->after);
	free(readings);
}
