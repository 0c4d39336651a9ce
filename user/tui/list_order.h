/* SPDX-License-Identifier: GPL-2.0 */
/*
 * list_order: puts the rows of a list in order, with regard to the order before. Pure.
 */
#ifndef KVMTOP_TUI_LIST_ORDER_H
#define KVMTOP_TUI_LIST_ORDER_H

#include <stddef.h>

struct list_row;
struct list_rules;

/* By their values, unknown ones last, ties by what they are about. 0 or -ENOMEM: they are as they were. */
int list_order(struct list_row *rows, size_t n, const struct list_rules *rules);

#endif
