/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_rows: the event view, kvm_stat's seat: KVM's statistics and tracepoints as rows of a name, a total and what came in
 * the last interval. Fed with every frame; totals are kept here, so that they do not shrink when a VM ends. Pure.
 */
#ifndef KVMTOP_MODEL_EVENT_ROWS_H
#define KVMTOP_MODEL_EVENT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_rows;
struct frame;
struct frame_vcpu;
struct frame_vm;
struct reason_names;
struct stat_desc;

enum event_origin { EVENT_TRACEPOINT, EVENT_STATISTIC, EVENT_ORIGIN_MAX };

enum event_kind {
	EVENT_COUNT,  /* of events: what %Total and the sum are of */
	EVENT_AMOUNT, /* of something else that only grows: nanoseconds, bytes */
	EVENT_GAUGE,  /* goes up and down, or is a maximum: the total is its value */
};

struct event_row {
	const char *
		name; /* "kvm_exit", "kvm_exit(HLT)", "remote_tlb_flush": printable ASCII without space or comma */
	const char *parent; /* NULL: it is no child */
	enum event_origin source;
	enum event_kind kind;
	const struct stat_desc *desc; /* of a statistic */
	uint64_t total;		      /* since kvmtop began, or (-i) the VMs did */
	bool delta_valid; /* false: nobody could read it, or it is a gauge that was not there before */
	int64_t delta;	  /* in this interval; only a gauge's can be negative */
	double rate;	  /* delta per second of the real interval */
};

/* What is asked for; all pointers outlive the rows. */
struct event_spec {
	bool stats, tracepoints;	  /* -d, -t */
	bool no_children;		  /* -x */
	bool past;			  /* -i */
	bool selected;			  /* only what is of the frame's VMs: they were chosen */
	bool per_vcpu;			  /* vCPUs have rows of their own */
	const char *fields;		  /* -f or NULL */
	const struct reason_names *names; /* of the children */
	uint32_t isa; /* of this host's exit reasons, whose names all have a row; 0: not known */
};

/* 0, -ENOMEM, or -EINVAL when spec->fields is no regular expression. */
int event_rows__new(const struct event_spec *spec, struct event_rows **ret_rows);
void event_rows__free(struct event_rows *rows);

/* To be called with each frame, once. 0 or -ENOMEM. */
int event_rows__update(struct event_rows *rows, const struct frame *frame);

/* The next frame has nothing to do with those before: totals begin anew, and its VMs are others. */
void event_rows__restart(struct event_rows *rows);

/*
 * The rows as of the last frame, of all VMs together (@vm NULL), of one VM or (@vcpu) one vCPU of it: sorted by
 * name, malloc'ed, also those that are zero. Their names live as long as @rows. 0 or -ENOMEM.
 */
int event_rows__list(const struct event_rows *rows, const struct frame_vm *vm,
		     const struct frame_vcpu *vcpu, struct event_row **ret_list, size_t *ret_n);

#endif
