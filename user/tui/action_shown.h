/* SPDX-License-Identifier: GPL-2.0 */
/*
 * action_shown: what the keys do that change which rows are shown, in which order, and as what. Pure.
 */
#ifndef KVMTOP_TUI_ACTION_SHOWN_H
#define KVMTOP_TUI_ACTION_SHOWN_H

#include <stdbool.h>
#include <stddef.h>

struct key_def;
struct state;
struct wish;

/* As actions_do(), each of one action. */
int action_shown_sort(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_reverse(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_clear(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_findings(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_idle(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_zeros(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_children(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_trends(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_follow(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_by(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_units(struct state *state, const struct key_def *def, struct wish *wish);
int action_shown_zoom(struct state *state, const struct key_def *def, struct wish *wish);

/* By column @sort of the list at hand. */
int action_shown_sort_by(struct state *state, size_t sort, bool reversed);

#endif
