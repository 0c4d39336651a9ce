/* SPDX-License-Identifier: GPL-2.0 */
/*
 * term: shows a grid on the terminal and reads its keys. The only module that knows ncurses; term_none.c stands in for it in a build without.
 *
 * It never waits for the terminal. A picture that comes while the last one is still on its way is left out.
 */
#ifndef KVMTOP_TUI_TERM_H
#define KVMTOP_TUI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "glyphs.h"

struct grid;
struct term;

struct term_opts {
	const char *type; /* $TERM; NULL: it is not set */
	bool ascii;	  /* no other glyphs */
	bool no_color;
	bool no_sync; /* pictures are not marked as a whole */
};

/*
 * Finds out what the terminal is; nothing is written to it yet. 0; -ENOTTY: standard input or output is none; -ENOSYS: built without; or another
 * negative errno. @why has one line then. There can be one at a time.
 */
int term__open(const struct term_opts *opts, char *why, size_t why_size, struct term **ret_term);
/* Gives the terminal back. Takes NULL. */
void term__close(struct term *term);

/* The screen is ours from now on, or the user's again; both may be repeated. 0 or a negative errno. */
int term__enter(struct term *term);
void term__leave(struct term *term);

/* Which glyphs it has, and whether it has colours. */
enum glyph_set term__glyphs(const struct term *term);
bool term__has_colors(const struct term *term);

/* Its size now, at least 1x1. */
void term__size(struct term *term, size_t *ret_width, size_t *ret_height);

/* Shows @grid, sending what has changed. 0; -EAGAIN: the last picture is still on its way; -ENOMEM, or another negative errno: the terminal is gone. */
int term__show(struct term *term, const struct grid *grid);

/* What is on the terminal is not known any more: the next picture is sent whole. */
void term__repaint(struct term *term);

/* The next key of screen.h's; 0: there is none now. */
uint32_t term__key(struct term *term);

/* Where the last KEY_CODE_CLICK was. */
void term__click(const struct term *term, size_t *ret_row, size_t *ret_column);

/* Reporting of the mouse: off unless switched on. The wheel is the cursor keys. */
void term__set_mouse(struct term *term, bool on);

/* See tty.h. -1: there is none. */
int term__fd(const struct term *term);
bool term__is_behind(const struct term *term);
int term__push(struct term *term);

/* How many bytes were sent so far. */
uint64_t term__sent(const struct term *term);

#endif
