/* SPDX-License-Identifier: GPL-2.0 */
/*
 * table: rows of text cells, aligned and fitted to a width. Knows nothing of what is in them.
 */
#ifndef KVMTOP_SINKS_TABLE_H
#define KVMTOP_SINKS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_MAX_COLUMNS 17

/* Of a column of names from outside, as one long one would widen all rows. A host name has 64 letters at most. */
#define TABLE_NAME_MAX 64

struct table_column {
	const char *title;
	bool left;	     /* aligned to the left, as text is */
	unsigned int shrink; /* may be cut down to so many columns; 0: never */
	unsigned int drop;   /* left out when there is no room, highest number first; 0: never */
	unsigned int max;    /* never wider than that; 0: as wide as its cells */
	/*
	 * The column that has the sum of all that name it: it is shown when they do not all fit, in their place, and only
	 * then. 0: none.
	 */
	unsigned int sum;
};

struct table;

/* A table with @n (up to TABLE_MAX_COLUMNS) @columns, which must outlive it; NULL: no memory. */
struct table *table__new(const struct table_column *columns, size_t n);
void table__free(struct table *table);

/* Begins a row; its cells are empty until set. 0 or -ENOMEM. */
int table__add_row(struct table *table);

/* Sets a cell of the last row; @text is copied, and must be fit for the terminal. 0 or -ENOMEM. */
int table__set(struct table *table, size_t column, const char *text);

/*
 * Prints titles and rows, no line wider than @width (0: as wide as they are): first the gaps get
 * narrow, then columns shrink, then columns are dropped, at last lines are cut. 0 or -ENOMEM.
 */
int table__print(const struct table *table, unsigned int width, FILE *out);

#endif
