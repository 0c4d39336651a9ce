/* SPDX-License-Identifier: GPL-2.0 */
/*
 * action_inputs: what comes of what the user types into an input line. Pure.
 */
#ifndef KVMTOP_TUI_ACTION_INPUTS_H
#define KVMTOP_TUI_ACTION_INPUTS_H

#include <stdint.h>

#include "keys.h"

struct state;
struct wish;

/* Opens the line of @action, with its present value. */
void action_inputs_open(struct state *state, enum action action);

/* 0 or -ENOMEM. */
int action_inputs_press(struct state *state, uint32_t key, struct wish *wish);

#endif
