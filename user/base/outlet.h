/* SPDX-License-Identifier: GPL-2.0 */
/*
 * outlet: writes whole pieces of text to a file descriptor, in order. A thread of its own writes them, so the program never waits
 * for a reader that does not read. O_NONBLOCK is no way to have that: it would be set for all that share the open file.
 *
 * All functions are for one thread, the one that opened it.
 */
#ifndef KVMTOP_BASE_OUTLET_H
#define KVMTOP_BASE_OUTLET_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct outlet;

struct outlet_opts {
	int fd;		   /* stays open, also after the outlet */
	size_t keep_bytes; /* there is room until so many bytes wait */
};

/* 0 or a negative errno. Takes over SIGURG, which interrupts a write without a reader. */
int outlet__open(const struct outlet_opts *opts, struct outlet **ret_outlet);

/* Whether a piece should be handed over now. There is room for two of any length, one being written and one that waits. */
bool outlet__has_room(struct outlet *outlet);

/* A stream for one piece; NULL: no memory. */
FILE *outlet__begin(struct outlet *outlet);

/*
 * Hands over what was written to the stream since outlet__begin(), or with an @err forgets it. Returns @err, -ENOMEM, or the error that
 * writing has ended with.
 */
int outlet__end(struct outlet *outlet, int err);

/* 0, or the negative errno that writing has ended with: -EPIPE when the reader has closed. */
int outlet__error(struct outlet *outlet);

/* Readable when writing has ended with an error. */
int outlet__fd(const struct outlet *outlet);

/* Whether all that was handed over is written. */
bool outlet__is_idle(struct outlet *outlet);

/* How many bytes were written so far. */
uint64_t outlet__written(struct outlet *outlet);

/* Waits until a piece has been written, @ns are over, or a signal comes that @mask does not block. */
void outlet__wait(struct outlet *outlet, uint64_t ns, const sigset_t *mask);

/* What is not written yet is lost: of a pipe or a file no line of up to 4,096 bytes is cut. Takes NULL. */
void outlet__close(struct outlet *outlet);

#endif
