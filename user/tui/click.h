/* SPDX-License-Identifier: GPL-2.0 */
/*
 * click: what of a view is where the pointer is. Pure.
 */
#ifndef KVMTOP_TUI_CLICK_H
#define KVMTOP_TUI_CLICK_H

#include <stddef.h>

struct state;

enum click_on { CLICK_NOTHING, CLICK_TITLE, CLICK_ROW };

/* By how the view was drawn last. Its list that is there gets the keys; @ret_at: which column of it, or which row. */
enum click_on click_find(struct state *state, size_t *ret_at);

#endif
