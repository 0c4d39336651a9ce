/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fatal: a fatal signal gives the terminal back before it ends the process.
 */
#ifndef KVMTOP_TUI_FATAL_H
#define KVMTOP_TUI_FATAL_H

#include <stddef.h>
#include <termios.h>

#define FATAL_BYTES 256

/* What gives the terminal back. */
struct fatal_restore {
	int fd; /* the terminal */
	struct termios before;
	char bytes[FATAL_BYTES]; /* are written to it */
	size_t n;
};

/*
 * From now on SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL and SIGQUIT do this first, and then what they did before. May be called again, with other
 * bytes. Only one terminal can be given back.
 */
void fatal__arm(const struct fatal_restore *restore);

/* The terminal was given back, or will be armed again. */
void fatal__disarm(void);

/* Where standard error is to go then, too; -1: where it goes now. */
void fatal__set_stderr(int fd);

#endif
