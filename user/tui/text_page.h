/* SPDX-License-Identifier: GPL-2.0 */
/*
 * text_page: a view of lines of text that is scrolled. Pure.
 */
#ifndef KVMTOP_TUI_TEXT_PAGE_H
#define KVMTOP_TUI_TEXT_PAGE_H

#include "grid.h"
#include "view.h"

/* Takes the lines one by one, and draws those that are seen. */
struct text_page {
	const struct view_ctx *ctx;
	struct view *view;
	struct area area;
	size_t n; /* lines so far */
};

void text_page__begin(struct text_page *page, const struct view_ctx *ctx, struct view *view,
		      struct area area);
/* Escaped; what is too long is cut. */
void text_page__line(struct text_page *page, enum style style, const char *text);
/* One of words, which is broken where the screen ends; the lines after the first are @indent columns in. */
void text_page__paragraph(struct text_page *page, enum style style, size_t indent,
			  const char *text);
/* So many lines there were. */
void text_page__end(struct text_page *page);

#endif
