// SPDX-License-Identifier: GPL-2.0
#include "no_vm.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "cells.h"

static const char *const why_none[] = {
	"Did you expect VMs?",
	"  - in a container? Run kvmtop on the host: it sees the host's pids only",
	"  - with another hypervisor (Xen, VMware, VirtualBox)? Not KVM's",
	"  - with QEMU without -accel kvm (TCG)? There are no exits to see",
	"",
	"Try it without a VM: kvmtop --replay /usr/share/doc/kvmtop/sample.rec",
};

/* A line at the next row of @area, as long as there is one. */
static void put(const struct view_ctx *ctx, struct area *area, enum style style, const char *text)
{
	const size_t indent = ctx->grid->width >= 60 ? 6 : 1;

	if (!area->height)
		return;
	grid__put(ctx->grid, area->row, indent, ctx->grid->width, style, text);
	area->row++;
	area->height--;
}

static void put_source(const struct view_ctx *ctx, struct area *area, enum source_id id,
		       const char *name, const char *by)
{
	const struct source_state *source = &ctx->frame->sources[id];
	char error[200], text[256];

	if (!source->used)
		return;
	error[0] = '\0';
	if (source->error)
		fmt_escape(glyphs_escape(ctx->opts.glyphs), source->error, strlen(source->error),
			   error, sizeof(error));
	snprintf(text, sizeof(text), "%-11s %s%s%s", name, source->error ? error : "ok",
		 source->error || !by ? "" : ": ", source->error || !by ? "" : by);
	put(ctx, area, source->error ? STYLE_LOOK : STYLE_PLAIN, text);
}

static void put_kvm(const struct view_ctx *ctx, struct area *area)
{
	char text[100];

	if (!ctx->opts.kvm)
		return;
	snprintf(text, sizeof(text), "%-11s loaded (%s)", "KVM", ctx->opts.kvm);
	put(ctx, area, STYLE_PLAIN, text);
}

void no_vm__draw(const struct view_ctx *ctx, struct area area)
{
	char path[64];

	if (area.height > 12)
		put(ctx, &area, STYLE_PLAIN, "");
	if (area.height > 12)
		put(ctx, &area, STYLE_PLAIN, "");
	put(ctx, &area, STYLE_BOLD,
	    ctx->opts.recorded ? "No VM was running at that time."
			       : "No VM is running on this host.");
	put(ctx, &area, STYLE_PLAIN, "");
	if (ctx->opts.recorded)
		return;
	put(ctx, &area, STYLE_PLAIN,
	    "kvmtop waits: a VM appears here within a second of its start.");
	put(ctx, &area, STYLE_PLAIN, "");
	put_kvm(ctx, &area);
	snprintf(path, sizeof(path), "exit path %s",
		 ctx->opts.exit_path ? ctx->opts.exit_path : "");
	put_source(ctx, &area, SOURCE_TRACEPOINTS, "counting", ctx->opts.exit_path ? path : NULL);
	put_source(ctx, &area, SOURCE_STATS, "statistics", ctx->opts.statistics);
	put(ctx, &area, STYLE_PLAIN, "");
	for (size_t i = 0; i < ARRAY_SIZE(why_none); i++)
		put(ctx, &area, STYLE_PLAIN, why_none[i]);
}
