// SPDX-License-Identifier: GPL-2.0
#include "screen_start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../options/command_line.h"
#include "../options/options.h"
#include "../tui/screen.h"
#include "../tui/term.h"

/* --sort is of VMs, and wins. */
static void choose(const struct options *options, struct list_choice *vms)
{
	const struct order *order = &options->query.order;
	const char *sort;

	if (!order->given)
		return;
	sort = order->key < SORT_KEY_MAX
		       ? sort_key_name((enum sort_key)order->key)
		       : registry_column((enum column_id)(order->key - SORT_KEY_MAX))->name;
	snprintf(vms->sort, sizeof(vms->sort), "%s", sort ? sort : "");
	vms->reversed = order->reversed;
}

int screen_start__new(const struct options *options, const struct term *term,
		      const struct screen_opts *shown, struct screen **ret_screen)
{
	struct list_choice lists[LIST_KIND_MAX];
	struct screen_opts opts = {
		.version = options__version(),
		.glyphs = term__glyphs(term),
		.recorded = shown->recorded,
		.kvm = shown->kvm,
		.exit_path = shown->exit_path,
		.statistics = shown->statistics,
		.interval_s = (double)options->interval_ns / 1e9,
		.rules = &options->rules,
		.mouse = options->mouse,
		.fields = options->fields,
		.no_children = options->no_children,
		.hist = options->hist,
		.reason = options->hist_reason,
		.cursor_on_selection = !term__has_colors(term) || getenv("KVMTOP_CURSOR"),
	};

	memcpy(lists, options->lists, sizeof(lists));
	choose(options, &lists[LIST_KIND_VMS]);
	opts.chosen = lists;
	return screen__new(&opts, ret_screen);
}

uint32_t screen_start__key(const struct options *options)
{
	if (options__event_view(options))
		return '4';
	if (options->by_given && options->query.by == BY_VCPU)
		return '2';
	return options->hist || (options->by_given && options->query.by == BY_REASON) ? '3' : 0;
}
