// SPDX-License-Identifier: GPL-2.0
#include "vcpu_list.h"

#include <stdio.h>
#include <string.h>

#include "../base/fmt.h"
#include "../model/frame.h"
#include "../model/idle.h"
#include "cells.h"
#include "filter.h"
#include "list.h"
#include "subject.h"
#include "view.h"

/* From left to right; the numbers say in which order they get room, @lost_ for LOST. */
#define VCPU_COLUMNS(scale_, lost_)                                                                \
	LIST_VALUE(VCPU, 2, 4, .help = "KVM's number of the vCPU"),                                \
		LIST_VALUE(TID, 11, 7, .help = "id of the thread that runs it"),                   \
		LIST_VALUE(CPU, 15, 4, .help = "CPU that it is on, or was on last"),               \
		LIST_VALUE(LOST_CPUS, lost_, 5,                                                    \
			   .help = "CPUs it would have used and did not get"),                     \
		LIST_VALUE(EXITS_PER_S, 5, 7, .help = "VM exits per second"),                      \
		LIST_CELL(TREND, "TREND", 14, 12, .max = 24,                                       \
			  .help = "exits per second in the last frames, " scale_),                 \
		LIST_VALUE(USER_EXITS_PER_S, 17, 6,                                                \
			   .help = "exits that the VMM handled, per second"),                      \
		LIST_VALUE(GUEST_PCT, 7, 6, .help = "share of its time in the guest"),             \
		LIST_VALUE(KVM_PCT, 9, 5, .help = "share of its time in KVM"),                     \
		LIST_VALUE(VMM_PCT, 8, 5, .help = "share of its time in the VMM"),                 \
		LIST_VALUE(HALT_PCT, 10, 5, .help = "share of its time halted"),                   \
		LIST_VALUE(HALT_POLL_PCT, 16, 5, .instead = 10,                                    \
			   .help = "share of its time halted while KVM polls"),                    \
		LIST_VALUE(HALT_BLOCK_PCT, 16, 6, .instead = 10,                                   \
			   .help = "share of its time halted and asleep"),                         \
		LIST_VALUE(RUN_DELAY_PCT, 4, 6, .help = "share of its time waiting for a CPU"),    \
		LIST_VALUE(WAIT_NS, 12, 6, .help = "mean time of a wait for a CPU"),               \
		LIST_VALUE(P99_NS, 13, 6, .help = "99 of 100 exits took no longer"),               \
		LIST_VALUE(P999_NS, 18, 6, .help = "999 of 1000 exits took no longer"),            \
		LIST_CELL(                                                                         \
			BAR, "TIME", 3, 8, .good = 12, .max = 48, .left = true,                    \
			.help = "where its time went: guest, KVM, VMM, polling, halted, waiting"), \
		LIST_VALUE(TOP_REASONS, 19, 26, .max = 60, .from = 140, .left = true,              \
			   .unsorted = true)

const struct list_column vcpu_columns[VCPU_LIST_COLUMNS] = {
	LIST_CELL(MARK, "", 1, 1),
	VCPU_COLUMNS("all rows by one maximum", 11),
};

const struct list_column vcpu_columns_of_all[VCPU_LIST_COLUMNS + 1] = {
	LIST_CELL(MARK, "", 1, 1),
	LIST_VALUE(VM_LABEL, 2, 8, .good = 14, .max = 24, .left = true,
		   .help = "the VM's name, or pid and name of its VMM"),
	VCPU_COLUMNS("each row by its own maximum", 2),
};

bool vcpu_list__wants(const struct view_ctx *ctx, const struct frame_vcpu *vcpu)
{
	return !ctx->filter->no_idle || !frame_vcpu__is_idle(vcpu);
}

int vcpu_list__add(const struct view_ctx *ctx, struct view *view, size_t i,
		   const struct frame_vm *vm)
{
	const struct list_def *def = &view->ops->lists[i];
	struct list *list = &view->lists[i];
	int err = 0;

	for (size_t j = 0; j < vm->n_vcpus && !err; j++) {
		struct list_row row = { .id = { .vm = vm->key,
						.item = vm->vcpus[j].vcpu_id + UINT64_C(1) },
					.kind = ROW_VCPU,
					.vm = vm,
					.vcpu = &vm->vcpus[j] };

		list->in_all++;
		if (!vcpu_list__wants(ctx, row.vcpu))
			continue;
		list_column__value(&def->columns[list->sort], ctx->frame, &row, &row.value);
		err = list__add(list, &row);
	}
	return err;
}

void vcpu_list__name(const struct view_ctx *ctx, const struct frame_vm *vm, uint32_t id,
		     bool with_vm, char *buf, size_t size)
{
	char name[FMT_NAME_MAX * 4], path[sizeof(name) + 32], label[VCPU_LABEL_SIZE];

	name[0] = '\0';
	if (with_vm)
		vm_name(ctx, vm, name, sizeof(name));
	cut_name(name, 24);
	vcpu_label(id, label);
	snprintf(path, sizeof(path), "%s > %s", name, label);
	/* A name that has no room is left out: no letter of it is cut. */
	snprintf(buf, size, "%s", path + (with_vm && strlen(path) < size ? 0 : strlen(name) + 3));
}

bool vcpu_list__open(const struct view_ctx *ctx, const struct view *view, const struct list *list,
		     struct subject *ret_subject)
{
	const struct list_row *row = list__current(list);

	if (!row || row->gone)
		return false;
	*ret_subject = (struct subject){ .id = { .vm = row->vm->key },
					 .vcpu_id = row->vcpu->vcpu_id,
					 .has_vcpu = true };
	vcpu_list__name(ctx, row->vm, row->vcpu->vcpu_id, !view->subject.id.vm, ret_subject->name,
			sizeof(ret_subject->name));
	return true;
}
