// SPDX-License-Identifier: GPL-2.0
/* screen: its state, and what goes in and out. */
#include "screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../model/event_trail.h"
#include "../model/frame.h"
#include "../model/query.h"
#include "action_inputs.h"
#include "actions.h"
#include "choices.h"
#include "keys.h"
#include "note_trail.h"
#include "paint.h"
#include "state.h"
#include "subject.h"
#include "trends.h"

struct screen {
	struct state state;
	bool was_held; /* when it was drawn last */
};

int screen__new(const struct screen_opts *opts, struct screen **ret_screen)
{
	struct screen *screen = calloc(1, sizeof(*screen));
	int err = screen ? state__init(&screen->state, opts) : -ENOMEM;

	if (err) {
		free(screen);
		return err;
	}
	*ret_screen = screen;
	return 0;
}

void screen__free(struct screen *screen)
{
	if (!screen)
		return;
	state__release(&screen->state);
	frame__free(screen->state.ctx.frame);
	free(screen);
}

/* ---- what it is told */

/* More is kept of what is looked at. */
static int note(struct state *state, const struct frame *frame)
{
	const struct subject *subject = &state__view(state)->subject;
	const struct trail_row watched = subject__trail_row(subject);

	trail__watch(state->trail, subject->id.vm ? &watched : NULL);
	return note_trail(state->trail, frame, !state->ctx.opts.recorded)
		       ?: note_events(state->events, state->trail, frame,
				      subject->id.vm ? &watched : NULL);
}

static bool is_asked_for(const struct state *state, const struct list_row *row)
{
	return row->reason && query_wants_reason(state->ctx.opts.reason, row->reason);
}

/* The reason whose histogram is asked for, as soon as it is there. 0 or -ENOMEM. */
static int open_reason(struct state *state)
{
	struct view *view = state__view(state);
	struct subject subject;
	enum view_id id;
	size_t i = 0;
	int err;

	if (!state->opens_reason || view->ops->id != VIEW_REASONS)
		return 0;
	while (i < view->lists[0].n && !is_asked_for(state, &view->lists[0].rows[i]))
		i++;
	list__select(&view->lists[0], i);
	if (i == view->lists[0].n || !view->ops->open(&state->ctx, view, &id, &subject))
		return 0;
	state->opens_reason = false;
	err = state__open(state, id, &subject);
	return err == -ENOMEM ? err : state__refill(state, REFILL_CHANGED);
}

int screen__show(struct screen *screen, const struct frame *frame, bool newest,
		 const struct screen_time *time, const struct screen_self *self)
{
	struct state *state = &screen->state;
	const struct frame *before = state->ctx.frame;
	int err = newest ? note(state, frame) : 0;

	state->ctx.time = *time;
	state->ctx.self = *self;
	/* What was shown is there until rows are matched with it. */
	state->ctx.frame = frame__share(frame);
	err = err ?: state__refill(state, newest ? REFILL_NEW_FRAME : REFILL_OTHER_FRAME);
	err = err ?: open_reason(state);
	frame__free(before);
	return err;
}

int screen__note(struct screen *screen, const struct frame *frame, const struct screen_time *time)
{
	screen->state.ctx.time = *time;
	return note(&screen->state, frame);
}

void screen__break(struct screen *screen)
{
	trail__break(screen->state.trail);
	event_trail__break(screen->state.events);
	screen->state.filter.vm_key = 0;
}

int screen__tell(struct screen *screen, const char *message)
{
	struct state *state = &screen->state;
	int err = messages__add(&state->messages, message);

	if (!err)
		state__hint(state, messages__at(&state->messages, state->messages.n - 1));
	return err;
}

void screen__hint(struct screen *screen, const char *text)
{
	state__hint(&screen->state, text);
}

int screen__add_slow(struct screen *screen, const struct slow_exit *slow)
{
	struct state *state = &screen->state;
	const struct frame_vm *vm = subject__slow_vm(&state->ctx, slow);

	return slow_log__add(&state->slow, slow, vm ? vm->key : 0);
}

int screen__resize(struct screen *screen, size_t width, size_t height)
{
	return grid__resize(&screen->state.grid, width, height);
}

/* ---- keys */

void screen__point(struct screen *screen, size_t row, size_t column)
{
	screen->state.click_row = row;
	screen->state.click_column = column;
}

bool screen__wants_verify(const struct screen *screen)
{
	const struct state *state = &screen->state;

	for (size_t i = 0; i < state->depth; i++)
		if (state->stack[i]->ops->id == VIEW_VERIFY)
			return true;
	return false;
}

void screen__verified(struct screen *screen, const struct screen_verified *verified)
{
	screen->state.ctx.verified = verified;
}

/* What is no key of the view. Any closes a page of text. */
static int press_unknown(struct state *state, uint32_t key)
{
	if (key == KEY_CODE_RESIZE)
		return 0;
	if (VIEW_BIT(state__view(state)->ops->id) & VIEWS_TEXT && state__close(state))
		return state__refill(state, REFILL_CHANGED);
	state__hint(state, "h for help");
	return 0;
}

/* Before anything is asked for that cannot be had. */
static int refuse(struct state *state, const struct key_def *def)
{
	char text[120];

	snprintf(text, sizeof(text), "%s: live only, not in a recording", def->name);
	state__hint(state, text);
	return 0;
}

/* In a list to pick from, letters are what is sought for. */
static bool is_typed(const struct state *state, uint32_t key)
{
	const struct view *view = state__view(state);

	if (view->ops->id != VIEW_PICK)
		return false;
	/* In the list of columns these are keys. */
	if (view->choice == ACTION_COLUMNS && (key == ' ' || key == '<' || key == '>'))
		return false;
	return (key >= ' ' && key < 0x7f) ||
	       (view->typed[0] && (key == KEY_CODE_BACKSPACE || key == '\b' || key == 0x7f));
}

int screen__press(struct screen *screen, uint32_t key, uint64_t now_ns, struct wish *ret_wish)
{
	struct state *state = &screen->state;
	const struct key_def *def;

	*ret_wish = (struct wish){ .kind = WISH_NOTHING };
	state->ctx.now_ns = now_ns;
	/* The user goes elsewhere. */
	if (state->ctx.frame && key != KEY_CODE_RESIZE)
		state->opens_reason = false;
	if (state->input.kind != INPUT_NONE && key != KEY_CODE_RESIZE) {
		/* Ctrl-C quits whatever is typed. */
		if (key == 3)
			ret_wish->kind = WISH_QUIT;
		return key == 3 ? 0 : action_inputs_press(state, key, ret_wish);
	}
	if (is_typed(state, key))
		return choices_type(state, key);
	def = keys_find(key, state__view(state)->ops->id);
	if (!def)
		return press_unknown(state, key);
	state->hint[0] = '\0';
	if (def->live && state->ctx.opts.recorded)
		return refuse(state, def);
	return actions_do(state, def, ret_wish);
}

/* ---- the picture */

const struct grid *screen__draw(struct screen *screen, uint64_t now_ns)
{
	struct state *state = &screen->state;

	state->ctx.now_ns = now_ns;
	/* The order was held up to now. */
	if (screen->was_held && !state__held(state) && state__refill(state, REFILL_CHANGED))
		return NULL;
	screen->was_held = state__held(state);
	return paint(state) ? NULL : &state->grid;
}
