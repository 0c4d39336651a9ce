// SPDX-License-Identifier: GPL-2.0
/* stats_rows: merging, and the order. */
#include "stats_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "order.h"
#include "query.h"
#include "stats.h"

static uint64_t add_u64(uint64_t a, uint64_t b)
{
	return a <= UINT64_MAX - b ? a + b : UINT64_MAX;
}

static uint64_t sum_of(const uint64_t *v, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = add_u64(sum, v[i]);
	return sum;
}

/* ---- rows of one VM or vCPU */

/* Samples of a histogram, or the sum of several values. */
static struct counter count_of_array(const struct frame_stat *stat, double interval_s)
{
	struct counter count = { .total = sum_of(stat->totals, stat->desc->n) };

	count.delta_valid = stat->deltas;
	if (!count.delta_valid)
		return count;
	count.delta = sum_of(stat->deltas, stat->desc->n);
	count.rate = (double)count.delta / interval_s;
	return count;
}

static struct stats_row row_of(const struct frame_stat *stat, double interval_s)
{
	const struct stat_desc *desc = stat->desc;
	struct stats_row row = { .desc = desc };

	row.gauge = desc->type == STAT_INSTANT || desc->type == STAT_PEAK;
	if (row.gauge)
		row.value = stat->totals ? sum_of(stat->totals, desc->n) : stat->value;
	else
		row.count = stat->totals ? count_of_array(stat, interval_s) : stat->count;
	return row;
}

/* ---- merging */

/* Statistics come in the kernel's order, so the one looked for is mostly at @hint. */
static struct stats_row *find_row(const struct stats_rows *rows, const struct stat_desc *desc,
				  size_t hint)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct stats_row *row = &rows->v[(hint + i) % rows->n];

		if (row->desc == desc)
			return row;
	}
	return NULL;
}

static void merge(struct stats_row *row, const struct stats_row *part)
{
	row->value = add_u64(row->value, part->value);
	row->count.total = add_u64(row->count.total, part->count.total);
	if (!row->count.delta_valid || !part->count.delta_valid) {
		row->count = (struct counter){ .total = row->count.total };
		return;
	}
	row->count.delta = add_u64(row->count.delta, part->count.delta);
	row->count.rate += part->count.rate;
}

static int make_room(struct stats_rows *rows)
{
	size_t room = rows->room ? 2 * rows->room : 64;
	struct stats_row *v;

	if (rows->n < rows->room)
		return 0;
	v = reallocarray(rows->v, room, sizeof(*v));
	if (!v)
		return -ENOMEM;
	rows->v = v;
	rows->room = room;
	return 0;
}

int stats_rows__add(struct stats_rows *rows, const struct frame_stats *stats, double interval_s)
{
	size_t hint = 0;

	for (size_t i = 0; i < stats->n; i++) {
		const struct stats_row part = row_of(&stats->v[i], interval_s);
		struct stats_row *row = find_row(rows, part.desc, hint);

		if (row) {
			merge(row, &part);
			hint = (size_t)(row - rows->v) + 1;
			continue;
		}
		if (make_room(rows))
			return -ENOMEM;
		rows->v[rows->n++] = part;
	}
	return 0;
}

/* ---- order */

static bool is_zero(const struct stats_row *row)
{
	return !row->value && !row->count.total;
}

static int sort(struct stats_rows *rows, const struct query *query)
{
	__autofree struct row *sorted = calloc(rows->n + 1, sizeof(*sorted));
	__autofree struct stats_row *v = calloc(rows->n + 1, sizeof(*v));
	int err;

	if (!sorted || !v)
		return -ENOMEM;
	for (size_t i = 0; i < rows->n; i++)
		sorted[i] = (struct row){ .kind = ROW_VM_STAT, .stat = &rows->v[i] };
	err = order_rows(&query->order, sorted, rows->n);
	if (err)
		return err;
	for (size_t i = 0; i < rows->n; i++)
		v[i] = *sorted[i].stat;
	memcpy(rows->v, v, rows->n * sizeof(*v));
	return 0;
}

int stats_rows__finish(struct stats_rows *rows, const struct query *query)
{
	size_t n = 0;
	int err;

	for (size_t i = 0; i < rows->n; i++)
		if (rows->keep_zero || !is_zero(&rows->v[i]))
			rows->v[n++] = rows->v[i];
	rows->zero = rows->n - n;
	rows->n = n;
	err = n ? sort(rows, query) : 0;
	if (err)
		return err;
	if (query->top && query->top < n)
		rows->n = query->top;
	rows->left_out = n - rows->n;
	return 0;
}

void stats_rows__release(struct stats_rows *rows)
{
	free(rows->v);
	*rows = (struct stats_rows){ .n = 0 };
}
