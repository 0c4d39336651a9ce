// SPDX-License-Identifier: GPL-2.0
/* term_none: instead of term.c in a kvmtop that is built without the screen (make TUI=0). There is never a terminal. */
#include "term.h"

#include <errno.h>
#include <stdio.h>

int term__open(const struct term_opts *opts, char *why, size_t why_size, struct term **ret_term)
{
	(void)opts;
	(void)ret_term;
	snprintf(why, why_size, "this kvmtop was built without the screen (make TUI=0)");
	return -ENOSYS;
}

void term__close(struct term *term)
{
	(void)term;
}

int term__enter(struct term *term)
{
	(void)term;
	return -ENOSYS;
}

void term__leave(struct term *term)
{
	(void)term;
}

enum glyph_set term__glyphs(const struct term *term)
{
	(void)term;
	return GLYPHS_ASCII;
}

bool term__has_colors(const struct term *term)
{
	(void)term;
	return false;
}

void term__size(struct term *term, size_t *ret_width, size_t *ret_height)
{
	(void)term;
	*ret_width = *ret_height = 1;
}

int term__show(struct term *term, const struct grid *grid)
{
	(void)term;
	(void)grid;
	return -ENOSYS;
}

void term__repaint(struct term *term)
{
	(void)term;
}

uint32_t term__key(struct term *term)
{
	(void)term;
	return 0;
}

void term__click(const struct term *term, size_t *ret_row, size_t *ret_column)
{
	(void)term;
	*ret_row = *ret_column = 0;
}

void term__set_mouse(struct term *term, bool on)
{
	(void)term;
	(void)on;
}

int term__fd(const struct term *term)
{
	(void)term;
	return -1;
}

bool term__is_behind(const struct term *term)
{
	(void)term;
	return false;
}

int term__push(struct term *term)
{
	(void)term;
	return 0;
}

uint64_t term__sent(const struct term *term)
{
	(void)term;
	return 0;
}
