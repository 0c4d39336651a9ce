// SPDX-License-Identifier: GPL-2.0
/* view_vm: one VM: where its time goes, what is wrong with it, its exit reasons, what the VMM does, its vCPUs. */
#include "view_vm.h"

#include <stdio.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "reason_list.h"
#include "scope_head.h"
#include "stacked.h"
#include "subject.h"
#include "vcpu_list.h"

enum { LIST_REASONS, LIST_USER_EXITS, LIST_VCPUS };

static const struct list_def lists[] = {
	[LIST_REASONS] = REASON_LIST,
	[LIST_USER_EXITS] = USER_EXIT_LIST,
	[LIST_VCPUS] = VCPU_LIST,
};

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	const struct frame_vm *vm = subject__vm(ctx, &view->subject);

	if (!vm)
		return 0;
	if (i == LIST_VCPUS)
		return vcpu_list__add(ctx, view, i, vm);
	return reason_list__fill(ctx, view, i, i == LIST_USER_EXITS);
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	const struct frame_vm *vm = subject__vm(ctx, &view->subject);

	if (vm)
		snprintf(buf, size, "  pid %d  %zu %s%s", (int)vm->pid, vm->n_vcpus,
			 fmt_plural(vm->n_vcpus, "vCPU", "vCPUs"), vm->ended ? "  ended" : "");
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	const struct frame_vm *vm = subject__vm(ctx, &view->subject);

	if (!vm) {
		scope_head__absent(ctx, "VM", area);
		return 0;
	}
	scope_head__draw(ctx, vm, NULL, &area);
	return stacked_draw(ctx, view, area);
}

static bool open_row(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject)
{
	const struct list *list = &view->lists[view->at];

	*ret_id = view->at == LIST_VCPUS ? VIEW_VCPU : VIEW_REASON;
	return view->at == LIST_VCPUS ? vcpu_list__open(ctx, view, list, ret_subject)
				      : reason_list__open(ctx, view, list, ret_subject);
}

const struct view_ops view_vm = {
	.id = VIEW_VM,
	.name = "VM",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
	.open = open_row,
	.hint = stacked_hint,
};
