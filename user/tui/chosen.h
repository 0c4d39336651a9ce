/* SPDX-License-Identifier: GPL-2.0 */
/*
 * chosen: the order and the columns of a list as words, for settings. Pure.
 */
#ifndef KVMTOP_TUI_CHOSEN_H
#define KVMTOP_TUI_CHOSEN_H

struct list;
struct list_def;
struct screen_chosen;

void chosen__read(const struct list_def *def, const struct list *list, struct screen_chosen *ret);

/* What this version does not know is left out. */
void chosen__apply(const struct screen_chosen *chosen, const struct list_def *def,
		   struct list *list);

#endif
