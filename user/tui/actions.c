// SPDX-License-Identifier: GPL-2.0
/* actions: a function for each; what they cannot do themselves they wish for. */
#include "actions.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "action_inputs.h"
#include "action_shown.h"
#include "choices.h"
#include "click.h"
#include "keys.h"
#include "list_columns.h"
#include "list_draw.h"
#include "state.h"
#include "subject.h"
#include "views.h"
#include "wish.h"

typedef int action_fn(struct state *state, const struct key_def *def, struct wish *wish);

static bool is_text(const struct view *view)
{
	return !view->ops->lists;
}

static bool is_past(const struct state *state)
{
	return state->ctx.time.mode == SCREEN_PAUSED || state->ctx.time.mode == SCREEN_AT_END;
}

/* ---- moving */

static void scroll(struct view *view, long by)
{
	const size_t most = view->pages > view->seen ? view->pages - view->seen : 0;
	const long at = (long)view->scroll + by;

	view->scroll = at < 0 ? 0 : (size_t)at < most ? (size_t)at : most;
}

static int move(struct state *state, long by)
{
	struct view *view = state__view(state);

	if (is_text(view)) {
		scroll(view, by);
		return 0;
	}
	list__move(view__list(view), by);
	state__hold(state);
	return 0;
}

static int do_move(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)wish;
	return move(state, def->n);
}

static int do_page(struct state *state, const struct key_def *def, struct wish *wish)
{
	struct view *view = state__view(state);
	const size_t lines = is_text(view) ? view->seen : view__list(view)->lines;

	(void)wish;
	return move(state, def->n * (long)(lines > 1 ? lines - 1 : 1));
}

static int do_first(struct state *state, const struct key_def *def, struct wish *wish)
{
	struct view *view = state__view(state);

	(void)def;
	(void)wish;
	view->scroll = 0;
	if (is_text(view))
		return 0;
	list__select_none(view__list(view));
	view__list(view)->held_until_ns = 0;
	return state__refill(state, REFILL_CHANGED);
}

static int do_last(struct state *state, const struct key_def *def, struct wish *wish)
{
	struct view *view = state__view(state);

	(void)def;
	(void)wish;
	if (is_text(view)) {
		scroll(view, (long)view->pages);
		return 0;
	}
	list__select_last(view__list(view));
	state__hold(state);
	return 0;
}

/* ---- views */

/* What a view could not be opened for is said. */
static int opened(struct state *state, int err)
{
	if (err == -ENOMEM)
		return err;
	if (err == -ENOENT)
		state__hint(state, "there is no such view yet");
	else if (err)
		state__hint(state, "too many views are open: Backspace closes one");
	return err ? 0 : state__refill(state, REFILL_CHANGED);
}

/* To when what was opened was so, as far as that was measured. */
static void go_to_moment(struct state *state, int64_t wall_ns, struct wish *wish)
{
	const struct screen_time *time = &state->ctx.time;

	if (!wall_ns)
		return;
	if (!time->has_past) {
		state__hint(state, "no past is kept: this is now");
		return;
	}
	/* Its frame is not there yet: the next one is it. */
	if (wall_ns > time->last_ns && time->mode == SCREEN_LIVE)
		return;
	wish->kind = WISH_SEEK;
	wish->wall_ns = wall_ns < time->last_ns ? wall_ns : time->last_ns;
}

static int open_row(struct state *state, size_t clicked, struct wish *wish)
{
	struct view *view = state__view(state);
	struct subject subject;
	enum view_id id;
	int64_t wall_ns;
	int err;

	if (view->ops->id == VIEW_PICK)
		return choices_take(state);
	if (!view->ops->open || !state->ctx.frame ||
	    !view->ops->open(&state->ctx, view, &id, &subject))
		return 0;
	wall_ns = view->ops->when ? view->ops->when(&state->ctx, view, clicked) : 0;
	err = opened(state, state__open(state, id, &subject));
	if (!err && state__view(state) != view)
		go_to_moment(state, wall_ns, wish);
	return err;
}

static int do_open(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	return open_row(state, SIZE_MAX, wish);
}

static int do_back(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	if (state__close(state))
		return state__refill(state, REFILL_CHANGED);
	if (state->ctx.time.mode == SCREEN_PAUSED && !state->ctx.opts.recorded)
		wish->kind = WISH_LIVE;
	return 0;
}

/* Above a VM's view: of that VM only. */
static int show_view(struct state *state, enum view_id id)
{
	const struct view *view = state__view(state);

	if (view->subject.id.vm && view->ops->id < VIEW_EXPLAIN && id != VIEW_VMS)
		return opened(state, state__open(state, id, &view->subject));
	return opened(state, state__switch(state, id));
}

static int do_view(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)wish;
	return show_view(state, (enum view_id)def->n);
}

static int do_next_view(struct state *state, const struct key_def *def, struct wish *wish)
{
	struct view *view = state__view(state);
	const size_t n = view->ops->n_lists, by = def->n > 0 ? 1 : VIEW_VM - 1u;
	unsigned int id = view->ops->id;

	(void)wish;
	if (n > 1) {
		view->at = (view->at + (def->n > 0 ? 1 : n - 1)) % n;
		return 0;
	}
	if (id >= VIEW_VM)
		return 0;
	do
		id = (unsigned int)((id + by) % VIEW_VM);
	while (!views_find((enum view_id)id));
	return opened(state, state__switch(state, (enum view_id)id));
}

/* Help of help is no more than help. */
static int open_once(struct state *state, enum view_id id, const struct subject *subject)
{
	if (state__view(state)->ops->id == id)
		return 0;
	return opened(state, state__open(state, id, subject));
}

static int do_help(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	(void)wish;
	return open_once(state, VIEW_HELP, NULL);
}

static int do_messages(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	(void)wish;
	state->seen_messages = state->messages.n;
	return open_once(state, VIEW_MESSAGES, NULL);
}

static int do_verify(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	(void)wish;
	return open_once(state, VIEW_VERIFY, NULL);
}

static int do_explain(struct state *state, const struct key_def *def, struct wish *wish)
{
	struct view *view = state__view(state);
	const struct list_row *row = list__current(view__list(view));
	struct subject subject = view->subject;

	(void)def;
	(void)wish;
	if (row && row->vm) {
		subject.id = (struct row_id){ .vm = row->vm->key };
		vm_name(&state->ctx, row->vm, subject.name, sizeof(subject.name));
	}
	if (!subject.id.vm) {
		state__hint(state, "findings are about VMs: there is none here");
		return 0;
	}
	return open_once(state, VIEW_EXPLAIN, &subject);
}

/* ---- time */

static int do_pause(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	wish->kind = is_past(state) ? WISH_LIVE : WISH_PAUSE;
	return 0;
}

static int do_step(struct state *state, const struct key_def *def, struct wish *wish)
{
	if (state->ctx.time.mode == SCREEN_AT_END && def->n > 0)
		state__hint(state, "this is the end of the recording");
	if (state->ctx.time.mode == SCREEN_LIVE && def->n > 0)
		return 0;
	wish->kind = WISH_STEP;
	wish->n = def->n;
	return 0;
}

static int do_next_finding(struct state *state, const struct key_def *def, struct wish *wish)
{
	wish->kind = WISH_NEXT_FINDING;
	wish->n = def->n;
	wish->vm_key = state__view(state)->subject.id.vm;
	return 0;
}

static int do_live(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	if (state->ctx.opts.recorded)
		state__hint(state, "a recording is never live: Space plays it");
	else if (state->ctx.time.mode != SCREEN_LIVE)
		wish->kind = WISH_LIVE;
	return 0;
}

/* ---- the mouse */

/* A title sorts, and the second time the other way round. A row is selected, and the second time opened. */
static int do_click(struct state *state, const struct key_def *def, struct wish *wish)
{
	size_t at;
	const enum click_on on = click_find(state, &at);
	struct list *list = view__list(state__view(state));

	(void)def;
	if (on == CLICK_NOTHING)
		return 0;
	if (on == CLICK_TITLE)
		return action_shown_sort_by(state, at, at == list->sort && !list->reversed);
	if (list->selected && at == list->at)
		return open_row(state, state->click_column, wish);
	list__select(list, at);
	state__hold(state);
	return 0;
}

/* ---- what is only wished for */

static int do_wish(struct state *state, const struct key_def *def, struct wish *wish)
{
	static const enum wish_kind wishes[ACTION_MAX] = {
		[ACTION_RESET] = WISH_RESET,	 [ACTION_WRITE] = WISH_WRITE,
		[ACTION_SAVE] = WISH_SAVE,	 [ACTION_QUIT_AND_PRINT] = WISH_QUIT_AND_PRINT,
		[ACTION_REPAINT] = WISH_REPAINT, [ACTION_SUSPEND] = WISH_SUSPEND,
		[ACTION_QUIT] = WISH_QUIT,
	};

	wish->kind = wishes[def->action];
	wish->chosen = state->chosen;
	return 0;
}

static int do_tracepoints(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	wish->kind = WISH_TRACEPOINTS;
	wish->n = !(state->ctx.frame && state->ctx.frame->event_names);
	return 0;
}

static int do_mouse(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)def;
	state->mouse = !state->mouse;
	wish->kind = WISH_MOUSE;
	wish->n = state->mouse;
	return 0;
}

/* ---- lines to type in, and lists to pick from */

static int do_input(struct state *state, const struct key_def *def, struct wish *wish)
{
	(void)wish;
	action_inputs_open(state, def->action);
	return 0;
}

static int do_pick(struct state *state, const struct key_def *def, struct wish *wish)
{
	int err;

	(void)wish;
	err = choices_open(state, def->action);
	return opened(state, err);
}

static action_fn *const functions[ACTION_MAX] = {
	[ACTION_UP] = do_move,
	[ACTION_DOWN] = do_move,
	[ACTION_PAGE_UP] = do_page,
	[ACTION_PAGE_DOWN] = do_page,
	[ACTION_FIRST] = do_first,
	[ACTION_LAST] = do_last,
	[ACTION_OPEN] = do_open,
	[ACTION_BACK] = do_back,
	[ACTION_NEXT_VIEW] = do_next_view,
	[ACTION_PREVIOUS_VIEW] = do_next_view,
	[ACTION_VIEW] = do_view,
	[ACTION_SORT] = action_shown_sort,
	[ACTION_REVERSE] = action_shown_reverse,
	[ACTION_MENU] = do_pick,
	[ACTION_FILTER] = do_input,
	[ACTION_REGEX] = do_input,
	[ACTION_CLEAR] = action_shown_clear,
	[ACTION_GUEST] = do_pick,
	[ACTION_PID] = do_pick,
	[ACTION_FINDINGS] = action_shown_findings,
	[ACTION_IDLE] = action_shown_idle,
	[ACTION_ZEROS] = action_shown_zeros,
	[ACTION_CHILDREN] = action_shown_children,
	[ACTION_BY] = action_shown_by,
	[ACTION_UNITS] = action_shown_units,
	[ACTION_PAUSE] = do_pause,
	[ACTION_STEP] = do_step,
	[ACTION_GO_TO] = do_input,
	[ACTION_NEXT_FINDING] = do_next_finding,
	[ACTION_LIVE] = do_live,
	[ACTION_EXPLAIN] = do_explain,
	[ACTION_DETAIL] = do_input,
	[ACTION_TRACEPOINTS] = do_tracepoints,
	[ACTION_SLOW] = do_input,
	[ACTION_LATENCY] = do_input,
	[ACTION_ZOOM] = action_shown_zoom,
	[ACTION_TRENDS] = action_shown_trends,
	[ACTION_INTERVAL] = do_input,
	[ACTION_RESET] = do_wish,
	[ACTION_FOLLOW] = action_shown_follow,
	[ACTION_WRITE] = do_wish,
	[ACTION_SAVE] = do_wish,
	[ACTION_QUIT_AND_PRINT] = do_wish,
	[ACTION_MOUSE] = do_mouse,
	[ACTION_VERIFY] = do_verify,
	[ACTION_CLICK] = do_click,
	[ACTION_MESSAGES] = do_messages,
	[ACTION_HELP] = do_help,
	[ACTION_COLUMNS] = do_pick,
	[ACTION_MOVE_COLUMN] = choices_move,
	[ACTION_REPAINT] = do_wish,
	[ACTION_SUSPEND] = do_wish,
	[ACTION_QUIT] = do_wish,
};

int actions_do(struct state *state, const struct key_def *def, struct wish *wish)
{
	return functions[def->action](state, def, wish);
}
