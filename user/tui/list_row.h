/* SPDX-License-Identifier: GPL-2.0 */
/*
 * list_row: one row of a table on the screen. Pure.
 */
#ifndef KVMTOP_TUI_LIST_ROW_H
#define KVMTOP_TUI_LIST_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/registry.h"

/* What a row is about, in all frames. */
struct row_id {
	uint64_t vm; /* its key; 0: no VM's */
	uint64_t
		item; /* of a vCPU its id + 1; of a reason or the like what distinguishes it from others */
	uint64_t sub;
};

static inline bool row_id_same(struct row_id a, struct row_id b)
{
	return a.vm == b.vm && a.item == b.item && a.sub == b.sub;
}

/* By which a row is sorted. */
struct list_value {
	bool known;
	const char *text; /* NULL: compare @number; before all that have a text */
	double number;	  /* of those with the same text what decides */
	bool exact; /* the view has put rows in order itself: none is held back as almost equal */
};

/* A row that the frame does not have any more. */
struct gone_row {
	char *label;	   /* malloc'ed, escaped */
	uint64_t since_ns; /* CLOCK_MONOTONIC */
	unsigned int frames;
	bool stays; /* until the row is there again, or another one is selected */
};

struct list_row {
	struct row_id id;
	enum row_kind kind;
	/* As in struct row. They point into the frame that the list was filled from. */
	const struct frame_vm *vm;
	const struct frame_vcpu *vcpu;
	const struct frame_reason *reason;
	const struct frame_detail *detail;
	uint64_t scope_exits;
	const void *own; /* the view's; of ROW_SLOW: a struct slow_exit */
	unsigned int indent;
	bool below; /* it belongs to the row before it that does not, and stays with it in any order */
	struct list_value value;
	struct gone_row *gone; /* NULL: it is there */
	/* Kept by the list. */
	size_t was;    /* its place in the order before; SIZE_MAX: it had none */
	uint8_t swaps; /* in how many frames it was held back from changing places */
};

/* How the rows of a list are put in order. */
struct list_rules {
	bool ascending;
	bool held;   /* rows stay where they are, new ones come last */
	bool damped; /* rows that are almost equal stay in their order for some frames */
	bool follow; /* the selection stays with its row, and on its line */
};

/* Puts the row of the registry that @row is into @ret. */
void list_row__registry(const struct list_row *row, const struct frame *frame, struct row *ret);

void gone_row__free(struct gone_row *gone);

#endif
