/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_table: the event view as text.
 */
#ifndef KVMTOP_SINKS_ITEM_TABLE_H
#define KVMTOP_SINKS_ITEM_TABLE_H

#include <stdio.h>

struct item_rows;
struct frame;
struct view;

/*
 * One table of all VMs, or with --by, one per VM or vCPU below a line with its name. view->items
 * has the rows, as of @frame. VMs without statistics get a line that reports it. 0 or -ENOMEM.
 */
int item_table_print(FILE *out, const struct frame *frame, const struct view *view);

/* Every row of all VMs, also zeroes, as "kvm_stat -1": name, total, delta; without what is not known. 0 or a negative errno of the stream. */
int item_once__write(FILE *out, const struct item_rows *rows);

/* The names of all items, each with its source. As above. */
int item_names__write(FILE *out, const struct item_rows *rows);

#endif
