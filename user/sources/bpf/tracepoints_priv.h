/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tracepoints_priv: what tracepoints and its reading half share.
 */
#ifndef KVMTOP_SOURCES_BPF_TRACEPOINTS_PRIV_H
#define KVMTOP_SOURCES_BPF_TRACEPOINTS_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

#include "../../../bpf/tracepoints.h"
#include "../../model/snapshot.h"
#include "collector.h"

struct exits;
struct tracepoints_bpf;

/* Where the count of an event comes from. */
enum event_source {
	EVENT_FROM_PROGRAM,    /* of its own */
	EVENT_FROM_EXITS,      /* kvm_exit: the sum of the exit reasons */
	EVENT_FROM_USER_EXITS, /* kvm_userspace_exit: likewise */
	EVENT_FROM_ENTRIES,    /* kvm_entry: the main program counts it */
};

struct event {
	enum event_source source;
	int program, link; /* file descriptors; -1: none */
};

/* What was read of an element of other_events. */
struct other_event {
	struct kvmtop_event_key key;
	uint64_t count; /* as last read */
	uint64_t given; /* how much of that is assigned to a vCPU or VM */
	bool idle;	/* unchanged at the read before */
};

/* Events of a VM that are of none of its vCPUs. */
struct vm_events {
	uint64_t vm_key;
	uint64_t *counts;
};

struct tracepoints {
	struct tracepoints_bpf *skel;
	struct exits *exits;
	struct collector collector; /* of @exits */
	struct slots slots;
	struct event *events;
	struct event_names names;	/* of the same */
	const struct event_names *kept; /* these, as snapshots point to them */
	char **name_list;
	size_t n_names; /* of name_list, before those that could not be attached were left out */
	size_t row;
	bool only_some_vms;

	uint64_t *counts; /* the map, in our memory */
	size_t counts_bytes;

	/* The hash as it was read last, sorted by key, and room to read it into. */
	struct other_event *others;
	size_t n_others, max_others;
	struct kvmtop_event_key *keys;
	uint64_t *values;

	/*
	 * The counts by event: of vCPUs by slot, of VMs, of the host for good, and not assigned
	 * yet.
	 */
	uint64_t *by_slot;
	struct vm_events *vms;
	size_t n_vms;
	uint64_t *host, *pending;
};

/* What is read of it; the argument is the struct tracepoints. */
extern const struct collector_ops tracepoints_collector_ops;

#endif
