/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KVMTOP_TUI_VIEW_EVENT_H
#define KVMTOP_TUI_VIEW_EVENT_H

#include "view.h"

extern const struct view_ops view_event;

#endif
