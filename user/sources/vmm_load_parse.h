/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmm_load_parse: the texts of /proc and of control groups that say what a VMM uses. Pure; all of them may be hostile.
 */
#ifndef KVMTOP_SOURCES_VMM_LOAD_PARSE_H
#define KVMTOP_SOURCES_VMM_LOAD_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPU_SET_MAX 8192

struct cpu_set {
	uint64_t bits[CPU_SET_MAX / 64];
};

/* Each takes a text that ends with a NUL. false: it is not what it should be, and the results are not set. */

/* cpu.stat: how often and how long cpu.max held the group back. */
bool vmm_load_parse_cpu_stat(const char *text, uint64_t *ret_throttles, uint64_t *ret_us);

/* cpu.max, in % of a CPU, at least 1; 0: there is no limit. */
bool vmm_load_parse_cpu_max(const char *text, uint32_t *ret_pct);

/* memory.pressure: how long some, and all, have waited in all. */
bool vmm_load_parse_pressure(const char *text, uint64_t *ret_some_us, uint64_t *ret_full_us);

/* /proc/PID/status: swapped memory. */
bool vmm_load_parse_swap(const char *text, uint64_t *ret_bytes);

/* The same: its first thread is stopped, by a signal or a debugger. false also if that is not known. */
bool vmm_load_parse_stopped(const char *text);

/* The same: the number of threads. */
bool vmm_load_parse_threads(const char *text, uint32_t *ret_threads);

/* The same: adds the CPUs that may be used to @set. */
bool vmm_load_parse_cpus(const char *text, struct cpu_set *set);
uint32_t cpu_set__count(const struct cpu_set *set);

/* schedstat of a thread: its time on a CPU, and waiting for one. Without times (a kernel that keeps none) false. */
bool vmm_load_parse_schedstat(const char *text, uint64_t *ret_run_ns, uint64_t *ret_delay_ns);

/* /proc/PID/cgroup: the path of its group of version 2, which begins with '/' and cannot lead elsewhere. Written to @path. */
bool vmm_load_parse_cgroup(const char *text, char *path, size_t size);

/* A comm "vhost-ID": the thread that it works for. */
bool vmm_load_parse_vhost(const char *comm, int *ret_tid);

/* Cuts @path to the group above it. false: there is none but the root. */
bool cgroup_path__up(char *path);

/* Whether the group is a unit of its own (a scope or a service): what is above it is others', too. */
bool cgroup_path__is_unit(const char *path);

#endif
