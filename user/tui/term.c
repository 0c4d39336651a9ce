// SPDX-License-Identifier: GPL-2.0
/*
 * ncurses is given a file in memory to write to, and what is in it after each picture goes to the terminal by tty.h. So ncurses never waits
 * for the terminal, and the modes of the terminal are ours alone.
 */
#include "term.h"

#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "../base/cleanup.h"
#include "../base/unicode.h"
#include "grid.h"
#include "screen.h"
#include "term_caps.h"
#include "tty.h"

#define ESCAPE_DELAY_MS 25

struct term {
	struct tty *tty;
	FILE *in, *out; /* ncurses': the terminal, and the file in memory */
	SCREEN *screen;
	WINDOW *window; /* the whole screen */
	WINDOW *input;	/* a pad: reading keys of a window would draw it */
	struct term_caps caps;
	enum glyph_set glyphs;
	bool utf8, color, mouse;
	bool cursor;  /* is shown */
	bool repaint; /* what is on the terminal is not known */
	size_t click_row, click_column;
	struct grid shown; /* the last picture */
	cchar_t *line;
	attr_t attrs[STYLE_MAX];
	short pairs[STYLE_MAX];
	uint64_t sent;
};

/* ---- what ncurses has written */

static int send(struct term *term, const char *bytes, size_t n)
{
	term->sent += n;
	return n ? tty__write(term->tty, bytes, n) : 0;
}

static int send_text(struct term *term, const char *text)
{
	return send(term, text, strlen(text));
}

static int forget_output(struct term *term)
{
	const int fd = fileno(term->out);

	return ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET) ? -errno : 0;
}

/* To the terminal; @whole: as one picture. */
static int send_output(struct term *term, bool whole)
{
	const off_t n = lseek(fileno(term->out), 0, SEEK_CUR);
	char *bytes;
	int err;

	if (n <= 0)
		return 0;
	bytes = mmap(NULL, (size_t)n, PROT_READ, MAP_SHARED, fileno(term->out), 0);
	if (bytes == MAP_FAILED)
		return -ENOMEM;
	err = whole ? send_text(term, term->caps.sync_begin) : 0;
	if (!err)
		err = send(term, bytes, (size_t)n);
	if (!err && whole)
		err = send_text(term, term->caps.sync_end);
	munmap(bytes, (size_t)n);
	return forget_output(term) ?: err;
}

/* ---- colours */

struct look {
	short color_256, color_8; /* -1: none */
	attr_t with_color, without;
};

static const struct look looks[STYLE_MAX] = {
	[STYLE_PLAIN] = { -1, -1, 0, 0 },
	[STYLE_BOLD] = { -1, -1, A_BOLD, A_BOLD },
	[STYLE_DIM] = { 243, -1, 0, A_DIM },
	[STYLE_GUEST] = { 29, COLOR_GREEN, 0, 0 },
	[STYLE_KVM] = { 32, COLOR_CYAN, 0, 0 },
	[STYLE_VMM] = { 133, COLOR_MAGENTA, 0, 0 },
	[STYLE_POLL] = { 136, COLOR_YELLOW, 0, A_DIM },
	[STYLE_HALT] = { 243, -1, 0, A_DIM },
	[STYLE_DELAY] = { 166, COLOR_RED, A_BOLD, A_BOLD },
	[STYLE_ACT] = { 166, COLOR_RED, A_BOLD, A_BOLD },
	[STYLE_LOOK] = { 136, COLOR_YELLOW, 0, 0 },
};

static short color_of(const struct look *look)
{
	return COLORS >= 256 ? look->color_256 : look->color_8;
}

/* The background is that of the terminal. Where that cannot be said there are no colours. */
static bool start_colors(void)
{
	return has_colors() && start_color() == OK && COLORS >= 8 && use_default_colors() == OK;
}

static void choose_looks(struct term *term)
{
	for (short i = 0; i < STYLE_MAX; i++) {
		const struct look *look = &looks[i];
		const short color = term->color ? color_of(look) : -1;

		term->attrs[i] = color < 0 ? look->without : look->with_color;
		if (color >= 0 && init_pair((short)(i + 1), color, -1) == OK)
			term->pairs[i] = (short)(i + 1);
	}
}

/* ---- opening */

/*
 * Signals are not its business, but it takes these where nobody has. It would ignore SIGTSTP while it makes a picture
 * (doupdate() of ncurses, lib_tstp.c). The kernel forgets a signal that waits as soon as it is ignored (do_sigaction()).
 * Then Ctrl-Z would do nothing.
 */
static const int taken_signals[] = { SIGTSTP, SIGINT, SIGTERM, SIGWINCH };

static void on_none(int number)
{
	(void)number;
}

static SCREEN *new_screen(struct term *term, const char *type)
{
	const struct sigaction taken = { .sa_handler = on_none };
	struct sigaction before[ARRAY_SIZE(taken_signals)];
	sigset_t all, mask;
	SCREEN *screen;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &mask);
	for (size_t i = 0; i < ARRAY_SIZE(taken_signals); i++)
		sigaction(taken_signals[i], &taken, &before[i]);
	screen = newterm(type, term->out, term->in);
	for (size_t i = 0; i < ARRAY_SIZE(taken_signals); i++)
		sigaction(taken_signals[i], &before[i], NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return screen;
}

/* The type itself, what is before its '-', and what nearly all terminals are. */
static SCREEN *open_screen(struct term *term, const char *type)
{
	char prefix[64];
	const char *const types[] = { type, prefix, "xterm", "vt100" };

	snprintf(prefix, sizeof(prefix), "%.*s", (int)strcspn(type, "-"), type);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		SCREEN *screen = new_screen(term, types[i]);

		if (screen)
			return screen;
	}
	return NULL;
}

static int open_windows(struct term *term)
{
	size_t width, height;

	term__size(term, &width, &height);
	if (resize_term((int)height, (int)width) != OK)
		return -ENOMEM;
	term->window = newwin(0, 0, 0, 0);
	term->input = newpad(1, 1);
	if (!term->window || !term->input)
		return -ENOMEM;
	set_escdelay(ESCAPE_DELAY_MS);
	typeahead(-1); /* a picture is not left out because there is input */
	keypad(term->input, true);
	nodelay(term->input, true);
	term->repaint = true;
	return 0;
}

static enum glyph_set choose_glyphs(const struct term *term, const struct term_opts *opts)
{
	if (opts->ascii || !term->utf8 || wcwidth(0x2588) != 1)
		return GLYPHS_ASCII;
	return strcmp(opts->type, "linux") ? GLYPHS_UTF8 : GLYPHS_CP437;
}

static bool ends_with(const char *text, const char *end)
{
	const size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

static int open_files(struct term *term)
{
	const int out = memfd_create("screen", MFD_CLOEXEC), in = dup(tty__fd(term->tty));

	if (in >= 0)
		term->in = fdopen(in, "r");
	if (out >= 0)
		term->out = fdopen(out, "w");
	return term->in && term->out ? 0 : -EMFILE;
}

static void say_none(const char *type, char *why, size_t why_size)
{
	if (type && *type)
		snprintf(why, why_size, "TERM=%s: there is no screen on such a terminal", type);
	else
		snprintf(why, why_size, "TERM is not set: there is no screen");
}

static int open_parts(struct term *term, const struct term_opts *opts, char *why, size_t why_size)
{
	const bool dumb = !opts->type || !*opts->type || !strcmp(opts->type, "dumb");
	int err = dumb ? 0 : open_files(term);

	if (err)
		return err;
	term->screen = dumb ? NULL : open_screen(term, opts->type);
	if (!term->screen || !term_caps__read(opts->type, opts->no_sync, &term->caps)) {
		say_none(opts->type, why, why_size);
		return -EOPNOTSUPP;
	}
	err = open_windows(term);
	if (err)
		return err;
	term->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	term->glyphs = choose_glyphs(term, opts);
	term->color = !opts->no_color && !ends_with(opts->type, "-m") && start_colors();
	choose_looks(term);
	return forget_output(term) ?: tty__set_restore(term->tty, term->caps.leave);
}

int term__open(const struct term_opts *opts, char *why, size_t why_size, struct term **ret_term)
{
	struct term *term = calloc(1, sizeof(*term));
	int err;

	if (!term)
		return -ENOMEM;
	*why = '\0';
	err = tty__open(&term->tty) ?: open_parts(term, opts, why, why_size);
	if (err && !*why)
		snprintf(why, why_size, "there is no screen: %s", strerror(-err));
	if (err)
		term__close(term);
	else
		*ret_term = term;
	return err;
}

void term__close(struct term *term)
{
	if (!term)
		return;
	if (term->tty)
		term__leave(term);
	if (term->input)
		delwin(term->input);
	if (term->window)
		delwin(term->window);
	if (term->screen)
		endwin(); /* into memory, which is what it leaves alone */
	if (term->screen)
		delscreen(term->screen);
	if (term->in)
		fclose(term->in);
	if (term->out)
		fclose(term->out);
	tty__close(term->tty);
	free(term->shown.cells);
	free(term->line);
	free(term);
}

/* ---- ours, and the user's */

int term__enter(struct term *term)
{
	int err = tty__enter(term->tty);

	if (!err)
		err = send_text(term, term->caps.enter);
	term->cursor = false;
	term__repaint(term);
	if (term->mouse && !err) {
		term->mouse = false;
		term__set_mouse(term, true);
	}
	return err;
}

void term__leave(struct term *term)
{
	tty__leave(term->tty);
}

enum glyph_set term__glyphs(const struct term *term)
{
	return term->glyphs;
}

bool term__has_colors(const struct term *term)
{
	return term->color;
}

void term__size(struct term *term, size_t *ret_width, size_t *ret_height)
{
	tty__size(term->tty, ret_width, ret_height);
}

int term__fd(const struct term *term)
{
	return tty__fd(term->tty);
}

bool term__is_behind(const struct term *term)
{
	return tty__is_behind(term->tty);
}

int term__push(struct term *term)
{
	return tty__push(term->tty);
}

uint64_t term__sent(const struct term *term)
{
	return term->sent;
}

/* ---- pictures */

/* The characters of a cell, and what is shown of them in @room columns. Returns how many columns that takes. */
static size_t decode_cell(const struct term *term, const struct grid_cell *cell, size_t room,
			  wchar_t wide[CCHARW_MAX + 1])
{
	const unsigned char *text = (const unsigned char *)cell->text;
	size_t left = strnlen(cell->text, sizeof(cell->text)), n = 0;
	int columns = 1;

	while (left && n < CCHARW_MAX) {
		uint32_t cp;
		size_t length = utf8_decode(text, left, &cp);

		if (!length || (cp >= 0x80 && !term->utf8))
			break;
		if (!n)
			columns = wcwidth((wchar_t)cp);
		else if (wcwidth((wchar_t)cp))
			break;
		wide[n++] = (wchar_t)cp;
		text += length;
		left -= length;
	}
	if (!n || columns < 1 || (size_t)columns > room) {
		wide[0] = n || left ? L'?' : L' ';
		n = 1;
		columns = 1;
	}
	wide[n] = L'\0';
	return (size_t)columns;
}

/* A wide character takes the cell behind it, which is empty, too. */
static size_t room_of(const struct grid *grid, size_t row, size_t column)
{
	return column + 1 < grid->width && !grid__cell(grid, row, column + 1)->text[0] ? 2 : 1;
}

static void put_line(struct term *term, const struct grid *grid, size_t row)
{
	int n = 0;

	for (size_t column = 0; column < grid->width;) {
		const struct grid_cell *cell = grid__cell(grid, row, column);
		const size_t style = cell->style < STYLE_MAX ? cell->style : STYLE_PLAIN;
		const attr_t reverse = cell->reverse ? A_REVERSE : 0;
		wchar_t wide[CCHARW_MAX + 1];

		column += decode_cell(term, cell, room_of(grid, row, column), wide);
		setcchar(&term->line[n++], wide, term->attrs[style] | reverse, term->pairs[style],
			 NULL);
	}
	mvwadd_wchnstr(term->window, (int)row, 0, term->line, n);
}

/* Makes all that is kept of a picture as large as @grid. 0 or -ENOMEM. */
static int take_size(struct term *term, const struct grid *grid)
{
	struct grid *shown = &term->shown;
	struct grid_cell *cells;
	cchar_t *line;

	if (shown->cells && shown->width == grid->width && shown->height == grid->height)
		return 0;
	line = realloc(term->line, grid->width * sizeof(*line));
	term->line = line ?: term->line;
	cells = realloc(shown->cells, grid->width * grid->height * sizeof(*cells));
	shown->cells = cells ?: shown->cells;
	shown->width = 0; /* until all of it is there */
	if (!line || !cells || resize_term((int)grid->height, (int)grid->width) != OK ||
	    wresize(term->window, (int)grid->height, (int)grid->width) != OK)
		return -ENOMEM;
	term->repaint = true;
	shown->width = grid->width;
	shown->height = grid->height;
	return 0;
}

static void put_changes(struct term *term, const struct grid *grid)
{
	const size_t bytes = grid->width * sizeof(*grid->cells);

	for (size_t row = 0; row < grid->height; row++) {
		struct grid_cell *before = grid__cell(&term->shown, row, 0);
		const struct grid_cell *now = grid__cell(grid, row, 0);

		if (!term->repaint && !memcmp(before, now, bytes))
			continue;
		put_line(term, grid, row);
		memcpy(before, now, bytes);
	}
}

static int show_cursor(struct term *term, bool shown)
{
	const bool before = term->cursor;

	term->cursor = shown;
	return before == shown
		       ? 0
		       : send_text(term, shown ? term->caps.cursor_on : term->caps.cursor_off);
}

int term__show(struct term *term, const struct grid *grid)
{
	int err = term__push(term);

	if (err || term__is_behind(term))
		return err ? err : -EAGAIN;
	err = take_size(term, grid);
	if (err)
		return err;
	if (term->repaint) {
		werase(term->window);
		clearok(term->window, true);
	}
	put_changes(term, grid);
	term->repaint = false;
	wmove(term->window, (int)(grid->cursor ? grid->cursor_row : grid->height - 1),
	      (int)(grid->cursor ? grid->cursor_column : 0));
	wnoutrefresh(term->window);
	doupdate();
	return send_output(term, true) ?: show_cursor(term, grid->cursor);
}

void term__repaint(struct term *term)
{
	term->repaint = true;
}

/* ---- keys */

static uint32_t key_of_mouse(struct term *term)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return 0;
	if (event.bstate & BUTTON4_PRESSED)
		return KEY_CODE_UP;
	if (event.bstate & BUTTON5_PRESSED)
		return KEY_CODE_DOWN;
	if (!(event.bstate & BUTTON1_PRESSED) || event.x < 0 || event.y < 0)
		return 0;
	term->click_row = (size_t)event.y;
	term->click_column = (size_t)event.x;
	return KEY_CODE_CLICK;
}

/* 0: none that the screen has. */
static uint32_t key_of_code(struct term *term, wint_t code)
{
	static const struct {
		wint_t curses;
		uint32_t key;
	} keys[] = {
		{ KEY_UP, KEY_CODE_UP },	 { KEY_DOWN, KEY_CODE_DOWN },
		{ KEY_LEFT, KEY_CODE_LEFT },	 { KEY_RIGHT, KEY_CODE_RIGHT },
		{ KEY_PPAGE, KEY_CODE_PAGE_UP }, { KEY_NPAGE, KEY_CODE_PAGE_DOWN },
		{ KEY_HOME, KEY_CODE_HOME },	 { KEY_END, KEY_CODE_END },
		{ KEY_ENTER, KEY_CODE_ENTER },	 { KEY_BACKSPACE, KEY_CODE_BACKSPACE },
		{ KEY_DC, KEY_CODE_DELETE },	 { KEY_BTAB, KEY_CODE_BACK_TAB },
		{ KEY_F(1), KEY_CODE_F1 },	 { KEY_F(2), KEY_CODE_F2 },
		{ KEY_F(10), KEY_CODE_F10 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].curses == code)
			return keys[i].key;
	return code == KEY_MOUSE ? key_of_mouse(term) : 0;
}

/* A sequence that terminfo does not know is no key, and its letters are none. */
static uint32_t take_escape(struct term *term)
{
	wint_t next;

	if (wget_wch(term->input, &next) != OK)
		return KEY_CODE_ESCAPE;
	if (next != '[' && next != 'O') {
		unget_wch((wchar_t)next);
		return KEY_CODE_ESCAPE;
	}
	while (wget_wch(term->input, &next) == OK && (next < 0x40 || next > 0x7e))
		;
	return 0;
}

static uint32_t key_of_character(struct term *term, wint_t character)
{
	switch (character) {
	case 27:
		return take_escape(term);
	case '\r':
	case '\n':
		return KEY_CODE_ENTER;
	case '\t':
		return KEY_CODE_TAB;
	case 8:
	case 127:
		return KEY_CODE_BACKSPACE;
	}
	return (uint32_t)character;
}

uint32_t term__key(struct term *term)
{
	wint_t code;

	for (;;) {
		const int kind = wget_wch(term->input, &code);
		uint32_t key = 0;

		if (kind == ERR)
			return 0;
		key = kind == KEY_CODE_YES ? key_of_code(term, code) : key_of_character(term, code);
		if (key)
			return key;
	}
}

void term__click(const struct term *term, size_t *ret_row, size_t *ret_column)
{
	*ret_row = term->click_row;
	*ret_column = term->click_column;
}

void term__set_mouse(struct term *term, bool on)
{
	if (term->mouse == on)
		return;
	/* A button counts when it is pressed: two clicks are no event of their own, which would have to be waited for. */
	mouseinterval(0);
	mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
	term->mouse = on;
	send_output(term, false);
}
