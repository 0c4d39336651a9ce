/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bottom: the last two lines: help, or what is typed; and the keys. Pure.
 */
#ifndef KVMTOP_TUI_BOTTOM_H
#define KVMTOP_TUI_BOTTOM_H

#include <stdbool.h>
#include <stddef.h>

struct state;

/* @past: the past is shown. */
void bottom__draw(struct state *state, bool past);

/* How many lines that takes of a screen of @height lines: the lower it is, the fewer. */
size_t bottom__height(size_t height);

#endif
