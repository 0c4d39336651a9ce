/* SPDX-License-Identifier: GPL-2.0 */
/*
 * glyphs: the characters of bars, trends and marks, for each kind of terminal. Pure.
 */
#ifndef KVMTOP_TUI_GLYPHS_H
#define KVMTOP_TUI_GLYPHS_H

#include <stdbool.h>
#include <stddef.h>

#include "grid.h"

enum glyph_set {
	GLYPHS_UTF8,
	GLYPHS_CP437, /* fonts of the Linux console */
	GLYPHS_ASCII,
	GLYPH_SET_MAX,
};

/* Each is one column. Of a bar's cell: @state is an enum vcpu_state, or BAR_UNKNOWN (render/bar.h). */
const char *glyph_state(enum glyph_set set, unsigned int state);
enum style style_of_state(unsigned int state);

/* @level is 0 to 7; TREND_NONE and TREND_BLANK (render/trend.h) are a space. */
const char *glyph_trend(enum glyph_set set, int level);

/* The mark of the column that rows are sorted by. */
const char *glyph_sort(enum glyph_set set, bool ascending);

/* A cell of a heat map: 0 none, 1 to 4 ever more. */
#define HEAT_LEVELS 5
const char *glyph_heat(enum glyph_set set, unsigned int level);

#endif
