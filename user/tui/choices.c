// SPDX-License-Identifier: GPL-2.0
#include "choices.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../model/frame.h"
#include "key_codes.h"
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

int choices_take(struct state *state)
{
	struct view *view = state__view(state);
	const struct list_row *row = list__current(view__list(view));
	struct list *below = view__list(state->stack[state->depth - 2]);

	if (!row)
		return 0;
	if (view->choice == ACTION_COLUMNS) {
		below->off ^= UINT64_C(1) << (row->id.item - 1);
		return 0;
	}
	if (view->choice == ACTION_MENU) {
		below->sort = row->id.item - 1;
		below->reversed = false;
		below->sort_given = true;
		below->held_until_ns = 0;
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
