/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen_verify: while the screen's view of it is open, what is counted is compared with KVM's statistics; its programs are loaded for as long.
 */
#ifndef KVMTOP_RUN_SCREEN_VERIFY_H
#define KVMTOP_RUN_SCREEN_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "../tui/outside.h"

struct live_switch;
struct screen;

struct screen_verify {
	struct live_switch *live_switch; /* NULL: a recording is shown */
	/* Its own, zeroes at first. */
	bool on;
	uint64_t begun_ns;
	char why[256];
	struct screen_verified verified;
};

/* After a key: switched on or off, as the view has come or gone. */
void screen_verify__follow(struct screen_verify *verify, struct screen *screen);

/* After a frame that was measured: the screen is told what came of it. 0 or -ENOMEM. */
int screen_verify__look(struct screen_verify *verify, struct screen *screen);

#endif
