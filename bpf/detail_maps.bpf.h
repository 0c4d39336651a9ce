/* SPDX-License-Identifier: GPL-2.0 */
/*
 * detail_maps.bpf.h: the maps, knobs and counters of the drill-down; detail.h describes what is in them. Sizes and knobs are set by the
 * loader between open and load.
 */
#ifndef KVMTOP_DETAIL_MAPS_BPF_H
#define KVMTOP_DETAIL_MAPS_BPF_H

#define KVMTOP_MEMORY_MAP
#include "filter_maps.bpf.h"

#include "detail.h"

char LICENSE[] SEC("license") = "GPL";

/* Those of kvmtop.bpf.c. */
struct memory_map memory_map SEC(".maps");
struct vcpus_map vcpus SEC(".maps");
struct cells_map spare_cells SEC(".maps");
struct by_vcpu_map by_vcpu SEC(".maps");
struct u32_map by_tid SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kvmtop_detail_vcpu);
} detail_vcpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kvmtop_detail_cell);
} detail_cells SEC(".maps");

struct free_map free_detail_cells SEC(".maps");

/* To the number of its cell. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct kvmtop_detail_key);
	__type(value, __u32);
} detail_index SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} slow SEC(".maps");

/* 1: plain loads work here (6.2). */
const volatile __u32 cfg_plain = 0;
/* 1: exits are timed. */
const volatile __u32 cfg_timed = 1;
/* Exits that take at least this many ns are reported; 0: none. */
const volatile __u64 cfg_slow_ns = 0;
/* KVMTOP_DETAIL_PC: 0 off, 1 only for the exits of cfg_pc_reason, 2 for all. */
const volatile __u32 cfg_pc = 0;
const volatile __u32 cfg_n_pc_reasons = 0;
const volatile __u64 cfg_pc_reason[KVMTOP_PC_REASONS] = {};
/* Bits 1 << KVMTOP_DETAIL_*. */
const volatile __u32 cfg_kinds = 0;

/* By kind: the exit reasons that exits of this kind have, and what of a reason is compared with them. */
const volatile struct kvmtop_detail_range cfg_reasons[KVMTOP_DETAIL_ROOM]
						     [KVMTOP_DETAIL_RANGES] = {};
const volatile __u64 cfg_reason_mask = 0;
/* Bits 1 << KVMTOP_DETAIL_* of the kinds that have any. */
const volatile __u32 cfg_reason_kinds = 0;

struct kvmtop_detail_drops detail_drops = {};
struct kvmtop_detail_control detail_control = {};

/* As the main programs' hints. */
struct kvmtop_hint detail_hints[KVMTOP_HINTS] = {};

#endif
