// SPDX-License-Identifier: GPL-2.0
#include "text_page.h"

#include <stdio.h>
#include <string.h>

#include "../base/fmt.h"

void text_page__begin(struct text_page *page, const struct view_ctx *ctx, struct view *view,
		      struct area area)
{
	*page = (struct text_page){ .ctx = ctx, .view = view, .area = area };
}

void text_page__line(struct text_page *page, enum style style, const char *text)
{
	const size_t at = page->n++;

	if (at < page->view->scroll || at - page->view->scroll >= page->area.height)
		return;
	grid__put(page->ctx->grid, page->area.row + at - page->view->scroll, 1,
		  page->ctx->grid->width, style, text);
}

/* How many bytes of @text, whole words of them, there is room for; at least one word. */
static size_t fitting(const char *text, size_t columns)
{
	size_t fits = 0, at = 0;

	while (text[at]) {
		size_t word = at + strspn(text + at, " ");
		char line[256];

		word += strcspn(text + word, " ");
		snprintf(line, sizeof(line), "%.*s", (int)word, text);
		if (fits && (word >= sizeof(line) || fmt_width(line) > columns))
			break;
		fits = at = word;
	}
	return fits;
}

void text_page__paragraph(struct text_page *page, enum style style, size_t indent, const char *text)
{
	const size_t width = page->ctx->grid->width > 2 ? page->ctx->grid->width - 2 : 1;
	size_t in = 0;
	char line[300];

	if (indent + 10 > width)
		indent = 0;
	do {
		const size_t n = fitting(text, width - in);

		snprintf(line, sizeof(line), "%*s%.*s", (int)in, "", (int)n, text);
		text_page__line(page, style, line);
		text += n;
		text += strspn(text, " ");
		in = indent;
	} while (*text);
}

void text_page__end(struct text_page *page)
{
	page->view->pages = page->n;
	page->view->seen = page->area.height;
}
