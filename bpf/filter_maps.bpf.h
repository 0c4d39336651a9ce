/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filter_maps.bpf.h: defines the maps and knobs of the filters, and how many slots are homes. Each object has
 * them once; the loader makes those of the others the main one's.
 */
#ifndef KVMTOP_FILTER_MAPS_BPF_H
#define KVMTOP_FILTER_MAPS_BPF_H

#include "maps.bpf.h"

struct u32_map filter_pids SEC(".maps");
struct u32_map filter_vcpus SEC(".maps");
struct starts_map ignored_pids SEC(".maps");

const volatile __u32 cfg_homes = KVMTOP_HOMES_SMALL;
const volatile __u32 cfg_filter_pids = 0;
const volatile __u32 cfg_filter_vcpus = 0;
const volatile __u32 cfg_filter_names = 0;

#endif
