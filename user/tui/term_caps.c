// SPDX-License-Identifier: GPL-2.0
#include "term_caps.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"

/* The last one: it defines the names of all sequences as macros. */
#include <curses.h>
#include <term.h>

/* Where terminfo may not say that it has synchronised output (private mode 2026). */
static const char *const synchronised[] = { "alacritty", "contour",	  "foot",
					    "ghostty",	 "mintty",	  "rio",
					    "wezterm",	 "xterm-ghostty", "xterm-kitty" };

/* Adds @sequence, without the pauses of terminals that need them. A sequence that does not fit is left out. */
static void add(char *to, size_t size, const char *sequence)
{
	char plain[TERM_CAPS_BYTES];
	size_t n = 0;

	for (const char *p = sequence; p && *p && n + 1 < sizeof(plain); p++) {
		const char *end = p[0] == '$' && p[1] == '<' ? strchr(p, '>') : NULL;

		if (end)
			p = end;
		else
			plain[n++] = *p;
	}
	plain[n] = '\0';
	if (strlen(to) + n < size)
		strcat(to, plain);
}

static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return text && text != (const char *)-1 ? text : "";
}

static bool is_synchronised(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(synchronised); i++)
		if (!strncmp(type, synchronised[i], strlen(synchronised[i])))
			return true;
	return false;
}

static void read_sync(const char *type, struct term_caps *caps)
{
	const char *sync = capability("Sync");

	if (*sync) {
		add(caps->sync_begin, sizeof(caps->sync_begin), tparm(sync, 1L));
		add(caps->sync_end, sizeof(caps->sync_end), tparm(sync, 2L));
	} else if (is_synchronised(type)) {
		add(caps->sync_begin, sizeof(caps->sync_begin), "\033[?2026h");
		add(caps->sync_end, sizeof(caps->sync_end), "\033[?2026l");
	}
}

/* A terminal with one screen only shows what comes next below the picture. */
static void add_last_line(struct term_caps *caps)
{
	add(caps->leave, sizeof(caps->leave), tparm(capability("cup"), 999L, 0L));
	add(caps->leave, sizeof(caps->leave), "\r\n");
}

bool term_caps__read(const char *type, bool no_sync, struct term_caps *caps)
{
	static const char *const on_enter[] = { "smcup", "smkx", "civis" };
	static const char *const on_leave[] = { "sgr0", "op", "cnorm", "rmkx", "rmcup" };

	*caps = (struct term_caps){ .enter = "" };
	if (!*capability("cup") || !*capability("clear"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(on_enter); i++)
		add(caps->enter, sizeof(caps->enter), capability(on_enter[i]));
	if (!no_sync)
		read_sync(type, caps);
	add(caps->leave, sizeof(caps->leave), caps->sync_end);
	if (*capability("kmous"))
		add(caps->leave, sizeof(caps->leave), "\033[?1006;1000l");
	for (size_t i = 0; i < ARRAY_SIZE(on_leave); i++)
		add(caps->leave, sizeof(caps->leave), capability(on_leave[i]));
	if (!*capability("rmcup"))
		add_last_line(caps);
	add(caps->cursor_on, sizeof(caps->cursor_on), capability("cnorm"));
	add(caps->cursor_off, sizeof(caps->cursor_off), capability("civis"));
	return true;
}
