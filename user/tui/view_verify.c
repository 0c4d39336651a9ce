// SPDX-License-Identifier: GPL-2.0
/* view_verify: what kvmtop counted beside what KVM did, pair by pair, since the view was opened. */
#include "view_verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../model/frame.h"
#include "../model/verify.h"
#include "cells.h"
#include "marks.h"
#include "subject.h"
#include "text_page.h"

/* Below this width there is no room for the event beside the statistic. */
#define WIDTH_EVENT 70

/* So much of the event is told, which may be a long list of reasons. */
#define EVENT_TEXT 24

static size_t count(const struct screen_verified *verified, enum verify_verdict verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < verified->n; i++)
		n += verified->pairs[i].verdict == verdict;
	return n;
}

/* Of all VMs that are compared. */
static uint64_t count_exits(const struct screen_verified *verified)
{
	uint64_t exits = 0;

	for (size_t i = 0; i < verified->n; i++)
		if (!strcmp(verified->pairs[i].event, "kvm_exit") &&
		    verified->pairs[i].tracepoint_valid)
			exits += verified->pairs[i].tracepoint[0];
	return exits;
}

static void put_summary(struct text_page *page, const struct screen_verified *verified)
{
	const size_t bad = count(verified, VERIFY_MISMATCH), good = count(verified, VERIFY_OK);
	char text[200];

	snprintf(text, sizeof(text),
		 "%zu %s, %zu %s not, over %" PRIu64 " exits in %.0f s; %zu not compared", good,
		 good == 1 ? "pair agrees" : "pairs agree", bad, bad == 1 ? "does" : "do",
		 count_exits(verified), verified->seconds, count(verified, VERIFY_SKIPPED));
	text_page__paragraph(page, bad ? STYLE_ACT : STYLE_BOLD, 2, text);
	text_page__line(page, STYLE_PLAIN, "");
}

/* The VM: its name, if the frame has it, and what no other has. */
static void format_vm(const struct view_ctx *ctx, const struct verify_pair *pair, char *buf,
		      size_t size)
{
	char name[SUBJECT_NAME] = "";

	for (size_t i = 0; ctx->frame && i < ctx->frame->n_vms; i++)
		if (!strcmp(ctx->frame->vms[i].id, pair->vm_id))
			vm_plain_name(ctx, &ctx->frame->vms[i], name, sizeof(name));
	snprintf(buf, size, "%s%s%s", name, *name ? "  " : "", pair->vm_id);
}

/* Growth of the statistic: "17", or "16..18" where it is not known better. */
static void format_growth(const struct verify_pair *pair, char *buf, size_t size)
{
	const uint64_t *range = pair->stats_valid ? pair->stats : pair->debugfs;

	if (!pair->stats_valid && !pair->debugfs_valid)
		snprintf(buf, size, "%s", FMT_UNKNOWN);
	else if (range[0] == range[1])
		snprintf(buf, size, "%" PRIu64, range[0]);
	else
		snprintf(buf, size, "%" PRIu64 "..%" PRIu64, range[0], range[1]);
}

static void put_pair(struct text_page *page, const struct verify_pair *pair)
{
	static const char *const verdicts[] = {
		[VERIFY_OK] = "ok", [VERIFY_MISMATCH] = "DIFFERS", [VERIFY_SKIPPED] = "-"
	};
	const bool wide = page->ctx->grid->width >= WIDTH_EVENT;
	const char *why = pair->verdict == VERIFY_OK || !pair->why ? "" : pair->why;
	char growth[48], event[EVENT_TEXT + 4] = "", text[400];

	if (wide)
		snprintf(event, sizeof(event), "%-*.*s ", EVENT_TEXT, EVENT_TEXT, pair->event);
	format_growth(pair, growth, sizeof(growth));
	snprintf(text, sizeof(text), "  %-7s %-17s %s%9s%s%s%s%s", verdicts[pair->verdict],
		 pair->stat, event, growth, pair->class == VERIFY_EXACT ? "" : "  ",
		 pair->class == VERIFY_EXACT ? "" : verify_class_name(pair->class),
		 *why ? "  " : "", why);
	text_page__paragraph(page, pair->verdict == VERIFY_MISMATCH ? STYLE_ACT : STYLE_PLAIN, 10,
			     text);
}

/* Those with @verdict, below the names of their VMs. */
static void put_pairs(struct text_page *page, const struct screen_verified *verified,
		      enum verify_verdict verdict)
{
	char name[SUBJECT_NAME + VM_ID_SIZE + 2];
	const char *before = NULL;

	for (size_t i = 0; i < verified->n; i++) {
		const struct verify_pair *pair = &verified->pairs[i];

		if (pair->verdict != verdict)
			continue;
		if (!before || strcmp(pair->vm_id, before) != 0) {
			format_vm(page->ctx, pair, name, sizeof(name));
			text_page__line(page, STYLE_BOLD, name);
		}
		before = pair->vm_id;
		put_pair(page, pair);
	}
}

static int draw(const struct view_ctx *ctx, struct view *view, struct area area)
{
	const struct screen_verified *verified = ctx->verified;
	struct text_page page;

	text_page__begin(&page, ctx, view, area);
	if (!verified)
		text_page__line(&page, STYLE_PLAIN,
				"The first reading is taken with the next frame.");
	else if (verified->why)
		text_page__paragraph(&page, STYLE_LOOK, 2, verified->why);
	else if (!verified->n)
		text_page__line(&page, STYLE_PLAIN, "There is no VM to compare yet.");
	if (verified && verified->n && !verified->why) {
		put_summary(&page, verified);
		put_pairs(&page, verified, VERIFY_MISMATCH);
		put_pairs(&page, verified, VERIFY_OK);
		text_page__line(&page, STYLE_PLAIN, "");
		text_page__line(&page, STYLE_BOLD, "Not compared");
		put_pairs(&page, verified, VERIFY_SKIPPED);
	}
	text_page__end(&page);
	return 0;
}

static void info(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size)
{
	(void)ctx;
	(void)view;
	snprintf(buf, size, "  verify: kvmtop's counts and KVM's");
}

const struct view_ops view_verify = {
	.id = VIEW_VERIFY,
	.name = "verify",
	.info = info,
	.draw = draw,
};
