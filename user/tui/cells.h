/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cells: what goes into a grid as a whole: a text in its column, a time bar, a trend. Pure.
 */
#ifndef KVMTOP_TUI_CELLS_H
#define KVMTOP_TUI_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/fmt.h"
#include "glyphs.h"
#include "grid.h"

struct time_shares;

/* Part of one line. */
struct place {
	size_t row, column, width;
};

/* Names from outside are written as this set of glyphs allows. */
enum fmt_escape glyphs_escape(enum glyph_set set);

/* Escaped text, aligned; what is too long is cut at its end, with a mark. */
void cell_put(struct grid *grid, struct place place, bool left, enum style style, const char *text);

/* Cuts @text in place to @columns, in its middle, as names differ at their ends. Returns the columns that are left. */
size_t cut_middle(char *text, size_t columns);

/*
 * Cuts the name of a VM in place to @columns. "(stopped) 42-7 [qemu]" is cut at its end; then the mark is, and so the pid and
 * the fd stay as long as there is room for them. A name of its own is cut in its middle.
 */
void cut_name(char *text, size_t columns);

void bar_put(struct grid *grid, struct place place, enum glyph_set set,
	     const struct time_shares *shares);

/* The last place->width of the @n values, NAN: not known, against @max; below 0: their own. */
void trend_put(struct grid *grid, struct place place, enum glyph_set set, const double *values,
	       size_t n, double max);

/* At most 4 columns and the unit: 9480, 61.2k, 138k, 4.56M; one decimal below 10. Returns @buf. */
char *short_rate(double per_s, char *buf, size_t size);

/* An escaped line over the whole width of the grid; and one that ends where the grid does. */
void line_put(struct grid *grid, size_t row, enum style style, const char *text);
void line_put_right(struct grid *grid, size_t row, enum style style, const char *text);

#endif
