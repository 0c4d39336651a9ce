/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stacked: several lists of a view below one another: how many lines each gets, and how they are drawn. Pure.
 */
#ifndef KVMTOP_TUI_STACKED_H
#define KVMTOP_TUI_STACKED_H

#include <stddef.h>

#include "view.h"

struct list_drawing;

/*
 * Shares out @lines to @n lists of @rows rows each, which have a header. None gets more than it needs. Where there is no room for three
 * lines of each, only list @at gets any. Returns how many lines are left.
 */
size_t stacked_share(size_t lines, const size_t *rows, size_t n, size_t at, size_t *ret_heights);

/* Draws all lists of @view in @area, with their trends. 0 or -ENOMEM. */
int stacked_draw(const struct view_ctx *ctx, struct view *view, struct area area);

/* For the help line: what the column means that the rows of the list with the keys are sorted by. */
void stacked_hint(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size);

#endif
