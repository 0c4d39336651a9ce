/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_chart: how often an event happened lately, as bars as high as there is room for. Pure.
 */
#ifndef KVMTOP_TUI_EVENT_CHART_H
#define KVMTOP_TUI_EVENT_CHART_H

#include "view.h"

struct event_ref;

/* A header, the bars, and from when to when they are: over all of @area, which has at least 2 lines. */
void event_chart__draw(const struct view_ctx *ctx, const struct subject *subject,
		       const struct event_ref *ref, struct area area);

#endif
