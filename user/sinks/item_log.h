/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_log: the event view as kvm_stat's log: a header of names, and for each frame a row with its
 * time and its deltas. Format only: knows nothing of files.
 *
 * The columns are the items that exist when they are taken, by name. A later item has no column
 * until the columns are taken again, with a header of their own.
 */
#ifndef KVMTOP_SINKS_ITEM_LOG_H
#define KVMTOP_SINKS_ITEM_LOG_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

struct item_log;
struct item_rows;

struct item_log_opts {
	bool csv;	/* else names and numbers in columns, with a header every 20 rows */
	bool skip_zero; /* no row of an interval in which nothing happened */
};

/* NULL: no memory. */
struct item_log *item_log__new(const struct item_log_opts *opts);
void item_log__free(struct item_log *log);

/* Takes the columns that @rows have now; the next row is the first below a header. 0 or -ENOMEM. */
int item_log__take_columns(struct item_log *log, const struct item_rows *rows);

/* Whether @rows have an item without a column. 0 or 1, or -ENOMEM. */
int item_log__has_new(const struct item_log *log, const struct item_rows *rows);

/* The header, with its newline, malloc'ed; NULL: no memory. */
char *item_log__header(const struct item_log *log);

/*
 * The row of the last frame, which ended at @wall, with its newline and if it is due the header above it; malloc'ed. Empty when there is
 * nothing to be written. What is not known is "-", in CSV nothing. NULL: no memory.
 */
char *item_log__row(struct item_log *log, const struct item_rows *rows,
		    const struct timespec *wall);

#endif
