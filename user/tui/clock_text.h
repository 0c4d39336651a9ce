/* SPDX-License-Identifier: GPL-2.0 */
/*
 * clock_text: a moment as the time of day. Pure, but for the time zone.
 */
#ifndef KVMTOP_TUI_CLOCK_TEXT_H
#define KVMTOP_TUI_CLOCK_TEXT_H

#include <stdint.h>

#define CLOCK_TEXT 16

/* "12:35:07" in local time of @wall_ns (CLOCK_REALTIME); "" if there is no such time. */
void clock_text(int64_t wall_ns, char buf[static CLOCK_TEXT]);

#endif
