/* SPDX-License-Identifier: GPL-2.0 */
/*
 * paint: the whole picture: the first line, the view, the time bar, the help line, and the keys. Pure.
 */
#ifndef KVMTOP_TUI_PAINT_H
#define KVMTOP_TUI_PAINT_H

struct state;

/* Into the state's grid. 0 or -ENOMEM. */
int paint(struct state *state);

#endif
