// SPDX-License-Identifier: GPL-2.0
#include "detail_cells.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../../bpf/detail.h"
#include "../../base/arena.h"
#include "../../base/once.h"
#include "../../model/snapshot.h"
#include "collector.h"
#include "object.h"

/* When more cells than that are in use, the coldest are taken back until only so many are. */
#define FULL(n) ((n) - (n) / 4)
#define ROOM(n) ((n) / 2)

/* System calls in a row that must not be preempted. */
#define PORTION 256

/* A cell as it was read for this snapshot. */
struct cell_copy {
	uint32_t cell;
	uint32_t slot;
	bool retired; /* its counts are among the others */
	struct detail_tally tally;
	uint64_t growth; /* since the snapshot before */
};

struct detail_cells {
	struct exits *exits;
	const struct bpf_map *free, *index;
	struct kvmtop_detail_cell *v; /* the map, in our memory */
	size_t n, bytes, n_slots;

	uint64_t *seen;		     /* count of each cell at the last read */
	struct detail_sum *returned; /* by slot and kind: sums of the cells that were given back */
	struct cell_copy *copies;    /* of the cells in use, by slot */
	size_t n_copies;
};

static struct detail_sum *returned_of(struct detail_cells *cells, uint32_t slot, uint32_t kind)
{
	return &cells->returned[(size_t)slot * DETAIL_KIND_MAX + kind];
}

static void give_back(struct detail_cells *cells, uint32_t cell)
{
	struct kvmtop_detail_cell *c = &cells->v[cell];
	uint32_t seq = c->seq + 1;

	memset(c, 0, sizeof(*c));
	WRITE_ONCE(c->seq, seq);
	cells->seen[cell] = 0;
	bpf_map_update_elem(bpf_map__fd(cells->free), NULL, &cell, BPF_ANY);
}

/* Cells that the read before took back. By now nothing writes to them. */
static void give_back_retired(struct detail_cells *cells)
{
	uint32_t cell = 1;

	while (cell < cells->n) {
		struct precedence precedence = exits__take_precedence(cells->exits);

		for (int i = 0; i < PORTION && cell < cells->n; cell++) {
			const struct kvmtop_detail_cell *c = &cells->v[cell];
			struct detail_sum *returned;

			if (READ_ONCE(c->state) != KVMTOP_CELL_RETIRED)
				continue;
			returned = returned_of(cells, c->key.slot, c->key.kind);
			returned->count += c->count;
			returned->sum_ns += c->sum_ns;
			give_back(cells, cell);
			i++;
		}
		exits__end_precedence(&precedence);
	}
}

static void copy_cell(struct detail_cells *cells, uint32_t cell)
{
	const struct kvmtop_detail_cell *c = &cells->v[cell];
	struct cell_copy *copy = &cells->copies[cells->n_copies];

	/* A cell that is just being taken may have any key yet. */
	if (READ_ONCE(c->state) != KVMTOP_CELL_USED || c->key.slot >= cells->n_slots ||
	    c->key.kind >= DETAIL_KIND_MAX)
		return;
	*copy = (struct cell_copy){
		.cell = cell,
		.slot = c->key.slot,
		.tally = {
			.kind = (enum detail_kind)c->key.kind,
			.key = c->key.key,
			.sub = c->key.sub,
			.count = READ_ONCE(c->count),
			.sum_ns = READ_ONCE(c->sum_ns),
		},
	};
	copy->growth = copy->tally.count - cells->seen[cell];
	cells->seen[cell] = copy->tally.count;
	cells->n_copies++;
}

static int by_growth(const void *a, const void *b)
{
	const struct cell_copy *x = a, *y = b;

	return (x->growth > y->growth) - (x->growth < y->growth);
}

static int by_slot(const void *a, const void *b)
{
	const struct cell_copy *x = a, *y = b;

	return (x->slot > y->slot) - (x->slot < y->slot);
}

/*
 * From now on no event finds the cell. An event that has just found it has until the next read to
 * finish.
 */
static void retire(struct detail_cells *cells, struct cell_copy *copy)
{
	struct kvmtop_detail_cell *c = &cells->v[copy->cell];
	struct kvmtop_detail_key key = c->key;

	WRITE_ONCE(c->state, KVMTOP_CELL_RETIRED);
	bpf_map_delete_elem(bpf_map__fd(cells->index), &key);
	copy->retired = true;
}

/* Takes the coldest cells back when most are in use. */
static void make_room(struct detail_cells *cells)
{
	size_t done = 0, excess;

	if (cells->n_copies <= FULL(cells->n))
		return;
	excess = cells->n_copies - ROOM(cells->n);
	qsort(cells->copies, cells->n_copies, sizeof(*cells->copies), by_growth);
	while (done < excess) {
		struct precedence precedence = exits__take_precedence(cells->exits);

		for (int i = 0; i < PORTION && done < excess; i++)
			retire(cells, &cells->copies[done++]);
		exits__end_precedence(&precedence);
	}
}

void detail_cells__collect(struct detail_cells *cells)
{
	give_back_retired(cells);
	cells->n_copies = 0;
	for (uint32_t cell = 1; cell < cells->n; cell++)
		copy_cell(cells, cell);
	make_room(cells);
	qsort(cells->copies, cells->n_copies, sizeof(*cells->copies), by_slot);
}

/* The first copy of @slot; they are sorted by it. */
static size_t first_copy(const struct detail_cells *cells, uint32_t slot)
{
	size_t low = 0, high = cells->n_copies;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cells->copies[middle].slot < slot)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Makes room in @sample for @more keys, after those of the vCPU's other slots. */
static int grow_sample(struct arena *arena, struct vcpu_sample *sample, size_t more)
{
	struct detail_tally *details =
		arena__calloc(arena, sample->n_details + more, sizeof(*details));

	if (!details)
		return -ENOMEM;
	if (sample->n_details)
		memcpy(details, sample->details, sample->n_details * sizeof(*details));
	sample->details = details;
	return 0;
}

/*
 * The slot as it is now: the reasons of the vCPU's exits are read now, too, and not with the cells
 * of all vCPUs.
 */
static struct detail_tally tally_now(const struct detail_cells *cells, const struct cell_copy *copy)
{
	const struct kvmtop_detail_cell *c = &cells->v[copy->cell];
	struct detail_tally tally = copy->tally;

	tally.count = READ_ONCE(c->count);
	tally.sum_ns = READ_ONCE(c->sum_ns);
	return tally;
}

int detail_cells__fill(struct detail_cells *cells, uint32_t slot, struct arena *arena,
		       struct vcpu_sample *sample, struct detail_sum *sums)
{
	size_t first = first_copy(cells, slot), end = first;

	while (end < cells->n_copies && cells->copies[end].slot == slot)
		end++;
	if (grow_sample(arena, sample, end - first))
		return -ENOMEM;
	for (uint32_t kind = 0; kind < DETAIL_KIND_MAX; kind++) {
		const struct detail_sum *returned = returned_of(cells, slot, kind);

		sums[kind].count += returned->count;
		sums[kind].sum_ns += returned->sum_ns;
	}
	for (size_t i = first; i < end; i++) {
		const struct detail_tally tally = tally_now(cells, &cells->copies[i]);

		sums[tally.kind].count += tally.count;
		sums[tally.kind].sum_ns += tally.sum_ns;
		if (!cells->copies[i].retired)
			sample->details[sample->n_details++] = tally;
	}
	return 0;
}

void detail_cells__forget(struct detail_cells *cells, uint32_t slot)
{
	for (uint32_t cell = 1; cell < cells->n; cell++) {
		const struct kvmtop_detail_cell *c = &cells->v[cell];
		struct kvmtop_detail_key key = c->key;

		if (c->state == KVMTOP_CELL_FREE || key.slot != slot)
			continue;
		if (c->state == KVMTOP_CELL_USED)
			bpf_map_delete_elem(bpf_map__fd(cells->index), &key);
		give_back(cells, cell);
	}
	memset(returned_of(cells, slot, 0), 0, DETAIL_KIND_MAX * sizeof(*cells->returned));
}

int detail_cells__open(const struct detail_cells_opts *opts, struct detail_cells **ret_cells)
{
	struct detail_cells *cells = calloc(1, sizeof(*cells));
	int err;

	if (!cells)
		return -ENOMEM;
	cells->exits = opts->exits;
	cells->free = opts->free;
	cells->index = opts->index;
	cells->n = opts->n;
	cells->n_slots = exits__slots(opts->exits).n_slots;
	cells->seen = calloc(cells->n, sizeof(*cells->seen));
	cells->copies = calloc(cells->n, sizeof(*cells->copies));
	cells->returned = calloc(cells->n_slots * DETAIL_KIND_MAX, sizeof(*cells->returned));
	err = cells->seen && cells->copies && cells->returned ? 0 : -ENOMEM;
	if (!err)
		err = object_map_array(opts->map, sizeof(*cells->v), (void **)&cells->v,
				       &cells->bytes);
	if (err) {
		detail_cells__close(cells);
		return err;
	}
	*ret_cells = cells;
	return 0;
}

void detail_cells__close(struct detail_cells *cells)
{
	if (!cells)
		return;
	if (cells->v)
		munmap(cells->v, cells->bytes);
	free(cells->seen);
	free(cells->copies);
	free(cells->returned);
	free(cells);
}
