// SPDX-License-Identifier: GPL-2.0
/* grid: what does not fit is left out, and no wide character is ever split. */
#include "grid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "../base/unicode.h"

int grid__resize(struct grid *grid, size_t width, size_t height)
{
	struct grid_cell *cells;

	width = width ? width : 1;
	height = height ? height : 1;
	cells = calloc(width * height, sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	free(grid->cells);
	*grid = (struct grid){ .width = width, .height = height, .cells = cells };
	grid__clear(grid);
	return 0;
}

static void make_blank(struct grid_cell *cell)
{
	cell->text[0] = ' ';
	cell->text[1] = '\0';
	cell->style = STYLE_PLAIN;
	cell->reverse = false;
}

void grid__clear(struct grid *grid)
{
	for (size_t i = 0; i < grid->width * grid->height; i++)
		make_blank(&grid->cells[i]);
	grid->cursor = false;
	grid->cursor_row = grid->cursor_column = 0;
}

void grid__release(struct grid *grid)
{
	free(grid->cells);
	*grid = (struct grid){ .width = 0 };
}

/* The other half of a wide character that is about to lose one at @column is blank from now on. */
static void mend(struct grid *grid, size_t row, size_t column)
{
	struct grid_cell *cell = grid__cell(grid, row, column);

	if (!cell->text[0] && column > 0)
		make_blank(cell - 1);
	if (column + 1 < grid->width && !cell[1].text[0])
		make_blank(cell + 1);
}

/* What combines with the character before it goes into that one's cell, as far as there is room. */
static void combine(struct grid *grid, size_t row, size_t column, const char *mark, size_t len)
{
	struct grid_cell *cell = grid__cell(grid, row, column - 1);
	size_t used;

	if (!cell->text[0] && column > 1)
		cell--;
	used = strlen(cell->text);
	if (used + len >= sizeof(cell->text))
		return;
	memcpy(cell->text + used, mark, len);
	cell->text[used + len] = '\0';
}

static void set_cell(struct grid_cell *cell, enum style style, const char *text, size_t len)
{
	memcpy(cell->text, text, len);
	cell->text[len] = '\0';
	cell->style = (uint8_t)style;
	cell->reverse = false;
}

/* A character as it goes into a cell. */
struct piece {
	const char *text;
	size_t len;   /* bytes of it */
	size_t taken; /* bytes of what it was read off */
	size_t columns;
};

static struct piece next_piece(const char *text, size_t len)
{
	struct piece piece = { text, 1, 1, 1 };
	enum unicode_kind kind;
	uint32_t cp;
	size_t n;
	int width;

	if (*text >= ' ' && *text <= '~')
		return piece;
	n = utf8_decode((const unsigned char *)text, len, &cp);
	kind = n ? unicode_kind(cp) : UNICODE_UNSEEN;
	/* The text is escaped, so this does not come; if it does, it does no harm. */
	if (kind == UNICODE_UNSEEN)
		return (struct piece){ "?", 1, n ? n : 1, 1 };
	width = kind == UNICODE_MARK ? 0 : wcwidth((wchar_t)cp);
	return (struct piece){ text, n, n, width < 0 ? 1 : (size_t)width };
}

size_t grid__put(struct grid *grid, size_t row, size_t column, size_t columns, enum style style,
		 const char *text)
{
	size_t len = strlen(text), first = column, end;

	if (row >= grid->height || column >= grid->width)
		return column;
	end = columns < grid->width - column ? column + columns : grid->width;
	while (len) {
		const struct piece piece = next_piece(text, len);

		text += piece.taken;
		len -= piece.taken;
		if (!piece.columns) {
			if (column > first)
				combine(grid, row, column, piece.text, piece.len);
			continue;
		}
		if (column + piece.columns > end)
			break;
		for (size_t i = 0; i < piece.columns; i++) {
			mend(grid, row, column + i);
			set_cell(grid__cell(grid, row, column + i), style, piece.text,
				 i ? 0 : piece.len);
		}
		column += piece.columns;
	}
	return column;
}

void grid__reverse(struct grid *grid, size_t row, size_t column, size_t columns)
{
	for (size_t i = column; row < grid->height && i < grid->width && columns--; i++)
		grid__cell(grid, row, i)->reverse = true;
}
