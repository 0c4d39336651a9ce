/* SPDX-License-Identifier: GPL-2.0 */
/*
 * no_vm: what is shown while there is no VM: whether all works, and why there may be none. Pure.
 */
#ifndef KVMTOP_TUI_NO_VM_H
#define KVMTOP_TUI_NO_VM_H

#include "view.h"

void no_vm__draw(const struct view_ctx *ctx, struct area area);

#endif
