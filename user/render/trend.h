/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trend: values over time as levels of a line of one row. Pure; knows no glyphs.
 */
#ifndef KVMTOP_RENDER_TREND_H
#define KVMTOP_RENDER_TREND_H

#include <stddef.h>
#include <stdint.h>

#define TREND_LEVELS 8	 /* levels are 0 to 7 */
#define TREND_BLANK (-1) /* there is nothing to be seen, as all values are zero */
#define TREND_NONE (-2)	 /* not known */

/* The largest of the @n @values that are known; NAN if there is none. */
double trend_max(const double *values, size_t n);

/*
 * The level of each of the @n @values against @max, which is on the top level; a larger one is, too. One that is not a number is
 * TREND_NONE. If @max is not above zero, the others are TREND_BLANK.
 */
void trend_levels(const double *values, size_t n, double max, int8_t *ret_levels);

#endif
