// SPDX-License-Identifier: GPL-2.0
/* view_slow: the exits that took long, newest first, and what each was about. */
#include "view_slow.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "cells.h"
#include "filter.h"
#include "list_draw.h"
#include "slow_log.h"
#include "stacked.h"
#include "subject.h"
#include "vcpu_list.h"

enum {
	AT_MARK,
	AT_TIME,
	AT_TOOK,
	AT_VM,
	AT_VCPU,
	AT_TID,
	AT_REASON,
	AT_ABOUT,
	AT_GPA,
	AT_PC,
	N_COLUMNS
};

/* Rows are sorted by the time of day and by how long it took; both descend. */
static const struct list_column columns[N_COLUMNS] = {
	[AT_MARK] = LIST_CELL(MARK, "", 1, 1),
	[AT_TIME] = { .title = "TIME",
		      .kind = CELL_OWN,
		      .id = COLUMN_WALL_NS,
		      .no = 2,
		      .min = 12,
		      .left = true,
		      .help = "when it ended" },
	[AT_TOOK] = { .title = "TOOK",
		      .id = COLUMN_TIME_NS,
		      .no = 3,
		      .min = 6,
		      .help = "how long it took, a stay in the VMM included" },
	[AT_VM] = LIST_CELL(OWN, "VM", 5, 8, .good = 14, .max = 30, .left = true,
			    .help = "whose it was"),
	[AT_VCPU] = { .id = COLUMN_VCPU, .no = 6, .min = 4, .unsorted = true },
	[AT_TID] = { .id = COLUMN_TID, .no = 14, .min = 7, .unsorted = true },
	[AT_REASON] = { .id = COLUMN_REASON,
			.no = 4,
			.min = 8,
			.good = 12,
			.max = 28,
			.left = true,
			.unsorted = true },
	[AT_ABOUT] = LIST_CELL(
		OWN, "ABOUT", 7, 14, .good = 24, .max = 60, .left = true,
		.help = "what it was about, as far as details (d) are on or the CPU says it"),
	[AT_GPA] = { .title = "GPA",
		     .id = COLUMN_GPA,
		     .no = 13,
		     .min = 14,
		     .left = true,
		     .unsorted = true,
		     .blank = true },
	[AT_PC] = { .title = "PC",
		    .id = COLUMN_PC,
		    .no = 12,
		    .min = 18,
		    .left = true,
		    .unsorted = true,
		    .blank = true },
};

static const struct list_def lists[] = {
	{ .name = "slow exits",
	  .columns = columns,
	  .n = N_COLUMNS,
	  .sort = AT_TIME,
	  .kind = LIST_KIND_SLOW },
};

/* Of its VM, as far as that was known when it came; 0: no frame has had it. */
static uint64_t key_of(const struct view_ctx *ctx, const struct slow_entry *entry)
{
	const struct frame_vm *vm = entry->vm_key ? NULL : subject__slow_vm(ctx, &entry->slow);

	return vm ? vm->key : entry->vm_key;
}

static bool is_wanted(const struct view_ctx *ctx, const struct view *view,
		      const struct slow_entry *entry)
{
	const struct slow_exit *slow = &entry->slow;
	const char *const texts[] = { slow->name, slow->comm, slow->reason, slow->about };

	if (view->subject.id.vm && key_of(ctx, entry) != view->subject.id.vm)
		return false;
	if (ctx->filter->vm_key && key_of(ctx, entry) != ctx->filter->vm_key)
		return false;
	return filter__has_words(ctx->filter, texts, ARRAY_SIZE(texts));
}

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	struct list *list = &view->lists[i];
	const size_t n = slow_log__count(ctx->slow);
	int err = 0;

	list->in_all = n;
	for (size_t j = 0; j < n && !err; j++) {
		const struct slow_entry *entry = slow_log__at(ctx->slow, j);
		const struct slow_exit *slow = &entry->slow;
		const struct list_row row = {
			.id = { .item = ctx->slow->n_shown - j },
			.kind = ROW_SLOW,
			.own = slow,
			/* Times are all almost equal. */
			.value = { .known = true,
				   .exact = true,
				   .number = list->sort == AT_TOOK
						     ? (double)slow->ns
						     : (double)timespec_ns(&slow->wall) },
		};

		if (is_wanted(ctx, view, entry))
			err = list__add(list, &row);
	}
	return err;
}

/* ---- drawing */

static void format_time(const struct slow_exit *slow, char *buf, size_t size)
{
	struct tm tm;
	size_t used = 0;

	if (localtime_r(&slow->wall.tv_sec, &tm))
		used = strftime(buf, size, "%H:%M:%S", &tm);
	snprintf(buf + used, size - used, ".%03ld", slow->wall.tv_nsec / 1000000 % 1000);
}

static void format_vm(const struct view_ctx *ctx, const struct slow_exit *slow, char *buf,
		      size_t size)
{
	char text[SLOW_LOG_TEXT + VM_ID_SIZE + 4], tag[VM_ID_SIZE];
	const struct frame_vm *vm = subject__slow_vm(ctx, slow);

	if (vm)
		frame__vm_tag(ctx->frame, vm->pid, vm->id, tag);
	else if (slow->vm_fd != VM_FD_NONE) /* maybe it was not the only one of its process */
		vm_id(slow->pid, slow->vm_fd, tag);
	else
		snprintf(tag, sizeof(tag), "%d", (int)slow->pid);
	vm_label(slow->name, slow->comm, tag, text, sizeof(text));
	fmt_escape(glyphs_escape(ctx->opts.glyphs), text, strlen(text), buf, size);
}

/* The kind of the key, direction, key and name. */
static void format_about(const struct view_ctx *ctx, const struct slow_exit *slow, char *buf,
			 size_t size)
{
	const char *dir = detail_dir_name(slow->kind, slow->sub);
	const char *kind = detail_kind_name(slow->kind);
	char key[64], name[4 * SLOW_LOG_TEXT] = "";

	*buf = '\0';
	if (!slow->about_known)
		return;
	if (slow->about)
		fmt_escape(glyphs_escape(ctx->opts.glyphs), slow->about, strlen(slow->about), name,
			   sizeof(name));
	snprintf(buf, size, "%s%s%s %s%s%s", kind ? kind : "", dir ? " " : "", dir ? dir : "",
		 detail_key_format(slow->kind, slow->key, key, sizeof(key)), name[0] ? " " : "",
		 name);
}

static void draw_own(const struct list_drawing *drawing, const struct list_row *row,
		     const struct list_column *column, struct place place, enum style style)
{
	char text[8 * SLOW_LOG_TEXT];

	if (column == &columns[AT_TIME])
		format_time(row->own, text, sizeof(text));
	else if (column == &columns[AT_VM])
		format_vm(drawing->ctx, row->own, text, sizeof(text));
	else
		format_about(drawing->ctx, row->own, text, sizeof(text));
	if (column == &columns[AT_VM])
		cut_name(text, place.width);
	cell_put(drawing->ctx->grid, place, column->left, style, text);
}

static void draw_none(const struct view_ctx *ctx, size_t row)
{
	char text[160] = " Slow exits are not looked for. S switches that on.", limit[FMT_SIZE];

	if (ctx->opts.recorded)
		snprintf(text, sizeof(text),
			 " A recording has no slow exits: they are shown live.");
	else if (ctx->self.slow_ns)
		snprintf(text, sizeof(text), " No exit took %s or longer yet.",
			 fmt_duration_ns(ctx->self.slow_ns, limit, sizeof(limit)));
	grid__put(ctx->grid, row, 0, ctx->grid->width, STYLE_DIM, text);
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	struct list_drawing drawing;

	if (!view->lists[0].in_all && area.height > 1) {
		draw_none(ctx, area.row + 1);
		return 0;
	}
	list_drawing__init(&drawing, ctx, view, 0, 0, ctx->grid->width);
	drawing.own = draw_own;
	list_draw__header(&drawing, area.row);
	return list_draw__rows(&drawing, (struct area){ area.row + 1, area.height - 1 });
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	const uint64_t newer = slow_log__newer(ctx->slow);
	const bool held = ctx->now_ns < view->lists[0].held_until_ns;
	char more[48] = "";

	if (held && newer)
		snprintf(more, sizeof(more), ", %" PRIu64 " newer", newer);
	snprintf(buf, size, "   slow exits%s%s", view->subject.id.vm ? "" : " of all VMs", more);
}

/* The one that is selected, or the newest; NULL: there is none. */
static const struct slow_entry *entry_of(const struct view_ctx *ctx, const struct view *view)
{
	const struct list_row *row = list__current(&view->lists[0]);

	return row ? slow_log__at(ctx->slow, (size_t)(ctx->slow->n_shown - row->id.item)) : NULL;
}

/* The vCPU, also if it is not there any more: it was then. */
static bool open_row(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject)
{
	const struct slow_entry *entry = entry_of(ctx, view);
	const struct frame_vm *vm = entry ? frame_find_vm(ctx->frame, key_of(ctx, entry)) : NULL;
	const bool with_vm = !view->subject.id.vm;
	char name[SUBJECT_NAME] = "", path[SUBJECT_NAME + 24], label[VCPU_LABEL_SIZE];

	if (!entry || !key_of(ctx, entry))
		return false;
	*ret_id = VIEW_VCPU;
	*ret_subject = (struct subject){ .id = { .vm = key_of(ctx, entry) },
					 .vcpu_id = entry->slow.vcpu_id,
					 .has_vcpu = true };
	if (vm) {
		vcpu_list__name(ctx, vm, entry->slow.vcpu_id, with_vm, ret_subject->name,
				sizeof(ret_subject->name));
		return true;
	}
	if (with_vm)
		format_vm(ctx, &entry->slow, name, sizeof(name));
	cut_name(name, 24);
	vcpu_label(entry->slow.vcpu_id, label);
	snprintf(path, sizeof(path), "%s > %s", name, label);
	/* A name that has no room is left out: no letter of it is cut. */
	snprintf(ret_subject->name, sizeof(ret_subject->name), "%s",
		 path + (with_vm && strlen(path) < sizeof(ret_subject->name) ? 0
									     : strlen(name) + 3));
	return true;
}

/* When it ended: the frame of that moment has it. */
static int64_t when(const struct view_ctx *ctx, const struct view *view, size_t clicked)
{
	const struct slow_entry *entry = entry_of(ctx, view);

	(void)clicked;
	return entry ? (int64_t)timespec_ns(&entry->slow.wall) : 0;
}

const struct view_ops view_slow = {
	.id = VIEW_SLOW,
	.name = "slow exits",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
	.open = open_row,
	.when = when,
	.hint = stacked_hint,
};
