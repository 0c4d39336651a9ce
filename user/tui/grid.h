/* SPDX-License-Identifier: GPL-2.0 */
/*
 * grid: a picture of the terminal in memory: cells of one character each. Pure: all screens are drawn into it, and term.c shows it.
 */
#ifndef KVMTOP_TUI_GRID_H
#define KVMTOP_TUI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a cell means. How that looks is up to the terminal: colours where it has them, else bold, dim and reverse. */
enum style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM, /* not known, ended, less important */
	STYLE_GUEST,
	STYLE_KVM,
	STYLE_VMM,
	STYLE_POLL,
	STYLE_HALT,
	STYLE_DELAY,
	STYLE_ACT,  /* a finding to act on */
	STYLE_LOOK, /* a finding to look at */
	STYLE_MAX,
};

#define GRID_TEXT 16

struct grid_cell {
	char text
		[GRID_TEXT]; /* UTF-8: one character and what combines with it; "" : the right half of a wide one */
	uint8_t style; /* enum style */
	bool reverse;
};

struct grid {
	size_t width, height;
	struct grid_cell *cells; /* height rows of width */
	size_t cursor_row, cursor_column;
	bool cursor; /* the cursor is to be shown there: an input line */
};

/* All blank. At least 1x1. 0 or -ENOMEM: then it is as before. */
int grid__resize(struct grid *grid, size_t width, size_t height);
void grid__clear(struct grid *grid);
void grid__release(struct grid *grid);

static inline struct grid_cell *grid__cell(const struct grid *grid, size_t row, size_t column)
{
	return &grid->cells[row * grid->width + column];
}

/*
 * Writes @text, which is escaped (base/fmt.h) UTF-8, at @row from @column on, in at most @columns columns; what is outside is left out. Returns the
 * column after it.
 */
size_t grid__put(struct grid *grid, size_t row, size_t column, size_t columns, enum style style,
		 const char *text);

/* The cells of @row from @column on, @columns of them, are shown in reverse. */
void grid__reverse(struct grid *grid, size_t row, size_t column, size_t columns);

#endif
