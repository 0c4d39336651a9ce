/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_output: the event view's rows, and those of its outputs that are no table: logs (-l, -L), rows of one interval (-1), the list
 * of events (-f help).
 */
#ifndef KVMTOP_EVENT_OUTPUT_H
#define KVMTOP_EVENT_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

struct event_output;
struct event_rows;
struct frame;
struct options;
struct reason_names;

/* @options and @names outlive it; @isa: of this host's exit reasons, 0: not known. 0, or a negative errno after a line on stderr. */
int event_output__open(const struct options *options, const struct reason_names *names,
		       uint32_t isa, struct event_output **ret_output);
void event_output__close(struct event_output *output);

/* Takes the frame into the rows. To be called with each, once. 0 or -ENOMEM. */
int event_output__update(struct event_output *output, const struct frame *frame);

/* Another run of a recording begins, see event_rows__restart(). */
void event_output__restart(struct event_output *output);

const struct event_rows *event_output__rows(const struct event_output *output);

/*
 * Writes what is asked for of the last frame; ret_done false: it is a table that is asked for, which is somebody else's. 0 or a
 * negative errno of the stream.
 */
int event_output__write(struct event_output *output, const struct frame *frame, bool *ret_done);

/* The log's file has been moved away. */
void event_output__reopen(struct event_output *output);

#endif
