// SPDX-License-Identifier: GPL-2.0
#include "replay_counted.h"

#include <stddef.h>

#include "../model/codec.h"
#include "../model/ids.h"
#include "../model/snapshot.h"
#include "../sources/replay.h"

/* Of the host's exit reasons, in a recording that does not have it; 0: there are none. */
static uint32_t find_isa(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_vms; i++)
		for (size_t j = 0; j < snapshot->vms[i].n_vcpus; j++)
			if (snapshot->vms[i].vcpus[j].n_exits)
				return isa_base(snapshot->vms[i].vcpus[j].exits[0].isa);
	return 0;
}

struct counted counted__begin(const struct item_opts *opts, const struct replay_item *item)
{
	struct counted counted = { .place = item->place };

	if (!opts)
		return counted;
	counted.opts = *opts;
	counted.opts.names = item->run->reasons;
	counted.opts.isa = item->run->isa ? item->run->isa : find_isa(item->snapshot);
	return counted;
}

struct counted counted__share(const struct counted *counted)
{
	if (counted->items)
		item_counts__share(counted->items);
	return *counted;
}

void counted__release(struct counted *counted)
{
	item_counts__free(counted->items);
	*counted = (struct counted){ .place = 0 };
}

/* Every second one. */
static void thin_out(struct counted_places *places)
{
	for (size_t i = 0; i < places->n; i++) {
		if (i % 2)
			counted__release(&places->v[i].counted);
		else
			places->v[i / 2] = places->v[i];
	}
	places->n = (places->n + 1) / 2;
	places->stride *= 2;
}

void counted_places__note(struct counted_places *places, const struct counted *counted,
			  int64_t wall_ns)
{
	if (places->n && counted->place <= places->v[places->n - 1].counted.place) {
		places->passed = 0;
		return;
	}
	if (places->n && ++places->passed < places->stride)
		return;
	if (!places->n)
		places->stride = 1;
	if (places->n == COUNTED_MAX)
		thin_out(places);
	places->v[places->n].counted = counted__share(counted);
	places->v[places->n++].wall_ns = wall_ns;
	places->passed = 0;
}

const struct counted *counted_places__find(const struct counted_places *places, uint64_t place,
					   int64_t wall_ns)
{
	for (size_t i = places->n; i-- > 0;)
		if (places->v[i].counted.place < place && places->v[i].wall_ns <= wall_ns)
			return &places->v[i].counted;
	return NULL;
}

void counted_places__release(struct counted_places *places)
{
	for (size_t i = 0; i < places->n; i++)
		counted__release(&places->v[i].counted);
	places->n = 0;
}
