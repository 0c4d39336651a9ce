// SPDX-License-Identifier: GPL-2.0
/* view_vms: where it begins: all VMs of the host, what they lack, and why. */
#include "view_vms.h"

#include <stdio.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "filter.h"
#include "grid.h"
#include "host_bar.h"
#include "list_draw.h"
#include "marks.h"
#include "no_vm.h"
#include "subject.h"
#include "trends.h"
#include "vcpu_list.h"
#include "vm_panel.h"

/* From left to right; the numbers say in which order they get room. */
static const struct list_column columns[] = {
	LIST_CELL(MARK, "", 1, 2),
	LIST_VALUE(VM_LABEL, 2, 8, .good = 14, .max = 24, .left = true,
		   .help = "the VM's name, or pid and name of its VMM"),
	LIST_VALUE(PID, 15, 7, .help = "process id of the VMM"),
	LIST_VALUE(FD, 23, 3, .chosen = true, .unsorted = true,
		   .help = "the VMM's file descriptor of the VM"),
	LIST_VALUE(VCPUS, 11, 3, .title = "vC", .help = "number of its vCPUs"),
	LIST_VALUE(LOST_CPUS, 6, 5, .help = "CPUs it would have used and did not get"),
	LIST_VALUE(EXITS_PER_S, 5, 7, .help = "VM exits per second"),
	LIST_CELL(TREND, "TREND", 14, 12, .left = true,
		  .help = "exits/s of the last frames, or what rows are sorted by"),
	LIST_VALUE(USER_EXITS_PER_S, 17, 6, .help = "exits that the VMM handled, per second"),
	LIST_VALUE(GUEST_PCT, 7, 6, .help = "share of vCPU time in the guest"),
	LIST_VALUE(KVM_PCT, 9, 5, .help = "share of vCPU time in KVM"),
	LIST_VALUE(VMM_PCT, 8, 5, .help = "share of vCPU time in the VMM"),
	LIST_VALUE(HALT_PCT, 10, 5, .help = "share of vCPU time halted"),
	LIST_VALUE(HALT_POLL_PCT, 16, 5, .instead = 10,
		   .help = "share of vCPU time halted while KVM polls"),
	LIST_VALUE(HALT_BLOCK_PCT, 16, 6, .instead = 10,
		   .help = "share of vCPU time halted and asleep"),
	LIST_VALUE(RUN_DELAY_PCT, 4, 6, .help = "share of vCPU time waiting for a CPU"),
	LIST_VALUE(WAIT_NS, 22, 6, .help = "mean time of a wait for a CPU"),
	LIST_VALUE(QUOTA_PCT, 20, 6, .help = "held back by its quota (cpu.max), % of its time"),
	LIST_VALUE(AUX_PCT, 21, 5,
		   .help = "CPU time of the VMM's other threads and vhost, in % of a CPU"),
	LIST_VALUE(AVG_NS, 24, 6, .chosen = true, .help = "mean handling time of an exit"),
	LIST_VALUE(P99_NS, 13, 6, .help = "99 of 100 exits took no longer"),
	LIST_VALUE(P999_NS, 18, 6, .help = "999 of 1000 exits took no longer"),
	LIST_CELL(BAR, "TIME", 3, 7, .good = 12, .max = 40, .left = true,
		  .help = "where the time of its vCPUs went"),
	LIST_CELL(WHY, "WHY", 12, 28, .good = 36, .max = 63, .from = 110, .left = true,
		  .help = "the costliest finding: ! act, ? look; e explains"),
	LIST_VALUE(TOP_REASONS, 19, 26, .from = 230, .left = true, .unsorted = true,
		   .help = "the reasons with the most exits"),
};

#define SORT_AT_FIRST 5

_Static_assert(ARRAY_SIZE(columns) <= LIST_COLUMNS, "LIST_COLUMNS");

static const struct list_def lists[] = {
	{ .columns = columns,
	  .n = ARRAY_SIZE(columns),
	  .sort = SORT_AT_FIRST,
	  .kind = LIST_KIND_VMS },
};

/* ---- rows */

/* Below it, by their numbers. */
static int add_vcpus(const struct view_ctx *ctx, struct list *list, const struct frame_vm *vm)
{
	int err = 0;

	for (size_t i = 0; i < vm->n_vcpus && !err; i++) {
		const struct list_row row = {
			.id = { .vm = vm->key, .item = vm->vcpus[i].vcpu_id + UINT64_C(1) },
			.kind = ROW_VCPU,
			.vm = vm,
			.vcpu = &vm->vcpus[i],
			.indent = 2,
			.below = true,
		};

		list->in_all++;
		if (vcpu_list__wants(ctx, row.vcpu))
			err = list__add(list, &row);
	}
	return err;
}

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	struct list *list = &view->lists[i];
	const struct frame *frame = ctx->frame;
	int err = 0;

	list->in_all = frame->n_vms;
	for (size_t j = 0; j < frame->n_vms && !err; j++) {
		struct list_row row = { .id = { .vm = frame->vms[j].key },
					.kind = ROW_VM,
					.vm = &frame->vms[j] };

		if (!filter__wants_vm(ctx->filter, frame, row.vm, true))
			continue;
		list_column__value(&columns[list->sort], frame, &row, &row.value);
		err = list__add(list, &row);
		if (!err && ctx->vcpus)
			err = add_vcpus(ctx, list, row.vm);
	}
	return err;
}

static bool ended(const struct view_ctx *ctx, const struct list_row *old, char *buf, size_t size)
{
	/* It may only be that a filter does not want it any more. vCPUs go with their VM. */
	if (old->below || frame_find_vm(ctx->frame, old->id.vm))
		return false;
	vm_name(ctx, old->vm, buf, size);
	return true;
}

static bool open_row(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject)
{
	const struct list_row *row = list__current(&view->lists[0]);

	if (!row || row->gone)
		return false;
	if (row->vcpu) {
		*ret_id = VIEW_VCPU;
		return vcpu_list__open(ctx, view, &view->lists[0], ret_subject);
	}
	*ret_id = VIEW_VM;
	*ret_subject = (struct subject){ .id = row->id };
	vm_name(ctx, row->vm, ret_subject->name, sizeof(ret_subject->name));
	return true;
}

/* ---- around the rows */

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	const struct frame *frame = ctx->frame;
	char rate[FMT_SIZE];
	size_t vcpus = 0;

	(void)view;
	if (!frame)
		return;
	for (size_t i = 0; i < frame->n_vms; i++)
		vcpus += frame->vms[i].n_vcpus;
	if (!frame->n_vms)
		snprintf(buf, size, "  0 VMs  %u CPUs", frame->host.cpus);
	else
		snprintf(buf, size, "  %zu %s  %zu %s on %u CPUs  %s exits/s", frame->n_vms,
			 fmt_plural(frame->n_vms, "VM", "VMs"), vcpus,
			 fmt_plural(vcpus, "vCPU", "vCPUs"), frame->host.cpus,
			 frame->exits.delta_valid
				 ? short_rate(frame->exits.rate, rate, sizeof(rate))
				 : FMT_UNKNOWN);
}

/* Of the column that rows are sorted by. */
static void hint(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	const struct list_column *column = &columns[view->lists[0].sort];

	(void)ctx;
	snprintf(buf, size, "%s: %s", list_column__title(column), list_column__help(column));
}

/* EXITS/s, or what rows are sorted by if that is kept. */
static enum trail_measure measure_of(enum column_id sort)
{
	switch (sort) {
	case COLUMN_LOST_CPUS:
		return TRAIL_LOST;
	case COLUMN_GUEST_PCT:
		return TRAIL_STATE + STATE_GUEST;
	case COLUMN_KVM_PCT:
		return TRAIL_STATE + STATE_KVM;
	case COLUMN_VMM_PCT:
		return TRAIL_STATE + STATE_VMM;
	case COLUMN_RUN_DELAY_PCT:
		return TRAIL_STATE + STATE_RUN_DELAY;
	default:
		return TRAIL_EXITS;
	}
}

static void draw_own(const struct list_drawing *drawing, const struct list_row *row,
		     const struct list_column *column, struct place place, enum style style)
{
	(void)style;
	if (column->kind == CELL_TREND)
		trends_draw(drawing, row, measure_of(columns[drawing->list->sort].id), place);
}

static bool shows_why(const struct list_drawing *drawing)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (columns[i].kind == CELL_WHY && drawing->layout.shown[i])
			return true;
	return false;
}

/* WHY of the selected row, where there is no column for it. */
static void draw_why(const struct view_ctx *ctx, const struct list_row *row, size_t at)
{
	char name[SUBJECT_NAME], why[WHY_SIZE], text[SUBJECT_NAME + WHY_SIZE + 4];

	if (!row || !row->vm)
		return;
	vm_name(ctx, row->vm, name, sizeof(name));
	mark_why(ctx->frame, row->vm,
		 ctx->grid->width > 4 + fmt_width(name) ? ctx->grid->width - 4 - fmt_width(name)
							: 0,
		 glyphs_escape(ctx->opts.glyphs), why);
	snprintf(text, sizeof(text), " %s: %s", name, why);
	cell_put(ctx->grid, (struct place){ at, 0, ctx->grid->width }, true, STYLE_PLAIN, text);
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	struct list_drawing drawing;
	size_t panel, why;
	int err = 0;

	if (!ctx->frame->n_vms && !view->lists[0].n) {
		no_vm__draw(ctx, area);
		return 0;
	}
	list_drawing__init(&drawing, ctx, view, 0, 0, ctx->grid->width);
	drawing.own = draw_own;
	if (area.height > 6) {
		host_bar__draw(ctx, area.row);
		area.row++;
		area.height--;
	}
	list_draw__header(&drawing, area.row);
	area.row++;
	area.height--;
	panel = vm_panel__height(ctx, area.height);
	why = !panel && area.height > 3 && marks_known(ctx->frame) && !shows_why(&drawing);
	if (why)
		draw_why(ctx, list__current(drawing.list), area.row + area.height - 1);
	if (panel)
		err = vm_panel__draw(ctx, list__current(drawing.list),
				     (struct area){ area.row + area.height - panel, panel });
	area.height -= panel + why;
	return err ?: list_draw__rows(&drawing, area);
}

const struct view_ops view_vms = {
	.id = VIEW_VMS,
	.name = "VMs",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.ended = ended,
	.info = info,
	.draw = draw,
	.open = open_row,
	.hint = hint,
};
