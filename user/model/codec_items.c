// SPDX-License-Identifier: GPL-2.0
#include "codec_items.h"

#include <errno.h>
#include <stdbool.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../base/wire.h"
#include "item_counts.h"
#include "item_defs.h"

DEFINE_CLEANUP(counts, const struct item_counts, item_counts__free)

static const struct item_count no_count;

/* The one in the same place of @base, if it is of the same item. */
static const struct item_count *like(const struct item_list *base, size_t i, uint32_t def)
{
	return i < base->n && base->v[i].def == def ? &base->v[i] : &no_count;
}

static const struct item_counts *usable(const struct item_counts *base,
					const struct item_defs *defs)
{
	return base && base->defs == defs ? base : NULL;
}

/* ---- writing */

/* The total mostly grows as what was read does: then the second number is 0. */
static void put_numbers(struct wire_out *out, const struct item_count *count,
			const struct item_count *before)
{
	const uint64_t growth = count->total - before->total;

	wire_put(out, growth);
	wire_put(out, count->last - before->last - growth);
	wire_put(out, (uint64_t)(count->had - before->had));
}

static void put_scope(struct wire_out *out, const struct item_scope *scope,
		      const struct item_list *base)
{
	uint32_t next = 0;

	wire_put(out, scope->list.n - base->n);
	for (size_t i = 0; i < scope->list.n; i++) {
		const struct item_count *count = &scope->list.v[i];

		wire_put(out, count->def - next);
		put_numbers(out, count, like(base, i, count->def));
		next = count->def + 1;
	}
}

int codec_write_items(const struct item_counts *counts, const struct item_counts *base,
		      struct wire_out *out)
{
	const struct item_list none = { .n = 0 };

	base = usable(base, counts->defs);
	for (uint32_t i = 0; i < counts->all.n; i++)
		put_numbers(out, &counts->all.v[i], like(base ? &base->all : &none, i, i));
	wire_put(out, counts->n_scopes);
	for (size_t i = 0; i < counts->n_scopes; i++) {
		const struct item_scope *scope = &counts->scopes[i];
		struct item_list before = item_counts__find(base, scope->key, scope->vcpu);

		wire_put(out, scope->key);
		wire_put(out, scope->vcpu);
		put_scope(out, scope, &before);
	}
	return wire_finish(out);
}

/* ---- reading */

struct reader {
	struct wire_in in;
	struct item_counts *counts;
	const struct item_counts *base;
};

static void get_numbers(struct wire_in *in, struct item_count *count,
			const struct item_count *before)
{
	const uint64_t growth = wire_get(in);

	count->total = before->total + growth;
	count->last = before->last + growth + wire_get(in);
	count->had = before->had + wire_get(in);
}

static int get_all(struct reader *r)
{
	const struct item_list none = { .n = 0 }, *base = r->base ? &r->base->all : &none;
	const size_t n = r->counts->defs->n;
	struct item_count *v = arena__calloc(r->counts->arena, n, sizeof(*v));

	if (!v)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		v[i].def = i;
		get_numbers(&r->in, &v[i], like(base, i, i));
	}
	r->counts->all = (struct item_list){ v, n };
	return 0;
}

/* The list of a scope has no item twice. */
static int get_list(struct reader *r, const struct item_list *base, struct item_list *ret_list)
{
	const size_t n_defs = r->counts->defs->n, n = wire_get(&r->in) + base->n;
	struct item_count *v;
	uint64_t next = 0;

	if (r->in.bad || n > n_defs)
		return -EBADMSG;
	v = arena__calloc(r->counts->arena, n, sizeof(*v));
	if (!v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		next += wire_get(&r->in);
		if (r->in.bad || next >= n_defs)
			return -EBADMSG;
		v[i].def = (uint32_t)next++;
		get_numbers(&r->in, &v[i], like(base, i, v[i].def));
	}
	*ret_list = (struct item_list){ v, n };
	return 0;
}

static int get_scopes(struct reader *r)
{
	const uint64_t n = wire_get_within(&r->in, 0, UINT32_MAX);
	int err = 0;

	r->counts->scopes = arena__calloc(r->counts->arena, n, sizeof(*r->counts->scopes));
	if (!r->counts->scopes)
		return -ENOMEM;
	for (size_t i = 0; i < n && !err; i++) {
		struct item_scope *scope = &r->counts->scopes[r->counts->n_scopes++];
		struct item_list before;

		scope->key = wire_get(&r->in);
		scope->vcpu = wire_get(&r->in);
		before = item_counts__find(r->base, scope->key, scope->vcpu);
		err = get_list(r, &before, &scope->list);
	}
	return err;
}

int codec_read_items(const struct item_defs *defs, const struct item_counts *base,
		     const void *bytes, size_t n, const struct item_counts **ret_counts)
{
	struct item_counts *counts = item_counts__new(item_defs__share(defs));
	__cleanup(cleanup_counts) const struct item_counts *made = counts;
	struct reader r = { wire_in_of(bytes, n), counts, usable(base, defs) };
	int err = counts ? get_all(&r) : -ENOMEM;

	if (!err)
		err = get_scopes(&r);
	if (err || r.in.bad)
		return err ? err : -EBADMSG;
	*ret_counts = take_ptr(made);
	return 0;
}
