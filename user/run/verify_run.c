// SPDX-License-Identifier: GPL-2.0
#include "verify_run.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../base/outlet.h"
#include "../model/snapshot.h"
#include "../model/stats.h"
#include "../options/options.h"
#include "privileges.h"
#include "selection.h"
#include "signals.h"
#include "../sinks/verify.h"
#include "../sources/bpf/exits.h"
#include "../sources/bpf/stats_iter.h"
#include "../sources/debugfs.h"
#include "../sources/features.h"
#include "../sources/kvm_stats.h"
#include "../sources/proc.h"

/* Time between readings. Each one can only make the intervals narrower. */
#define PAUSE_NS 100000000ull

struct run {
	const struct options *options;
	const struct kernel_types *types;
	struct exits *exits;
	struct kvm_stats *stats;
	struct selection *selection;
	struct verify *verify;
	struct stats_iter *iterator; /* NULL: not to be had, see stats_why */
	char stats_why[160];
	/* What debugfs has: sums of the vCPUs' statistics, from the first VM on. */
	struct stat_layout *debugfs_layout;
	/* Of the reading at hand. */
	struct snapshot *snapshot;
	uint64_t *before, *after;
	size_t n_values;
};

DEFINE_CLEANUP(outlet, struct outlet, outlet__close)

static char *copy_id(struct arena *arena, const struct vm_sample *vm)
{
	char id[VM_ID_SIZE];

	vm_id(vm->pid, vm->vm_fd, id);
	return arena__strdup(arena, id);
}

/* What all readings of a VM have in common. */
static struct verify_reading reading_of(const struct run *run, const struct vm_sample *vm)
{
	return (struct verify_reading){
		.vm_key = vm->key,
		.pid = vm->pid,
		.vm_id = copy_id(run->snapshot->arena, vm),
		.vcpu_id = VCPU_ID_UNKNOWN,
		.before = run->before,
		.after = run->after,
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
	struct run *run = arg;
	const struct stat_layout *layout = kvm_stats__vcpu_layout(run->stats);
	const struct vm_sample *vm;
	struct verify_reading reading;

	if (!item->stats_after || !scope__has_vcpu(&run->options->scope, item->vcpu_id))
		return 0;
	/* By its slot, and not by an address, which may be another VM's since the snapshot. */
	vm = find_vm(run->snapshot, item->vm_key);
	if (!vm || vm->ended)
		return 0;
	stat_layout__decode(layout, item->stats, run->before);
	stat_layout__decode(layout, item->stats_after, run->after);
	reading = reading_of(run, vm);
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
	return reading.vm_id ? verify__add(run->verify, &reading) : -ENOMEM;
}

static int read_items(struct run *run)
{
	const struct scope *scope = &run->options->scope;
	int err = 0;

	if (!scope->n_pids)
		return stats_iter__read(run->iterator, 0, take_item, run);
	/* A VMM that has ended is no error. */
	for (size_t i = 0; i < scope->n_pids && err != -ENOMEM; i++)
		err = stats_iter__read(run->iterator, scope->pids[i], take_item, run);
	return err;
}

/* ---- debugfs: per VM, sums; the counts are read in between */

static int layout_from(struct run *run, const struct debugfs_vm *vm)
{
	const struct stat_layout *known = kvm_stats__vcpu_layout(run->stats);
	int err;

	if (run->debugfs_layout)
		return 0;
	/* Before there were binary statistics the files had other names than the members of the struct. */
	if (known && !known->data_offset)
		known = NULL;
	err = debugfs_layout(DEBUGFS_KVM_ROOT, vm, known, &run->debugfs_layout);
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

struct debugfs_sample {
	bool valid;
	pid_t pid;
	int fd;
	uint64_t inode;
	uint64_t *values;
};

/* The statistics of all VMs that debugfs has, in the order of @vms. */
static int read_debugfs(struct run *run, const struct debugfs_vm *vms, size_t n,
			struct debugfs_sample **ret_samples)
{
	struct debugfs_sample *samples = arena__calloc(run->snapshot->arena, n, sizeof(*samples));

	if (!samples)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int err = layout_from(run, &vms[i]);

		if (err == -ENOMEM)
			return err;
		if (err)
			continue;
		if (proc_process_of(PROC_ROOT, vms[i].creator, &samples[i].pid))
			continue;
		samples[i].fd = vms[i].fd;
		samples[i].inode = vms[i].inode;
		samples[i].values = arena__calloc(run->snapshot->arena,
						  run->debugfs_layout->n_values, sizeof(uint64_t));
		if (!samples[i].values)
			return -ENOMEM;
		samples[i].valid = !debugfs_read(DEBUGFS_KVM_ROOT, &vms[i], run->debugfs_layout,
						 samples[i].values);
	}
	*ret_samples = samples;
	return 0;
}

static int compare_debugfs(struct run *run, const struct debugfs_sample *before,
			   const struct debugfs_sample *after, size_t n)
{
	for (size_t i = 0; i < run->snapshot->n_vms; i++) {
		const struct vm_sample *vm = &run->snapshot->vms[i];
		struct verify_reading reading = reading_of(run, vm);
		int err;

		for (size_t j = 0; j < n; j++) {
			if (before[j].pid != vm->pid || before[j].fd != vm->vm_fd ||
			    !before[j].valid || !after[j].valid || vm->ended)
				continue;
			err = gather(run->snapshot->arena, vm, &reading);
			if (err || !reading.vm_id)
				return -ENOMEM;
			reading.source = SOURCE_DEBUGFS;
			reading.instance = before[j].inode;
			reading.layout = run->debugfs_layout;
			reading.before = before[j].values;
			reading.after = after[j].values;
			err = verify__add(run->verify, &reading);
			if (err)
				return err;
			break;
		}
	}
	return 0;
}

/* ---- readings */

static void forget_snapshot(struct run *run)
{
	snapshot__free(run->snapshot);
	run->snapshot = NULL;
}

static int take_reading(struct run *run)
{
	/* It has sums over all vCPUs only. */
	bool debugfs = !kvm_stats__debugfs_error(run->stats) && !run->options->scope.n_vcpu_ids;
	struct verify_coverage coverage;
	__autofree struct debugfs_vm *vms = NULL;
	struct debugfs_sample *before = NULL, *after = NULL;
	size_t n = 0;
	int err = 0;

	forget_snapshot(run);
	run->snapshot = snapshot__new();
	if (!run->snapshot)
		return -ENOMEM;
	if (debugfs && !debugfs_vms(DEBUGFS_KVM_ROOT, &vms, &n))
		err = read_debugfs(run, vms, n, &before);
	if (!err)
		err = exits__read(run->exits, run->snapshot);
	if (!err && before)
		err = read_debugfs(run, vms, n, &after);
	if (err)
		return err;
	selection__apply(run->selection, run->exits, run->snapshot);
	for (size_t i = 0; i < run->snapshot->n_vms; i++)
		if (run->snapshot->vms[i].ended)
			verify__vm_ended(run->verify, run->snapshot->vms[i].key);
	if (before)
		err = compare_debugfs(run, before, after, n);
	if (!err && run->iterator)
		err = read_items(run);
	/* After the counts: what is missed later does not concern them. */
	exits__coverage(run->exits, &coverage);
	verify__set_coverage(run->verify, &coverage);
	return err == -ENOMEM ? err : 0;
}

/* ---- the report */

/* "denied (lockdown=integrity)" of "denied: lockdown=integrity". */
static const char *in_brackets(struct arena *arena, const char *why)
{
	const char *colon = why ? strstr(why, ": ") : NULL;
	char text[256];

	if (!colon)
		return why;
	snprintf(text, sizeof(text), "%.*s (%s)", (int)(colon - why), why, colon + 2);
	return arena__strdup(arena, text);
}

/* By an outlet, so a signal ends it even without a reader. */
static int write_to_stdout(const struct verify_report *report, bool json)
{
	const struct outlet_opts opts = { .fd = STDOUT_FILENO };
	__cleanup(cleanup_outlet) struct outlet *outlet = NULL;
	struct ending ending;
	FILE *out;
	int err = outlet__open(&opts, &outlet);

	if (err)
		return err;
	ending__begin(&ending);
	out = outlet__begin(outlet);
	if (!out)
		return -ENOMEM;
	err = outlet__end(outlet,
			  json ? verify__write_json(out, report) : verify__write_text(out, report));
	return err ? err : ending__drain(&ending, outlet);
}

static int write_report(struct run *run, double seconds, enum verify_result *ret_result)
{
	struct arena *arena = run->snapshot->arena;
	struct verify_report report = {
		.interval_s = seconds,
		.sources = {
			[SOURCE_TRACEPOINTS] = { .used = true },
			[SOURCE_STATS] = { .used = true,
					   .error = run->iterator ? NULL :
								    in_brackets(arena, run->stats_why) },
			[SOURCE_DEBUGFS] = { .used = true,
					     .error = in_brackets(arena,
								  kvm_stats__debugfs_error(run->stats)) },
		},
	};
	int err = verify__pairs(run->verify, &report.pairs, &report.n, &report.result);

	if (err)
		return err;
	*ret_result = report.result;
	err = write_to_stdout(&report, run->options->output == OUTPUT_JSON);
	/* Nobody reads it any more, or not yet and we shall not wait. */
	if (err == -EINTR)
		log_warning("the report is lost, as standard output was not read");
	if (err == -EPIPE || err == -EINTR)
		return 0;
	if (err && err != -ENOMEM)
		log_error("cannot write to standard output: %s", strerror(-err));
	return err;
}

static int compare(struct run *run, enum verify_result *ret_result)
{
	const struct options *options = run->options;
	const uint64_t start_ns = clock_now_ns();
	const uint64_t end_ns =
		start_ns + options->interval_ns * (options->count ? options->count : 1);
	bool done = false;

	/* At least two, also where one takes longer than the interval. */
	for (int readings = 1;; readings++) {
		uint64_t now_ns, left_ns;
		int err = take_reading(run);

		if (err)
			return err;
		now_ns = clock_now_ns();
		left_ns = end_ns > now_ns ? end_ns - now_ns : 0;
		if (readings > 1 && (done || !left_ns))
			return write_report(run, (double)(now_ns - start_ns) / 1e9, ret_result);
		/* After a signal one more reading, then the report. */
		signals__sleep(left_ns < PAUSE_NS ? left_ns : PAUSE_NS);
		done = signals__count();
	}
}

static int start(struct run *run)
{
	const struct stat_layout *vm = kvm_stats__vm_layout(run->stats);
	const struct stat_layout *vcpu = kvm_stats__vcpu_layout(run->stats);
	struct stats_iter_opts opts = { .verify = run->exits, .types = run->types };
	int err = selection__new(&run->options->scope, &run->selection);

	if (err)
		return err;
	run->verify = verify__new();
	run->n_values = vcpu ? vcpu->n_values : 0;
	run->before = calloc(run->n_values + 1, sizeof(*run->before));
	run->after = calloc(run->n_values + 1, sizeof(*run->after));
	if (!run->verify || !run->before || !run->after)
		return -ENOMEM;
	if (!vm || !vcpu) {
		snprintf(run->stats_why, sizeof(run->stats_why), "no binary statistics: %s",
			 kvm_stats__layout_error(run->stats));
		return 0;
	}
	opts.vm_bytes = vm->bytes;
	opts.vcpu_bytes = vcpu->bytes;
	err = stats_iter__open(&opts, run->stats_why, sizeof(run->stats_why), &run->iterator);
	return err == -ENOMEM ? err : 0;
}

int verify_run(const struct options *options, const struct features *features, struct exits *exits,
	       struct kvm_stats *stats, enum verify_result *ret_result)
{
	struct run run = {
		.options = options, .types = features->types, .exits = exits, .stats = stats
	};
	int err;

	err = signals__take(false);
	if (!err)
		err = start(&run);
	if (!err) {
		privileges_drop(&(struct privileges_needs){
			.exits = exits, .stats = stats, .iterator = run.iterator });
		err = compare(&run, ret_result);
	}
	forget_snapshot(&run);
	stats_iter__close(run.iterator);
	verify__free(run.verify);
	selection__free(run.selection);
	stat_layout__free(run.debugfs_layout);
	free(run.before);
	free(run.after);
	return err;
}
