// SPDX-License-Identifier: GPL-2.0
/* item_sort: the parents in order, and below each its children. */
#include "item_sort.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "query.h"

static bool is_zero(const struct item_row *row)
{
	return !row->total && !row->delta;
}

/* The children of @parent (NULL: those that are none), at most @top of them (0: all), each with its own. */
static void append(struct item_table *table, const struct item_row *sorted, size_t n,
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
		table->n_counts += sorted[i].kind == ITEM_COUNT;
		if (!parent)
			append(table, sorted, n, sorted[i].name, top);
	}
}

static void add_sums(const struct item_row *list, size_t n, struct item_table *table)
{
	for (size_t i = 0; i < n; i++) {
		struct item_sum *sum = &table->sums[list[i].source];

		if (list[i].parent || list[i].kind != ITEM_COUNT)
			continue;
		sum->there = true;
		sum->total += list[i].total;
		sum->rate_valid |= list[i].delta_valid;
		sum->rate += list[i].delta_valid ? list[i].rate : 0;
	}
}

/* Puts what ever happened in order. 0 or -ENOMEM. */
static int sort(const struct item_row *list, size_t n, const struct query *query,
		struct item_row *sorted, size_t *ret_n)
{
	__autofree struct row *rows = calloc(n + 1, sizeof(*rows));
	size_t left = 0;

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (!is_zero(&list[i]))
			rows[left++] = (struct row){ .kind = ROW_EVENT, .item = &list[i] };
	if (order_rows(&query->order, rows, left))
		return -ENOMEM;
	for (size_t i = 0; i < left; i++)
		sorted[i] = *rows[i].item;
	*ret_n = left;
	return 0;
}

int item_table__make(const struct item_row *list, size_t n, const struct query *query,
		     struct item_table *table)
{
	__autofree struct item_row *sorted = calloc(n + 1, sizeof(*sorted));
	size_t left;

	*table = (struct item_table){ .v = calloc(n + 1, sizeof(*table->v)) };
	if (!sorted || !table->v || sort(list, n, query, sorted, &left)) {
		item_table__done(table);
		return -ENOMEM;
	}
	add_sums(list, n, table);
	table->zero = n - left;
	append(table, sorted, left, NULL, query->top);
	return 0;
}

int item_table__of(const struct item_rows *rows, const struct frame_vm *vm,
		   const struct frame_vcpu *vcpu, const struct query *query,
		   struct item_table *table)
{
	__autofree struct item_row *list = NULL;
	size_t n = 0;
	int err = item_rows__list(rows, vm, vcpu, &list, &n);

	return err ? err : item_table__make(list, n, query, table);
}

void item_table__done(struct item_table *table)
{
	free(table->v);
	*table = (struct item_table){ .n = 0 };
}
