// SPDX-License-Identifier: GPL-2.0
/* item_defs: the list is sorted when all items are in it. */
#include "item_defs.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/owners.h"
#include "ids.h"

const char *item_origin_name(enum item_origin origin)
{
	static const char *const names[ITEM_ORIGIN_MAX] = {
		[ITEM_TRACEPOINT] = "tracepoint",
		[ITEM_STATISTIC] = "statistic",
	};

	return names[origin];
}

/* ---- order */

static int cmp_names(const char *name, enum item_origin source, const struct item_def *def)
{
	int order = strcmp(name, def->name);

	return order ? order : (int)source - (int)def->source;
}

static int cmp_defs(const void *a, const void *b)
{
	const struct item_def *x = *(const struct item_def *const *)a;

	return cmp_names(x->name, x->source, *(const struct item_def *const *)b);
}

static int cmp_codes(const void *a, const void *b)
{
	const struct item_code *x = a, *y = b;

	if (x->isa != y->isa)
		return x->isa < y->isa ? -1 : 1;
	return (x->code > y->code) - (x->code < y->code);
}

const struct item_def *item_defs__find(const struct item_defs *defs, const char *name,
				       enum item_origin source)
{
	const struct item_def like = { .name = name, .source = source }, *key = &like;
	const struct item_def **found =
		defs->n ? bsearch(&key, defs->v, defs->n, sizeof(*defs->v), cmp_defs) : NULL;

	return found ? *found : NULL;
}

const struct item_def *item_defs__of_code(const struct item_defs *defs, uint32_t isa, uint64_t code)
{
	const struct item_code like = { .isa = isa_base(isa), .code = code };
	const struct item_code *found = NULL;

	if (defs->n_codes)
		found = bsearch(&like, defs->codes, defs->n_codes, sizeof(like), cmp_codes);
	return found ? found->def : NULL;
}

/* ---- items */

/* @v with room for one more than @n; NULL: no memory. */
static void *grow(struct arena *arena, void *v, size_t n, size_t *room, size_t size)
{
	void *larger;

	if (n < *room)
		return v;
	*room = *room ? 2 * *room : 256;
	larger = arena__calloc(arena, *room, size);
	return larger && n ? memcpy(larger, v, n * size) : larger;
}

/* What would break a header or a reader of it. */
static void sanitize(char *name)
{
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("_-().:", *name))
			*name = '?';
}

/* In a list that is not sorted yet. */
static const struct item_def *look_for(const struct item_defs *defs, const char *name,
				       enum item_origin source)
{
	for (size_t i = 0; i < defs->n; i++)
		if (!cmp_names(name, source, defs->v[i]))
			return defs->v[i];
	return NULL;
}

/* @like with a name of its own, as an item more. NULL: no memory. */
static const struct item_def *append(struct item_defs *defs, const struct item_def *like,
				     const char *name)
{
	struct item_def *def = arena__alloc(defs->arena, sizeof(*def));
	const struct item_def **v =
		grow(defs->arena, defs->v, defs->n, &defs->room, sizeof(*defs->v));

	if (!def || !v)
		return NULL;
	*def = *like;
	def->name = name;
	defs->v = v;
	return defs->v[defs->n++] = def;
}

const struct item_def *item_defs__add(struct item_defs *defs, const struct item_def *like)
{
	char *name = arena__strdup(defs->arena, like->name);
	const struct item_def *def;

	if (!name)
		return NULL;
	sanitize(name);
	def = look_for(defs, name, like->source);
	return def ? def : append(defs, like, name);
}

int item_defs__add_code(struct item_defs *defs, const struct item_code *code)
{
	struct item_code *v = grow(defs->arena, defs->codes, defs->n_codes, &defs->room_codes,
				   sizeof(*defs->codes));
	size_t at = defs->n_codes;

	if (!v)
		return -ENOMEM;
	for (; at && cmp_codes(&v[at - 1], code) > 0; at--)
		v[at] = v[at - 1];
	v[at] = *code;
	defs->codes = v;
	defs->n_codes++;
	return 0;
}

/* ---- the list */

int item_defs__copy(const struct item_defs *before, struct item_defs *defs)
{
	for (size_t i = 0; i < before->n; i++) {
		struct item_def like = *before->v[i];
		const char *name = arena__strdup(defs->arena, like.name);

		if (like.parent)
			like.parent = defs->v[like.parent->index];
		if (!name || !append(defs, &like, name))
			return -ENOMEM;
	}
	for (size_t i = 0; i < before->n_codes; i++) {
		struct item_code code = before->codes[i];

		code.def = defs->v[code.def->index];
		if (item_defs__add_code(defs, &code))
			return -ENOMEM;
	}
	return 0;
}

void item_defs__sort(struct item_defs *defs)
{
	if (defs->n)
		qsort(defs->v, defs->n, sizeof(*defs->v), cmp_defs);
	for (size_t i = 0; i < defs->n; i++)
		((struct item_def *)defs->v[i])->index = (uint32_t)i;
}

struct item_defs *item_defs__new(void)
{
	struct arena *arena = arena__new();
	struct item_defs *defs = arena ? arena__alloc(arena, sizeof(*defs)) : NULL;

	if (!defs) {
		arena__free(arena);
		return NULL;
	}
	defs->arena = arena;
	defs->owners = 1;
	return defs;
}

const struct item_defs *item_defs__share(const struct item_defs *defs)
{
	owners_add(&defs->owners);
	return defs;
}

void item_defs__free(const struct item_defs *defs)
{
	if (defs && owners_drop(&defs->owners))
		arena__free(defs->arena);
}
