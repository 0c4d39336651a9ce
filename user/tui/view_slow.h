/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KVMTOP_TUI_VIEW_SLOW_H
#define KVMTOP_TUI_VIEW_SLOW_H

#include "view.h"

extern const struct view_ops view_slow;

#endif
