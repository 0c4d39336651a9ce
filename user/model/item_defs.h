/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_defs: which items the event view has, and what each is called. An item is a tracepoint event
 * (kvm_exit), one of its children (kvm_exit(HLT)), or a statistic of KVM. A list is immutable and
 * shared; when an item is new there is another list, with the old ones and the new one. Pure.
 */
#ifndef KVMTOP_MODEL_ITEM_DEFS_H
#define KVMTOP_MODEL_ITEM_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct event_names;
struct stat_desc;
struct stat_layout;

enum item_origin { ITEM_TRACEPOINT, ITEM_STATISTIC, ITEM_ORIGIN_MAX };

/* "tracepoint", "statistic" */
const char *item_origin_name(enum item_origin origin);

enum item_kind {
	ITEM_COUNT,  /* of events: %Total and the sum are of these */
	ITEM_AMOUNT, /* of another unit, and only grows: nanoseconds, bytes */
	ITEM_GAUGE,  /* goes up and down, or is a maximum: the total is its value */
};

struct item_def {
	const char *
		name; /* "kvm_exit", "kvm_exit(HLT)", "remote_tlb_flush": printable ASCII without space or comma */
	const struct item_def *parent; /* NULL: it is no child */
	enum item_origin source;
	enum item_kind kind;
	const struct stat_desc *desc; /* of a statistic */
	bool host;		      /* a tracepoint that is also counted for the whole host */
	uint32_t index;		      /* its own, in the list */
};

/* The item of a code, so that its name is made once. L2's and L1's exits have one. */
struct item_code {
	uint32_t isa;
	uint64_t code;
	const struct item_def *def;
};

struct item_defs {
	struct arena *arena;
	unsigned int owners;	   /* atomic; the last one frees it */
	const struct item_def **v; /* sorted by name, then source; none twice */
	size_t n, room;
	struct item_code *codes; /* sorted */
	size_t n_codes, room_codes;
	const struct item_def *exit, *user_exit; /* NULL: no tracepoints were asked for */
	/* By the index in each: the item, or NULL. */
	const struct stat_layout *vm_layout, *vcpu_layout;
	const struct event_names *event_names;
	const struct item_def **by_vm_stat, **by_vcpu_stat, **by_tracepoint;
};

/* ---- a list that is being made: it is not used before it is sorted */

/* Without any item, with an arena and one owner. NULL: no memory. */
struct item_defs *item_defs__new(void);

/* Adds all of @before to @defs, which has none yet. 0 or -ENOMEM. */
int item_defs__copy(const struct item_defs *before, struct item_defs *defs);

/*
 * The item of @like's name and source, which is added, as @like is and with a name of its own, if there is none yet. NULL: no
 * memory.
 */
const struct item_def *item_defs__add(struct item_defs *defs, const struct item_def *like);

/* From now on it is the item of that code, which has none yet. 0 or -ENOMEM. */
int item_defs__add_code(struct item_defs *defs, const struct item_code *code);

/* To be called when all are there. */
void item_defs__sort(struct item_defs *defs);

/* ---- a list that is made */

/* One owner more, in any thread; each calls item_defs__free() once. */
const struct item_defs *item_defs__share(const struct item_defs *defs);

/* Takes NULL. */
void item_defs__free(const struct item_defs *defs);

/* The item of that name; NULL: there is none. */
const struct item_def *item_defs__find(const struct item_defs *defs, const char *name,
				       enum item_origin source);

/* The child that exits of @code are counted for; NULL: there is none yet. */
const struct item_def *item_defs__of_code(const struct item_defs *defs, uint32_t isa,
					  uint64_t code);

#endif
