/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stream: hands finished text to the output, all of it or an error. Knows nothing of frames.
 */
#ifndef KVMTOP_SINKS_STREAM_H
#define KVMTOP_SINKS_STREAM_H

#include <stddef.h>
#include <stdio.h>

/*
 * Writes and flushes. 0, -EPIPE when the reader has closed, or another negative errno of the
 * stream.
 */
int stream_write(FILE *out, const char *text, size_t len);

/* Prints one line to @out, cut to @width columns (0: not cut); @text is changed. */
void stream_print_line(FILE *out, char *text, unsigned int width);

struct table;

/* Prints the titles and rows of @table, fitted to @width, and no line wider (0: as wide as they are). 0 or -ENOMEM. */
int stream_print_table(const struct table *table, unsigned int width, FILE *out);

#endif
