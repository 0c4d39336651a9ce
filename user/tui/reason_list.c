// SPDX-License-Identifier: GPL-2.0
#include "reason_list.h"

#include <string.h>

#include "../model/frame.h"
#include "../model/idle.h"
#include "cells.h"
#include "filter.h"
#include "list.h"
#include "subject.h"
#include "view.h"

/* From left to right; the numbers say in which order they get room. @VA_ARGS: what is known besides: of exits their isa, of exits to the VMM which exit they were. */
#define COLUMNS_OF(title_, ...)                                                                 \
	{                                                                                       \
		{ .title = "", .kind = CELL_MARK, .id = COLUMN_MAX, .no = 1, .min = 1 },        \
			{ .title = title_,                                                      \
			  .id = COLUMN_REASON,                                                  \
			  .no = 2,                                                              \
			  .min = 8,                                                             \
			  .good = 15,                                                           \
			  .max = 28,                                                            \
			  .left = true,                                                         \
			  .help = "the kernel's name of the reason" },                          \
			{ .title = "RATE/s",                                                    \
			  .id = COLUMN_EXITS_PER_S,                                             \
			  .no = 3,                                                              \
			  .min = 7,                                                             \
			  .help = "exits per second" },                                         \
			{ .id = COLUMN_EXITS_SHARE_PCT,                                         \
			  .no = 5,                                                              \
			  .min = 6,                                                             \
			  .help = "share of all exits" },                                       \
			{ .id = COLUMN_TIME_SHARE_PCT,                                          \
			  .no = 4,                                                              \
			  .min = 6,                                                             \
			  .help = "share of the time that all exits took, halts included" },    \
			{ .id = COLUMN_AVG_NS, .no = 6, .min = 6, .help = "mean time of one" }, \
			{ .id = COLUMN_P50_NS,                                                  \
			  .no = 9,                                                              \
			  .min = 6,                                                             \
			  .help = "half of them took no longer" },                              \
			{ .id = COLUMN_P90_NS,                                                  \
			  .no = 12,                                                             \
			  .min = 6,                                                             \
			  .from = 100,                                                          \
			  .help = "9 of 10 took no longer" },                                   \
			{ .id = COLUMN_P99_NS,                                                  \
			  .no = 7,                                                              \
			  .min = 6,                                                             \
			  .help = "99 of 100 took no longer" },                                 \
			{ .id = COLUMN_P999_NS,                                                 \
			  .no = 13,                                                             \
			  .min = 6,                                                             \
			  .from = 100,                                                          \
			  .help = "999 of 1000 took no longer" },                               \
			{ .id = COLUMN_MAX_NS, .no = 8, .min = 6, .help = "the longest one" },  \
			{ .id = COLUMN_EXITS_TOTAL,                                             \
			  .no = 14,                                                             \
			  .min = 6,                                                             \
			  .from = 100,                                                          \
			  .help = "how many there were in all" },                               \
			__VA_ARGS__,                                                            \
			{ .title = "TREND",                                                     \
			  .kind = CELL_TREND,                                                   \
			  .id = COLUMN_MAX,                                                     \
			  .no = 10,                                                             \
			  .min = 8,                                                             \
			  .good = 13,                                                           \
			  .max = 60,                                                            \
			  .left = true,                                                         \
			  .help = "exits per second in the last frames, each row by its own "   \
				  "maximum" },                                                  \
	}

const struct list_column reason_columns[REASON_LIST_COLUMNS] =
	COLUMNS_OF("REASON", LIST_VALUE(ISA, 15, 4, .from = 120, .left = true, .unsorted = true,
					.help = "what defines the reasons"));
const struct list_column user_exit_columns[REASON_LIST_COLUMNS] = COLUMNS_OF(
	"TO THE VMM",
	LIST_VALUE(FROM, 11, 5, .good = 14, .from = 100, .left = true, .blank = true,
		   .unsorted = true,
		   .help = "the exit reason above that leads to it: one exit, two names"));

/* Those of the subject; NULL: the frame does not have it. */
static const struct frame_reasons *reasons_of(const struct view_ctx *ctx,
					      const struct subject *subject, bool user)
{
	const struct frame_vm *vm = subject__vm(ctx, subject);
	const struct frame_vcpu *vcpu = subject__vcpu(ctx, subject);

	if (subject->has_vcpu)
		return !vcpu ? NULL : user ? &vcpu->user_exits : &vcpu->reasons;
	if (subject->id.vm)
		return !vm ? NULL : user ? &vm->user_exits : &vm->reasons;
	return user ? &ctx->frame->user_exits : &ctx->frame->reasons;
}

static const struct frame_reason *find(const struct frame_reasons *reasons, uint32_t isa,
				       uint64_t code)
{
	for (size_t i = 0; reasons && i < reasons->n; i++)
		if (reasons->v[i].isa == isa && reasons->v[i].code == code)
			return &reasons->v[i];
	return NULL;
}

const struct frame_reasons *reason_list__of(const struct view_ctx *ctx,
					    const struct subject *subject)
{
	return reasons_of(ctx, subject, subject->isa == ISA_USER);
}

const struct frame_reasons *reason_list__of_exits(const struct view_ctx *ctx,
						  const struct subject *subject)
{
	return reasons_of(ctx, subject, false);
}

const struct frame_reason *reason_list__find(const struct view_ctx *ctx,
					     const struct subject *subject)
{
	return find(reason_list__of(ctx, subject), subject->isa, subject->code);
}

const struct frame_reason *reason_list__find_in(const struct frame_vm *vm,
						const struct frame_vcpu *vcpu, uint32_t isa,
						uint64_t code)
{
	if (isa == ISA_USER)
		return find(vcpu ? &vcpu->user_exits : &vm->user_exits, isa, code);
	return find(vcpu ? &vcpu->reasons : &vm->reasons, isa, code);
}

static bool is_wanted(const struct filter *filter, const struct frame_reason *reason)
{
	const char *text = reason->name;

	return !(filter->no_idle && counter_is_idle(&reason->count)) &&
	       filter__has_words(filter, &text, 1);
}

int reason_list__fill(const struct view_ctx *ctx, struct view *view, size_t i, bool user)
{
	const struct frame_reasons *reasons = reasons_of(ctx, &view->subject, user);
	const struct list_column *columns = user ? user_exit_columns : reason_columns;
	struct list *list = &view->lists[i];
	int err = 0;

	for (size_t j = 0; reasons && j < reasons->n && !err; j++) {
		struct list_row row = {
			.id = { .vm = view->subject.id.vm,
				.item = reasons->v[j].isa,
				.sub = reasons->v[j].code },
			.kind = user ? ROW_USER_EXIT : ROW_REASON,
			.vm = subject__vm(ctx, &view->subject),
			.vcpu = subject__vcpu(ctx, &view->subject),
			.reason = &reasons->v[j],
			.scope_exits = frame_reasons__exits(reasons),
		};

		list->in_all++;
		if (!is_wanted(ctx->filter, row.reason))
			continue;
		list_column__value(&columns[list->sort], ctx->frame, &row, &row.value);
		err = list__add(list, &row);
	}
	return err;
}

bool reason_list__open(const struct view_ctx *ctx, const struct view *view, const struct list *list,
		       struct subject *ret_subject)
{
	const struct list_row *row = list__current(list);
	const char *name = row && row->reason ? row->reason->name : "";

	if (!row || row->gone)
		return false;
	*ret_subject = view->subject;
	ret_subject->has_reason = true;
	ret_subject->isa = row->reason->isa;
	ret_subject->code = row->reason->code;
	fmt_escape(glyphs_escape(ctx->opts.glyphs), name, strlen(name), ret_subject->name,
		   sizeof(ret_subject->name));
	return true;
}
