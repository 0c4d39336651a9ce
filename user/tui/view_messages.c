// SPDX-License-Identifier: GPL-2.0
/* view_messages: what the user was told, sources that do not work, what was not counted. */
#include "view_messages.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../model/frame.h"
#include "cells.h"
#include "messages.h"
#include "text_page.h"

static const char *drop_meaning(enum drop_cause cause)
{
	static const char *const texts[DROP_CAUSE_MAX] = {
		[DROP_MAP_FULL] = "no room for a vCPU or a reason: its exits are missing",
		[DROP_MISSED] = "the kernel did not hand them to kvmtop",
		[DROP_DETAIL] = "events that the details lack",
		[DROP_SLOW] = "slow exits that were not shown",
		[DROP_TRACEPOINTS] = "events of which it is not known whose they are",
		[DROP_FRAMES] = "frames that stdout had no room for",
	};

	return texts[cause];
}

static void put_drops(struct text_page *page, const struct frame *frame)
{
	char text[200];

	for (unsigned int i = 0; i < DROP_CAUSE_MAX; i++) {
		if (!frame->drops[i])
			continue;
		snprintf(text, sizeof(text), "not counted: %" PRIu64 " %s: %s", frame->drops[i],
			 drop_cause_name((enum drop_cause)i), drop_meaning((enum drop_cause)i));
		text_page__paragraph(page, STYLE_LOOK, 2, text);
	}
}

static void put_sources(struct text_page *page, const struct view_ctx *ctx)
{
	char error[300], text[400];

	for (unsigned int i = 0; i < SOURCE_ID_MAX; i++) {
		const struct source_state *source = &ctx->frame->sources[i];

		if (!source->used || !source->error)
			continue;
		fmt_escape(glyphs_escape(ctx->opts.glyphs), source->error, strlen(source->error),
			   error, sizeof(error));
		snprintf(text, sizeof(text), "%s: %s", source_id_name((enum source_id)i), error);
		text_page__paragraph(page, STYLE_LOOK, 2, text);
	}
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	struct text_page page;

	text_page__begin(&page, ctx, view, area);
	if (ctx->frame) {
		put_sources(&page, ctx);
		put_drops(&page, ctx->frame);
	}
	for (size_t i = ctx->messages->n; i > 0; i--)
		text_page__paragraph(&page, STYLE_PLAIN, 2, messages__at(ctx->messages, i - 1));
	if (!page.n)
		text_page__line(&page, STYLE_PLAIN, "No messages.");
	text_page__end(&page);
	return 0;
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	(void)ctx;
	(void)view;
	snprintf(buf, size, "  messages, the newest first");
}

const struct view_ops view_messages = {
	.id = VIEW_MESSAGES,
	.name = "messages",
	.info = info,
	.draw = draw,
};
