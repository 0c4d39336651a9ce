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

/* Slots of vCPUs, by number. */
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

/* Histograms, by number; but KVMTOP_HIST_NONE. */
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

/* Numbers of free slots, of free spare cells and of free histograms. */
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
extern struct free_map free_vcpus SEC(".maps");
extern struct free_map free_cells SEC(".maps");
extern struct free_map free_hists SEC(".maps");
extern struct by_vcpu_map by_vcpu SEC(".maps");
extern struct u32_map by_tid SEC(".maps");
extern struct u32_map filter_pids SEC(".maps");
extern struct u32_map filter_vcpus SEC(".maps");
extern struct starts_map ignored_pids SEC(".maps");

/* KVMTOP_LATENCY_* */
extern const volatile __u32 cfg_latency;
/* 1: only what is in filter_pids, filter_vcpus. */
extern const volatile __u32 cfg_filter_pids;
extern const volatile __u32 cfg_filter_vcpus;
/* 1: not what is in ignored_pids, which user space adds to as it learns the names of VMs (-g). */
extern const volatile __u32 cfg_filter_names;
/* First mark in vcpus, and number of marks: one per CPU, or none if CPUs would share them. */
extern const volatile __u32 cfg_first_mark;
extern const volatile __u32 cfg_n_marks;

/* 1: exit_cell is set whatever is timed, as the drill-down reads it. */
extern const volatile __u32 cfg_note_exit;

extern struct kvmtop_drops drops;

extern struct kvmtop_hint hints[KVMTOP_HINTS];

/* The tid of each mark's thread. */
extern __u32 mark_tids[KVMTOP_HINTS];

#endif
