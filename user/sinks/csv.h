/* SPDX-License-Identifier: GPL-2.0 */
/*
 * csv: frames and slow exits as CSV (RFC 4180, but that a line ends in LF alone). The columns are those of the
 * registry that the rows of the view have, whatever is in the frames.
 */
#ifndef KVMTOP_SINKS_CSV_H
#define KVMTOP_SINKS_CSV_H

#include <stdio.h>

struct frame;
struct slow_exit;
struct view;

/* The line with the names of the columns: once, before all else. As the others: 0, or as text__write(). */
int csv__write_header(FILE *out, const struct view *view);
int csv__write(FILE *out, const struct frame *frame, const struct view *view);
int csv__write_slow(FILE *out, const struct slow_exit *slow, const struct view *view);

#endif
