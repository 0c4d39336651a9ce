/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exits: loads the BPF programs that count and time exits, and fills snapshots from their maps. With its two
 * halves exits_load and exits_read the only place in user space that knows the maps.
 */
#ifndef KVMTOP_SOURCES_BPF_EXITS_H
#define KVMTOP_SOURCES_BPF_EXITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../../model/ids.h"
#include "../../model/test_knobs.h"

struct exits;
struct features;
struct scope;
struct snapshot;
struct verify_coverage;
struct vms;

struct exits_opts {
	enum latency latency;
	/* What to count, which outlives what is opened; with a guest, exits__ignore_vm is called. */
	const struct scope *scope;
	struct vms *vms; /* gets the VMs that are found; it outlives what is opened */
	size_t n_vcpus; /* how many vCPUs the host has now; the maps get room for several times as many */
	const char *proc_root; /* "/proc" */
	bool events;	       /* count the tracepoints of enum kvm_event, too */
	bool entries;	       /* count kvm_entry, too, whatever is timed */
	bool note_exit; /* note which exit is the last one, whatever is timed, for the drill-down */
	struct test_knobs knobs;
};

/* What is filtered, in the kernel. */
struct filtered {
	bool pids, vcpus, names;
};

/*
 * Loads and attaches; counting begins. On failure writes one line to @why that says what is wrong and what to
 * do, and returns a negative errno.
 */
int exits__open(const struct exits_opts *opts, const struct features *features, char *why,
		size_t why_size, struct exits **ret_exits);

/*
 * Loads and attaches the programs of another mode beside those of @exits, which go on. For so long an exit is counted by both, in maps of their own.
 * As exits__open.
 */
int exits__open_mode(const struct exits *exits, enum latency latency,
		     const struct features *features, char *why, size_t why_size,
		     struct exits **ret_next);

/*
 * @exits goes on as @next, which is then gone, with the programs that were. No collector is registered with @exits. All counts and times are those of
 * @next, which began at zero when it was opened; what is dropped is added to what was.
 */
void exits__take_mode(struct exits *exits, struct exits *next);

/* The path that is in use. */
enum exit_path exits__path(const struct exits *exits);

/*
 * Puts the VMs that have had exits until now into the inventory. 0 or -ENOMEM. To be called before
 * other VMs are added to the inventory. A VM that takes the place of another ends it, and the vCPUs
 * of an ended VM are not looked for any more.
 */
int exits__find_vms(struct exits *exits);

/*
 * Fills @snapshot with all VMs seen so far: their VMs, tallies, drops and times, and when that was.
 * VMs that have ended are in it once more, marked as ended, and then forgotten. 0 or negative
 * errno.
 */
int exits__read(struct exits *exits, struct snapshot *snapshot);

/*
 * The VM of this key, of the last snapshot, is not asked for, nor is any other VM of its process.
 * From now on they cost only a moment per exit. The VM stays in snapshots, without vCPUs.
 */
void exits__ignore_vm(struct exits *exits, uint64_t key);

/* Whether the maps can be read with the rights that we have now: 0 or a negative errno. */
int exits__try(struct exits *exits);

/* Whether it may raise its own priority for short times, for which it needs CAP_SYS_NICE. */
bool exits__takes_precedence(const struct exits *exits);

/* Of which events every one was counted until now. */
void exits__coverage(struct exits *exits, struct verify_coverage *ret_coverage);

/* Detaches and unloads. */
void exits__close(struct exits *exits);

#endif
