// SPDX-License-Identifier: GPL-2.0
/* list: rows, which are matched with those before by a hash of what they are about; selection and window. */
#include "list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "list_order.h"

/* ---- filling */

static void drop_rows(struct list_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gone_row__free(rows[i].gone);
}

void list__begin(struct list *list)
{
	struct list_row *rows = list->old;
	size_t room = list->room_old;

	drop_rows(list->old, list->n_old);
	list->old = list->rows;
	list->n_old = list->n;
	list->room_old = list->room;
	list->rows = rows;
	list->n = 0;
	list->room = room;
	list->in_all = list->zero = 0;
}

int list__add(struct list *list, const struct list_row *row)
{
	if (list->n == list->room) {
		size_t room = list->room ? 2 * list->room : 32;
		struct list_row *rows = reallocarray(list->rows, room, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		list->rows = rows;
		list->room = room;
	}
	list->rows[list->n] = *row;
	list->rows[list->n].was = SIZE_MAX;
	list->rows[list->n].swaps = 0;
	list->n++;
	return 0;
}

static size_t hash_of(struct row_id id)
{
	uint64_t h = id.vm * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ id.item) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ id.sub ^ (h >> 32)) * UINT64_C(0xc4ceb9fe1a85ec53);
	return (size_t)(h ^ (h >> 29));
}

/* At least twice as many as there are old rows, a power of two. */
static int make_index(struct list *list)
{
	size_t size = list->n_index ? list->n_index : 64;

	while (size < 2 * list->n_old + 1)
		size *= 2;
	if (size != list->n_index) {
		size_t *index = reallocarray(list->index, size, sizeof(*index));

		if (!index)
			return -ENOMEM;
		list->index = index;
		list->n_index = size;
	}
	memset(list->index, 0xff, size * sizeof(*list->index));
	for (size_t i = 0; i < list->n_old; i++) {
		size_t at = hash_of(list->old[i].id) & (size - 1);

		while (list->index[at] != SIZE_MAX)
			at = (at + 1) & (size - 1);
		list->index[at] = i;
		list->old[i].was = SIZE_MAX; /* from now on: nobody is it */
	}
	return 0;
}

static size_t find_old(const struct list *list, struct row_id id)
{
	size_t at = hash_of(id) & (list->n_index - 1);

	while (list->index[at] != SIZE_MAX && !row_id_same(list->old[list->index[at]].id, id))
		at = (at + 1) & (list->n_index - 1);
	return list->index[at];
}

int list__match(struct list *list)
{
	int err = make_index(list);

	for (size_t i = 0; i < list->n && !err; i++) {
		struct list_row *row = &list->rows[i];

		row->was = find_old(list, row->id);
		if (row->was == SIZE_MAX)
			continue;
		row->swaps = list->old[row->was].swaps;
		list->old[row->was].was = i;
	}
	return err;
}

bool list__has(const struct list *list, size_t i)
{
	return list->old[i].was != SIZE_MAX;
}

int list__keep(struct list *list, size_t i, struct gone_row *gone)
{
	struct list_row row = list->old[i];
	int err;

	row.gone = gone;
	row.vm = NULL;
	row.vcpu = NULL;
	row.reason = NULL;
	row.detail = NULL;
	row.own = NULL;
	if (row.value.text)
		row.value.text = gone->label;
	err = list__add(list, &row);
	if (err) {
		gone_row__free(gone);
		return err;
	}
	list->rows[list->n - 1].was = i;
	list->in_all++;
	return 0;
}

/* ---- arranging */

/* What is selected is where its row is. If that is gone for good, the row that took its place is it. */
static void find_selection(struct list *list, bool follow)
{
	const size_t line = list->at >= list->top ? list->at - list->top : 0;
	size_t i = 0;

	if (!list->selected)
		return;
	/* Maybe it comes back. */
	if (!list->n) {
		list->at = list->top = 0;
		return;
	}
	while (follow && i < list->n && !row_id_same(list->rows[i].id, list->id))
		i++;
	if (follow && i < list->n) {
		list->at = i;
		list->top = i > line ? i - line : 0;
	}
	if (list->at >= list->n)
		list->at = list->n - 1;
	list->id = list->rows[list->at].id;
}

int list__arrange(struct list *list, const struct list_rules *rules)
{
	int err = list_order(list->rows, list->n, rules);

	if (err)
		return err;
	find_selection(list, rules->follow);
	list__fit(list, list->lines);
	return 0;
}

/* ---- selection */

const struct list_row *list__current(const struct list *list)
{
	if (!list->n)
		return NULL;
	return &list->rows[list->selected && list->at < list->n ? list->at : 0];
}

static void select_at(struct list *list, size_t at)
{
	list->selected = true;
	list->at = at;
	list->id = list->rows[at].id;
	list__fit(list, list->lines);
}

void list__move(struct list *list, long by)
{
	long at = (long)list->at;

	if (!list->n)
		return;
	if (!list->selected)
		at = (long)list->top + (by > 0 ? by - 1 : by);
	else
		at += by;
	if (at < 0)
		at = 0;
	select_at(list, (size_t)at < list->n ? (size_t)at : list->n - 1);
}

void list__select_last(struct list *list)
{
	if (list->n)
		select_at(list, list->n - 1);
}

void list__select(struct list *list, size_t i)
{
	if (i < list->n)
		select_at(list, i);
}

void list__select_none(struct list *list)
{
	list->selected = false;
	list->at = list->top = 0;
}

void list__fit(struct list *list, size_t lines)
{
	list->lines = lines;
	if (!lines)
		return;
	if (list->selected && list->at < list->top)
		list->top = list->at;
	if (list->selected && list->at >= list->top + lines)
		list->top = list->at - lines + 1;
	/* No empty lines at the end as long as there are rows above. */
	if (list->top + lines > list->n)
		list->top = list->n > lines ? list->n - lines : 0;
}

void list__release(struct list *list)
{
	drop_rows(list->rows, list->n);
	drop_rows(list->old, list->n_old);
	free(list->rows);
	free(list->old);
	free(list->index);
	free(list->store);
	*list = (struct list){ .n = 0 };
}
