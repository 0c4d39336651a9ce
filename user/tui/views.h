/* SPDX-License-Identifier: GPL-2.0 */
/*
 * views: the list of all views. Pure.
 */
#ifndef KVMTOP_TUI_VIEWS_H
#define KVMTOP_TUI_VIEWS_H

#include "keys.h"

struct view_ops;

/* NULL: there is no such view. */
const struct view_ops *views_find(enum view_id id);

#endif
