/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen: what the user sees and does: views, selection, order, filters, input lines. Pure: frames and keys go in, a grid and wishes come out.
 *
 * It knows no terminal, no feed and no clock. Its runner (run/screen_run.c) does what it wishes, and gives it what came of that.
 */
#ifndef KVMTOP_TUI_SCREEN_H
#define KVMTOP_TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "key_codes.h"
#include "outside.h"
#include "wish.h"

struct frame;
struct grid;
struct screen;
struct slow_exit;

/* 0 or -ENOMEM. */
int screen__new(const struct screen_opts *opts, struct screen **ret_screen);
/* Takes NULL. */
void screen__free(struct screen *screen);

/*
 * @frame is the one to show, whose owner the screen becomes one of (frame__share). @newest: it was just measured, and follows the one before: trends
 * and marks take it in. 0 or -ENOMEM.
 */
int screen__show(struct screen *screen, const struct frame *frame, bool newest,
		 const struct screen_time *time, const struct screen_self *self);

/*
 * While the past is shown: a frame that was just measured. Only trends and marks take it in. 0 or -ENOMEM.
 */
int screen__note(struct screen *screen, const struct frame *frame, const struct screen_time *time);

/* What is shown or noted next is of another run: its VMs are others, even with the same keys. */
void screen__break(struct screen *screen);

/* One line for the user: of a wish that failed, or from stderr. Goes to the help line and into the list of messages. 0 or -ENOMEM. */
int screen__tell(struct screen *screen, const char *message);

/* The same, but only for the help line; "": what stands there goes. */
void screen__hint(struct screen *screen, const char *text);

/* A slow exit came. 0 or -ENOMEM. */
int screen__add_slow(struct screen *screen, const struct slow_exit *slow);

/* 0 or -ENOMEM. */
int screen__resize(struct screen *screen, size_t width, size_t height);

/* Where the pointer is, before KEY_CODE_CLICK is pressed. */
void screen__point(struct screen *screen, size_t row, size_t column);

/* Whether the view of --verify is open, so that what is counted is to be compared: see screen__verified(). */
bool screen__wants_verify(const struct screen *screen);

/* What was compared up to now; NULL: nothing. It lives until the next call. */
void screen__verified(struct screen *screen, const struct screen_verified *verified);

/* @now_ns: CLOCK_MONOTONIC. What the user pressed. 0 or -ENOMEM. */
int screen__press(struct screen *screen, uint32_t key, uint64_t now_ns, struct wish *ret_wish);

/* The picture at @now_ns, in a grid that is the screen's; NULL: no memory. */
const struct grid *screen__draw(struct screen *screen, uint64_t now_ns);

#endif
