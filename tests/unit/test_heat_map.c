// SPDX-License-Identifier: GPL-2.0
/* heat_map: which rows and columns it has, and the level of each cell. */
#include "unit.h"

#include <errno.h>

#include "../../user/render/heat_map.h"

/* The map as text: a line per row, the highest first, a character per cell. */
static const char *draw(const struct heat_map *map)
{
	static const char letters[] = "!01234";
	static char text[4096];
	size_t at = 0;

	for (size_t row = map->n_rows; row--;) {
		for (size_t column = 0; column < map->n_columns; column++) {
			int8_t level = heat_map__level(map, row, column);

			assert_in_range(level + 1, 0, HEAT_LEVELS);
			text[at++] = letters[level + 1];
		}
		text[at++] = '\n';
	}
	text[at] = '\0';
	return text;
}

static struct heat_map *make(const struct hist *frames, size_t n, const struct heat_spec *spec)
{
	const struct hist *v[64];
	struct heat_map *map = NULL;

	/* One that is not known has no counts at all. */
	for (size_t i = 0; i < n; i++)
		v[i] = frames[i].v ? &frames[i] : NULL;
	assert_int_equal(heat_map__new(v, n, spec, &map), 0);
	return map;
}

static const struct heat_spec plain = {
	.rows_max = 20, .columns_max = 10, .rows_per_octave = 1, .frames_per_column = 1
};

static void cells(void **state)
{
	const uint64_t zero = 0;
	const struct hist frames[] = {
		make_hist(9901, 1024, 99, 4096), /* 0.99 % */
		make_hist(99, 1024, 1, 4096),	 /* 1 % */
		make_hist(901, 1024, 99, 4096),	 /* 9.9 % */
		make_hist(90, 1151, 10, 8191),	 /* 10 %: as the slots of the same octaves */
		{ .v = NULL },
		make_hist(701, 1024, 299, 4096), /* 29.9 % */
		{ .v = &zero, .first = 7, .n = 1 },
		make_hist(70, 1024, 30, 4096), /* 30 % */
	};
	struct heat_map *map = make(frames, ARRAY_SIZE(frames), &plain);

	(void)state;
	assert_string_equal(draw(map), "1223!304\n"
				       "0000!000\n"
				       "4444!404\n");
	assert_int_equal(map->rows[0].lo_ns, 1024);
	assert_int_equal(map->rows[0].end_ns, 2048);
	assert_int_equal(map->rows[2].end_ns, 8192);
	assert_true(map->now_known);
	assert_int_equal(map->rows[0].now, 70);
	assert_int_equal(map->rows[1].now, 0);
	assert_int_equal(map->rows[2].now, 30);
	heat_map__free(map);
	map = make(frames, 5, &plain);
	assert_false(map->now_known);
	assert_int_equal(map->rows[0].now, 0);
	heat_map__free(map);
}

static void many_columns(void **state)
{
	struct hist frames[20];
	struct heat_spec spec = plain;
	struct heat_map *map;

	(void)state;
	/* What is not shown has no rows. */
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++)
		frames[i] = make_hist(10, i < 10 ? 16 : 1024, 0, 1024);
	map = make(frames, ARRAY_SIZE(frames), &plain);
	assert_string_equal(draw(map), "4444444444\n");
	assert_int_equal(map->first_frame, 10);
	heat_map__free(map);

	/* Columns of five, the first and the last of which are not full: frames 3 to 22. */
	spec.frames_per_column = 5;
	spec.first = 3;
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++)
		frames[i] = i < 2		 ? make_hist(1, 1024, 0, 1024)
			    : i < 7		 ? make_hist(1, 2048, 0, 2048)
			    : i >= 12 && i != 16 ? (struct hist){ .v = NULL }
						 : make_hist(1, 4096, 0, 4096);
	map = make(frames, ARRAY_SIZE(frames), &spec);
	assert_string_equal(draw(map), "0044!\n"
				       "0400!\n"
				       "4000!\n");
	assert_int_equal(map->first_frame, 0);
	heat_map__free(map);

	/* Too many: whole columns are left out. */
	spec.columns_max = 3;
	map = make(frames, ARRAY_SIZE(frames), &spec);
	assert_int_equal(map->first_frame, 7);
	assert_string_equal(draw(map), "44!\n");
	heat_map__free(map);
}

static void merged_rows(void **state)
{
	/* One value in each octave from 2^10 to 2^15, and in the last slot of 2^15. */
	uint64_t v[HIST_SLOTS] = { 0 };
	struct heat_spec spec = plain;
	struct hist hist;
	struct heat_map *map;

	(void)state;
	for (unsigned int i = 10; i < 16; i++)
		v[hist_slot(UINT64_C(1) << i)] = 1;
	v[hist_slot(65535)] = 10;
	hist = hist_of(v);
	spec.rows_max = 3;
	map = make(&hist, 1, &spec);
	assert_int_equal(map->n_rows, 3);
	/* Three are too many: two of them at the low end, one at the high one. */
	assert_int_equal(map->rows[0].lo_ns, 1024);
	assert_int_equal(map->rows[0].end_ns, 8192);
	assert_int_equal(map->rows[0].now, 3);
	assert_int_equal(map->rows[1].end_ns, 16384);
	assert_int_equal(map->rows[1].now, 1);
	assert_int_equal(map->rows[2].lo_ns, 16384);
	assert_int_equal(map->rows[2].end_ns, 65536);
	assert_int_equal(map->rows[2].now, 12);
	heat_map__free(map);
	spec.rows_max = 1;
	map = make(&hist, 1, &spec);
	assert_int_equal(map->n_rows, 1);
	assert_int_equal(map->rows[0].now, 16);
	assert_int_equal(map->rows[0].end_ns, 65536);
	heat_map__free(map);
}

static void finer_rows(void **state)
{
	const struct hist hist = make_hist(1, 1024, 2, 4095); /* two octaves */
	struct heat_spec spec = plain;
	static const struct {
		unsigned int wanted;
		size_t room, n;
		uint64_t end_ns; /* of the lowest row */
	} cases[] = { { 1, 20, 2, 2048 }, { 2, 4, 4, 1536 }, { 2, 3, 2, 2048 },
		      { 4, 8, 8, 1280 },  { 4, 7, 4, 1536 }, { 4, 1, 1, 4096 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct heat_map *map;

		spec.rows_per_octave = cases[i].wanted;
		spec.rows_max = cases[i].room;
		map = make(&hist, 1, &spec);
		assert_int_equal(map->n_rows, cases[i].n);
		assert_int_equal(map->rows[0].lo_ns, 1024);
		assert_int_equal(map->rows[0].end_ns, cases[i].end_ns);
		assert_int_equal(map->rows[map->n_rows - 1].end_ns, 4096);
		heat_map__free(map);
	}
}

static void ends(void **state)
{
	uint64_t v[HIST_SLOTS] = { [0] = 1, [7] = 1, [HIST_SLOTS - 1] = 2 };
	struct hist hist = hist_of(v);
	struct heat_spec spec = plain;
	struct heat_map *map;

	(void)state;
	spec.rows_max = HIST_SLOTS;
	map = make(&hist, 1, &spec);
	assert_int_equal(map->n_rows, HIST_SLOTS / 8);
	assert_int_equal(map->rows[0].lo_ns, 0);
	assert_int_equal(map->rows[0].end_ns, 8);
	assert_int_equal(map->rows[0].now, 2);
	assert_true(map->rows[map->n_rows - 1].end_ns == UINT64_MAX);
	assert_int_equal(map->rows[map->n_rows - 1].now, 2);
	heat_map__free(map);

	/* Nothing at all. */
	map = make(&hist, 0, &plain);
	assert_int_equal(map->n_rows + map->n_columns, 0);
	heat_map__free(map);
	hist = (struct hist){ .v = v + 1, .first = 1, .n = 3 };
	map = make(&hist, 1, &plain);
	assert_int_equal(map->n_rows, 0);
	assert_int_equal(map->n_columns, 1);
	assert_true(map->now_known);
	heat_map__free(map);
	assert_int_equal(heat_zoom(0), 1);
	assert_int_equal(heat_zoom(HEAT_ZOOMS - 1), 60);
	assert_int_equal(heat_zoom(SIZE_MAX), 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells),       cmocka_unit_test(many_columns),
		cmocka_unit_test(merged_rows), cmocka_unit_test(finer_rows),
		cmocka_unit_test(ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
