/* SPDX-License-Identifier: GPL-2.0 */
/*
 * slow_exits: takes the slow exits (--slower-than) from the BPF programs, and gives them their
 * names. It hands those of the selected VMs to the outputs.
 */
#ifndef KVMTOP_RUN_SLOW_EXITS_H
#define KVMTOP_RUN_SLOW_EXITS_H

#include <stdint.h>

struct collection;
struct ending;
struct outputs;
struct reason_names;
struct selection;
struct slow_exit;

/* What it works with; all outlive it. */
struct slow_exits {
	const struct collection *collection; /* NULL: there are none */
	const struct reason_names *names;
	struct selection *selection;
	struct outputs *outputs;
	/* Is given each of them, too. NULL: no such call. 0 or -ENOMEM. */
	int (*seen)(void *arg, const struct slow_exit *slow);
	void *arg;
};

/* What ends a writing before its time. */
enum slow_until { SLOW_TO_THE_END, SLOW_TO_A_SIGNAL };

/*
 * Writes the slow exits that there are, as there may always be more, until CLOCK_MONOTONIC is @until_ns or (SLOW_TO_A_SIGNAL) a
 * signal has come. 0, or a negative errno of the outputs.
 */
int slow_exits__write(const struct slow_exits *slow_exits, uint64_t until_ns,
		      enum slow_until until);

/*
 * Counts no further ones and writes all that are left. A slow reader is waited for as long as @ending, which has begun, has
 * time. As above.
 */
int slow_exits__end(const struct slow_exits *slow_exits, struct ending *ending);

#endif
