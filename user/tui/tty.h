/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tty: the terminal as a device: taken over and given back, never waited for. Knows no escape sequence.
 */
#ifndef KVMTOP_TUI_TTY_H
#define KVMTOP_TUI_TTY_H

#include <stdbool.h>
#include <stddef.h>

struct tty;

/*
 * That of standard output, if standard input is one, too. It is opened anew where that is possible, so that O_NONBLOCK is not set for others
 * that have it open. 0, -ENOTTY or another negative errno.
 */
int tty__open(struct tty **ret_tty);
/* Gives it back. Takes NULL. */
void tty__close(struct tty *tty);

/* Readable: there is input. Writable, while tty__is_behind(): tty__push() can write more. */
int tty__fd(const struct tty *tty);

/* Lines and columns, at least 1 and at most what a grid is for. */
void tty__size(const struct tty *tty, size_t *ret_width, size_t *ret_height);

/*
 * What gives the terminal back is written by tty__leave(), or by a fatal signal; it is a few dozen bytes. May be changed at any time. The text is copied;
 * -E2BIG: it is too long.
 */
int tty__set_restore(struct tty *tty, const char *text);

/* Keys come one by one and without an echo from now on. Signals by key stay. 0 or a negative errno. */
int tty__enter(struct tty *tty);
/* What was not yet written is not written any more. */
void tty__leave(struct tty *tty);

/* Takes over @n bytes and writes what the terminal takes at once. 0, -ENOMEM, or another negative errno: it is gone. */
int tty__write(struct tty *tty, const char *bytes, size_t n);

/* Writes more of what waits. As above. */
int tty__push(struct tty *tty);

/* Whether something waits to be written. */
bool tty__is_behind(const struct tty *tty);

#endif
