/* SPDX-License-Identifier: GPL-2.0 */
/*
 * maps.bpf.h: the maps and knobs that all programs share; maps.bpf.c defines them. kvmtop.h
 * describes what is in the maps. Sizes are set by the loader between open and load.
 */
#ifndef KVMTOP_MAPS_BPF_H
#define KVMTOP_MAPS_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kvmtop.h"

/* Slots of vCPUs that are no homes, and marks; by number less cfg_homes. */
struct vcpus_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kvmtop_vcpu);
};

/* Cells beyond the slots' own ones, by number. */
struct cells_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kvmtop_cell);
};

/* Histograms that are not near, by number less cfg_near_hists. */
struct hists_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kvmtop_hist);
};

/* What the threads of vCPUs are doing, by slot. */
struct threads_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kvmtop_thread);
};

/* The memory of the main object. */
#ifdef KVMTOP_MEMORY_MAP
extern struct memory_map memory_map SEC(".maps");
#endif
struct memory_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__uint(value_size, KVMTOP_HIST_AT(KVMTOP_HOMES_SMALL, KVMTOP_NEAR_SMALL));
};

/* Homes that are taken, by number (values are not looked at). */
struct claims_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
};

/* Numbers of free slots that are no homes, of free spare cells and of free histograms. */
struct free_map {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, __u32);
};

/* Address of a struct kvm_vcpu to its slot. */
struct by_vcpu_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u32);
};

/* Thread to the slot of the vCPU that it ran last; pid and vCPU filters (values are not looked at). */
struct u32_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
};

/* Process to its start, CLOCK_BOOTTIME. */
struct starts_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
};

extern struct vcpus_map vcpus SEC(".maps");
extern struct cells_map spare_cells SEC(".maps");
extern struct hists_map hists SEC(".maps");
extern struct threads_map vcpu_threads SEC(".maps");
extern struct claims_map claims SEC(".maps");
extern struct free_map free_vcpus SEC(".maps");
extern struct free_map free_cells SEC(".maps");
extern struct free_map free_hists SEC(".maps");
extern struct by_vcpu_map by_vcpu SEC(".maps");
extern struct u32_map by_tid SEC(".maps");
extern struct u32_map filter_pids SEC(".maps");
extern struct u32_map filter_vcpus SEC(".maps");
extern struct starts_map ignored_pids SEC(".maps");

/* So many slots are homes, and so many histograms are in the memory. */
extern const volatile __u32 cfg_homes;
extern const volatile __u32 cfg_near_hists;

/* KVMTOP_LATENCY_* */
extern const volatile __u32 cfg_latency;
/* 1: only what is in filter_pids, filter_vcpus. */
extern const volatile __u32 cfg_filter_pids;
extern const volatile __u32 cfg_filter_vcpus;
/* 1: not what is in ignored_pids, which user space adds to as it learns the names of VMs (-g). */
extern const volatile __u32 cfg_filter_names;
/* Number of the first mark, and of marks: one per CPU, or none if CPUs would share them. */
extern const volatile __u32 cfg_first_mark;
extern const volatile __u32 cfg_n_marks;

/* KVMTOP_SHORT_*. */
extern const volatile __u32 cfg_short;

/* 1: exit_place is set whatever is timed, as the drill-down reads it. */
extern const volatile __u32 cfg_note_exit;

/* The histogram's slot of each time below SWITCH_MIN_NS. */
extern const volatile __u8 cfg_hist_slots[KVMTOP_HIST_TABLE];

/*
 * In the main object; the others have "memory_map", whose one element it is. It is all of .bss, as the loader
 * may make that shorter.
 */
#define KVMTOP_MEMORY_BYTES KVMTOP_HIST_AT(KVMTOP_HOMES_LARGE, KVMTOP_NEAR_LARGE)
extern char memory[KVMTOP_MEMORY_BYTES];

extern struct kvmtop_drops drops;

/* Address of the memory, as a number. */
extern __u64 memory_address;

extern struct kvmtop_hint hints[KVMTOP_HINTS];

/* The tid of each mark's thread. */
extern __u32 mark_tids[KVMTOP_HINTS];

#endif
