// SPDX-License-Identifier: GPL-2.0
#include "chosen.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/list_choice.h"
#include "list.h"
#include "list_columns.h"

/* What has no name in CSV is called by its title. */
static void name_of(const struct list_column *column, char *buf, size_t size)
{
	const char *name = column->id < COLUMN_MAX ? registry_column(column->id)->name : NULL;

	snprintf(buf, size, "%s", name ? name : list_column__title(column));
	for (char *p = buf; *p; p++)
		*p = isalnum((unsigned char)*p) ? (char)tolower((unsigned char)*p) : '_';
}

/* The column that a word of --sort stands for; COLUMN_MAX: it is none. */
static enum column_id column_of_word(const char *word)
{
#define NONE COLUMN_MAX
	static const struct {
		const char *word;
		enum column_id id;
	} words[] = {
#define SORT(id, word, exits, items, keys) { word, exits },
#include "../model/columns.h"
	};
#undef NONE

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].word, word))
			return words[i].id;
	return COLUMN_MAX;
}

/* def->n: there is no such column. */
static size_t find(const struct list_def *def, const char *name)
{
	const enum column_id id = column_of_word(name);
	char own[64];

	for (size_t i = 0; i < def->n; i++) {
		name_of(&def->columns[i], own, sizeof(own));
		if (*own && (!strcmp(own, name) || (id < COLUMN_MAX && def->columns[i].id == id)))
			return i;
	}
	return def->n;
}

/* Those that are off unless they are chosen. */
static uint64_t off_at_first(const struct list_def *def)
{
	uint64_t off = 0;

	for (size_t i = 0; i < def->n; i++)
		if (def->columns[i].chosen)
			off |= UINT64_C(1) << i;
	return off;
}

/* Those that the view alone switches on and off. */
static uint64_t by_view(const struct list_def *def)
{
	uint64_t mine = 0;

	for (size_t i = 0; i < def->n; i++)
		if (def->columns[i].by_view)
			mine |= UINT64_C(1) << i;
	return mine;
}

/* Adds the name of column @i to the @size bytes of @buf; false: there is no room. */
static bool add_name(const struct list_def *def, size_t i, char *buf, size_t size)
{
	const size_t used = strlen(buf);
	char name[64];

	name_of(&def->columns[i], name, sizeof(name));
	if (used + strlen(name) + 2 > size)
		return false;
	snprintf(buf + used, size - used, "%s%s", used ? "," : "", name);
	return true;
}

void chosen__read(const struct list_def *def, const struct list *list, struct list_choice *ret)
{
	const uint64_t off = list->off & ~by_view(def);
	const bool others = off != off_at_first(def);

	*ret = (struct list_choice){ .reversed = list->reversed };
	if (list->sort != def->sort)
		name_of(&def->columns[list->sort], ret->sort, sizeof(ret->sort));
	for (size_t place = 0; place < def->n; place++) {
		const size_t i = list__column_at(list, place);

		const bool is_off = off & (UINT64_C(1) << i);

		if (!*list_column__title(&def->columns[i]))
			continue;
		if (is_off && others)
			add_name(def, i, ret->off, sizeof(ret->off));
		else if (!is_off && list->moved)
			add_name(def, i, ret->columns, sizeof(ret->columns));
	}
	if (others && !off)
		snprintf(ret->off, sizeof(ret->off), LIST_CHOICE_ALL);
}

/* The column that is named next in *@rest, which goes on behind it; def->n: there is none of that name. */
static size_t take_name(const struct list_def *def, const char **rest)
{
	const size_t n = strcspn(*rest, ", ");
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)n, *rest);
	*rest += n;
	*rest += strspn(*rest, ", ");
	return find(def, name);
}

/* Each goes behind those that were named before it. */
static void place_columns(const char *names, const struct list_def *def, struct list *list)
{
	size_t next = 0;

	while (next < def->n && !*list_column__title(&def->columns[next]))
		next++;
	while (*names) {
		const size_t i = take_name(def, &names);
		size_t place = list__place_of(list, def, i);

		/* Named before, or not known. */
		if (place >= def->n || place < next)
			continue;
		for (; place > next; place--)
			list__move_column(list, def, i, -1);
		next++;
		if (!def->columns[i].by_view)
			list->off &= ~(UINT64_C(1) << i);
	}
}

void chosen__apply(const struct list_choice *chosen, const struct list_def *def, struct list *list)
{
	const char *rest = chosen->off;
	const size_t sort = find(def, chosen->sort);

	list->sort = def->sort;
	if (sort < def->n && list_column__sorts(&def->columns[sort]))
		list->sort = sort;
	list->reversed = chosen->reversed;
	list->moved = false;
	list->off = off_at_first(def) | (list->off & by_view(def));
	place_columns(chosen->columns, def, list);
	if (*rest)
		list->off &= by_view(def);
	while (*rest) {
		const size_t i = take_name(def, &rest);

		/* What says which row it is stays. */
		if (i < def->n && def->columns[i].no > 2 && !def->columns[i].by_view)
			list->off |= UINT64_C(1) << i;
	}
}
