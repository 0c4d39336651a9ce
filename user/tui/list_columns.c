// SPDX-License-Identifier: GPL-2.0
#include "list_columns.h"

#include <string.h>

#include "../base/fmt.h"

/* From this number on columns are shown only when those before have a good width. */
#define NO_EXTRA 12

static size_t good_width(const struct list_column *column)
{
	return column->good ? column->good : column->min;
}

static size_t max_width(const struct list_column *column)
{
	return column->max ? column->max : good_width(column);
}

/* ---- fitting */

/* How wide all that is shown is, gaps included. */
static size_t width_of(const struct list_def *def, const struct list_layout *layout, bool good)
{
	size_t width = 0;

	for (size_t i = 0; i < def->n; i++)
		if (layout->shown[i])
			width += (width ? 1 : 0) +
				 (good ? good_width(&def->columns[i]) : def->columns[i].min);
	return width;
}

/* Shows the columns with number @no. */
static void show(const struct list_def *def, uint64_t off, size_t screen_width, unsigned int no,
		 struct list_layout *layout)
{
	for (size_t i = 0; i < def->n; i++) {
		const struct list_column *column = &def->columns[i];

		if (column->no != no || screen_width < column->from || off & (UINT64_C(1) << i))
			continue;
		layout->shown[i] = true;
		for (size_t j = 0; column->instead && j < def->n; j++)
			if (def->columns[j].no == column->instead)
				layout->shown[j] = false;
	}
}

/* Widens columns up to @limit of each, by their numbers, as long as there is any of @left. */
static size_t widen(const struct list_def *def, struct list_layout *layout, size_t left,
		    size_t (*limit)(const struct list_column *column))
{
	static const unsigned int order[] = { 2, 12, 3 };

	for (size_t k = 0; k <= sizeof(order) / sizeof(order[0]); k++) {
		const bool rest = k == sizeof(order) / sizeof(order[0]);

		for (size_t i = 0; i < def->n; i++) {
			const size_t want = limit(&def->columns[i]);
			size_t more = want > layout->width[i] ? want - layout->width[i] : 0;

			if (!layout->shown[i] || (!rest && def->columns[i].no != order[k]))
				continue;
			more = more < left ? more : left;
			layout->width[i] = (uint16_t)(layout->width[i] + more);
			left -= more;
		}
	}
	return left;
}

void list_layout__fit(const struct list_def *def, const struct list *list, uint64_t off,
		      size_t first, size_t width, size_t screen_width, struct list_layout *ret)
{
	size_t used, at = first;

	memset(ret, 0, sizeof(*ret));
	for (unsigned int no = 1; no <= LIST_COLUMNS; no++) {
		struct list_layout more = *ret;

		show(def, off, screen_width, no, &more);
		if (no > 1 && width_of(def, &more, no >= NO_EXTRA) > width)
			break;
		*ret = more;
	}
	for (size_t i = 0; i < def->n; i++)
		ret->width[i] = def->columns[i].min;
	used = width_of(def, ret, false);
	used = width > used ? width - used : 0;
	widen(def, ret, widen(def, ret, used, good_width), max_width);
	for (size_t place = 0; place < def->n; place++) {
		const size_t i = list__column_at(list, place);

		if (!ret->shown[i])
			continue;
		ret->at[i] = (uint16_t)at;
		at += ret->width[i] + 1u;
	}
}

/* ---- places */

size_t list__place_of(const struct list *list, const struct list_def *def, size_t index)
{
	size_t place = 0;

	while (place < def->n && list__column_at(list, place) != index)
		place++;
	return place;
}

void list__move_column(struct list *list, const struct list_def *def, size_t index, int by)
{
	const size_t from = list__place_of(list, def, index), to = from + (size_t)by;
	size_t other;

	if (from >= def->n || to >= def->n)
		return;
	other = list__column_at(list, to);
	if (!*list_column__title(&def->columns[index]) ||
	    !*list_column__title(&def->columns[other]))
		return;
	for (size_t i = 0; i < def->n && !list->moved; i++)
		list->places[i] = (uint8_t)i;
	list->moved = true;
	list->places[to] = (uint8_t)index;
	list->places[from] = (uint8_t)other;
}

/* ---- columns */

const char *list_column__title(const struct list_column *column)
{
	if (column->title)
		return column->title;
	return column->id < COLUMN_MAX ? registry_column(column->id)->title : "";
}

const char *list_column__help(const struct list_column *column)
{
	if (column->help)
		return column->help;
	return column->id < COLUMN_MAX ? registry_column(column->id)->help : "";
}

bool list_column__ascends(const struct list_column *column)
{
	return column->id < COLUMN_MAX && registry_column(column->id)->type == COLUMN_LABEL;
}

/* Those without a name are shown by their pids and fds, and so they come by these, before all names. */
static struct list_value value_of_name(const struct frame_vm *vm)
{
	/* Both are exact in one number: a pid has 22 bits. Ids without an fd come behind those that have one. */
	const double fd = vm->vm_fd >= 0 ? vm->vm_fd : 0x1p30 - vm->vm_fd;

	return (struct list_value){ .known = true,
				    .exact = true,
				    .text = vm->name && *vm->name ? vm->name : NULL,
				    .number = (double)vm->pid * 0x1p31 + fd };
}

/* In units of @step. */
static double round_to(double number, double step)
{
	if (!(number >= 0 && number < 1e15))
		return number;
	return (double)(uint64_t)(number / step + 0.5) * step;
}

static double rounded(enum column_id id, double number)
{
	const struct column *column = registry_column(id);

	if (column->unit == UNIT_PCT)
		return round_to(number, 0.1);
	if (column->unit == UNIT_CPUS)
		return round_to(number, 0.01);
	return column->unit == UNIT_PER_S ? round_to(number, 1) : number;
}

void list_column__value(const struct list_column *column, const struct frame *frame,
			const struct list_row *row, struct list_value *ret)
{
	struct column_value value;
	struct row registry;

	*ret = (struct list_value){ .known = false };
	if (column->id >= COLUMN_MAX)
		return;
	/* Texts of the frame, which last, and not ones that were made. */
	if (column->id == COLUMN_VM_LABEL && row->vm) {
		*ret = value_of_name(row->vm);
		return;
	}
	if (column->id == COLUMN_REASON && row->reason) {
		*ret = (struct list_value){ .known = true, .text = row->reason->name };
		return;
	}
	list_row__registry(row, frame, &registry);
	registry_get(column->id, &registry, &value);
	ret->known = value.type != VALUE_UNKNOWN && value.type != VALUE_TEXT;
	ret->number = rounded(column->id, registry_number(&value));
}

bool list_column__sorts(const struct list_column *column)
{
	return column->id < COLUMN_MAX && !column->unsorted;
}
