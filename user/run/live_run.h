/* SPDX-License-Identifier: GPL-2.0 */
/*
 * live_run: shows what runs on this host: its sources as a feed of frames, which the loop takes.
 */
#ifndef KVMTOP_RUN_LIVE_RUN_H
#define KVMTOP_RUN_LIVE_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "live.h"

struct collection;
struct host_info;
struct kernel_types;
struct options;
struct reason_names;
struct recorder;
struct term;

/* What it works with; all outlive it. */
struct live_parts {
	struct live live;
	struct collection *collection;
	struct recorder *recorder; /* NULL: no --record */
	const struct host_info *host;
	const struct reason_names *names;
	struct term *term;		  /* of the screen; NULL: there is none */
	const struct kernel_types *types; /* for what is switched on later; NULL: forgotten */
	uint32_t isa;			  /* of this host's exit reasons; 0: not known */
};

/*
 * Takes SIGINT and SIGTERM, gives up the privileges that are no longer needed, and runs the loop (loop.h), or that of the screen (screen_run.h).
 * @ret_to_act: see outputs__is_to_act().
 */
int live_run(const struct options *options, const struct live_parts *parts, bool *ret_to_act);

#endif
