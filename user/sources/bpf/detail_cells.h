/* SPDX-License-Identifier: GPL-2.0 */
/*
 * detail_cells: the cells of the drill-down, one for each key of a vCPU. Reads them for a snapshot, and takes the coldest ones back
 * when most are in use. What those had counted stays in the sums of their kinds.
 */
#ifndef KVMTOP_SOURCES_BPF_DETAIL_CELLS_H
#define KVMTOP_SOURCES_BPF_DETAIL_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "../../model/detail.h"

struct arena;
struct bpf_map;
struct detail_cells;
struct exits;
struct vcpu_sample;

/* The cells of a loaded object. */
struct detail_cells_opts {
	struct exits *exits;	    /* whose slots they are of; it outlives them */
	const struct bpf_map *map;  /* the cells, by number */
	const struct bpf_map *free; /* the queue of the free ones */
	const struct bpf_map *index;
	size_t n; /* with cell 0, which means none */
};

/* 0 or a negative errno. */
int detail_cells__open(const struct detail_cells_opts *opts, struct detail_cells **ret_cells);

/* Takes NULL. */
void detail_cells__close(struct detail_cells *cells);

/* Reads all cells, once per snapshot. */
void detail_cells__collect(struct detail_cells *cells);

/*
 * Adds the keys of slot @slot to @sample, after those of the vCPU's other slots. Adds all that its cells ever counted to @sums, by
 * enum detail_kind. Keys are as of the last collect, their counts as of now. 0 or -ENOMEM.
 */
int detail_cells__fill(struct detail_cells *cells, uint32_t slot, struct arena *arena,
		       struct vcpu_sample *sample, struct detail_sum *sums);

/* Slot @slot will be given back, so its cells are free. */
void detail_cells__forget(struct detail_cells *cells, uint32_t slot);

#endif
