// SPDX-License-Identifier: GPL-2.0
#include "scope_head.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "../render/cell.h"
#include "cells.h"
#include "marks.h"

/* So many lines are left to lists, at least, before there is a line of numbers, and one of words. */
#define LISTS_MIN 6
/* Before there are more words. */
#define LISTS_GOOD 12
#define LABEL 5
/* Where words on evidence and next steps begin. */
#define INDENT 12
#define EVIDENCE_TEXT 600

/* The area begins a line lower from now on. Returns that line. */
static size_t take_line(struct area *area)
{
	area->height--;
	return area->row++;
}

/* "guest 29.4  kvm 1.9  ...": all six, as they add up. */
static void format_shares(const struct time_shares *shares, char *buf, size_t size)
{
	static const char *const names[STATE_MAX] = { "guest", "kvm",	"vmm",
						      "poll",  "block", "delay" };
	size_t used = 0;

	*buf = '\0';
	for (size_t i = 0; i < STATE_MAX && used < size; i++) {
		char pct[FMT_SIZE];

		fmt_pct(shares->pct[i], pct, sizeof(pct));
		used += (size_t)snprintf(buf + used, size - used, "%s%s %s", i ? "  " : "",
					 names[i],
					 time_shares_known(shares, i) ? pct : FMT_UNKNOWN);
	}
}

/* "LOST 1.31" at the right end, if there is room behind @used columns. */
static void draw_lost(const struct view_ctx *ctx, const struct frame_vm *vm,
		      const struct frame_vcpu *vcpu, size_t row, size_t used)
{
	struct row of = {
		.kind = vcpu ? ROW_VCPU : ROW_VM, .frame = ctx->frame, .vm = vm, .vcpu = vcpu
	};
	__autofree char *lost =
		cell_format(COLUMN_LOST_CPUS, &of, glyphs_escape(ctx->opts.glyphs), FMT_UNKNOWN);
	char text[32];

	snprintf(text, sizeof(text), "LOST %s", lost ? lost : FMT_UNKNOWN);
	if (used + fmt_width(text) + 2 <= ctx->grid->width)
		line_put_right(ctx->grid, row, STYLE_PLAIN, text);
}

/* How many bytes of @text go into @width columns without a word that is cut; all of it if it fits, or has no blank. */
static size_t line_length(const char *text, size_t width)
{
	size_t n = strlen(text), at = 0;
	char line[EVIDENCE_TEXT];

	if (fmt_width(text) <= width)
		return n;
	for (size_t i = 1; i < n && i < sizeof(line); i++) {
		if (text[i] != ' ')
			continue;
		snprintf(line, sizeof(line), "%.*s", (int)i, text);
		if (fmt_width(line) > width)
			break;
		at = i;
	}
	return at ? at : n;
}

/* In two lines, if it is too long for one and there is room. */
static void put_labelled(const struct view_ctx *ctx, struct area *area, const char *label,
			 const char *text)
{
	const size_t width = ctx->grid->width - INDENT;
	char line[EVIDENCE_TEXT];
	size_t n = area->height > LISTS_GOOD + 1 ? line_length(text, width) : strlen(text);
	size_t row = take_line(area);

	grid__put(ctx->grid, row, 2, INDENT - 2, STYLE_DIM, label);
	snprintf(line, sizeof(line), "%.*s", (int)n, text);
	cell_put(ctx->grid, (struct place){ row, INDENT, width }, true, STYLE_PLAIN, line);
	if (!text[n])
		return;
	row = take_line(area);
	cell_put(ctx->grid, (struct place){ row, INDENT, width }, true, STYLE_PLAIN, text + n + 1);
}

/* Why, in a line; then, as long as there is room, what that rests on and what to do. */
static void draw_why(const struct view_ctx *ctx, const struct frame_vm *vm,
		     const struct frame_vcpu *vcpu, struct area *area)
{
	const enum fmt_escape escape = glyphs_escape(ctx->opts.glyphs);
	/* The one of the vCPU itself, if it has one; else the VM's. */
	const struct finding *finding =
		(vcpu ? mark_vcpu_finding(ctx->frame, vcpu) : NULL) ?: mark_finding(ctx->frame, vm);
	const enum severity mark = finding ? finding->severity : SEVERITY_NONE;
	const size_t row = take_line(area);
	char why[WHY_SIZE], line[EVIDENCE_LINE], evidence[EVIDENCE_TEXT] = "";

	if (finding && finding->vcpu)
		fmt_escape(escape, finding->long_text, strlen(finding->long_text), why,
			   sizeof(why));
	else
		mark_why(ctx->frame, vm, ctx->grid->width - 2, escape, why);
	grid__put(ctx->grid, row, 0, 1, mark_style(mark), mark_text(mark));
	cell_put(ctx->grid, (struct place){ row, 2, ctx->grid->width - 2 }, true, STYLE_BOLD, why);
	for (size_t i = 0; finding && i < finding->n_evidence; i++) {
		const size_t used = strlen(evidence);

		evidence_format(&finding->evidence[i], escape, line);
		snprintf(evidence + used, sizeof(evidence) - used, "%s%s", i ? "; " : "", line);
	}
	if (evidence[0] && area->height > LISTS_GOOD)
		put_labelled(ctx, area, "evidence", evidence);
	if (finding && finding->next && area->height > LISTS_GOOD)
		put_labelled(ctx, area, "next", finding->next);
}

void scope_head__draw(const struct view_ctx *ctx, const struct frame_vm *vm,
		      const struct frame_vcpu *vcpu, struct area *area)
{
	const struct time_shares *shares = vcpu ? &vcpu->shares : &vm->shares;
	char text[160];
	size_t row;

	if (area->height > LISTS_MIN - 2 && ctx->grid->width > LABEL) {
		row = take_line(area);
		grid__put(ctx->grid, row, 0, LABEL, STYLE_BOLD, "TIME");
		bar_put(ctx->grid, (struct place){ row, LABEL, ctx->grid->width - LABEL },
			ctx->opts.glyphs, shares);
	}
	if (area->height > LISTS_MIN) {
		format_shares(shares, text, sizeof(text));
		row = take_line(area);
		draw_lost(ctx, vm, vcpu, row,
			  grid__put(ctx->grid, row, LABEL, ctx->grid->width, STYLE_PLAIN, text));
	}
	if (area->height > LISTS_MIN - 2 && marks_known(ctx->frame))
		draw_why(ctx, vm, vcpu, area);
}

void scope_head__absent(const struct view_ctx *ctx, const char *what, struct area area)
{
	char text[64];

	snprintf(text, sizeof(text), " This %s is not there at this time.", what);
	if (area.height)
		grid__put(ctx->grid, area.row + area.height / 4, 0, ctx->grid->width, STYLE_DIM,
			  text);
}
