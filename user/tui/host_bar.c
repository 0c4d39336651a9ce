// SPDX-License-Identifier: GPL-2.0
#include "host_bar.h"

#include <stdio.h>
#include <string.h>

#include "../model/frame.h"
#include "cells.h"
#include "view.h"

/* As long as the text behind the bar gets. */
#define TEXT_WIDTH 48
#define BAR_MIN 16

/* "46", "6.7": no more than a glance needs. */
static void format_part(char *buf, size_t size, const char *name, bool known, double pct)
{
	if (!known)
		snprintf(buf, size, "%s -", name);
	else
		snprintf(buf, size, "%s %.*f", name, pct < 9.95, pct);
}

void shares_format(const struct time_shares *shares, char *buf, size_t size)
{
	const double halt = shares->pct[STATE_HALT_POLL] + shares->pct[STATE_HALT_BLOCK];
	char parts[5][24];

	*buf = '\0';
	if (!shares->valid)
		return;
	format_part(parts[0], sizeof(parts[0]), "guest", true, shares->pct[STATE_GUEST]);
	format_part(parts[1], sizeof(parts[1]), "kvm", true, shares->pct[STATE_KVM]);
	format_part(parts[2], sizeof(parts[2]), "vmm", true, shares->pct[STATE_VMM]);
	format_part(parts[3], sizeof(parts[3]), "halt", true, halt);
	format_part(parts[4], sizeof(parts[4]), "delay", shares->run_delay_valid,
		    shares->pct[STATE_RUN_DELAY]);
	snprintf(buf, size, "%s %s %s %s %s", parts[0], parts[1], parts[2], parts[3], parts[4]);
}

void host_bar__draw(const struct view_ctx *ctx, size_t row)
{
	struct grid *grid = ctx->grid;
	const struct time_shares *shares = &ctx->frame->shares;
	struct place place = { row, 5, 0 };
	char text[160];

	if (grid->width < 12)
		return;
	place.width = grid->width - 5;
	if (place.width >= BAR_MIN + TEXT_WIDTH) {
		place.width -= TEXT_WIDTH;
		shares_format(shares, text, sizeof(text));
		grid__put(grid, row, place.column + place.width + 2, TEXT_WIDTH - 2, STYLE_PLAIN,
			  text);
	}
	grid__put(grid, row, 0, 5, STYLE_BOLD, "TIME");
	bar_put(grid, place, ctx->opts.glyphs, shares);
}
