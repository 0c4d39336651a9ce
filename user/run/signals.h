/* SPDX-License-Identifier: GPL-2.0 */
/*
 * signals: SIGINT and SIGTERM end what runs, SIGHUP reopens files; and those of a terminal. They are held back, and come
 * through only where we wait. And how long we wait for a reader at the end.
 */
#ifndef KVMTOP_RUN_SIGNALS_H
#define KVMTOP_RUN_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct outlet;

/*
 * Takes SIGINT and SIGTERM, and SIGHUP if @hangups. SIGPIPE and SIGXFSZ are errors of the write from now on. 0 or a negative errno.
 */
int signals__take(bool hangups);

/*
 * Further takes what a screen must know of: SIGWINCH, SIGCONT and SIGTSTP; and SIGHUP ends what runs, as SIGTERM does, unless it was taken already. To be
 * called after signals__take(). 0 or a negative errno.
 */
int signals__take_screen(void);

/* The mask for ppoll(): all come through. */
sigset_t signals__mask(void);

/* Lets those through that came meanwhile. */
void signals__look(void);

/* The same. 0, or -EINTR: a SIGINT or SIGTERM has come, now or before. */
int signals__check(void);

/* How many SIGINT and SIGTERM have come. */
unsigned int signals__count(void);

/* Whether a SIGHUP has come since the last call. */
bool signals__take_hangup(void);

/* Whether a SIGWINCH, a SIGCONT, a SIGTSTP has come since the last call. */
bool signals__take_resize(void);
bool signals__take_continue(void);
bool signals__take_stop(void);

/* Stops this process, as SIGTSTP does when it is not taken; returns when it goes on. */
void signals__stop(void);

/* Waits so long, or until a signal. */
void signals__sleep(uint64_t ns);

/*
 * The end, when all is done but what the readers of our output have not taken yet. Without a signal they may take as long as they
 * like. After one they may take a little longer if they do read; the next one is the last word.
 */
struct ending {
	unsigned int signals; /* before it began */
	uint64_t looked_ns;   /* 0: not yet */
	uint64_t waited_ns, stalled_ns;
	uint64_t
		stall_ns; /* may be changed after ending__begin(): after a signal, how long they may take nothing */
	uint64_t taken;
};

void ending__begin(struct ending *ending);

/*
 * Whether to go on waiting; @taken: what they have taken so far, a number that grows. To be called
 * every ENDING_STEP_NS: what is more than twice that between two calls is our own delay, and not
 * theirs.
 */
bool ending__may_wait(struct ending *ending, uint64_t taken);

/* Waits until all is written. 0, -EINTR: not to be waited for, or the error of the outlet. */
int ending__drain(struct ending *ending, struct outlet *outlet);

/* How often to look whether a reader has come. */
#define ENDING_STEP_NS 50000000ull

#endif
