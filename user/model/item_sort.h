/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_sort: which rows of the event view a table shows, and in which order. Pure.
 */
#ifndef KVMTOP_MODEL_ITEM_SORT_H
#define KVMTOP_MODEL_ITEM_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "item_rows.h"

struct query;

/* The sum of all counts of one origin, without children, shown or not. */
struct item_sum {
	bool there; /* there are such counts */
	uint64_t total;
	double rate;
	bool rate_valid; /* false: none of their rates is known */
};

/* What a table shows of a list. */
struct item_table {
	struct item_row
		*v; /* malloc'ed; children below their parents, after them what is no count */
	size_t n;
	size_t n_counts;       /* the first of them, which are counts */
	size_t zero, left_out; /* rows that are not in it: nothing ever happened; cut by --top */
	/* By origin: an event that is also a statistic counts once in each sum. */
	struct item_sum sums[ITEM_ORIGIN_MAX];
};

/*
 * Removes rows that are zero and puts the rest in the query's order. query->top is of parents, and
 * of the children of each. 0 or -ENOMEM.
 */
int item_table__make(const struct item_row *list, size_t n, const struct query *query,
		     struct item_table *table);
/* The same of rows as item_rows__list() gives them. */
int item_table__of(const struct item_rows *rows, const struct frame_vm *vm,
		   const struct frame_vcpu *vcpu, const struct query *query,
		   struct item_table *table);
void item_table__done(struct item_table *table);

#endif
