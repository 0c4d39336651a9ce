// SPDX-License-Identifier: GPL-2.0
#include "glyphs.h"

#include "../model/ids.h"

const char *glyph_state(enum glyph_set set, unsigned int state)
{
	static const char *const glyphs[GLYPH_SET_MAX][STATE_MAX] = {
		[GLYPHS_UTF8] = { [STATE_GUEST] = "█",
				  [STATE_KVM] = "▓",
				  [STATE_VMM] = "▒",
				  [STATE_HALT_POLL] = "░",
				  [STATE_HALT_BLOCK] = "·",
				  [STATE_RUN_DELAY] = "W" },
		[GLYPHS_CP437] = { [STATE_GUEST] = "█",
				   [STATE_KVM] = "▓",
				   [STATE_VMM] = "▒",
				   [STATE_HALT_POLL] = "░",
				   [STATE_HALT_BLOCK] = "·",
				   [STATE_RUN_DELAY] = "W" },
		[GLYPHS_ASCII] = { [STATE_GUEST] = "G",
				   [STATE_KVM] = "K",
				   [STATE_VMM] = "V",
				   [STATE_HALT_POLL] = "p",
				   [STATE_HALT_BLOCK] = ".",
				   [STATE_RUN_DELAY] = "W" },
	};

	return state < STATE_MAX ? glyphs[set][state] : "-";
}

enum style style_of_state(unsigned int state)
{
	static const enum style styles[STATE_MAX] = {
		[STATE_GUEST] = STYLE_GUEST,	 [STATE_KVM] = STYLE_KVM,
		[STATE_VMM] = STYLE_VMM,	 [STATE_HALT_POLL] = STYLE_POLL,
		[STATE_HALT_BLOCK] = STYLE_HALT, [STATE_RUN_DELAY] = STYLE_DELAY,
	};

	return state < STATE_MAX ? styles[state] : STYLE_DIM;
}

const char *glyph_trend(enum glyph_set set, int level)
{
	static const char *const glyphs[GLYPH_SET_MAX][8] = {
		[GLYPHS_UTF8] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
		/* Fonts of the console have no more than these. */
		[GLYPHS_CP437] = { " ", " ", "▄", "▄", "▄", "█", "█", "█" },
		[GLYPHS_ASCII] = { ".", ":", "-", "=", "+", "*", "%", "#" },
	};

	return level >= 0 && level < 8 ? glyphs[set][level] : " ";
}

const char *glyph_sort(enum glyph_set set, bool ascending)
{
	if (set == GLYPHS_UTF8)
		return ascending ? "▴" : "▾";
	return ascending ? "^" : "v";
}

const char *glyph_heat(enum glyph_set set, unsigned int level)
{
	static const char *const blocks[HEAT_LEVELS] = { " ", "░", "▒", "▓", "█" };
	static const char *const ascii[HEAT_LEVELS] = { " ", ".", ":", "+", "#" };

	if (level >= HEAT_LEVELS)
		level = HEAT_LEVELS - 1;
	return set == GLYPHS_ASCII ? ascii[level] : blocks[level];
}
