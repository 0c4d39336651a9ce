/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_table: the event view as text.
 */
#ifndef KVMTOP_SINKS_EVENT_TABLE_H
#define KVMTOP_SINKS_EVENT_TABLE_H

#include <stdio.h>

struct event_rows;
struct frame;
struct view;

/*
 * One table of all VMs, or if the view says by what, one per VM or vCPU below a line that says which. view->events has
 * the rows, as of @frame. Of what has no statistics a line says so. 0 or -ENOMEM.
 */
int event_table_print(FILE *out, const struct frame *frame, const struct view *view);

/* Every row of all VMs, also zeroes, as "kvm_stat -1": name, total, delta; without what is not known. 0 or a negative errno of the stream. */
int event_once__write(FILE *out, const struct event_rows *rows);

/* The names of all events, each with its source. As above. */
int event_names__write(FILE *out, const struct event_rows *rows);

#endif
