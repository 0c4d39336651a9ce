/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bars: the log2 distributions of exit handling times, as text.
 */
#ifndef KVMTOP_SINKS_BARS_H
#define KVMTOP_SINKS_BARS_H

#include <stdio.h>

struct frame;
struct view;

/*
 * Per reason of all VMs merged, in the query's order: counts, and the distribution where there is one.
 * Reports when the reason that was asked for has not occurred. 0 or -ENOMEM.
 */
int bars_print(FILE *out, const struct frame *frame, const struct view *view);

#endif
