/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_sort: which rows of the event view a table shows, and in which order. Pure.
 */
#ifndef KVMTOP_MODEL_EVENT_SORT_H
#define KVMTOP_MODEL_EVENT_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event_rows.h"

struct query;

/* Of all counts of one origin but children, whether they are shown or not. */
struct event_sum {
	bool there; /* there are such counts */
	uint64_t total;
	double rate;
	bool rate_valid; /* false: none of their rates is known */
};

/* What a table shows of a list. */
struct event_table {
	struct event_row
		*v; /* malloc'ed; children below their parents, after them what is no count */
	size_t n;
	size_t n_counts;       /* the first of them, which are counts */
	size_t zero, left_out; /* rows that are not in it: nothing ever happened; cut by --top */
	/* What is counted twice, as a tracepoint and as a statistic, is in one sum once. */
	struct event_sum sums[EVENT_ORIGIN_MAX];
};

/*
 * Takes out what is zero and puts the rest in the query's order. query->top is of parents, and of the children of each. 0 or
 * -ENOMEM.
 */
int event_table__make(const struct event_row *list, size_t n, const struct query *query,
		      struct event_table *table);
/* The same of rows as event_rows__list() gives them. */
int event_table__of(const struct event_rows *rows, const struct frame_vm *vm,
		    const struct frame_vcpu *vcpu, const struct query *query,
		    struct event_table *table);
void event_table__done(struct event_table *table);

#endif
