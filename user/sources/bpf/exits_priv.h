/* SPDX-License-Identifier: GPL-2.0 */
/* exits_priv: what the parts of struct exits share. No other module includes it. */
#ifndef KVMTOP_SOURCES_BPF_EXITS_PRIV_H
#define KVMTOP_SOURCES_BPF_EXITS_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/types.h>

#include "../../../bpf/kvmtop.h"
#include "../../base/once.h"
#include "../../model/inventory.h"
#include "../../model/snapshot.h"
#include "exits.h"

/* Bytes of a slot that every exit touches. */
#define FIRST_LINE 64

struct arena;
struct collector;
struct kvmtop_bpf;
struct vms;

enum slot_state {
	SLOT_FREE, /* in the queue, or just taken and not seen yet */
	SLOT_LIVE, /* belongs to a VM */
	SLOT_RETIRED, /* its VM has ended; given back at the next read, when nothing can be writing to it */
};

/* What was charged so far for the stretch that a vCPU is in now. */
struct open_stretch {
	uint64_t start_ns, until_ns;
	uint64_t delay_ns; /* its thread's run delay at until_ns, with the wait that went on */
	uint64_t ns[STATE_MAX];
};

/* The time in which a slot's vCPU had no thread. */
struct parked {
	uint64_t from_ns;  /* since when it has none; 0: it has one */
	uint64_t total_ns; /* in all, but for the current one */
};

/* Where the time of a slot's vCPU went, as last reported. */
struct reported_times {
	uint64_t registered_ns; /* identifies the vCPU */
	uint64_t wall_ns, ns[STATE_MAX];
};

/* What was read of a cell so far. */
struct cell_seen {
	uint64_t count, sum_ns; /* as last read */
	uint64_t max_ns;	/* of all times */
	uint64_t timed;		/* how many are in @hist */
	struct hist_total hist; /* of its histogram, if it has one */
	bool hist_lost;		/* its counts may have wrapped unseen */
};

/* A VMM of whose VMs none is asked for by name. */
struct ignored_process {
	uint32_t tgid;
	uint64_t start_ns; /* as in the kernel side's filter */
};

struct exits {
	struct exits_opts opts;
	struct kvmtop_bpf *skel;
	struct typed *typed;
	struct filtered filtered;
	struct ignored_process *ignored; /* those in the map "ignored_pids" */
	size_t n_ignored;
	enum exit_path path;
	enum latency latency;
	bool classic; /* some program is on a classic tracepoint */
	bool entries; /* kvm_entry is counted in the slots */
	char *proc_root;

	/* The maps, in our memory. */
	struct kvmtop_vcpu
		*vcpus; /* all slots by number, and behind them the marks of what is filtered out */
	size_t n_slots, n_marks;
	uint32_t n_homes;	 /* slots that are homes */
	uint32_t max_with_homes; /* how many vCPUs may have one */
	size_t n_near_hists;	 /* histograms in the same memory */
	size_t n_far;		 /* slots that are no homes have numbers below this */
	struct kvmtop_cell *spare;
	size_t n_spare;
	struct kvmtop_hist *hists; /* all by number */
	size_t n_hists;		   /* with KVMTOP_HIST_NONE */
	size_t vcpus_bytes, spare_bytes, hists_bytes;
	struct cell_seen *seen; /* of all slots' own cells, slot by slot; then of the spare ones */

	/* What the programs of other modes have dropped before. */
	uint64_t drops_before[DROP_CAUSE_MAX], hist_full_before;
	uint64_t missed_user_exits; /* as last reported */
	uint64_t
		missed_at_start; /* by the first program, before the rescue programs were attached */
	enum slot_state *slots;
	uint64_t *vm_keys; /* by slot: the VM that the last read had it in; 0: none */
	struct open_stretch *open_stretches;   /* by slot */
	struct reported_times *reported_times; /* likewise */
	struct parked *parked;		       /* likewise */
	/* What the slots' threads are doing, in our memory; and when they were looked at last. */
	struct kvmtop_thread *threads;
	size_t threads_bytes;
	uint64_t looked_ns;
	int64_t sched_ahead_ns; /* how far the scheduler's clock is ahead of CLOCK_MONOTONIC */
	uint64_t compared_ns;	/* when these two were compared; 0: never */
	struct vms *vms;	/* not ours */
	uint32_t events;	/* bits of enum kvm_event whose programs are attached */
	bool run_delay;		/* the kernel keeps it (CONFIG_SCHED_INFO) */
	struct collector *collectors; /* in the order in which they came */
};

/*
 * Adds where the time of slot @v's vCPU went to @sample, up to now, or up to its last time stamp if
 * it has @ended. Times that keep changing while they are read stay as last reported. No reported
 * time decreases. Also notes what the vCPU waits for (enum vcpu_held).
 */
void exits_read_times(const struct exits *exits, const struct kvmtop_vcpu *v, bool ended,
		      struct vcpu_sample *sample);

/* What the thread of a slot's vCPU is doing. */
struct thread_look {
	bool known;  /* it was looked at, and is the thread of that vCPU */
	bool exited; /* the thread has exited */
	bool asleep; /* interruptibly, as the thread of a halted vCPU is */
	enum vcpu_held held;
	uint64_t seen_ns, started_ns;
	bool waits;	   /* for a CPU */
	uint64_t delay_ns; /* its run delay by seen_ns, since it began, with a wait that went on */
	uint64_t slices;   /* how often it was given a CPU, since it began */
	uint32_t cpu;	   /* as in struct kvmtop_thread */
};

/* Looks at all threads at once (bpf/threads.bpf.c). 0 or a negative errno. */
int threads_look(struct exits *exits);

/* Brings up to date how far the scheduler's clock is ahead of CLOCK_MONOTONIC. */
void threads_compare_clocks(struct exits *exits, const struct kvmtop_sched_clock *clock);

/*
 * What was seen then of the thread of slot @v. The vCPU's current stretch began at @start_ns
 * (CLOCK_MONOTONIC).
 */
struct thread_look threads_of(const struct exits *exits, const struct kvmtop_vcpu *v,
			      uint64_t start_ns);

/* What was read of own cell @cell of slot @slot, and of an element of spare_cells. */
static inline struct cell_seen *exits_own_seen(const struct exits *exits, uint32_t slot,
					       uint32_t cell)
{
	return &exits->seen[(size_t)slot * KVMTOP_OWN_CELLS + cell];
}

static inline struct cell_seen *exits_spare_seen(const struct exits *exits, uint32_t element)
{
	return &exits->seen[exits->n_slots * KVMTOP_OWN_CELLS + element];
}

/* All collectors' calls of struct collector_ops, until one fails. 0, or what that one returned. */
int collectors_collect(const struct exits *exits);
int collectors_fill_before_exits(const struct exits *exits, uint32_t slot, bool ended,
				 struct arena *arena, struct vcpu_sample *sample);
int collectors_fill_after_exits(const struct exits *exits, uint32_t slot, bool ended,
				struct arena *arena, struct vcpu_sample *sample);
int collectors_fill_vm(const struct exits *exits, const struct inventory_vm *vm,
		       struct arena *arena, struct vm_sample *sample);
int collectors_fill_host(const struct exits *exits, struct snapshot *snapshot);
void collectors_forget(const struct exits *exits, uint32_t slot);

/* What of @scope the kernel side is to filter by. */
struct filtered filtered_by(const struct scope *scope);

/*
 * Sets the knobs of the filters, and the sizes of their maps, before they are loaded. 0 or a
 * negative errno.
 */
int exits_prepare_filters(struct exits *exits, const struct scope *scope);

/* Fills the filters' maps. 0 or a negative errno. */
int exits_fill_filters(const struct exits *exits, const struct scope *scope);

/* Removes processes that have exited from the map of VMMs that are not asked for. */
void exits_forget_ignored(struct exits *exits);

/* Sets what was dropped until now, in all modes. */
void exits_read_drops(struct exits *exits, struct snapshot *snapshot);

/* The slots of @vm are given back at the next read; until then no event finds them. */
void exits_retire_vcpus(struct exits *exits, const struct inventory_vm *vm);

/*
 * Brings the inventory up to date. To be called before the counters are read, so that an ended VM's
 * counters are final. 0 or -ENOMEM.
 */
int exits_update_vms(struct exits *exits);

/* Ended VMs leave the inventory, and their slots are retired. */
void exits_forget_ended_vms(struct exits *exits);

/* Retired slots are zeroed, with their cells and histograms, and can be taken again. */
void exits_give_back_retired(struct exits *exits);

/*
 * To be called once, when the programs that rescue userspace exits are attached. The first
 * program's earlier misses came before the counts began.
 */
void exits_begin_missed(struct exits *exits);

/* How many exits and entries no program ran for. Brings @exits->missed_user_exits up to date. */
uint64_t exits_missed(struct exits *exits);

#endif
