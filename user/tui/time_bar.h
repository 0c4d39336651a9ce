/* SPDX-License-Identifier: GPL-2.0 */
/*
 * time_bar: which time the frame is of, among all that can be looked at. Pure.
 */
#ifndef KVMTOP_TUI_TIME_BAR_H
#define KVMTOP_TUI_TIME_BAR_H

#include <stddef.h>

struct view_ctx;

/* Two lines, from @row on: from when to when, and the bar. Where nothing was measured it is blank. */
void time_bar__draw(const struct view_ctx *ctx, size_t row);

/* "at 12:33:04, 2 min 3 s ago     900 frames, 10 with findings" */
void time_bar__describe(const struct view_ctx *ctx, char *buf, size_t size);

#endif
