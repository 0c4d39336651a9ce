/* SPDX-License-Identifier: GPL-2.0 */
/*
 * table: rows of text cells, aligned and fitted to a width. Knows nothing of what is in them.
 */
#ifndef KVMTOP_RENDER_TABLE_H
#define KVMTOP_RENDER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a column of names from outside, as one long one would widen all rows. A host name has 64 letters at most. */
#define TABLE_NAME_MAX 64

struct table_column {
	const char *title;
	bool left;	     /* aligned to the left, as text is */
	unsigned int shrink; /* may be cut down to so many columns; 0: never */
	unsigned int drop;   /* left out when there is no room, highest number first; 0: never */
	unsigned int max;    /* never wider than that; 0: as wide as its cells */
	/*
	 * The column with the sum of all columns that name it. It is shown in their place when they
	 * do not all fit, and only then. 0: none.
	 */
	unsigned int sum;
};

struct table;

/* A table with @n @columns, whose titles must outlive it; NULL: no memory. */
struct table *table__new(const struct table_column *columns, size_t n);
void table__free(struct table *table);

/* Begins a row; its cells are empty until set. 0 or -ENOMEM. */
int table__add_row(struct table *table);

/* Sets a cell of the last row; @text is copied, and must be fit for the terminal. 0 or -ENOMEM. */
int table__set(struct table *table, size_t column, const char *text);

/* The same with a text that was malloc'ed, which is the table's from now on; NULL: there was no memory for it. */
int table__take(struct table *table, size_t column, char *text);

size_t table__n_rows(const struct table *table);
size_t table__n_columns(const struct table *table);

/* For those that draw it themselves: what a column is, and the text of a cell, "" if it is empty. They are the table's. */
const struct table_column *table__column(const struct table *table, size_t column);
const char *table__cell(const struct table *table, size_t row, size_t column);

/* How wide each column is, and whether it is shown at all. */
struct table_layout {
	size_t *width;
	bool *shown;
	size_t gap; /* between two */
};

/*
 * Fits the columns into @width (0: as wide as they are): first the gaps get narrow, then columns shrink, then columns are left out. What still is
 * too wide is to be cut. 0, @ret_layout to be released, or -ENOMEM.
 */
int table__fit(const struct table *table, size_t width, struct table_layout *ret_layout);
void table_layout__release(struct table_layout *layout);

/* The line of row @row, or for TABLE_TITLES of the titles, malloc'ed and without spaces at its end; NULL: no memory. */
#define TABLE_TITLES SIZE_MAX
char *table__line(const struct table *table, size_t row, const struct table_layout *layout);

#endif
