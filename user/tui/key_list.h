/* SPDX-License-Identifier: GPL-2.0 */
/*
 * key_list: what exits were about, as a list of keys. Pure.
 */
#ifndef KVMTOP_TUI_KEY_LIST_H
#define KVMTOP_TUI_KEY_LIST_H

#include "list_columns.h"

struct view;
struct view_ctx;

#define KEY_LIST                                                               \
	{                                                                      \
		.name = "keys", .columns = key_columns, .n = KEY_LIST_COLUMNS, \
		.sort = KEY_LIST_SORT, .kind = LIST_KIND_KEYS                  \
	}

#define KEY_LIST_COLUMNS 12
#define KEY_LIST_SORT 7

extern const struct list_column key_columns[KEY_LIST_COLUMNS];

/* Fills list @i with the keys of the view's subject that exits of its reason can be about. 0 or -ENOMEM. */
int key_list__fill(const struct view_ctx *ctx, struct view *view, size_t i);

/* In line @row: why there are none. */
void key_list__draw_none(const struct view_ctx *ctx, const struct view *view, size_t row);

#endif
