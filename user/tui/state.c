// SPDX-License-Identifier: GPL-2.0
#include "state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../model/event_trail.h"
#include "../model/trail.h"
#include "chosen.h"
#include "list_columns.h"
#include "views.h"

/* Longer than any name in brackets, with its state before it. */
#define LABEL_MAX 512

/* ---- begin and end */

static void init_view(const struct state *state, struct view *view, const struct view_ops *ops)
{
	*view = (struct view){ .ops = ops };
	for (size_t i = 0; i < ops->n_lists; i++)
		chosen__apply(&state->chosen[ops->lists[i].kind], &ops->lists[i], &view->lists[i]);
}

static void release_view(struct view *view)
{
	for (size_t i = 0; i < VIEW_LISTS; i++)
		list__release(&view->lists[i]);
}

int state__init(struct state *state, const struct screen_opts *opts)
{
	int err;

	*state = (struct state){ .ctx = { .opts = *opts,
					  .time = { .interval_s = opts->interval_s },
					  .self = { .cpu_pct = -1 },
					  .trends = true,
					  .children = !opts->no_children },
				 .opens_reason = opts->hist,
				 .follow = true,
				 .mouse = opts->mouse };
	if (opts->fields && filter__set_regex(&state->filter, opts->fields))
		state__hint(state, "-f is too long for the screen: press f");
	state->ctx.opts.chosen = NULL;
	if (opts->chosen)
		memcpy(state->chosen, opts->chosen, sizeof(state->chosen));
	state->ctx.grid = &state->grid;
	state->ctx.filter = &state->filter;
	state->ctx.messages = &state->messages;
	state->ctx.slow = &state->slow;
	for (unsigned int i = 0; i < VIEW_VM; i++) {
		const struct view_ops *ops = views_find((enum view_id)i);

		if (ops)
			init_view(state, &state->tops[i], ops);
	}
	state->stack[0] = &state->tops[VIEW_VMS];
	state->depth = 1;
	err = trail__new(&state->trail);
	state->ctx.trail = state->trail;
	state->events = event_trail__new();
	state->ctx.events = state->events;
	if (!err && !state->events)
		err = -ENOMEM;
	err = err ?: grid__resize(&state->grid, 80, 24);
	if (err)
		state__release(state);
	return err;
}

void state__release(struct state *state)
{
	while (state__close(state))
		;
	for (size_t i = 0; i < VIEW_VM; i++)
		release_view(&state->tops[i]);
	filter__clear(&state->filter);
	messages__release(&state->messages);
	trail__free(state->trail);
	event_trail__free(state->events);
	slow_log__release(&state->slow);
	grid__release(&state->grid);
}

/* ---- views */

struct view *state__view(const struct state *state)
{
	return state->stack[state->depth - 1];
}

/* Other lists of the same kind as @list become like it. */
static void choose_in(struct state *state, struct view *view, enum list_kind kind,
		      const struct list *list)
{
	for (size_t i = 0; view->ops && i < view->ops->n_lists; i++)
		if (view->ops->lists[i].kind == kind && &view->lists[i] != list)
			chosen__apply(&state->chosen[kind], &view->ops->lists[i], &view->lists[i]);
}

void state__chose(struct state *state, struct view *view, size_t i)
{
	const enum list_kind kind = view->ops->lists[i].kind;
	const struct list *list = &view->lists[i];

	if (kind == LIST_KIND_NONE)
		return;
	chosen__read(&view->ops->lists[i], list, &state->chosen[kind]);
	for (size_t j = 0; j < VIEW_VM; j++)
		choose_in(state, &state->tops[j], kind, list);
	for (size_t j = 1; j < state->depth; j++)
		choose_in(state, state->stack[j], kind, list);
}

int state__open(struct state *state, enum view_id id, const struct subject *subject)
{
	const struct view_ops *ops = views_find(id);
	struct view *view;

	if (!ops)
		return -ENOENT;
	if (state->depth == STATE_DEPTH)
		return -EMFILE;
	view = malloc(sizeof(*view));
	if (!view)
		return -ENOMEM;
	init_view(state, view, ops);
	view->below = state__view(state);
	if (subject)
		view->subject = *subject;
	state->stack[state->depth++] = view;
	return 0;
}

bool state__close(struct state *state)
{
	struct view *view = state__view(state);

	if (state->depth == 1)
		return false;
	release_view(view);
	free(view);
	state->depth--;
	return true;
}

int state__switch(struct state *state, enum view_id id)
{
	if (id >= VIEW_VM || !state->tops[id].ops)
		return -ENOENT;
	while (state__close(state))
		;
	state->stack[0] = &state->tops[id];
	return 0;
}

/* ---- rows that are gone */

static struct gone_row *make_gone(const struct state *state, const char *label, bool stays)
{
	struct gone_row *gone = calloc(1, sizeof(*gone));

	if (!gone)
		return NULL;
	gone->label = strdup(label);
	gone->since_ns = state->ctx.now_ns;
	gone->stays = stays;
	if (gone->label)
		return gone;
	free(gone);
	return NULL;
}

static bool is_over(const struct state *state, const struct list *list, const struct list_row *old)
{
	const struct gone_row *gone = old->gone;

	if (gone->stays)
		return !list->selected || !row_id_same(list->id, old->id);
	return gone->frames >= STATE_GONE_FRAMES &&
	       state->ctx.now_ns >= gone->since_ns + STATE_HOLD_NS;
}

/* Whether the frame before had it and this one does not. Elsewhere in time only what is selected matters. */
static bool has_ended(const struct state *state, const struct list *list,
		      const struct list_row *old, enum refill why, char *label)
{
	const struct view_ops *ops = state__view(state)->ops;
	char name[LABEL_MAX - 16];

	if (why == REFILL_CHANGED || !ops->ended)
		return false;
	if (why == REFILL_OTHER_FRAME && (!list->selected || !row_id_same(list->id, old->id)))
		return false;
	if (!ops->ended(&state->ctx, old, name, sizeof(name)))
		return false;
	/* Elsewhere in time it may not have begun yet. */
	snprintf(label, LABEL_MAX, "%s%s", why == REFILL_OTHER_FRAME ? "(not there) " : "(ended) ",
		 name);
	return true;
}

/* What is to be done with the old row number @i, which was not added. */
static int keep_old(struct state *state, struct list *list, size_t i, enum refill why)
{
	struct list_row *old = &list->old[i];
	struct gone_row *gone;
	char label[LABEL_MAX];

	if (old->gone) {
		old->gone->frames += why == REFILL_NEW_FRAME;
		/* How long ago it ended says nothing there. */
		old->gone->stays |= why == REFILL_OTHER_FRAME;
		if (is_over(state, list, old))
			return 0;
		gone = old->gone;
		old->gone = NULL;
		return list__keep(list, i, gone);
	}
	if (!has_ended(state, list, old, why, label))
		return 0;
	gone = make_gone(state, label, why == REFILL_OTHER_FRAME);
	return gone ? list__keep(list, i, gone) : -ENOMEM;
}

/* ---- filling */

static int refill_list(struct state *state, struct view *view, size_t i, enum refill why)
{
	struct list *list = &view->lists[i];
	const struct list_column *column = &view->ops->lists[i].columns[list->sort];
	const struct list_rules rules = { .ascending =
						  list_column__ascends(column) != list->reversed,
					  .held = state->ctx.now_ns < list->held_until_ns,
					  .damped = why == REFILL_NEW_FRAME,
					  .follow = state->follow };
	int err;

	list__begin(list);
	err = view->ops->fill(&state->ctx, view, i) ?: list__match(list);
	for (size_t j = 0; j < list->n_old && !err; j++)
		if (!list__has(list, j))
			err = keep_old(state, list, j, why);
	return err ?: list__arrange(list, &rules);
}

int state__refill(struct state *state, enum refill why)
{
	struct view *view = state__view(state);
	/* While the order is held its rows stay what they are. */
	int err = view->ops->id == VIEW_SLOW && !state__held(state) ? slow_log__show(&state->slow)
								    : 0;

	for (size_t i = 0; i < view->ops->n_lists && state->ctx.frame && !err; i++)
		err = refill_list(state, view, i, why);
	return err;
}

/* ---- what is told, and what is held */

void state__hint(struct state *state, const char *text)
{
	snprintf(state->hint, sizeof(state->hint), "%s", text);
	state->hint_until_ns = 0;
}

void state__hold(struct state *state)
{
	struct view *view = state__view(state);

	view__list(view)->held_until_ns = state->ctx.now_ns + STATE_HOLD_NS;
}

bool state__held(const struct state *state)
{
	return state->ctx.now_ns < view__list(state__view(state))->held_until_ns;
}
