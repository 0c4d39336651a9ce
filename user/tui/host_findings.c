// SPDX-License-Identifier: GPL-2.0
#include "host_findings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "../model/rules_set.h"
#include "cells.h"
#include "marks.h"

#define GAP 3
/* Below this width only the numbers of rules have room. */
#define WIDTH_TITLES 60

struct count {
	const struct finding *worst;
	size_t vms;
};

/* By rule, in the order of the worst one of each. A VM counts once, also with several vCPUs. 0 or -ENOMEM. */
static int count_vms(const struct frame *frame, struct count counts[RULE_ID_MAX], size_t *ret_n)
{
	const struct findings *findings = frame->findings;
	__autofree uint32_t *seen = calloc(frame->n_vms + 1, sizeof(*seen));
	size_t n = 0;

	if (!seen)
		return -ENOMEM;
	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *finding = &findings->v[i];
		uint32_t *of_vm = &seen[finding->vm - frame->vms];
		size_t j = 0;

		if (*of_vm & RULE_BIT(finding->rule))
			continue;
		*of_vm |= RULE_BIT(finding->rule);
		while (j < n && counts[j].worst->rule != finding->rule)
			j++;
		if (j == n)
			counts[n++] = (struct count){ .worst = finding };
		counts[j].vms++;
	}
	*ret_n = n;
	return 0;
}

/* "R1 host is full: 2 VMs, 56.3 of 56 CPUs wanted"; or "R1: 2". */
static void format_count(const struct view_ctx *ctx, const struct count *count, char *buf,
			 size_t size)
{
	const struct findings *findings = ctx->frame->findings;
	const struct rule *rule = rules_set__of(ctx->opts.rules, count->worst->rule);
	char name[8], want[64] = "";

	rule_name(count->worst->rule, name);
	if (ctx->grid->width < WIDTH_TITLES) {
		snprintf(buf, size, " %s: %zu", name, count->vms);
		return;
	}
	if (count->worst->rule == RULE_R1 && findings->want_known)
		snprintf(want, sizeof(want), ", %.1f of %u CPUs wanted", findings->want_cpus,
			 ctx->frame->host.cpus);
	snprintf(buf, size, " %s %s: %zu %s%s", name, rule ? rule->title : "", count->vms,
		 fmt_plural(count->vms, "VM", "VMs"), want);
}

int host_findings__draw(const struct view_ctx *ctx, size_t row)
{
	struct grid *grid = ctx->grid;
	struct count counts[RULE_ID_MAX];
	size_t n = 0, at = 1;
	int err = count_vms(ctx->frame, counts, &n);

	if (!err && !n)
		grid__put(grid, row, 1, grid->width, STYLE_PLAIN, "no VM has a finding now");
	for (size_t i = 0; i < n && !err; i++) {
		const enum severity severity = counts[i].worst->severity;
		char text[160];

		format_count(ctx, &counts[i], text, sizeof(text));
		/* One that has no room is left out, as are those behind it; of the worst, what there is room for. */
		if (i && at + 1 + fmt_width(text) > grid->width)
			break;
		at = grid__put(grid, row, at, 1, mark_style(severity), mark_text(severity));
		at = grid__put(grid, row, at, grid->width - at, STYLE_PLAIN, text) + GAP;
	}
	return err;
}
