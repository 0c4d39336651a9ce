// SPDX-License-Identifier: GPL-2.0
#include "subject.h"

#include <stdio.h>
#include <string.h>

#include "../base/fmt.h"
#include "../model/frame.h"
#include "../model/slow.h"
#include "cells.h"

const struct frame_vm *frame_find_vm(const struct frame *frame, uint64_t key)
{
	for (size_t i = 0; frame && i < frame->n_vms; i++)
		if (frame->vms[i].key == key)
			return &frame->vms[i];
	return NULL;
}

const struct frame_vm *subject__vm(const struct view_ctx *ctx, const struct subject *subject)
{
	return frame_find_vm(ctx->frame, subject->id.vm);
}

const struct frame_vcpu *subject__vcpu(const struct view_ctx *ctx, const struct subject *subject)
{
	const struct frame_vm *vm = subject__vm(ctx, subject);

	for (size_t i = 0; vm && subject->has_vcpu && i < vm->n_vcpus; i++)
		if (vm->vcpus[i].vcpu_id == subject->vcpu_id)
			return &vm->vcpus[i];
	return NULL;
}

const struct frame_vm *subject__slow_vm(const struct view_ctx *ctx, const struct slow_exit *slow)
{
	for (size_t i = 0; ctx->frame && i < ctx->frame->n_vms; i++) {
		const struct frame_vm *vm = &ctx->frame->vms[i];

		if (vm->pid == slow->pid && vm->vm_fd == slow->vm_fd)
			return vm;
	}
	return NULL;
}

static void put_name(const struct view_ctx *ctx, const struct frame_vm *vm, const char *tag,
		     char *buf, size_t size)
{
	char text[FMT_NAME_MAX + VM_ID_SIZE + 4];

	vm_label(vm->name, vm->comm, tag, text, sizeof(text));
	fmt_escape(glyphs_escape(ctx->opts.glyphs), text, strlen(text), buf, size);
}

void vm_name(const struct view_ctx *ctx, const struct frame_vm *vm, char *buf, size_t size)
{
	char tag[VM_ID_SIZE];

	frame__vm_tag(ctx->frame, vm->pid, vm->id, tag);
	put_name(ctx, vm, tag, buf, size);
}

void vm_plain_name(const struct view_ctx *ctx, const struct frame_vm *vm, char *buf, size_t size)
{
	put_name(ctx, vm, NULL, buf, size);
}

void vcpu_label(uint32_t id, char buf[static VCPU_LABEL_SIZE])
{
	if (id == VCPU_ID_UNKNOWN)
		snprintf(buf, VCPU_LABEL_SIZE, "vCPU " FMT_UNKNOWN);
	else
		snprintf(buf, VCPU_LABEL_SIZE, "vCPU %u", id);
}

void subject__path(const struct view_ctx *ctx, const struct subject *above,
		   const struct frame_vm *vm, const struct frame_vcpu *vcpu, const char *what,
		   char *buf, size_t size)
{
	char name[FMT_NAME_MAX * 4] = "", path[sizeof(name) + 2 * SUBJECT_NAME];
	char label[VCPU_LABEL_SIZE] = "";

	if (vm && !above->id.vm)
		vm_name(ctx, vm, name, sizeof(name));
	cut_name(name, 24);
	if (vcpu && !above->has_vcpu)
		vcpu_label(vcpu->vcpu_id, label);
	snprintf(path, sizeof(path), "%s%s%s%s%s", name, name[0] ? " > " : "", label,
		 label[0] ? " > " : "", what);
	/* What has no room is left out: no letter of it is cut. */
	snprintf(buf, size, "%s", strlen(path) < size ? path : what);
}
