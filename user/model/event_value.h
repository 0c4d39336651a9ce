/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_value: one event of KVM in one frame: how often it happened in all VMs, in a VM or in a vCPU. Pure.
 */
#ifndef KVMTOP_MODEL_EVENT_VALUE_H
#define KVMTOP_MODEL_EVENT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame;
struct frame_vcpu;
struct frame_vm;
struct stat_desc;

/* What counts it. */
enum event_kind {
	EVENT_NONE,
	EVENT_TRACEPOINT, /* the exits' two are known without it */
	EVENT_VM_STAT,	  /* a statistic of KVM, of a VM */
	EVENT_VCPU_STAT,  /* of a vCPU */
	/* What the event view has counted (item_defs.h). */
	EVENT_ITEM_TRACEPOINT,
	EVENT_ITEM_STATISTIC,
};

#define EVENT_NAME_MAX 96

/* Which event, in all frames. The name is the kernel's, not escaped. */
struct event_id {
	enum event_kind kind;
	char name[EVENT_NAME_MAX];
};

/* The two that are counted as exits, too. */
#define EVENT_EXIT "kvm_exit"
#define EVENT_USER_EXIT "kvm_userspace_exit"

/* An event, found in a frame, as long as that is there. */
struct event_ref {
	const struct frame *frame;
	enum event_kind kind;
	enum { EVENT_BY_INDEX, EVENT_BY_EXITS, EVENT_BY_USER_EXITS } by;
	size_t index;
	size_t sum_index;	      /* of a vCPU's statistic in the sums of a VM */
	const struct stat_desc *desc; /* of a statistic; NULL: it is a count */
	bool gauge;		      /* its total is what it is now */
};

struct event_value {
	bool total_known;
	uint64_t total;
	bool rate_known;
	double rate; /* per second; of a gauge by how much it changed */
};

/* False: the frame does not have it. */
bool event_ref__find(const struct frame *frame, const struct event_id *id, struct event_ref *ret);

/* Of all VMs (@vm NULL), of a VM (@vcpu NULL) or of a vCPU. What is not known is left out of sums; a rate is as known as all of its parts. */
void event_ref__get(const struct event_ref *ref, const struct frame_vm *vm,
		    const struct frame_vcpu *vcpu, struct event_value *ret);

#endif
