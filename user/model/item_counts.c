// SPDX-License-Identifier: GPL-2.0
/* item_counts: their life, and the scopes among them. */
#include "item_counts.h"

#include <stdlib.h>

#include "../base/arena.h"
#include "../base/owners.h"
#include "item_defs.h"

struct item_counts *item_counts__new(const struct item_defs *defs)
{
	struct arena *arena = arena__new();
	struct item_counts *counts = arena ? arena__alloc(arena, sizeof(*counts)) : NULL;

	if (!counts) {
		arena__free(arena);
		item_defs__free(defs);
		return NULL;
	}
	*counts = (struct item_counts){ .arena = arena, .owners = 1, .defs = defs };
	return counts;
}

const struct item_counts *item_counts__share(const struct item_counts *counts)
{
	owners_add(&counts->owners);
	return counts;
}

void item_counts__free(const struct item_counts *counts)
{
	if (!counts || !owners_drop(&counts->owners))
		return;
	item_defs__free(counts->defs);
	arena__free(counts->arena);
}

static int cmp_scopes(const void *a, const void *b)
{
	const struct item_scope *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->vcpu > y->vcpu) - (x->vcpu < y->vcpu);
}

struct item_list item_counts__find(const struct item_counts *counts, uint64_t key, uint64_t vcpu)
{
	const struct item_scope like = { .key = key, .vcpu = vcpu }, *found = NULL;

	if (counts && counts->n_scopes)
		found = bsearch(&like, counts->scopes, counts->n_scopes, sizeof(like), cmp_scopes);
	return found ? found->list : (struct item_list){ .n = 0 };
}

void item_counts__sort(struct item_counts *counts)
{
	qsort(counts->scopes, counts->n_scopes, sizeof(*counts->scopes), cmp_scopes);
}
