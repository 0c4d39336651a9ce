/* SPDX-License-Identifier: GPL-2.0 */
/*
 * detail_table: the drill-down as a table.
 */
#ifndef KVMTOP_SINKS_DETAIL_TABLE_H
#define KVMTOP_SINKS_DETAIL_TABLE_H

#include <stdio.h>

struct frame;
struct view;

/* Prints an empty line, a title and the table; nothing when it was not asked for. 0 or -ENOMEM. */
int detail_table_print(FILE *out, const struct frame *frame, const struct view *view);

#endif
