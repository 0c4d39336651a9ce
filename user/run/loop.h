/* SPDX-License-Identifier: GPL-2.0 */
/*
 * loop: every interval takes a snapshot, makes a frame of it and the one before, and hands it to the sink.
 */
#ifndef KVMTOP_RUN_LOOP_H
#define KVMTOP_RUN_LOOP_H

#include <stdint.h>

#include "live.h"

struct bpf_detail;
struct detail_names;
struct host_info;
struct options;
struct reason_names;
struct recorder;

/* What it works with; all outlive it. */
struct loop_parts {
	struct live live;
	struct bpf_detail *detail; /* NULL: neither --detail nor --slower-than */
	const struct detail_names *detail_names;
	struct recorder *recorder; /* NULL: no --record */
	const struct host_info *host;
	const struct reason_names *names;
	uint32_t isa; /* of this host's exit reasons; 0: not known */
};

/*
 * Runs until options->count intervals are over, a SIGINT or SIGTERM comes (a last frame is shown then), or the
 * reader of stdout is gone. 0, or a negative errno after one line on stderr.
 */
int loop__run(const struct options *options, const struct loop_parts *parts);

#endif
