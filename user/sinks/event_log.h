/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_log: the event view as kvm_stat's log: a header of names, and a row of a time and what came in the interval, for each
 * frame. Format only: knows nothing of files.
 *
 * The columns are those that there are when they are taken, by name. What begins to be an event later has no column until
 * they are taken again, for a header of their own.
 */
#ifndef KVMTOP_SINKS_EVENT_LOG_H
#define KVMTOP_SINKS_EVENT_LOG_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

struct event_log;
struct event_rows;

struct event_log_opts {
	bool csv;	/* else names and numbers in columns, with a header every 20 rows */
	bool skip_zero; /* no row of an interval in which nothing happened */
};

/* NULL: no memory. */
struct event_log *event_log__new(const struct event_log_opts *opts);
void event_log__free(struct event_log *log);

/* Takes the columns that @rows have now; the next row is the first below a header. 0 or -ENOMEM. */
int event_log__take_columns(struct event_log *log, const struct event_rows *rows);

/* Whether @rows have an event without a column. 0 or 1, or -ENOMEM. */
int event_log__has_new(const struct event_log *log, const struct event_rows *rows);

/* The header, with its newline, malloc'ed; NULL: no memory. */
char *event_log__header(const struct event_log *log);

/*
 * The row of the last frame, which ended at @wall, with its newline and if it is due the header above it; malloc'ed. Empty when there is
 * nothing to be written. What is not known is "-", in CSV nothing. NULL: no memory.
 */
char *event_log__row(struct event_log *log, const struct event_rows *rows,
		     const struct timespec *wall);

#endif
