/* SPDX-License-Identifier: GPL-2.0 */
/*
 * heat_map: histograms of frame after frame as a picture of rows of nanoseconds and columns of time. Pure; knows no glyphs.
 */
#ifndef KVMTOP_RENDER_HEAT_MAP_H
#define KVMTOP_RENDER_HEAT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/hist.h"

/* How many frames a column may have, from near to far. */
#define HEAT_ZOOMS 6
size_t heat_zoom(size_t zoom);

/* The level of a cell is its share of its column: none, under 1 %, under 10 %, under 30 %, and more. */
#define HEAT_LEVELS 5 /* levels are 0 to 4 */
#define HEAT_GAP (-1) /* nothing is known of the column */

struct heat_spec {
	size_t rows_max, columns_max; /* both at least 1 */
	unsigned int rows_per_octave; /* 1, 2 or 4 at most: as many as fit */
	size_t frames_per_column;     /* at least 1 */
	uint64_t
		first; /* which frame of all the first one is: columns begin at multiples, so that they stay as time goes on */
};

/* The values in [lo_ns, end_ns). The last slot of a histogram is open: then end_ns is UINT64_MAX. */
struct heat_row {
	uint64_t lo_ns, end_ns;
	uint64_t now; /* how many there are in the last column */
};

struct heat_map {
	struct heat_row *rows; /* upwards; none if all is empty */
	size_t n_rows;
	int8_t *levels; /* n_columns of a row, row after row; oldest first */
	size_t n_columns;
	size_t first_frame; /* with which of the frames the first column begins */
	bool now_known;	    /* the last column is no gap */
};

/*
 * The map of @n @frames, oldest first: histograms or, where nothing is known, NULL. If they are too many, the last ones. Rows are powers of two
 * from the lowest to the highest slot in use (all below 8 ns are one), each divided as far as @spec wants and all fit. If they do not
 * fit, the two lowest become one, then the two highest, and so on. A column is a gap if all of its frames are. 0 and
 * @ret_map, to be freed, or -ENOMEM.
 */
int heat_map__new(const struct hist *const *frames, size_t n, const struct heat_spec *spec,
		  struct heat_map **ret_map);
/* Takes NULL. */
void heat_map__free(struct heat_map *map);

static inline int8_t heat_map__level(const struct heat_map *map, size_t row, size_t column)
{
	return map->levels[row * map->n_columns + column];
}

#endif
