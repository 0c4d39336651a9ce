/* SPDX-License-Identifier: GPL-2.0 */
/*
 * term_caps: the sequences of the terminal that ncurses does not write by itself. For term.c only, when it has opened ncurses.
 */
#ifndef KVMTOP_TUI_TERM_CAPS_H
#define KVMTOP_TUI_TERM_CAPS_H

#include <stdbool.h>

#define TERM_CAPS_BYTES 256

/* "": the terminal has no such thing. */
struct term_caps {
	char enter[TERM_CAPS_BYTES]; /* another screen, keys, no cursor */
	char leave[TERM_CAPS_BYTES]; /* and all of that taken back, from any state */
	char cursor_on[32], cursor_off[32];
	char sync_begin[32], sync_end[32]; /* what is between them is shown at once */
};

/* Of the terminal that is open, which says it is a @type. false: its cursor cannot be moved, so it has no screen. */
bool term_caps__read(const char *type, bool no_sync, struct term_caps *ret_caps);

#endif
