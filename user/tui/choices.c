// SPDX-License-Identifier: GPL-2.0
#include "choices.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../model/frame.h"
#include "key_codes.h"
#include "list_columns.h"
#include "state.h"
#include "subject.h"

int choices_open(struct state *state, enum action action)
{
	const struct subject subject = state__view(state)->subject;
	int err = state__open(state, VIEW_PICK, &subject);

	if (!err)
		state__view(state)->choice = action;
	return err;
}

static void take_vm(struct state *state, const struct list_row *row)
{
	char name[SUBJECT_NAME];

	if (!row->vm)
		return;
	state->filter.vm_key = row->vm->key;
	vm_name(&state->ctx, row->vm, name, sizeof(name));
	snprintf(state->filter.vm_name, sizeof(state->filter.vm_name), "%s", name);
}

/* The view whose list is chosen in. */
static struct view *view_below(const struct state *state)
{
	return state->stack[state->depth - 2];
}

static const struct list_def *def_below(const struct state *state)
{
	const struct view *below = view_below(state);

	return &below->ops->lists[below->at];
}

/* What says which row it is stays. */
static int switch_column(struct state *state, struct list *below, size_t i)
{
	if (def_below(state)->columns[i].no <= 2)
		state__hint(state, "this column stays: it says which row it is");
	else if (def_below(state)->columns[i].by_view)
		state__hint(state, "b switches this column: all together, by VM, by vCPU");
	else
		below->off ^= UINT64_C(1) << i;
	state__chose(state, view_below(state), view_below(state)->at);
	return 0;
}

int choices_move(struct state *state, const struct key_def *def, struct wish *wish)
{
	struct list *list = view__list(state__view(state));
	const struct list_row *row = list__current(list);

	(void)wish;
	if (!row || state__view(state)->choice != ACTION_COLUMNS)
		return 0;
	/* It is selected from now on, and goes where it belongs at once. */
	list__move(list, 0);
	list->held_until_ns = 0;
	list__move_column(view__list(view_below(state)), def_below(state), row->id.item - 1,
			  def->n);
	state__chose(state, view_below(state), view_below(state)->at);
	return state__refill(state, REFILL_CHANGED);
}

int choices_take(struct state *state)
{
	struct view *view = state__view(state);
	const struct list_row *row = list__current(view__list(view));
	struct list *below = view__list(view_below(state));

	if (!row)
		return 0;
	if (view->choice == ACTION_COLUMNS)
		return switch_column(state, below, row->id.item - 1);
	if (view->choice == ACTION_MENU) {
		below->sort = row->id.item - 1;
		below->reversed = false;
		below->held_until_ns = 0;
		state__chose(state, view_below(state), view_below(state)->at);
	} else {
		take_vm(state, row);
	}
	state__close(state);
	return state__refill(state, REFILL_CHANGED);
}

int choices_type(struct state *state, uint32_t key)
{
	struct view *view = state__view(state);
	const size_t len = strlen(view->typed);

	if ((key == KEY_CODE_BACKSPACE || key == '\b' || key == 0x7f) && len)
		view->typed[len - 1] = '\0';
	else if (key >= ' ' && key < 0x7f && len + 1 < sizeof(view->typed))
		view->typed[len] = (char)key;
	else
		return 0;
	return state__refill(state, REFILL_CHANGED);
}
