// SPDX-License-Identifier: GPL-2.0
#include "cells.h"

#include <math.h>
#include <stdlib.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/unicode.h"
#include "../model/frame.h"
#include "../render/bar.h"
#include "../render/trend.h"

/* More columns than any bar or trend has. */
#define CELLS_MAX 512

enum fmt_escape glyphs_escape(enum glyph_set set)
{
	return set == GLYPHS_ASCII ? FMT_ESCAPE_ASCII : FMT_ESCAPE_TERMINAL;
}

void cell_put(struct grid *grid, struct place place, bool left, enum style style, const char *text)
{
	const size_t columns = fmt_width(text);
	size_t end;

	if (columns <= place.width) {
		grid__put(grid, place.row, place.column + (left ? 0 : place.width - columns),
			  columns, style, text);
		return;
	}
	if (!place.width)
		return;
	end = grid__put(grid, place.row, place.column, place.width - 1, style, text);
	grid__put(grid, place.row, end, 1, style, "~");
}

/* The first character of @text: its bytes and its columns. */
static size_t first_character(const char *text, size_t *ret_columns)
{
	char one[5] = "";
	size_t n = 1;

	while (n < 4 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	memcpy(one, text, n);
	*ret_columns = fmt_width(one);
	return n;
}

/* The end of @text, which is @width wide, that takes no more than @columns and begins with a letter. */
static const char *tail_of(const char *text, size_t width, size_t columns)
{
	while (*text) {
		size_t first;
		const size_t n = first_character(text, &first);

		/* What combines with a letter goes with it. */
		if (width <= columns && first)
			break;
		width -= first;
		text += n;
	}
	return text;
}

size_t cut_middle(char *text, size_t columns)
{
	const size_t width = fmt_width(text);
	size_t used, kept;
	const char *tail;

	if (width <= columns)
		return width;
	if (columns < 5)
		return fmt_cut(text, columns);
	tail = tail_of(text, width, (columns - 1) / 2);
	used = fmt_width(tail);
	{
		__autofree char *copy = strdup(tail);

		if (!copy)
			return fmt_cut(text, columns);
		kept = fmt_cut(text, columns - used); /* ends with the mark */
		strcat(text, copy);
	}
	return kept + used;
}

void bar_put(struct grid *grid, struct place place, enum glyph_set set,
	     const struct time_shares *shares)
{
	uint8_t states[CELLS_MAX];
	const size_t n = place.width < CELLS_MAX ? place.width : CELLS_MAX;

	bar_cells(shares, n, states);
	for (size_t i = 0; i < n; i++)
		grid__put(grid, place.row, place.column + i, 1, style_of_state(states[i]),
			  glyph_state(set, states[i]));
}

void trend_put(struct grid *grid, struct place place, enum glyph_set set, const double *values,
	       size_t n, double max)
{
	int8_t levels[CELLS_MAX];
	const size_t width = place.width < CELLS_MAX ? place.width : CELLS_MAX;

	if (n > width) {
		values += n - width;
		n = width;
	}
	trend_levels(values, n, max < 0 ? trend_max(values, n) : max, levels);
	for (size_t i = 0; i < n; i++)
		grid__put(grid, place.row, place.column + width - n + i, 1, STYLE_PLAIN,
			  glyph_trend(set, levels[i]));
}

char *short_rate(double per_s, char *buf, size_t size)
{
	/* What fmt_rate() has five digits for. */
	if (per_s >= 9999.5 && per_s < 99950)
		snprintf(buf, size, "%.1fk", per_s / 1000);
	else if (per_s >= 99950 && per_s < 100000)
		snprintf(buf, size, "100k");
	else
		fmt_rate(per_s, buf, size);
	return buf;
}

void line_put(struct grid *grid, size_t row, enum style style, const char *text)
{
	grid__put(grid, row, 0, grid->width, style, text);
}

void line_put_right(struct grid *grid, size_t row, enum style style, const char *text)
{
	const size_t columns = fmt_width(text);

	if (columns <= grid->width)
		grid__put(grid, row, grid->width - columns, columns, style, text);
}
