// SPDX-License-Identifier: GPL-2.0
/* event_counts: their life, and the scopes among them. */
#include "event_counts.h"

#include <stdlib.h>

#include "../base/arena.h"
#include "../base/owners.h"
#include "event_defs.h"

struct event_counts *event_counts__new(const struct event_defs *defs)
{
	struct arena *arena = arena__new();
	struct event_counts *counts = arena ? arena__alloc(arena, sizeof(*counts)) : NULL;

	if (!counts) {
		arena__free(arena);
		event_defs__free(defs);
		return NULL;
	}
	*counts = (struct event_counts){ .arena = arena, .owners = 1, .defs = defs };
	return counts;
}

const struct event_counts *event_counts__share(const struct event_counts *counts)
{
	owners_add(&counts->owners);
	return counts;
}

void event_counts__free(const struct event_counts *counts)
{
	if (!counts || !owners_drop(&counts->owners))
		return;
	event_defs__free(counts->defs);
	arena__free(counts->arena);
}

static int cmp_scopes(const void *a, const void *b)
{
	const struct event_scope *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->vcpu > y->vcpu) - (x->vcpu < y->vcpu);
}

struct event_list event_counts__find(const struct event_counts *counts, uint64_t key, uint64_t vcpu)
{
	const struct event_scope like = { .key = key, .vcpu = vcpu }, *found = NULL;

	if (counts && counts->n_scopes)
		found = bsearch(&like, counts->scopes, counts->n_scopes, sizeof(like), cmp_scopes);
	return found ? found->list : (struct event_list){ .n = 0 };
}

void event_counts__sort(struct event_counts *counts)
{
	qsort(counts->scopes, counts->n_scopes, sizeof(*counts->scopes), cmp_scopes);
}
