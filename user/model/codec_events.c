// SPDX-License-Identifier: GPL-2.0
#include "codec_events.h"

#include <errno.h>
#include <stdbool.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../base/wire.h"
#include "event_counts.h"
#include "event_defs.h"

DEFINE_CLEANUP(counts, const struct event_counts, event_counts__free)

static const struct event_count no_count;

/* The one in the same place of @base, if it is of the same event. */
static const struct event_count *like(const struct event_list *base, size_t i, uint32_t def)
{
	return i < base->n && base->v[i].def == def ? &base->v[i] : &no_count;
}

static const struct event_counts *usable(const struct event_counts *base,
					 const struct event_defs *defs)
{
	return base && base->defs == defs ? base : NULL;
}

/* ---- writing */

/* The total mostly grows as what was read does: then the second number is 0. */
static void put_numbers(struct wire_out *out, const struct event_count *count,
			const struct event_count *before)
{
	const uint64_t growth = count->total - before->total;

	wire_put(out, growth);
	wire_put(out, count->last - before->last - growth);
	wire_put(out, (uint64_t)(count->had - before->had));
}

static void put_scope(struct wire_out *out, const struct event_scope *scope,
		      const struct event_list *base)
{
	uint32_t next = 0;

	wire_put(out, scope->list.n - base->n);
	for (size_t i = 0; i < scope->list.n; i++) {
		const struct event_count *count = &scope->list.v[i];

		wire_put(out, count->def - next);
		put_numbers(out, count, like(base, i, count->def));
		next = count->def + 1;
	}
}

int codec_write_events(const struct event_counts *counts, const struct event_counts *base,
		       struct wire_out *out)
{
	const struct event_list none = { .n = 0 };

	base = usable(base, counts->defs);
	for (uint32_t i = 0; i < counts->all.n; i++)
		put_numbers(out, &counts->all.v[i], like(base ? &base->all : &none, i, i));
	wire_put(out, counts->n_scopes);
	for (size_t i = 0; i < counts->n_scopes; i++) {
		const struct event_scope *scope = &counts->scopes[i];
		struct event_list before = event_counts__find(base, scope->key, scope->vcpu);

		wire_put(out, scope->key);
		wire_put(out, scope->vcpu);
		put_scope(out, scope, &before);
	}
	return wire_finish(out);
}

/* ---- reading */

struct reader {
	struct wire_in in;
	struct event_counts *counts;
	const struct event_counts *base;
};

static void get_numbers(struct wire_in *in, struct event_count *count,
			const struct event_count *before)
{
	const uint64_t growth = wire_get(in);

	count->total = before->total + growth;
	count->last = before->last + growth + wire_get(in);
	count->had = before->had + wire_get(in);
}

static int get_all(struct reader *r)
{
	const struct event_list none = { .n = 0 }, *base = r->base ? &r->base->all : &none;
	const size_t n = r->counts->defs->n;
	struct event_count *v = arena__calloc(r->counts->arena, n, sizeof(*v));

	if (!v)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		v[i].def = i;
		get_numbers(&r->in, &v[i], like(base, i, i));
	}
	r->counts->all = (struct event_list){ v, n };
	return 0;
}

/* The list of a scope has no event twice. */
static int get_list(struct reader *r, const struct event_list *base, struct event_list *ret_list)
{
	const size_t n_defs = r->counts->defs->n, n = wire_get(&r->in) + base->n;
	struct event_count *v;
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
	*ret_list = (struct event_list){ v, n };
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
		struct event_scope *scope = &r->counts->scopes[r->counts->n_scopes++];
		struct event_list before;

		scope->key = wire_get(&r->in);
		scope->vcpu = wire_get(&r->in);
		before = event_counts__find(r->base, scope->key, scope->vcpu);
		err = get_list(r, &before, &scope->list);
	}
	return err;
}

int codec_read_events(const struct event_defs *defs, const struct event_counts *base,
		      const void *bytes, size_t n, const struct event_counts **ret_counts)
{
	struct event_counts *counts = event_counts__new(event_defs__share(defs));
	__cleanup(cleanup_counts) const struct event_counts *made = counts;
	struct reader r = { wire_in_of(bytes, n), counts, usable(base, defs) };
	int err = counts ? get_all(&r) : -ENOMEM;

	if (!err)
		err = get_scopes(&r);
	if (err || r.in.bad)
		return err ? err : -EBADMSG;
	*ret_counts = take_ptr(made);
	return 0;
}
