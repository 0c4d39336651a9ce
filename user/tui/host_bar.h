/* SPDX-License-Identifier: GPL-2.0 */
/*
 * host_bar: a line with the time budget of all vCPUs of the host. Pure.
 */
#ifndef KVMTOP_TUI_HOST_BAR_H
#define KVMTOP_TUI_HOST_BAR_H

#include <stddef.h>

struct time_shares;
struct view_ctx;

/* In line @row: of all VMs. */
void host_bar__draw(const struct view_ctx *ctx, size_t row);

/* "guest 46 kvm 5.0 vmm 2.1 halt 46 delay 1.5", in at most @size; "" if nothing is known. */
void shares_format(const struct time_shares *shares, char *buf, size_t size);

#endif
