/* SPDX-License-Identifier: GPL-2.0 */
/*
 * chosen: the order and the columns of a list as words, for settings. Pure.
 */
#ifndef KVMTOP_TUI_CHOSEN_H
#define KVMTOP_TUI_CHOSEN_H

struct list;
struct list_def;
struct list_choice;

void chosen__read(const struct list_def *def, const struct list *list, struct list_choice *ret);

/* The list has that, and else what this version has. What this version does not know is left out. */
void chosen__apply(const struct list_choice *chosen, const struct list_def *def, struct list *list);

#endif
