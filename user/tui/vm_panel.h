/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vm_panel: below the VMs, where there is room: more of the one that is selected. Pure.
 */
#ifndef KVMTOP_TUI_VM_PANEL_H
#define KVMTOP_TUI_VM_PANEL_H

#include "view.h"

/* How many of @lines it takes, by the height of the screen and what the user wants; at most a third. */
size_t vm_panel__height(const struct view_ctx *ctx, size_t lines);

/* Of @row, NULL: none. 0 or -ENOMEM. */
int vm_panel__draw(const struct view_ctx *ctx, const struct list_row *row, struct area area);

#endif
