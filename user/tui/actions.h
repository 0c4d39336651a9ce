/* SPDX-License-Identifier: GPL-2.0 */
/*
 * actions: what keys do. Pure.
 */
#ifndef KVMTOP_TUI_ACTIONS_H
#define KVMTOP_TUI_ACTIONS_H

struct key_def;
struct state;
struct wish;

/* Does what @def says; @wish is WISH_NOTHING at first. 0 or -ENOMEM. */
int actions_do(struct state *state, const struct key_def *def, struct wish *wish);

#endif
