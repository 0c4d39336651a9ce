/* SPDX-License-Identifier: GPL-2.0 */
/*
 * slow: one line of text for each slow exit.
 */
#ifndef KVMTOP_SINKS_SLOW_H
#define KVMTOP_SINKS_SLOW_H

#include <stdio.h>

struct slow_exit;
struct view;

/* Writes one line and flushes. 0, -EPIPE when the reader has closed, or another negative errno. */
int slow__write(FILE *out, const struct slow_exit *slow, const struct view *view);

#endif
