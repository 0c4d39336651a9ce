// SPDX-License-Identifier: GPL-2.0
/* view_reasons: the exit reasons of all VMs, or of one, and what the VMM handled. */
#include "view_reasons.h"

#include <stdio.h>

#include "../base/cleanup.h"
#include "host_bar.h"
#include "reason_list.h"
#include "stacked.h"

enum { LIST_REASONS, LIST_USER_EXITS };

static const struct list_def lists[] = {
	[LIST_REASONS] = REASON_LIST,
	[LIST_USER_EXITS] = USER_EXIT_LIST,
};

static int fill(const struct view_ctx *ctx, struct view *view, size_t i)
{
	return reason_list__fill(ctx, view, i, i == LIST_USER_EXITS);
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	(void)ctx;
	snprintf(buf, size, "  exit reasons%s", view->subject.id.vm ? "" : " of all VMs");
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

static bool open_row(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject)
{
	*ret_id = VIEW_REASON;
	return reason_list__open(ctx, view, &view->lists[view->at], ret_subject);
}

const struct view_ops view_reasons = {
	.id = VIEW_REASONS,
	.name = "reasons",
	.lists = lists,
	.n_lists = ARRAY_SIZE(lists),
	.fill = fill,
	.info = info,
	.draw = draw,
	.open = open_row,
	.hint = stacked_hint,
};
