/* SPDX-License-Identifier: GPL-2.0 */
/*
 * host_findings: a line on all VMs: which rules apply, the worst first, and to how many of them. Pure.
 */
#ifndef KVMTOP_TUI_HOST_FINDINGS_H
#define KVMTOP_TUI_HOST_FINDINGS_H

#include "view.h"

/* In line @row; of a frame that was diagnosed. 0 or -ENOMEM. */
int host_findings__draw(const struct view_ctx *ctx, size_t row);

#endif
