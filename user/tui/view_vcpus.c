// SPDX-License-Identifier: GPL-2.0
/* view_vcpus: the vCPUs of all VMs, or of one. */
#include "view_vcpus.h"

#include <stdio.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "filter.h"
#include "host_bar.h"
#include "list_draw.h"
#include "stacked.h"
#include "subject.h"
#include "vcpu_list.h"

static const struct list_def lists[] = {
	VCPU_LIST_OF_ALL,
};

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	const struct frame *frame = ctx->frame;
	int err = 0;

	for (size_t j = 0; j < frame->n_vms && !err; j++) {
		const struct frame_vm *vm = &frame->vms[j];

		if (view->subject.id.vm && view->subject.id.vm != vm->key)
			continue;
		if (filter__wants_vm(ctx->filter, frame, vm, true))
			err = vcpu_list__add(ctx, view, i, vm);
		else
			view->lists[i].in_all += vm->n_vcpus;
	}
	return err;
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	if (area.height > 6 && !view->subject.id.vm) {
		host_bar__draw(ctx, area.row);
		area.row++;
		area.height--;
	}
	return stacked_draw(ctx, view, area);
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	const struct frame *frame = ctx->frame;
	size_t n = 0;

	for (size_t i = 0; frame && i < frame->n_vms; i++)
		if (!view->subject.id.vm || view->subject.id.vm == frame->vms[i].key)
			n += frame->vms[i].n_vcpus;
	snprintf(buf, size, "  %zu %s%s", n, fmt_plural(n, "vCPU", "vCPUs"),
		 view->subject.id.vm ? "" : " of all VMs");
}

static bool open_row(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject)
{
	*ret_id = VIEW_VCPU;
	return vcpu_list__open(ctx, view, &view->lists[0], ret_subject);
}

const struct view_ops view_vcpus = {
	.id = VIEW_VCPUS,
	.name = "vCPUs",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
	.open = open_row,
	.hint = stacked_hint,
};
