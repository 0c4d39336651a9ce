/* SPDX-License-Identifier: GPL-2.0 */
/*
 * load: what a VMM's control group allows it and holds back, and what its threads that are no vCPUs use. Pure.
 */
#ifndef KVMTOP_MODEL_LOAD_H
#define KVMTOP_MODEL_LOAD_H

#include <stdbool.h>
#include <stdint.h>

/* As it was read; the times and counts have grown since the VM was first read. All zero: nothing is known, or it was not asked for. */
struct vmm_load {
	bool quota_known;
	uint64_t
		throttled_ns; /* by cpu.max; that of each CPU where threads had to wait, added up */
	uint64_t throttles;   /* how often */
	uint32_t quota_pct;   /* the least cpu.max, in % of a CPU; 0: there is none */
	uint32_t vcpus;	      /* how many the VM had; 0: not known */
	bool pressure_known;  /* memory.pressure of its control group */
	uint64_t memory_some_ns, memory_full_ns;
	bool swap_known;
	uint64_t swap_bytes;   /* VmSwap of the VMM, which has no shared memory in it */
	uint32_t cpus_allowed; /* CPUs that one of its vCPUs may use at least; 0: not known */
	bool aux_known;	       /* the other threads of the VMM, and the kernel's of vhost */
	uint32_t aux_threads;
	uint64_t aux_run_ns, aux_delay_ns; /* on a CPU, and waiting for one */
};

/* The same in an interval. */
struct frame_load {
	bool quota_valid;
	double throttled_pct; /* of the vCPUs' time, at most 100 */
	double throttles_per_s;
	uint32_t quota_pct; /* as above */
	bool pressure_valid;
	double memory_some_pct, memory_full_pct; /* of the interval */
	bool swap_known;
	uint64_t swap_bytes;
	uint32_t cpus_allowed;
	bool aux_valid;
	uint32_t aux_threads;
	double aux_pct, aux_delay_pct; /* of a CPU: of two, 200 */
};

/* What came from @prev to @cur in @interval_s. @prev may be NULL: then only what is no growth is known. */
void load__delta(const struct vmm_load *prev, const struct vmm_load *cur, double interval_s,
		 struct frame_load *ret_load);

#endif
