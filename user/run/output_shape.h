/* SPDX-License-Identifier: GPL-2.0 */
/*
 * output_shape: what standard output has room for: how wide text may be, how many lines there are, and whether some of
 * it may be bold.
 */
#ifndef KVMTOP_RUN_OUTPUT_SHAPE_H
#define KVMTOP_RUN_OUTPUT_SHAPE_H

#include <stdbool.h>

struct options;

/* In columns, at this moment. 0: as wide as it is. */
unsigned int output_width(const struct options *options);

/* In lines, at this moment. 0: not a terminal, or it does not know. */
unsigned int output_height(void);

/* On a terminal that was not asked to be plain (NO_COLOR, --no-color, TERM=dumb). */
bool output_is_bold(const struct options *options);

#endif
