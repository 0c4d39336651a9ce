/* SPDX-License-Identifier: GPL-2.0 */
/*
 * glyphs: the characters of bars, trends and marks, for each kind of terminal. Pure.
 */
#ifndef KVMTOP_TUI_GLYPHS_H
#define KVMTOP_TUI_GLYPHS_H

enum glyph_set {
	GLYPHS_UTF8,
	GLYPHS_CP437, /* fonts of the Linux console */
	GLYPHS_ASCII,
	GLYPH_SET_MAX,
};

#endif
