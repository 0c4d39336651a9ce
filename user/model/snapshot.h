/* SPDX-License-Identifier: GPL-2.0 */
/*
 * snapshot: raw cumulative values at one instant, as the sources filled them in.
 * Plain data, no I/O. Everything in it lives in its arena.
 */
#ifndef KVMTOP_MODEL_SNAPSHOT_H
#define KVMTOP_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "../base/hist.h"
#include "detail.h"
#include "ids.h"
#include "load.h"

struct arena;
struct item_counts;
struct item_opts;
struct stat_layout;

/* The kvm:* tracepoints that are counted one by one (-t), in the kernel's order. Their names come from the kernel, not escaped. */
struct event_names {
	const char *const *v;
	size_t n;
};

/* What is known of one (isa, code) of one vCPU. Cumulative since kvmtop attached, but for max_ns. Times: from LATENCY_MEAN on. */
struct tally {
	uint64_t code; /* exit reason */
	uint32_t isa;  /* code space of @code, ISA_* */
	uint64_t count;
	uint64_t sum_ns;
	uint64_t max_ns; /* since the snapshot before this one */
	uint64_t max_total_ns;
	struct hist hist; /* with LATENCY_FULL */
	bool hist_missing; /* there was no room for one, of some of it or all: @hist is not to be used */
};

/*
 * Where the time of a vCPU went, cumulative, stretches that are still open included. Valid from LATENCY_MEAN on
 * (@valid). The parts add up to the whole, but for what moves while it is read; none of them ever gets less.
 */
struct vcpu_times {
	bool valid;
	bool run_delay_valid; /* else that is in the others */
	uint64_t wall_ns;     /* since the vCPU was first seen */
	uint64_t ns[STATE_MAX];
};

/* Of the thread that ran a vCPU last. */
struct vcpu_thread {
	bool slices_known;
	uint64_t slices; /* how often the scheduler gave it a CPU, since it began */
	bool cpu_known;
	uint32_t cpu; /* that it is on, or was on last */
};

/* Where a vCPU is; all places where it may be, if that is not known. */
struct vcpu_place {
	bool in_guest; /* kvm_entry to kvm_exit */
	bool in_kvm;   /* handling an exit */
	bool in_vmm;   /* kvm_userspace_exit to kvm_entry */
};

struct vcpu_sample {
	uint32_t vcpu_id;	 /* KVM's number */
	pid_t tid;		 /* of the thread that ran it last */
	struct vcpu_times times; /* not valid after its thread has exited (HELD_PARKED) */
	enum vcpu_held held;
	struct vcpu_thread thread;
	struct tally *exits; /* no two of the same (isa, code); any order */
	size_t n_exits;
	struct tally *user_exits; /* isa is ISA_USER */
	size_t n_user_exits;
	struct tally *events; /* isa is ISA_EVENT; for --verify only */
	size_t n_events;
	/* In its thread while it ran this vCPU, or about this vCPU; by snapshot->event_names; NULL: not counted. */
	const uint64_t *tracepoints;
	struct detail_tally *details; /* any order; one key may come twice */
	size_t n_details;
	const struct detail_sum
		*detail_sums;	 /* by enum detail_kind; NULL: nothing is drilled down */
	struct vcpu_place place; /* when the tallies were read */
	enum stats_source stats_source;
	const uint64_t *stats; /* by snapshot->vcpu_layout; NULL: not known */
};

struct vm_sample {
	uint64_t key; /* never used twice while kvmtop runs: what two snapshots are matched by */
	pid_t pid;    /* of the VMM */
	int vm_fd;    /* its VM fd, or below 0: see vm_id() */
	const char *name;	   /* the VMM's name for it, or NULL: it has none; not escaped */
	const char *comm;	   /* the VMM's comm, or NULL: not known; not escaped */
	uint64_t kvm;		   /* address of its struct kvm; 0: not known */
	bool ended;		   /* ended; this is the last snapshot that has it */
	bool later;		   /* it began after the first snapshot */
	struct vcpu_sample *vcpus; /* sorted by vcpu_id, no id twice */
	size_t n_vcpus;
	enum stats_source stats_source;
	const uint64_t *stats; /* its own, by snapshot->vm_layout; NULL: not known */
	const uint64_t *
		tracepoints; /* of none of its vCPUs; by snapshot->event_names; NULL: not counted */
	const uint64_t *
		vcpu_sums; /* from debugfs: its vCPUs' together, by snapshot->vcpu_layout; or NULL */
	struct vmm_load load; /* all zero: not asked for */
	/* What else -g finds it by, or NULL; not in recordings. */
	const char *aliases[VM_ALIAS_MAX];
};

struct source_state {
	bool used;	   /* false: not built or not asked for: shown as null */
	const char *error; /* NULL: works; else why not, as "denied: lockdown=integrity" */
};

/* What may be switched on and off while kvmtop runs. */
enum snapshot_part {
	PART_DETAIL,	  /* the drill-down */
	PART_TRACEPOINTS, /* event_names and what is counted by them */
	PART_EXITS,	  /* exits and their times, which are always on: taken in another way */
	PART_MAX,
};

struct snapshot {
	struct arena *arena;
	uint64_t mono_ns;     /* CLOCK_MONOTONIC when it was taken */
	struct timespec wall; /* CLOCK_REALTIME at that time */
	bool include_past;    /* exits in total are KVM's own, from the VM's start on */
	enum latency latency;
	/* When each part began to count (CLOCK_MONOTONIC), its totals with it; 0: before the first snapshot, or it is off. */
	uint64_t since_ns[PART_MAX];
	struct vm_sample *vms;
	size_t n_vms;
	uint64_t drops[DROP_CAUSE_MAX]; /* cumulative since kvmtop attached */
	uint64_t
		hist_full; /* tallies of vCPUs that there was no room for a histogram for; cumulative, too */
	struct source_state sources[SOURCE_ID_MAX];
	const struct event_names *
		event_names; /* belong to their source, which outlives all snapshots and frames; NULL: none */
	const uint64_t *host_tracepoints; /* of no VM that we know; NULL: not counted */
	/* What KVM's statistics are; belong to their source, which outlives all snapshots and frames. NULL: not known. */
	const struct stat_layout *vm_layout, *vcpu_layout;
	const struct detail_names *detail_names; /* likewise */
	const struct item_opts *item_opts; /* what the event view is to count; NULL: nothing */
	/*
	 * What it has counted up to here in this run, ended VMs included: one of its owners. NULL:
	 * it begins here.
	 */
	const struct item_counts *items;
};

/* Whether @part of @cur began after @prev: how much it has counted since @prev is not known. */
static inline bool snapshot__part_begun(const struct snapshot *prev, const struct snapshot *cur,
					enum snapshot_part part)
{
	return cur->since_ns[part] > prev->mono_ns;
}

/* An empty snapshot with an arena; NULL: no memory. */
struct snapshot *snapshot__new(void);
void snapshot__free(struct snapshot *snapshot);

/* What the frame that ends with @snapshot has of events (NULL: nothing): the next interval goes on from there. */
void snapshot__take_items(struct snapshot *snapshot, const struct item_counts *items);

#endif
