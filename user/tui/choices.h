/* SPDX-License-Identifier: GPL-2.0 */
/*
 * choices: lists to pick from: the column to sort by, a VM, the columns that are shown. Pure.
 */
#ifndef KVMTOP_TUI_CHOICES_H
#define KVMTOP_TUI_CHOICES_H

#include <stdint.h>

#include "keys.h"

struct state;
struct wish;

/* Opens the list of @action. 0, or as state__open(). */
int choices_open(struct state *state, enum action action);

/* What is selected was chosen. 0 or -ENOMEM. */
int choices_take(struct state *state);

/* The key of @def: in the list of columns, the selected one goes @def->n places up or down. 0 or -ENOMEM. */
int choices_move(struct state *state, const struct key_def *def, struct wish *wish);

/* A character that was typed: the list gets shorter. 0 or -ENOMEM. */
int choices_type(struct state *state, uint32_t key);

#endif
