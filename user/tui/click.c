// SPDX-License-Identifier: GPL-2.0
#include "click.h"

#include <stdbool.h>

#include "list_columns.h"
#include "list_draw.h"
#include "state.h"

/* A column that rows can be sorted by. */
static enum click_on find_title(const struct state *state, size_t column, size_t *ret_at)
{
	const struct view *view = state__view(state);
	const struct list *list = &view->lists[view->at];
	const struct list_def *def = &view->ops->lists[view->at];
	struct list_layout layout;

	list_layout__fit(def, list, list_hidden(&state->ctx, def, list), list->first_column,
			 list->width, state->grid.width, &layout);
	for (size_t i = 0; i < def->n; i++) {
		*ret_at = i;
		if (layout.shown[i] && list_column__sorts(&def->columns[i]) &&
		    column >= layout.at[i] && column <= layout.at[i] + (size_t)layout.width[i])
			return CLICK_TITLE;
	}
	return CLICK_NOTHING;
}

static bool has_line(const struct list *list, size_t row)
{
	return list->first_row && row >= list->first_row && row - list->first_row < list->lines;
}

enum click_on click_find(struct state *state, size_t *ret_at)
{
	struct view *view = state__view(state);
	const size_t row = state->click_row, column = state->click_column;

	for (size_t i = 0; i < view->ops->n_lists; i++) {
		const struct list *list = &view->lists[i];
		const bool is_row = has_line(list, row);

		if (column < list->first_column || column - list->first_column >= list->width ||
		    (!is_row && (!row || row != list->header_row)))
			continue;
		view->at = i;
		*ret_at = list->top + row - list->first_row;
		if (!is_row)
			return find_title(state, column, ret_at);
		return *ret_at < list->n ? CLICK_ROW : CLICK_NOTHING;
	}
	return CLICK_NOTHING;
}
