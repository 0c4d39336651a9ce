// SPDX-License-Identifier: GPL-2.0
#include "unkeyed.h"

#include <string.h>

#include "../../base/once.h"
#include "../../model/ids.h"

/* Even a vCPU with an exit each microsecond is read between two of them. */
#define MAX_TRIES 64

/* One look at a slot. */
struct look {
	uint64_t
		exit; /* the last one, KVMTOP_EXIT_ID; 0: not known, or it is over and nothing tells */
	uint64_t reason;
	uint64_t exit_ns; /* 0: the exit is over, or nothing is timed */
	bool counting;	  /* an exit has begun and is not counted yet, or was dropped */
	uint64_t n_exits; /* of all reasons, to see whether there was another exit */
	struct detail_sum all[DETAIL_KIND_MAX];
	struct detail_sum keyed[DETAIL_KIND_MAX];
	uint64_t keyed_exit[DETAIL_KIND_MAX];
	bool times_whole; /* no time is on its way to @keyed */
};

static bool is_reason_of(const struct unkeyed_reasons *reasons, int kind, uint64_t reason)
{
	reason &= reasons->mask;
	for (int i = 0; i < KVMTOP_DETAIL_RANGES; i++)
		if (reason >= reasons->ranges[kind][i].first &&
		    reason <= reasons->ranges[kind][i].last)
			return true;
	return false;
}

static void look_at_cell(const struct unkeyed_view *view, const struct kvmtop_cell *cell,
			 bool is_last, uint32_t number, struct look *look)
{
	uint64_t reason = READ_ONCE(cell->reason);
	uint64_t count = READ_ONCE(cell->count);
	uint64_t sum_ns = READ_ONCE(cell->sum_ns);

	if (isa_base(READ_ONCE(cell->isa)) != view->reasons->isa)
		return;
	look->n_exits += count;
	if (is_last) {
		look->exit = KVMTOP_EXIT_ID(number, count);
		look->reason = reason;
	}
	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++) {
		if (!(view->reasons->kinds & DETAIL_BIT(kind)) ||
		    !is_reason_of(view->reasons, kind, reason))
			continue;
		look->all[kind].count += count;
		look->all[kind].sum_ns += sum_ns;
	}
}

static void look_at_cells(const struct unkeyed_view *view, struct look *look)
{
	const struct kvmtop_vcpu *v = view->vcpu;
	uint32_t n_own = READ_ONCE(v->n_own), n_spare = READ_ONCE(v->n_spare);
	uint32_t place = READ_ONCE(v->exit_place), last = KVMTOP_PLACE_CELL(place);

	for (uint32_t cell = 1; cell <= n_own && cell < KVMTOP_OWN_CELLS; cell++)
		look_at_cell(view, &v->own[cell], last == cell, last, look);
	for (uint32_t i = 0; i < n_spare && i < KVMTOP_SPARE_MAX; i++) {
		uint32_t element = READ_ONCE(v->spare[i]);

		if (element < view->n_spare)
			look_at_cell(view, &view->spare[element],
				     last == element + KVMTOP_OWN_CELLS, last, look);
	}
	look->counting = place != KVMTOP_PLACE_NONE && last == KVMTOP_CELL_NONE;
	if (place != KVMTOP_PLACE_NONE && !(place & KVMTOP_PLACE_ENDING))
		look->exit_ns = READ_ONCE(v->event_ns);
}

/* The exit is read before the count, as it is written after it. */
static void look_at_keyed(const struct unkeyed_view *view, struct look *look)
{
	const struct kvmtop_detail_vcpu *d = view->detail;

	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++)
		look->keyed_exit[kind] = READ_ONCE(d->keyed_exit[kind]);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++) {
		look->keyed[kind].count = READ_ONCE(d->keyed[kind].count);
		look->keyed[kind].sum_ns = READ_ONCE(d->keyed[kind].sum_ns);
	}
	/* The main program of kvm_entry has ended the exit, and the drill-down's has not yet. */
	look->times_whole = look->exit_ns || !READ_ONCE(d->n_pending);
}

/* False: the vCPU went on meanwhile. */
static bool look_once(const struct unkeyed_view *view, struct look *look)
{
	struct look again = { .exit = 0 };

	*look = again;
	look_at_cells(view, look);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	look_at_keyed(view, look);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	look_at_cells(view, &again);
	/* An exit that has begun, and is not counted yet, is left out. */
	return !look->counting && (view->timed || look->exit) && look->exit == again.exit &&
	       look->exit_ns == again.exit_ns && look->n_exits == again.n_exits &&
	       !memcmp(look->all, again.all, sizeof(again.all));
}

static bool look_at(const struct unkeyed_view *view, struct look *look)
{
	for (int tries = 0; tries < MAX_TRIES; tries++)
		if (look_once(view, look) && look->times_whole)
			return true;
	return look_once(view, look);
}

/*
 * Whether the last exit may still get an event. Where nothing is timed, an exit that was already
 * the last one at the previous look counts as over.
 */
static bool is_open(const struct unkeyed *unkeyed, const struct unkeyed_view *view,
		    const struct look *look)
{
	if (view->ended)
		return false;
	return view->timed ? look->exit_ns != 0 : look->exit != unkeyed->last_exit;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

void unkeyed__begin(struct unkeyed *unkeyed, const struct unkeyed_view *view)
{
	struct look look;

	*unkeyed = (struct unkeyed){ .last_exit = 0 };
	if (!look_at(view, &look)) {
		unkeyed->to_begin = true;
		return;
	}
	unkeyed->last_exit = look.exit;
	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++)
		unkeyed->before[kind] = (struct detail_sum){
			.count = less(look.all[kind].count, look.keyed[kind].count),
			.sum_ns = less(look.all[kind].sum_ns, look.keyed[kind].sum_ns),
		};
}

static void raise(uint64_t *reported, uint64_t value)
{
	if (*reported < value)
		*reported = value;
}

void unkeyed__look(struct unkeyed *unkeyed, const struct unkeyed_view *view)
{
	struct look look;
	bool open;

	if (unkeyed->to_begin) {
		unkeyed__begin(unkeyed, view);
		return;
	}
	if (!look_at(view, &look))
		return;
	open = is_open(unkeyed, view, &look);
	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++) {
		const struct detail_sum *all = &look.all[kind], *keyed = &look.keyed[kind];
		bool waits = open && look.keyed_exit[kind] != look.exit &&
			     is_reason_of(view->reasons, kind, look.reason);

		raise(&unkeyed->reported[kind].count,
		      less(all->count, keyed->count + waits + unkeyed->before[kind].count));
		if (look.times_whole)
			raise(&unkeyed->reported[kind].sum_ns,
			      less(all->sum_ns, keyed->sum_ns + unkeyed->before[kind].sum_ns));
	}
	unkeyed->last_exit = look.exit;
}
