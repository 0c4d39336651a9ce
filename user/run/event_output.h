/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_output: the event view's rows of the last frame, and those of its outputs that are no table: logs (-l, -L), rows of one
 * interval (-1), the list of events (-f help). What is counted is in the frames; what is kept here is where a log stands.
 */
#ifndef KVMTOP_RUN_EVENT_OUTPUT_H
#define KVMTOP_RUN_EVENT_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct event_output;
struct event_rows;
struct frame;
struct log_file;
struct options;

/* @options outlive it. 0, or a negative errno after a line on stderr. */
int event_output__open(const struct options *options, struct event_output **ret_output);
void event_output__close(struct event_output *output);

/*
 * Takes the next frame, which is the last one then, and makes its rows. 0, -ENOMEM, or -ENOENT after a line on stderr: -f matches
 * nothing in the first one.
 */
int event_output__take(struct event_output *output, const struct frame *frame);

/* NULL: there was no frame yet. */
const struct event_rows *event_output__rows(const struct event_output *output);

/*
 * Prints what is asked for of the last frame to @out; ret_done false: it is a table that is asked for, which is somebody else's. 0 or a
 * negative errno. Not to be called with a log file.
 */
int event_output__print(struct event_output *output, FILE *out, const struct frame *frame,
			bool *ret_done);

/* The row of the last frame into the log file, if there is one. 0 or -ENOMEM. */
int event_output__log(struct event_output *output, const struct frame *frame);

/* The log's file; NULL: there is none. */
struct log_file *event_output__file(const struct event_output *output);

/* The log's file has been moved away. */
void event_output__reopen(struct event_output *output);

#endif
