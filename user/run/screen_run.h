/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen_run: the loop of the screen: takes keys and frames, shows what tui/screen.h makes of them, and does what it wishes. The other outputs get
 * each frame, too.
 */
#ifndef KVMTOP_RUN_SCREEN_RUN_H
#define KVMTOP_RUN_SCREEN_RUN_H

#include "loop.h"

struct live_switch;
struct term;

/* What it works with; all outlive it. */
struct screen_run_parts {
	struct loop_parts loop;
	struct term *term;			  /* not entered yet */
	struct live_switch *live_switch;	  /* NULL: a recording is shown */
	const char *kvm, *exit_path, *statistics; /* as in struct screen_opts */
};

/*
 * Runs until the user or a signal ends it, options->count frames are measured, or the terminal is gone. The terminal is given back then. As
 * loop__run().
 */
int screen_run(const struct screen_run_parts *parts);

#endif
