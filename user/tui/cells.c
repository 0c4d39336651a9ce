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

/* How long the mark is that a name has in front, "(ended) ". */
static size_t mark_length(const char *text)
{
	const size_t n = *text == '(' ? 1 + strspn(text + 1, "abcdefghijklmnopqrstuvwxyz") : 0;

	return n && !strncmp(text + n, ") ", 2) ? n + 2 : 0;
}

/* How long the "42" or "42-7" is that stands for a name; 0: it has a name. */
static size_t tag_length(const char *text)
{
	size_t n = strspn(text, "0123456789");

	if (n && text[n] == '-')
		n += 1 + strspn(text + n + 1, "?0123456789");
	return !text[n] || !strncmp(text + n, " [", 2) ? n : 0;
}

/* @text ends with a tag of @tag bytes, whose end is what differs most. */
static void cut_before_tag(char *text, size_t tag, size_t columns)
{
	const size_t kept = tag < columns ? tag : columns - 1;
	char end[VM_ID_SIZE];

	snprintf(end, sizeof(end), "%s", text + strlen(text) - kept);
	fmt_cut(text, columns - kept);
	strcat(text, end);
}

void cut_name(char *text, size_t columns)
{
	size_t mark = mark_length(text), tag = tag_length(text + mark);

	if (fmt_width(text) <= columns)
		return;
	/* That it ended the row says, too. Without room for two letters of a mark the name is more. */
	if (!strncmp(text, "(ended) ", mark) || (tag && columns < tag + 4)) {
		memmove(text, text + mark, strlen(text + mark) + 1);
		mark = 0;
	}
	if (!tag || tag >= VM_ID_SIZE || columns < 2) {
		cut_middle(text, columns);
		return;
	}
	/* At least a letter of the VMM's name, or nothing of it. */
	if (columns < mark + tag + 4)
		text[mark + tag] = '\0';
	if (mark + tag > columns)
		cut_before_tag(text, tag, columns);
	else
		fmt_cut(text, columns);
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
