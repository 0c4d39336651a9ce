/* SPDX-License-Identifier: GPL-2.0 */
/* snapshots: fixed snapshots for golden: VMs, their exits and keys. */
#ifndef KVMTOP_TESTS_GOLDEN_SNAPSHOTS_H
#define KVMTOP_TESTS_GOLDEN_SNAPSHOTS_H

#include <stddef.h>
#include <sys/types.h>

#include "../../user/model/snapshot.h"

/* @tick 1 or 2: the beginning and the end of the interval that is shown. NULL: no memory. */
struct snapshot *make_snapshot(unsigned int tick, enum latency latency);

/* The same, with VMs in it: see what each says. */
struct snapshot *make_several(unsigned int tick, enum latency latency);
struct snapshot *make_hist_full(unsigned int tick, enum latency latency);
struct snapshot *make_formulas(unsigned int tick, enum latency latency);
struct snapshot *make_none(unsigned int tick, enum latency latency);
struct snapshot *make_details(unsigned int tick, enum latency latency);
struct snapshot *make_rare(unsigned int tick, enum latency latency);

/* What they are made of: a VM without exits; a busy one; one that ends in the second interval. */
void init_vm(struct snapshot *s, struct vm_sample *vm, pid_t pid, const char *name, size_t n_vcpus);
void make_busy_vm(struct snapshot *s, struct vm_sample *vm, unsigned int tick);
void make_ending_vm(struct snapshot *s, struct vm_sample *vm, unsigned int tick);

#endif
