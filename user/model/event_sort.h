/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_sort: which rows of the event view a table shows, and in which order. Pure.
 */
#ifndef KVMTOP_MODEL_EVENT_SORT_H
#define KVMTOP_MODEL_EVENT_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_row;
struct query;

/* What a table shows of a list. */
struct event_table {
	struct event_row
		*v; /* malloc'ed; children below their parents, after them what is no count */
	size_t n;
	size_t n_counts;       /* the first of them, which are counts */
	size_t zero, left_out; /* rows that are not in it: nothing ever happened; cut by --top */
	uint64_t total;	       /* of all counts but children, whether shown or not */
	double rate;	       /* likewise; */
	bool rate_valid;       /* false: none of their rates is known */
};

/*
 * Takes out what is zero and sorts: SORT_COUNT by total, SORT_NAME by name, all other keys by rate and then total; what is
 * not known comes last. query->top is of parents, and of the children of each. 0 or -ENOMEM.
 */
int event_table__make(const struct event_row *list, size_t n, const struct query *query,
		      struct event_table *table);
void event_table__done(struct event_table *table);

#endif
