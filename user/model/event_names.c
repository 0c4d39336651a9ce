// SPDX-License-Identifier: GPL-2.0
#include "event_names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot.h"

bool event_names__equal(const struct event_names *a, const struct event_names *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]))
			return false;
	return true;
}

/* In one piece: the struct, the pointers, the texts. NULL: no memory. */
static struct event_names *copy(const struct event_names *names)
{
	size_t bytes = sizeof(struct event_names) + names->n * sizeof(char *);
	struct event_names *made;
	const char **v;
	char *text;

	for (size_t i = 0; i < names->n; i++)
		bytes += strlen(names->v[i]) + 1;
	made = malloc(bytes);
	if (!made)
		return NULL;
	v = (const char **)(made + 1);
	text = (char *)(v + names->n);
	*made = (struct event_names){ .v = v, .n = names->n };
	for (size_t i = 0; i < names->n; i++) {
		v[i] = text;
		text = stpcpy(text, names->v[i]) + 1;
	}
	return made;
}

int event_names_list__keep(struct event_names_list *list, const struct event_names *names,
			   const struct event_names **ret_kept)
{
	struct event_names **v;

	for (size_t i = 0; i < list->n; i++) {
		*ret_kept = list->v[i];
		if (event_names__equal(list->v[i], names))
			return 0;
	}
	v = reallocarray(list->v, list->n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	list->v = v;
	v[list->n] = copy(names);
	if (!v[list->n])
		return -ENOMEM;
	*ret_kept = v[list->n++];
	return 0;
}

void event_names_list__done(struct event_names_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct event_names_list){ .v = NULL };
}
