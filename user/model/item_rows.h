/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_rows: the event view, which replaces kvm_stat: tracepoint events and KVM's statistics as
 * rows of a name, a total and the growth in the interval. Made from one frame. Pure.
 */
#ifndef KVMTOP_MODEL_ITEM_ROWS_H
#define KVMTOP_MODEL_ITEM_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "item_defs.h"

struct item_filter;
struct item_rows;
struct frame;
struct frame_vcpu;
struct frame_vm;
struct stat_desc;

struct item_row {
	const char *name, *parent; /* as of its item_def; parent NULL: it is no child */
	enum item_origin source;
	enum item_kind kind;
	const struct stat_desc *desc; /* of a statistic */
	uint64_t total;		      /* since kvmtop began, or (-i) the VMs did */
	bool delta_valid; /* false: it could not be read, or it is a gauge that was not there before */
	bool unread;	  /* it is a gauge that could not be read: total is not known */
	int64_t delta; /* in this interval; unsigned unless it is a gauge's, see item_row__delta() */
	double rate;   /* delta per second of the real interval */
};

#define ITEM_DELTA_SIZE 24

/* The delta in decimal digits: only a gauge's can be negative, and a count's may need all 64 bits. Returns @buf. */
const char *item_row__delta(const struct item_row *row, char buf[ITEM_DELTA_SIZE]);

/* Which of the frame's items are wanted. */
struct item_spec {
	bool stats, tracepoints;	  /* -d, -t */
	bool no_children;		  /* -x */
	const struct item_filter *filter; /* -f; NULL: all */
};

/* Of @frame, which outlives them. 0 or -ENOMEM. */
int item_rows__new(const struct frame *frame, const struct item_spec *spec,
		   struct item_rows **ret_rows);
/* Takes NULL. */
void item_rows__free(struct item_rows *rows);

/*
 * The rows of all VMs together (@vm NULL), of one VM, or of its vCPU @vcpu. Sorted by name,
 * malloc'ed, with those that are zero. Their names live as long as the frame. 0 or -ENOMEM.
 */
int item_rows__list(const struct item_rows *rows, const struct frame_vm *vm,
		    const struct frame_vcpu *vcpu, struct item_row **ret_list, size_t *ret_n);

#endif
