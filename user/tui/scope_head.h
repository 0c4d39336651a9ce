/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scope_head: what stands above the lists of a VM or a vCPU: where its time goes, and what is wrong with it. Pure.
 */
#ifndef KVMTOP_TUI_SCOPE_HEAD_H
#define KVMTOP_TUI_SCOPE_HEAD_H

#include "view.h"

struct frame_vcpu;
struct frame_vm;

/* Of @vcpu, or of @vm if that is NULL. What it takes is taken from the top of @area: less on small screens. */
void scope_head__draw(const struct view_ctx *ctx, const struct frame_vm *vm,
		      const struct frame_vcpu *vcpu, struct area *area);

/* In place of all: the frame does not have it. */
void scope_head__absent(const struct view_ctx *ctx, const char *what, struct area area);

#endif
