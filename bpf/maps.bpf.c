// SPDX-License-Identifier: GPL-2.0
/* maps: defines what maps.bpf.h declares. */
#include "filter_maps.bpf.h"
#include "maps.bpf.h"

char LICENSE[] SEC("license") = "GPL";

char memory[KVMTOP_MEMORY_BYTES] __attribute__((aligned(4096))) = {};
struct vcpus_map vcpus SEC(".maps");
struct claims_map claims SEC(".maps");
struct cells_map spare_cells SEC(".maps");
struct hists_map hists SEC(".maps");
struct threads_map vcpu_threads SEC(".maps");
struct free_map free_vcpus SEC(".maps");
struct free_map free_cells SEC(".maps");
struct free_map free_hists SEC(".maps");
struct by_vcpu_map by_vcpu SEC(".maps");
struct u32_map by_tid SEC(".maps");

const volatile __u32 cfg_near_hists = KVMTOP_NEAR_SMALL;
const volatile __u32 cfg_latency = KVMTOP_LATENCY_FULL;
const volatile __u32 cfg_first_mark = 0;
const volatile __u32 cfg_n_marks = 0;
const volatile __u32 cfg_short = 0;
const volatile __u32 cfg_note_exit = 0;

const volatile __u8 cfg_hist_slots[KVMTOP_HIST_TABLE] = {};

struct kvmtop_drops drops SEC(".data") = {};

__u64 memory_address SEC(".data") = 0;

struct kvmtop_hint hints[KVMTOP_HINTS] SEC(".data") = {};

__u32 mark_tids[KVMTOP_HINTS] SEC(".data") = {};
