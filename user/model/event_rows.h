/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_rows: the event view, kvm_stat's seat: KVM's statistics and tracepoints as rows of a name, a total and what came in
 * the interval. Of one frame, which has it all. Pure.
 */
#ifndef KVMTOP_MODEL_EVENT_ROWS_H
#define KVMTOP_MODEL_EVENT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event_defs.h"

struct event_filter;
struct event_rows;
struct frame;
struct frame_vcpu;
struct frame_vm;
struct stat_desc;

struct event_row {
	const char *name, *parent; /* as of its event_def; parent NULL: it is no child */
	enum event_origin source;
	enum event_kind kind;
	const struct stat_desc *desc; /* of a statistic */
	uint64_t total;		      /* since kvmtop began, or (-i) the VMs did */
	bool delta_valid; /* false: nobody could read it, or it is a gauge that was not there before */
	bool unread;	  /* it is a gauge that nobody could read: total is not known */
	int64_t delta;	  /* in this interval; only a gauge's can be negative */
	double rate;	  /* delta per second of the real interval */
};

/* Which of the frame's events are wanted. */
struct event_spec {
	bool stats, tracepoints;	   /* -d, -t */
	bool no_children;		   /* -x */
	const struct event_filter *filter; /* -f; NULL: all */
};

/* Of @frame, which outlives them. 0 or -ENOMEM. */
int event_rows__new(const struct frame *frame, const struct event_spec *spec,
		    struct event_rows **ret_rows);
/* Takes NULL. */
void event_rows__free(struct event_rows *rows);

/*
 * The rows of all VMs together (@vm NULL), of one VM or (@vcpu) one vCPU of it: sorted by name, malloc'ed, also those that are zero.
 * Their names live as long as the frame. 0 or -ENOMEM.
 */
int event_rows__list(const struct event_rows *rows, const struct frame_vm *vm,
		     const struct frame_vcpu *vcpu, struct event_row **ret_list, size_t *ret_n);

#endif
