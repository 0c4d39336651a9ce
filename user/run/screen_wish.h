/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen_wish: does what the screen wishes, as far as it is not about the terminal or about time.
 */
#ifndef KVMTOP_RUN_SCREEN_WISH_H
#define KVMTOP_RUN_SCREEN_WISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame;
struct live_switch;
struct options;
struct outputs;
struct wish;

struct screen_wish {
	const struct options *options;
	struct live_switch *live_switch; /* NULL: a recording is shown */
	struct outputs *outputs;
	const struct frame *shown; /* NULL: there is none yet */
	uint64_t interval_ns;	   /* may be changed */
	uint64_t slow_ns;	   /* as well; 0: slow exits are not looked for */
	bool mouse;		   /* is on */
};

/* @said has one line for the user, or is empty. */
void screen_wish__do(struct screen_wish *screen_wish, const struct wish *wish, char *said,
		     size_t said_size);

#endif
