// SPDX-License-Identifier: GPL-2.0
#include "key_list.h"

#include "../arch/arch.h"
#include "../model/detail.h"
#include "../model/frame.h"
#include "../model/rules_facts.h"
#include "filter.h"
#include "grid.h"
#include "list.h"
#include "subject.h"
#include "view.h"

const struct list_column key_columns[KEY_LIST_COLUMNS] = {
	{ .title = "", .kind = CELL_MARK, .id = COLUMN_MAX, .no = 1, .min = 1 },
	{ .id = COLUMN_KEY,
	  .no = 2,
	  .min = 8,
	  .good = 10,
	  .max = 20,
	  .left = true,
	  .unsorted = true,
	  .help = "what they were about" },
	{ .id = COLUMN_DETAIL,
	  .no = 9,
	  .min = 6,
	  .left = true,
	  .unsorted = true,
	  .help = "the kind of the key" },
	{ .id = COLUMN_KEY_NAME,
	  .blank = true,
	  .no = 4,
	  .min = 8,
	  .good = 16,
	  .max = 40,
	  .left = true,
	  .unsorted = true,
	  .help = "its name, if it has one" },
	{ .id = COLUMN_DIR,
	  .blank = true,
	  .no = 7,
	  .min = 5,
	  .left = true,
	  .unsorted = true,
	  .help = "read or write" },
	{ .id = COLUMN_SIZE_BYTES,
	  .blank = true,
	  .no = 8,
	  .min = 4,
	  .unsorted = true,
	  .help = "bytes that were read or written" },
	{ .title = "VM",
	  .id = COLUMN_VM_LABEL,
	  .no = 10,
	  .min = 8,
	  .good = 14,
	  .max = 24,
	  .left = true,
	  .unsorted = true,
	  .from = 100,
	  .help = "whose it is" },
	{ .id = COLUMN_PER_S, .no = 3, .min = 7, .help = "how often per second" },
	{ .id = COLUMN_SHARE_PCT, .no = 5, .min = 5, .help = "share of the events of its kind" },
	{ .id = COLUMN_TIME_SHARE_PCT,
	  .no = 6,
	  .min = 6,
	  .help = "share of the time of all exits of its kind" },
	{ .id = COLUMN_AVG_NS, .no = 6, .min = 6, .help = "mean time of such an exit" },
	{ .id = COLUMN_TOTAL, .no = 11, .min = 6, .help = "how often in all" },
};

/* Of a reason that is in no class, keys of all kinds may be. */
static bool is_about(const struct subject *subject, enum detail_kind kind)
{
	const enum reason_class class = subject->isa == ISA_USER
						? user_exit_class(subject->code)
						: arch_class(isa_base(subject->isa), subject->code);
	const struct detail_kind_def *def = arch_detail_kind(kind);
	const enum reason_class of_kind = def ? def->class : REASON_CLASS_OTHER;

	return class == REASON_CLASS_OTHER || of_kind == REASON_CLASS_OTHER || class == of_kind;
}

static int add(const struct view_ctx *ctx, struct view *view, size_t i, struct list_row row,
	       const struct frame_details *details)
{
	struct list *list = &view->lists[i];
	int err = 0;

	for (size_t j = 0; j < details->n && !err; j++) {
		row.detail = &details->v[j];
		if (!is_about(&view->subject, row.detail->kind))
			continue;
		row.id.item = (uint64_t)row.detail->kind << 32 ^ row.detail->sub;
		row.id.sub = row.detail->key;
		list->in_all++;
		list_column__value(&key_columns[list->sort], ctx->frame, &row, &row.value);
		err = list__add(list, &row);
	}
	return err;
}

int key_list__fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	const struct subject *subject = &view->subject;
	const struct frame_vcpu *vcpu = subject__vcpu(ctx, subject);
	int err = 0;

	for (size_t j = 0; j < ctx->frame->n_vms && !err; j++) {
		const struct frame_vm *vm = &ctx->frame->vms[j];
		const struct list_row row = { .id = { .vm = vm->key },
					      .kind = subject->has_vcpu ? ROW_VCPU_DETAIL
									: ROW_VM_DETAIL,
					      .vm = vm,
					      .vcpu = vcpu };

		if ((subject->id.vm && subject->id.vm != vm->key) || (subject->has_vcpu && !vcpu))
			continue;
		err = add(ctx, view, i, row, vcpu ? &vcpu->details : &vm->details);
	}
	return err;
}

void key_list__draw_none(const struct view_ctx *ctx, const struct view *view, size_t row)
{
	bool valid = false;

	for (size_t i = 0; i < ctx->frame->n_vms; i++)
		valid |= ctx->frame->vms[i].details.valid &&
			 (!view->subject.id.vm || view->subject.id.vm == ctx->frame->vms[i].key);
	grid__put(ctx->grid, row, 0, ctx->grid->width, STYLE_DIM,
		  valid ? "KEY     nothing is known of what they were about"
		  : ctx->opts.recorded
			  ? "KEY     what they were about was not recorded: --record FILE --detail "
			    "KEY"
			  : "KEY     what they were about is not counted: d switches that on");
}
