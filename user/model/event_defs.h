/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_defs: which events there are, and what each is called. Immutable and shared; when something is new there is another list,
 * with all that there was and the new ones. Pure.
 */
#ifndef KVMTOP_MODEL_EVENT_DEFS_H
#define KVMTOP_MODEL_EVENT_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct event_names;
struct event_opts;
struct frame;
struct stat_desc;
struct stat_layout;

enum event_origin { EVENT_TRACEPOINT, EVENT_STATISTIC, EVENT_ORIGIN_MAX };

/* "tracepoint", "statistic" */
const char *event_origin_name(enum event_origin origin);

enum event_kind {
	EVENT_COUNT,  /* of events: what %Total and the sum are of */
	EVENT_AMOUNT, /* of something else that only grows: nanoseconds, bytes */
	EVENT_GAUGE,  /* goes up and down, or is a maximum: the total is its value */
};

struct event_def {
	const char *
		name; /* "kvm_exit", "kvm_exit(HLT)", "remote_tlb_flush": printable ASCII without space or comma */
	const struct event_def *parent; /* NULL: it is no child */
	enum event_origin source;
	enum event_kind kind;
	const struct stat_desc *desc; /* of a statistic */
	bool host;		      /* a tracepoint that is counted for the whole host, too */
	uint32_t index;		      /* its own, in the list */
};

/* The event of a code, so that its name is made once. L2's and L1's exits have one. */
struct event_code {
	uint32_t isa;
	uint64_t code;
	const struct event_def *def;
};

struct event_defs {
	struct arena *arena;
	unsigned int owners;	    /* atomic; the last one frees it */
	const struct event_def **v; /* sorted by name, then source; none twice */
	size_t n, room;
	struct event_code *codes; /* sorted */
	size_t n_codes, room_codes;
	const struct event_def *exit, *user_exit; /* NULL: no tracepoints were asked for */
	/* By the index in each: the event, or NULL. */
	const struct stat_layout *vm_layout, *vcpu_layout;
	const struct event_names *event_names;
	const struct event_def **by_vm_stat, **by_vcpu_stat, **by_tracepoint;
};

/*
 * The events that @frame has, and those that there were (@before; NULL: none): @before itself when nothing is new. 0 or
 * -ENOMEM.
 */
int event_defs__of(const struct event_defs *before, const struct event_opts *opts,
		   const struct frame *frame, const struct event_defs **ret_defs);

/* One owner more, in any thread; each calls event_defs__free() once. */
const struct event_defs *event_defs__share(const struct event_defs *defs);

/* Takes NULL. */
void event_defs__free(const struct event_defs *defs);

/* The event of that name; NULL: there is none. */
const struct event_def *event_defs__find(const struct event_defs *defs, const char *name,
					 enum event_origin source);

/* The child that exits of @code are counted for; NULL: there is none yet. */
const struct event_def *event_defs__of_code(const struct event_defs *defs, uint32_t isa,
					    uint64_t code);

#endif
