/* SPDX-License-Identifier: GPL-2.0 */
/*
 * collector: what other BPF objects need to work with the slots of struct exits. Such a collector
 * registers its calls, and sees no more of struct exits than this header. struct exits knows none
 * of its collectors.
 */
#ifndef KVMTOP_SOURCES_BPF_COLLECTOR_H
#define KVMTOP_SOURCES_BPF_COLLECTOR_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

#include "../../../bpf/kvmtop.h"
#include "exits.h"

struct arena;
struct bpf_map;
struct inventory;
struct inventory_vm;
struct vcpu_place;
struct vcpu_sample;
struct vm_sample;

/*
 * What a collector adds to a snapshot, in the order of the calls; a call that is NULL is left out. Each is given the collector's @arg.
 * Memory that a sample points to is @arena's. Those that return an int return 0 or a negative errno, which ends the snapshot.
 */
struct collector_ops {
	/* Reads what is read once per snapshot. The inventory is up to date. */
	int (*collect)(void *arg);
	/*
	 * Adds what slot @slot has to @sample; @ended: its VM has ended. A vCPU may have several
	 * slots.
	 */
	int (*fill_before_exits)(void *arg, uint32_t slot, bool ended, struct arena *arena,
				 struct vcpu_sample *sample);
	/* The same, when the exits of the slot are in @sample. */
	int (*fill_after_exits)(void *arg, uint32_t slot, bool ended, struct arena *arena,
				struct vcpu_sample *sample);
	/* Adds what @vm has in addition to its vCPUs, which are in @sample. */
	int (*fill_vm)(void *arg, const struct inventory_vm *vm, struct arena *arena,
		       struct vm_sample *sample);
	/* Adds what is the host's, when all VMs and the main programs' drops are in @snapshot. */
	int (*fill_host)(void *arg, struct snapshot *snapshot);
	/* Slot @slot will be given back. Nothing writes to it any more, and its cells are still there. */
	void (*forget)(void *arg, uint32_t slot);
};

/* A collector's place in the list, which lives in the collector. */
struct collector {
	const struct collector_ops *ops;
	void *arg;
	struct collector *next;
};

/*
 * From now on @collector's calls are made, after those of collectors that came before. It must be
 * removed before @exits is closed.
 */
void exits__add_collector(struct exits *exits, struct collector *collector);

/* No further calls. Nothing happens if it was not added. */
void exits__remove_collector(struct exits *exits, const struct collector *collector);

/* The slots, in our memory, and the cells that slots have beyond their own. The programs write to them while we look. */
struct slots {
	const struct kvmtop_vcpu *vcpus;
	size_t n_slots;
	const struct kvmtop_cell *spare;
	size_t n_spare;
};

/* Valid until @exits is closed. */
struct slots exits__slots(const struct exits *exits);

/* Maps of another object that are to be those of the main programs; NULL: it has no such map. */
struct shared_maps {
	struct bpf_map *memory, *vcpus, *spare_cells, *by_vcpu, *by_tid;
	struct bpf_map *filter_pids, *filter_vcpus, *ignored_pids;
};

/* Makes them so, before that object is loaded. Its knobs are set by exits__filtered() and exits__homes(). 0 or a negative errno. */
int exits__share_maps(const struct exits *exits, const struct shared_maps *maps);

/* How many slots are homes (bpf/kvmtop.h): the knob cfg_homes. */
uint32_t exits__homes(const struct exits *exits);

/* Whether kvm_entry is counted in the slots. */
bool exits__counts_entries(const struct exits *exits);

/* What is filtered, in the kernel. */
struct filtered exits__filtered(const struct exits *exits);

/* All VMs that are known. It changes with the next read. */
const struct inventory *exits__inventory(const struct exits *exits);

/* The VM that slot @slot belongs to, with its name; NULL: it is not known yet. Valid until the next read. */
const struct inventory_vm *exits__vm_of(struct exits *exits, uint32_t slot);

/* The key of the VM that the last read had slot @slot in; 0: none. */
uint64_t exits__vm_key(const struct exits *exits, uint32_t slot);

/* Whether the VM of slot @slot has ended or is ignored, and the slot is not yet given back. */
bool exits__is_retired(const struct exits *exits, uint32_t slot);

/*
 * Adds what a vCPU was doing while its slot was copied, given the slot's first line before and
 * after.
 */
void exits__place(const struct kvmtop_vcpu *before, const struct kvmtop_vcpu *after,
		  struct vcpu_place *place);

/* The collector has a program on a classic tracepoint, so system calls on maps take precedence, see below. */
void exits__note_classic(struct exits *exits);

/*
 * While a thread is in a system call on a map, the kernel skips classic tracepoint programs on its
 * CPU (bpf_disable_instrumentation, trace_call_bpf). A vCPU thread that preempts us there would
 * lose its event. So, where there are such programs, no vCPU thread is to preempt us between these
 * two calls. Without CAP_SYS_NICE it still may; lost events are counted as missed.
 */
struct precedence {
	int policy; /* before; negative: it was not changed */
	struct sched_param param;
};

/* What exits__end_precedence() is to restore. */
struct precedence exits__take_precedence(const struct exits *exits);
void exits__end_precedence(const struct precedence *before);

#endif
