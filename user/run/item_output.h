/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_output: the event view's rows of the last frame, and its outputs other than tables. These
 * are logs (-l, -L), rows of one interval (-1), and the list of items (-f help). The counts are in
 * the frames. This keeps the state of a log.
 */
#ifndef KVMTOP_RUN_ITEM_OUTPUT_H
#define KVMTOP_RUN_ITEM_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct item_output;
struct item_rows;
struct frame;
struct log_file;
struct options;

/* @options outlive it. 0, or a negative errno after a line on stderr. */
int item_output__open(const struct options *options, struct item_output **ret_output);
void item_output__close(struct item_output *output);

/*
 * Takes the next frame, which is the last one then, and makes its rows. 0, -ENOMEM, or -ENOENT after a line on stderr: -f matches
 * nothing in the first one.
 */
int item_output__take(struct item_output *output, const struct frame *frame);

/* NULL: there was no frame yet. */
const struct item_rows *item_output__rows(const struct item_output *output);

/*
 * Prints the output that is asked for, of the last frame, to @out. ret_done false: that is a table,
 * which another module prints. 0 or a negative errno. Not to be called with a log file.
 */
int item_output__print(struct item_output *output, FILE *out, const struct frame *frame,
		       bool *ret_done);

/* The row of the last frame into the log file, if there is one. 0 or -ENOMEM. */
int item_output__log(struct item_output *output, const struct frame *frame);

/* The log's file; NULL: there is none. */
struct log_file *item_output__file(const struct item_output *output);

/* Reopens the log's file, which may have been renamed. */
void item_output__reopen(struct item_output *output);

#endif
