/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tracepoints: counts the kvm:* tracepoints one by one (-t). It loads a copy of
 * bpf/tracepoints.bpf.c for each, and reads the counts into snapshots.
 */
#ifndef KVMTOP_SOURCES_BPF_TRACEPOINTS_H
#define KVMTOP_SOURCES_BPF_TRACEPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exits;
struct tracepoints;
struct event_names;
struct event_names_list;
struct features;

struct tracepoints_opts {
	/* Whether to count this event; NULL: all. */
	bool (*is_wanted)(const char *event, void *arg);
	void *arg;
	/*
	 * Not all VMs are shown. Events of no VM are left out then, as those of hidden VMs would be
	 * among them.
	 */
	bool only_some_vms;
	/* It is opened together with @exits: so a count of theirs began when this one does. */
	bool at_start;
	/* Gets the names of those that are counted, which snapshots point to. */
	struct event_names_list *kept;
	/* Addresses of kvm_vm_ioctl and kvm_vcpu_ioctl; 0: they are looked for in kallsyms (CAP_SYSLOG). */
	uint64_t vm_ioctl, vcpu_ioctl;
};

/*
 * Loads and attaches, and from now on exits__read(@exits) reads the counts, too; @exits must outlive it. kvm_entry costs less if
 * @exits counts it anyway ("entries"). On failure writes one line to @why and returns a negative errno.
 */
int tracepoints__open(const struct tracepoints_opts *opts, struct exits *exits,
		      const struct features *features, char *why, size_t why_size,
		      struct tracepoints **ret_tracepoints);
void tracepoints__close(struct tracepoints *tracepoints);

/* The events that are counted. They are of the list. */
const struct event_names *tracepoints__names(const struct tracepoints *tracepoints);

/* Adds to @drops, by enum drop_cause, what it has lost until now: as the next snapshot would have it. Takes NULL. */
void tracepoints__add_drops(const struct tracepoints *tracepoints, uint64_t *drops);

#endif
