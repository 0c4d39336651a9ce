// SPDX-License-Identifier: GPL-2.0
#include "action_shown.h"

#include "../base/cleanup.h"
#include "keys.h"
#include "list_columns.h"
#include "list_draw.h"
#include "state.h"
#include "wish.h"

/* ---- order */

int action_shown_sort_by(struct state *state, size_t sort, bool reversed)
{
	struct view *view = state__view(state);
	struct list *list = view__list(view);

	list->sort = sort;
	list->reversed = reversed;
	list->held_until_ns = 0;
	state__chose(state, view, view->at);
	return state__refill(state, REFILL_CHANGED);
}

/* The next column that is seen; the last one stays. */
static size_t next_sort(const struct state *state, const struct list_def *def,
			const struct list *list, size_t by)
{
	struct list_layout layout;

	list_layout__fit(def, list, list_hidden(&state->ctx, def, list), 0, state->grid.width,
			 state->grid.width, &layout);
	for (size_t i, at = list__place_of(list, def, list->sort) + by; at < def->n; at += by) {
		i = list__column_at(list, at);
		if (layout.shown[i] && list_column__sorts(&def->columns[i]))
			return i;
	}
	return list->sort;
}

int action_shown_sort(struct state *state, const struct key_def *def, struct wish *wish)
{
	struct view *view = state__view(state);
	const struct list_def *lists = &view->ops->lists[view->at];

	(void)wish;
	return action_shown_sort_by(
		state, next_sort(state, lists, view__list(view), (size_t)def->n), false);
}

int action_shown_reverse(struct state *state, const struct key_def *def, struct wish *wish)
{
	const struct list *list = view__list(state__view(state));

	(void)def;
	(void)wish;
	return action_shown_sort_by(state, list->sort, !list->reversed);
}

/* ---- what is shown */

static int toggle(struct state *state, bool *what, const char *on, const char *off)
{
	*what = !*what;
	state__hint(state, *what ? on : off);
	return state__refill(state, REFILL_CHANGED);
}

int action_shown_clear(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	(void)wish;
	filter__clear(&state->filter);
	return state__refill(state, REFILL_CHANGED);
}

int action_shown_findings(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	(void)wish;
	return toggle(state, &state->filter.findings, "only rows with findings", "all rows");
}

int action_shown_idle(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	(void)wish;
	return toggle(state, &state->filter.no_idle, "idle rows are hidden", "idle rows are shown");
}

int action_shown_zeros(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	(void)wish;
	return toggle(state, &state->ctx.zeros, "zero rows are shown", "zero rows are hidden");
}

int action_shown_children(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	(void)wish;
	if (state__view(state)->ops->id == VIEW_VMS)
		return toggle(state, &state->ctx.vcpus, "vCPUs: on", "vCPUs: off");
	return toggle(state, &state->ctx.children, "children: on", "children: off");
}

int action_shown_trends(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	(void)wish;
	return toggle(state, &state->ctx.trends, "trends: on", "trends: off");
}

int action_shown_follow(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	(void)wish;
	return toggle(state, &state->follow, "the selection follows its row",
		      "the selection stays on its line");
}

int action_shown_by(struct state *state, const struct key_def *def, struct wish *wish)
{
	static const char *const texts[] = { "of all VMs together", "by VM", "by vCPU" };

	(void)def;
	(void)wish;
	state->ctx.by = (state->ctx.by + 1) % ARRAY_SIZE(texts);
	state__hint(state, texts[state->ctx.by]);
	return state__refill(state, REFILL_CHANGED);
}

int action_shown_units(struct state *state, const struct key_def *def, struct wish *wish)
{
	static const char *const texts[UNITS_MAX] = { "per second", "per interval",
						      "total, since counting began" };

	(void)def;
	(void)wish;
	state->ctx.units = (state->ctx.units + 1) % UNITS_MAX;
	state__hint(state, texts[state->ctx.units]);
	return 0;
}

int action_shown_zoom(struct state *state, const struct key_def *def, struct wish *wish)
{
	const int panel = state->ctx.panel + def->n;

	if (state->ctx.opts.recorded && state->ctx.time.mode == SCREEN_PLAYING) {
		wish->kind = WISH_SPEED;
		wish->n = def->n;
	} else if (panel >= -20 && panel <= 20) {
		state->ctx.panel = panel;
	}
	return 0;
}
