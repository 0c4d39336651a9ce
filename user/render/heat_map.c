// SPDX-License-Identifier: GPL-2.0
#include "heat_map.h"

#include <errno.h>
#include <stdlib.h>

#include "../base/cleanup.h"

#define SLOTS_PER_OCTAVE (1u << HIST_SUB_BITS)

static const unsigned int zooms[HEAT_ZOOMS] = { 1, 2, 5, 10, 30, 60 };

DEFINE_CLEANUP(heat_map, struct heat_map, heat_map__free)

size_t heat_zoom(size_t zoom)
{
	return zooms[zoom < HEAT_ZOOMS ? zoom : HEAT_ZOOMS - 1];
}

void heat_map__free(struct heat_map *map)
{
	if (!map)
		return;
	free(map->rows);
	free(map->levels);
	free(map);
}

/* The column of @frame, counted from the one that begins with the first frame of all. */
static uint64_t column_of(const struct heat_spec *spec, size_t frame)
{
	return (spec->first + frame) / spec->frames_per_column;
}

/* Which of the @n frames are shown, and in how many columns. */
static void choose_frames(struct heat_map *map, size_t n, const struct heat_spec *spec)
{
	uint64_t columns = n ? column_of(spec, n - 1) - column_of(spec, 0) + 1 : 0;
	uint64_t first;

	map->n_columns = columns < spec->columns_max ? (size_t)columns : spec->columns_max;
	if (columns <= spec->columns_max)
		return;
	first = (column_of(spec, n - 1) + 1 - spec->columns_max) * spec->frames_per_column;
	map->first_frame = (size_t)(first - spec->first);
}

/* The slots from the first to the last that is in use in the @n @frames; false: there is none. */
static bool used_slots(const struct hist *const *frames, size_t n, size_t *ret_first,
		       size_t *ret_last)
{
	size_t first = HIST_SLOTS, last = 0;

	for (size_t i = 0; i < n; i++)
		for (uint32_t j = 0; frames[i] && j < frames[i]->n; j++) {
			size_t slot = frames[i]->first + j;

			if (!frames[i]->v[j])
				continue;
			first = slot < first ? slot : first;
			last = slot > last ? slot : last;
		}
	*ret_first = first;
	*ret_last = last;
	return first <= last;
}

/* How many slots a row has, at least: the least for which the rows fit. */
static size_t slots_per_row(size_t first, size_t last, const struct heat_spec *spec)
{
	size_t slots = SLOTS_PER_OCTAVE / (spec->rows_per_octave ? spec->rows_per_octave : 1);

	while (slots < SLOTS_PER_OCTAVE && last / slots - first / slots + 1 > spec->rows_max)
		slots *= 2;
	return slots;
}

/* Makes the rows, and @ret_row_of[slot] for the slots that are in use. */
static int make_rows(struct heat_map *map, const struct hist *const *frames, size_t n,
		     const struct heat_spec *spec, size_t ret_row_of[HIST_SLOTS])
{
	size_t first, last, slots, all, merged, low;

	if (!used_slots(frames, n, &first, &last))
		return 0;
	slots = slots_per_row(first, last, spec);
	all = last / slots - first / slots + 1;
	map->n_rows = all < spec->rows_max ? all : spec->rows_max;
	map->rows = calloc(map->n_rows, sizeof(*map->rows));
	if (!map->rows)
		return -ENOMEM;
	merged = all - map->n_rows;
	low = (merged + 1) / 2; /* so many are in the lowest one beside it */
	for (size_t slot = first / slots * slots; slot < (last / slots + 1) * slots; slot++) {
		size_t row = slot / slots - first / slots;

		row = row > low ? row - low : 0;
		row = row < map->n_rows ? row : map->n_rows - 1;
		ret_row_of[slot] = row;
		if (!map->rows[row].end_ns)
			map->rows[row].lo_ns = hist_slot_lo_ns(slot);
		map->rows[row].end_ns =
			slot + 1 < HIST_SLOTS ? hist_slot_lo_ns(slot + 1) : UINT64_MAX;
	}
	return 0;
}

/* Adds @hist to the @counts of the rows. */
static void add_counts(const struct hist *hist, const size_t row_of[HIST_SLOTS], uint64_t *counts)
{
	for (uint32_t i = 0; i < hist->n; i++)
		if (hist->v[i])
			counts[row_of[hist->first + i]] += hist->v[i];
}

static int8_t level_of(uint64_t count, double sum)
{
	const double pct = 100.0 * (double)count / sum;

	return !count ? 0 : pct < 1 ? 1 : pct < 10 ? 2 : pct < 30 ? 3 : 4;
}

/* Takes the @counts of @column, and makes them zero for the next one. */
static void finish_column(struct heat_map *map, size_t column, bool known, uint64_t *counts)
{
	double sum = 0;

	for (size_t row = 0; row < map->n_rows; row++)
		sum += (double)counts[row];
	for (size_t row = 0; row < map->n_rows; row++) {
		map->levels[row * map->n_columns + column] =
			known ? level_of(counts[row], sum) : HEAT_GAP;
		map->rows[row].now = counts[row];
		counts[row] = 0;
	}
	map->now_known = known;
}

static int fill(struct heat_map *map, const struct hist *const *frames, size_t n,
		const struct heat_spec *spec, const size_t row_of[HIST_SLOTS])
{
	__autofree uint64_t *counts = calloc(map->n_rows + 1, sizeof(*counts));
	size_t column = 0;
	bool known = false;

	map->levels = calloc(map->n_rows * map->n_columns + 1, 1);
	if (!counts || !map->levels)
		return -ENOMEM;
	for (size_t i = map->first_frame; i < n; i++) {
		if (frames[i]) {
			add_counts(frames[i], row_of, counts);
			known = true;
		}
		if (i + 1 < n && column_of(spec, i) == column_of(spec, i + 1))
			continue;
		finish_column(map, column++, known, counts);
		known = false;
	}
	return 0;
}

int heat_map__new(const struct hist *const *frames, size_t n, const struct heat_spec *spec,
		  struct heat_map **ret_map)
{
	struct heat_map *map __cleanup(cleanup_heat_map) = calloc(1, sizeof(*map));
	size_t row_of[HIST_SLOTS] = { 0 };
	int err;

	if (!map)
		return -ENOMEM;
	choose_frames(map, n, spec);
	err = make_rows(map, frames + map->first_frame, n - map->first_frame, spec, row_of);
	if (!err)
		err = fill(map, frames, n, spec, row_of);
	if (err)
		return err;
	*ret_map = take_ptr(map);
	return 0;
}
