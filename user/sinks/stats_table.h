/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats_table: KVM's statistics as text tables.
 */
#ifndef KVMTOP_SINKS_STATS_TABLE_H
#define KVMTOP_SINKS_STATS_TABLE_H

#include <stdio.h>

struct frame;
struct view;

/*
 * One table of all VMs, or if the view says by what, one per VM or vCPU below a line that says which. Of what has no
 * statistics a line says so. 0 or -ENOMEM.
 */
int stats_table_print(FILE *out, const struct frame *frame, const struct view *view);

#endif
