// SPDX-License-Identifier: GPL-2.0
/* event_sort: the parents in order, and below each its children. */
#include "event_sort.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "query.h"

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* What is no count comes after those that are, whatever the order. */
static int cmp_classes(const struct event_row *a, const struct event_row *b)
{
	return (a->kind != EVENT_COUNT) - (b->kind != EVENT_COUNT);
}

static int cmp_names(const struct event_row *a, const struct event_row *b)
{
	return strcmp(a->name, b->name);
}

/* A gauge has no rate to be sorted by. */
static int rate_rank(const struct event_row *row)
{
	return row->kind == EVENT_GAUGE ? 2 : !row->delta_valid;
}

static int cmp_rates(const struct event_row *a, const struct event_row *b)
{
	int order = rate_rank(a) - rate_rank(b);

	if (!order && a->kind != EVENT_GAUGE)
		order = (a->rate < b->rate) - (a->rate > b->rate);
	if (!order)
		order = cmp_u64(b->total, a->total);
	return order ? order : cmp_names(a, b);
}

static int cmp_totals(const struct event_row *a, const struct event_row *b)
{
	int order = (a->kind == EVENT_GAUGE) - (b->kind == EVENT_GAUGE);

	if (!order)
		order = cmp_u64(b->total, a->total);
	return order ? order : cmp_rates(a, b);
}

typedef int (*cmp_fn)(const struct event_row *a, const struct event_row *b);

static const cmp_fn orders[SORT_KEY_MAX] = {
	[SORT_NAME] = cmp_names,
	[SORT_COUNT] = cmp_totals,
};

static int cmp_rows(const void *a, const void *b, void *arg)
{
	const cmp_fn *cmp = arg;
	int order = cmp_classes(a, b);

	return order ? order : (*cmp)(a, b);
}

static bool is_zero(const struct event_row *row)
{
	return !row->total && !row->delta;
}

/* The children of @parent (NULL: those that are none), at most @top of them (0: all), each with its own. */
static void append(struct event_table *table, const struct event_row *sorted, size_t n,
		   const char *parent, size_t top)
{
	size_t taken = 0;

	for (size_t i = 0; i < n; i++) {
		bool child = sorted[i].parent == parent;

		if (!child)
			continue;
		if (top && taken == top) {
			table->left_out++;
			continue;
		}
		taken++;
		table->v[table->n++] = sorted[i];
		table->n_counts += sorted[i].kind == EVENT_COUNT;
		if (!parent)
			append(table, sorted, n, sorted[i].name, top);
	}
}

static void add_sums(const struct event_row *list, size_t n, struct event_table *table)
{
	for (size_t i = 0; i < n; i++) {
		struct event_sum *sum = &table->sums[list[i].source];

		if (list[i].parent || list[i].kind != EVENT_COUNT)
			continue;
		sum->there = true;
		sum->total += list[i].total;
		sum->rate_valid |= list[i].delta_valid;
		sum->rate += list[i].delta_valid ? list[i].rate : 0;
	}
}

int event_table__make(const struct event_row *list, size_t n, const struct query *query,
		      struct event_table *table)
{
	__autofree struct event_row *sorted = calloc(n + 1, sizeof(*sorted));
	cmp_fn cmp = orders[query->sort] ? orders[query->sort] : cmp_rates;
	size_t left = 0;

	*table = (struct event_table){ .v = calloc(n + 1, sizeof(*table->v)) };
	if (!sorted || !table->v) {
		event_table__done(table);
		return -ENOMEM;
	}
	add_sums(list, n, table);
	for (size_t i = 0; i < n; i++)
		if (!is_zero(&list[i]))
			sorted[left++] = list[i];
	table->zero = n - left;
	qsort_r(sorted, left, sizeof(*sorted), cmp_rows, &cmp);
	append(table, sorted, left, NULL, query->top);
	return 0;
}

void event_table__done(struct event_table *table)
{
	free(table->v);
	*table = (struct event_table){ .n = 0 };
}
