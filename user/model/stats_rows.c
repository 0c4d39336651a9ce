// SPDX-License-Identifier: GPL-2.0
/* stats_rows: merging, and the order. */
#include "stats_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* 0: a rate; 1: a rate that is not known; 2: no rate. */
static int rate_rank(const struct stats_row *row)
{
	return row->gauge ? 2 : !row->count.delta_valid;
}

static int cmp_names(const struct stats_row *a, const struct stats_row *b)
{
	return strcmp(a->desc->name, b->desc->name);
}

static int cmp_rates(const struct stats_row *a, const struct stats_row *b)
{
	int order = rate_rank(a) - rate_rank(b);

	if (!order)
		order = (a->count.rate < b->count.rate) - (a->count.rate > b->count.rate);
	if (!order)
		order = cmp_u64(b->count.total, a->count.total);
	if (!order)
		order = cmp_u64(b->value, a->value);
	return order ? order : cmp_names(a, b);
}

static int cmp_totals(const struct stats_row *a, const struct stats_row *b)
{
	int order = a->gauge - b->gauge;

	if (!order)
		order = cmp_u64(b->count.total, a->count.total);
	return order ? order : cmp_rates(a, b);
}

typedef int (*cmp_fn)(const struct stats_row *a, const struct stats_row *b);

/* What is not here is sorted by rate. */
static const cmp_fn orders[SORT_KEY_MAX] = {
	[SORT_NAME] = cmp_names,
	[SORT_COUNT] = cmp_totals,
};

static int cmp_rows(const void *a, const void *b, void *arg)
{
	const cmp_fn *cmp = arg;

	return (*cmp)(a, b);
}

static bool is_zero(const struct stats_row *row)
{
	return !row->value && !row->count.total;
}

void stats_rows__finish(struct stats_rows *rows, const struct query *query)
{
	cmp_fn cmp = orders[query->sort] ? orders[query->sort] : cmp_rates;
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		if (rows->keep_zero || !is_zero(&rows->v[i]))
			rows->v[n++] = rows->v[i];
	rows->zero = rows->n - n;
	rows->n = n;
	if (n)
		qsort_r(rows->v, n, sizeof(*rows->v), cmp_rows, &cmp);
	if (query->top && query->top < n)
		rows->n = query->top;
	rows->left_out = n - rows->n;
}

void stats_rows__release(struct stats_rows *rows)
{
	free(rows->v);
	*rows = (struct stats_rows){ .n = 0 };
}
