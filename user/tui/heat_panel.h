/* SPDX-License-Identifier: GPL-2.0 */
/*
 * heat_panel: the histogram of an exit reason and, where there is room, how it was lately: the heat map. Pure.
 */
#ifndef KVMTOP_TUI_HEAT_PANEL_H
#define KVMTOP_TUI_HEAT_PANEL_H

#include <stddef.h>

#include "view.h"

struct frame_reason;

/*
 * Draws it at the top of @area: a header, a line per power of two, the times, and what the shades mean. @ret_used: so many lines it took. 0 or
 * -ENOMEM.
 */
int heat_panel__draw(const struct view_ctx *ctx, const struct subject *subject,
		     const struct frame_reason *reason, struct area area, size_t *ret_used);

#endif
