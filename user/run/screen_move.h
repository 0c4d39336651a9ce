/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen_move: does what the screen wishes about time: pause, steps, jumps, the search for findings.
 */
#ifndef KVMTOP_RUN_SCREEN_MOVE_H
#define KVMTOP_RUN_SCREEN_MOVE_H

struct screen_stop;
struct timeline;
struct timeline_step;
struct wish;

#define SCREEN_MOVE_SAID 128

/* Any key ends a search, and judging what came before; @stop was begun. @said has one line for the user, or is empty. 0 or a negative errno as of feed.h. */
int screen_move__do(struct timeline *timeline, const struct wish *wish, struct screen_stop *stop,
		    struct timeline_step *ret_step, char said[SCREEN_MOVE_SAID]);

#endif
