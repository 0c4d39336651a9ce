// SPDX-License-Identifier: GPL-2.0
/* view_explain: what is known of one VM, in words: its findings, and where its time went. */
#include "view_explain.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "../model/rules_set.h"
#include "../render/cell.h"
#include "cells.h"
#include "marks.h"
#include "subject.h"
#include "text_page.h"

static int put_share(struct text_page *page, struct row *row, enum column_id id)
{
	__autofree char *value = cell_format(id, row, FMT_ESCAPE_ASCII, FMT_UNKNOWN);
	char text[300];

	if (!value)
		return -1;
	snprintf(text, sizeof(text), "  %-8s %6s  %s", registry_column(id)->title, value,
		 registry_column(id)->help);
	text_page__paragraph(page, STYLE_PLAIN, 18, text);
	return 0;
}

/* Which rule it is, and from where on it holds: what the settings have it at. */
static void put_rule(struct text_page *page, const struct view_ctx *ctx,
		     const struct finding *finding)
{
	const struct rule *rule = rules_set__of(ctx->opts.rules, finding->rule);
	char text[700], name[8], value[24];
	size_t used;

	snprintf(text, sizeof(text), "  rule %s%s%s: it costs %.1f %% of the vCPU time of the VM",
		 rule_name(finding->rule, name), rule ? ", " : "", rule ? rule->title : "",
		 finding->cost_pct);
	text_page__paragraph(page, STYLE_DIM, 2, text);
	if (!rule)
		return;
	snprintf(text, sizeof(text), "  %s", rule->what);
	text_page__paragraph(page, STYLE_DIM, 2, text);
	used = (size_t)snprintf(text, sizeof(text), "  limits (rule.%s in settings): ", name);
	for (unsigned int i = 0, n = 0; rule_limit_name(i); i++)
		if (rule_limit_format(rule, i, value))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s",
						 n++ ? ", " : "", rule_limit_name(i), value);
	text_page__paragraph(page, STYLE_DIM, 2, text);
}

static void put_finding(struct text_page *page, const struct view_ctx *ctx,
			const struct finding *finding)
{
	char text[WHY_SIZE + 64], why[WHY_SIZE];

	fmt_escape(glyphs_escape(ctx->opts.glyphs), finding->long_text, strlen(finding->long_text),
		   why, sizeof(why));
	snprintf(text, sizeof(text), "%s %s", mark_text(finding->severity), why);
	text_page__paragraph(page, STYLE_BOLD, 2, text);
	for (size_t i = 0; i < finding->n_evidence; i++) {
		char line[EVIDENCE_LINE + 2] = "  ";

		evidence_format(&finding->evidence[i], glyphs_escape(ctx->opts.glyphs), line + 2);
		text_page__line(page, STYLE_PLAIN, line);
	}
	if (finding->next) {
		snprintf(text, sizeof(text), "  next: %s", finding->next);
		text_page__paragraph(page, STYLE_PLAIN, 8, text);
	}
	put_rule(page, ctx, finding);
	text_page__line(page, STYLE_PLAIN, "");
}

/* All of them, the worst first; or the word that stands for none. */
static void put_findings(struct text_page *page, const struct view_ctx *ctx,
			 const struct frame_vm *vm)
{
	const struct findings *findings = ctx->frame->findings;
	char why[WHY_SIZE];
	bool any = false;

	for (size_t i = 0; findings && i < findings->n; i++) {
		if (findings->v[i].vm != vm)
			continue;
		put_finding(page, ctx, &findings->v[i]);
		any = true;
	}
	if (any || !findings)
		return;
	mark_why(ctx->frame, vm, 0, glyphs_escape(ctx->opts.glyphs), why);
	text_page__paragraph(page, STYLE_BOLD, 0, why);
	text_page__line(page, STYLE_PLAIN, "");
}

static void put_vm(struct text_page *page, const struct view_ctx *ctx, const struct frame_vm *vm)
{
	static const enum column_id shares[] = { COLUMN_GUEST_PCT,	COLUMN_KVM_PCT,
						 COLUMN_VMM_PCT,	COLUMN_HALT_POLL_PCT,
						 COLUMN_HALT_BLOCK_PCT, COLUMN_RUN_DELAY_PCT };
	const struct list_row list_row = { .kind = ROW_VM, .vm = vm };
	struct row row;

	list_row__registry(&list_row, ctx->frame, &row);
	put_findings(page, ctx, vm);
	text_page__line(page, STYLE_BOLD, "Where the time of its vCPUs went, in %");
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++)
		if (put_share(page, &row, shares[i]))
			return;
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	const struct frame_vm *vm = subject__vm(ctx, &view->subject);
	struct text_page page;

	text_page__begin(&page, ctx, view, area);
	if (vm)
		put_vm(&page, ctx, vm);
	else
		text_page__line(&page, STYLE_DIM, "It is not there at this time.");
	text_page__end(&page);
	return 0;
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	(void)ctx;
	(void)view;
	snprintf(buf, size, "  explained");
}

const struct view_ops view_explain = {
	.id = VIEW_EXPLAIN,
	.name = "explanation",
	.info = info,
	.draw = draw,
};
