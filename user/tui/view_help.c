// SPDX-License-Identifier: GPL-2.0
/* view_help: keys, made from their table; the bar, and how numbers are to be read. */
#include "view_help.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "cells.h"
#include "glyphs.h"
#include "keys.h"
#include "list_columns.h"
#include "text_page.h"

/* So many of the bottom line's keys come first: those that a line of 80 columns has. */
#define FIRST_RANKS 8

static void put_key(struct text_page *page, const struct key_def *def)
{
	char text[256], origin[40] = "";

	if (def->origin[0])
		snprintf(origin, sizeof(origin), " (as in %s)", def->origin);
	snprintf(text, sizeof(text), "  %-14s %s%s", def->name, def->help, origin);
	text_page__paragraph(page, STYLE_PLAIN, 17, text);
}

static void put_group(struct text_page *page, enum key_group group, const struct view *below)
{
	text_page__line(page, STYLE_BOLD, key_group_name(group));
	for (size_t i = 0; i < keys_count(); i++) {
		const struct key_def *def = keys_at(i);

		if (def->group == group && def->name && def->views & VIEW_BIT(below->ops->id))
			put_key(page, def);
	}
}

static void put_bar(struct text_page *page)
{
	static const char *const names[] = { "guest",	"KVM",	  "VMM",
					     "polling", "halted", "waits for a CPU" };
	char text[200] = "TIME bar  ";
	size_t used = strlen(text);

	for (unsigned int i = 0; i < STATE_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s", i ? "  " : "",
					 glyph_state(page->ctx->opts.glyphs, i), names[i]);
	text_page__paragraph(page, STYLE_PLAIN, 10, text);
}

/* What each column of a list means, those that there is no room for, too. */
static void put_columns(struct text_page *page, const struct list_def *def)
{
	char text[256];

	snprintf(text, sizeof(text), "Columns%s%s", def->name ? ": " : "",
		 def->name ? def->name : "");
	text_page__line(page, STYLE_PLAIN, "");
	text_page__line(page, STYLE_BOLD, text);
	for (size_t i = 0; i < def->n; i++) {
		const char *title = list_column__title(&def->columns[i]);

		if (!*title)
			continue;
		snprintf(text, sizeof(text), "  %-14s %s", title,
			 list_column__help(&def->columns[i]));
		text_page__paragraph(page, STYLE_PLAIN, 17, text);
	}
}

/* How the picture is to be read. */
static void put_legend(struct text_page *page)
{
	static const char *const texts[] = {
		"LOST      CPUs it would have used and did not get: KVM, VMM, waiting",
		"WHY       the costliest finding: ! act, ? look; e explains it",
		("numbers   are of the last interval; shares are of vCPU time: 100 is all vCPUs of "
		 "the VM all the time. - is not known"),
	};

	put_bar(page);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		text_page__paragraph(page, STYLE_PLAIN, 10, texts[i]);
	text_page__line(page, STYLE_PLAIN, "");
}

/* Those that the bottom line begins with. */
static void put_first_keys(struct text_page *page, const struct view *below)
{
	text_page__line(page, STYLE_BOLD, "The first keys; all are below");
	for (unsigned int rank = 1; rank <= FIRST_RANKS; rank++)
		for (size_t i = 0; i < keys_count(); i++)
			if (keys_rank(keys_at(i), below->ops->id) == rank)
				put_key(page, keys_at(i));
	text_page__line(page, STYLE_PLAIN, "");
}

static void add_word(char *buf, size_t size, const char *label, const char *text)
{
	const size_t used = strlen(buf);

	if (text && *text)
		snprintf(buf + used, size - used, "  %s %s", label, text);
}

/* "kvmtop 1.0  Linux 6.12  exit path plain  statistics iterator  not counted 0": how all this is measured. */
static void format_program(const struct view_ctx *ctx, char *buf, size_t size)
{
	char kernel[120] = "", drops[24] = "";

	snprintf(buf, size, "kvmtop %s", ctx->opts.version ? ctx->opts.version : "");
	if (ctx->frame && ctx->frame->host.kernel)
		fmt_escape(glyphs_escape(ctx->opts.glyphs), ctx->frame->host.kernel,
			   strlen(ctx->frame->host.kernel), kernel, sizeof(kernel));
	if (ctx->frame)
		snprintf(drops, sizeof(drops), "%" PRIu64, frame__drops(ctx->frame));
	add_word(buf, size, "Linux", kernel);
	add_word(buf, size, "exit path", ctx->opts.exit_path);
	add_word(buf, size, "statistics", ctx->opts.statistics);
	add_word(buf, size, "not counted", drops);
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	struct text_page page;
	char text[400];

	text_page__begin(&page, ctx, view, area);
	put_legend(&page);
	put_first_keys(&page, view->below);
	for (unsigned int i = 0; i < KEYS_MAX; i++)
		put_group(&page, (enum key_group)i, view->below);
	for (size_t i = 0; i < view->below->ops->n_lists; i++)
		put_columns(&page, &view->below->ops->lists[i]);
	text_page__line(&page, STYLE_PLAIN, "");
	format_program(ctx, text, sizeof(text));
	text_page__paragraph(&page, STYLE_DIM, 2, text);
	text_page__end(&page);
	return 0;
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	(void)ctx;
	snprintf(buf, size, "  help: %s", view->below->ops->name);
}

const struct view_ops view_help = {
	.id = VIEW_HELP,
	.name = "help",
	.info = info,
	.draw = draw,
};
