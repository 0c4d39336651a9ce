/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reason_who: whose an exit reason was: the vCPUs of a VM, or the VMs of the host, in a line. Pure.
 */
#ifndef KVMTOP_TUI_REASON_WHO_H
#define KVMTOP_TUI_REASON_WHO_H

#include <stddef.h>

struct subject;
struct view_ctx;

/* In line @row: the shares of those that had most, as many as there is room for. Of a vCPU's nothing. */
void reason_who__draw(const struct view_ctx *ctx, const struct subject *subject, size_t row);

#endif
