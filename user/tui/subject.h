/* SPDX-License-Identifier: GPL-2.0 */
/*
 * subject: what a view is about, in the frame that is shown. Pure.
 */
#ifndef KVMTOP_TUI_SUBJECT_H
#define KVMTOP_TUI_SUBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "view.h"

struct frame_vcpu;
struct frame_vm;
struct slow_exit;

/* NULL: the frame does not have it. */
const struct frame_vm *frame_find_vm(const struct frame *frame, uint64_t key);
const struct frame_vm *subject__vm(const struct view_ctx *ctx, const struct subject *subject);
const struct frame_vcpu *subject__vcpu(const struct view_ctx *ctx, const struct subject *subject);

/* The VM of a slow exit, likewise. */
const struct frame_vm *subject__slow_vm(const struct view_ctx *ctx, const struct slow_exit *slow);

/* Name of the VM, or its pid and its VMM's name in brackets, escaped; never empty. */
void vm_name(const struct view_ctx *ctx, const struct frame_vm *vm, char *buf, size_t size);

/* Likewise without the pid, where that or the id stands beside it. */
void vm_plain_name(const struct view_ctx *ctx, const struct frame_vm *vm, char *buf, size_t size);

/* "vCPU 2". */
#define VCPU_LABEL_SIZE 20
void vcpu_label(uint32_t id, char buf[static VCPU_LABEL_SIZE]);

/*
 * What stands in the path for @what of @vm or @vcpu (NULL: none), as far as the path of a view on @above lacks them: "web01 > vCPU 2 > kvm_exit".
 * @what is escaped.
 */
void subject__path(const struct view_ctx *ctx, const struct subject *above,
		   const struct frame_vm *vm, const struct frame_vcpu *vcpu, const char *what,
		   char *buf, size_t size);

#endif
