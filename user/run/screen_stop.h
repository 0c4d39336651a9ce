/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen_stop: lets any key end what keeps the screen from answering: judging the frames before one, in a long recording.
 */
#ifndef KVMTOP_RUN_SCREEN_STOP_H
#define KVMTOP_RUN_SCREEN_STOP_H

#include <stdbool.h>
#include <stdint.h>

struct judge;
struct screen;
struct term;

struct screen_stop {
	struct screen *screen;
	struct term *term;
	struct judge *judge;
	uint64_t begun_ns;
	bool said;	   /* that a key stops it */
	bool skips_escape; /* Escape ended it: as a key it means nothing else */
};

/* @stop outlives the judge. */
void screen_stop__init(struct screen_stop *stop, struct screen *screen, struct term *term,
		       struct judge *judge);

/* Something begins that may take long. */
void screen_stop__begin(struct screen_stop *stop);

/* It has come to its end: says so if that was because it was stopped. 0 or -ENOMEM. */
int screen_stop__end(struct screen_stop *stop);

/* Whether input waits at @fd: it ends what goes on, and if it is Escape it does nothing else. */
bool screen_stop__key_waits(struct screen_stop *stop, int fd);

/* Whether @key has ended something, and is to do nothing else. */
bool screen_stop__takes(struct screen_stop *stop, uint32_t key);

/*
 * @arg is the struct screen_stop. Whether it is to end: when a key was pressed, or a signal came, after it took longer than one waits for a picture.
 * Says meanwhile on the screen how it can be ended.
 */
bool screen_stop__asked(void *arg);

#endif
