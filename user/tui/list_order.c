// SPDX-License-Identifier: GPL-2.0
/* list_order: small keys are sorted, then rows that are almost equal go back to where they were. */
#include "list_order.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "list_row.h"

/* Rows that differ by no more than this change places only after so many frames. */
#define ALMOST 0.02
#define SWAPS_MAX 3

/* Enough of a row to compare it. */
struct key {
	double number;
	const char *text;
	const struct list_row *row;
	bool known, exact;
};

static int compare_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_ids(struct row_id a, struct row_id b)
{
	return compare_u64(a.vm, b.vm) ?: compare_u64(a.item, b.item) ?: compare_u64(a.sub, b.sub);
}

static int compare_keys(const struct key *a, const struct key *b)
{
	if (!a->text != !b->text)
		return a->text ? 1 : -1;
	return a->text ? strcasecmp(a->text, b->text) : compare_numbers(a->number, b->number);
}

static int compare_values(const void *pa, const void *pb, void *rules_)
{
	const struct list_rules *rules = rules_;
	const struct key *a = pa, *b = pb;
	int way;

	if (a->known != b->known)
		return a->known ? -1 : 1;
	if (!a->known)
		return compare_ids(a->row->id, b->row->id);
	way = compare_keys(a, b);
	if (way)
		return rules->ascending ? way : -way;
	return compare_numbers(a->number, b->number) ?: compare_ids(a->row->id, b->row->id);
}

/* New ones last. */
static int compare_places(const void *pa, const void *pb, void *unused)
{
	const struct key *a = pa, *b = pb;

	(void)unused;
	return compare_u64(a->row->was, b->row->was) ?: compare_ids(a->row->id, b->row->id);
}

static bool almost_equal(const struct key *a, const struct key *b)
{
	const double larger = fabs(a->number) > fabs(b->number) ? a->number : b->number;

	return a->known && b->known && !a->text && !b->text && !a->exact && !b->exact &&
	       fabs(a->number - b->number) <= ALMOST * fabs(larger);
}

static uint8_t *swaps_of(struct list_row *rows, const struct key *key)
{
	return &rows[key->row - rows].swaps;
}

/* The @n keys are almost equal, and in order: they stay where they were, unless that was so for some frames already. */
static void damp_run(struct list_row *rows, struct key *keys, size_t n)
{
	bool same = true, due = false;

	for (size_t i = 0; i < n; i++) {
		same &= !i || keys[i - 1].row->was <= keys[i].row->was;
		due |= keys[i].row->swaps >= SWAPS_MAX;
	}
	for (size_t i = 0; i < n; i++) {
		uint8_t *swaps = swaps_of(rows, &keys[i]);

		*swaps = same || due ? 0 : (uint8_t)(*swaps + 1);
	}
	if (!same && !due)
		qsort_r(keys, n, sizeof(*keys), compare_places, NULL);
}

static void damp(struct list_row *rows, struct key *keys, size_t n)
{
	size_t first = 0;

	while (first < n) {
		size_t end = first + 1;

		while (end < n && almost_equal(&keys[first], &keys[end]))
			end++;
		damp_run(rows, keys + first, end - first);
		first = end;
	}
}

/* The rows that stand alone, or others stand below. */
static size_t make_keys(const struct list_row *rows, size_t n, struct key *keys)
{
	size_t n_keys = 0;

	for (size_t i = 0; i < n; i++)
		if (!rows[i].below)
			keys[n_keys++] = (struct key){ .number = rows[i].value.number,
						       .text = rows[i].value.text,
						       .known = rows[i].value.known,
						       .exact = rows[i].value.exact,
						       .row = &rows[i] };
	return n_keys;
}

int list_order(struct list_row *rows, size_t n, const struct list_rules *rules)
{
	__autofree struct key *keys = calloc(n + 1, sizeof(*keys));
	__autofree struct list_row *sorted = calloc(n + 1, sizeof(*sorted));
	size_t n_keys;

	if (!n)
		return 0;
	if (!keys || !sorted)
		return -ENOMEM;
	n_keys = make_keys(rows, n, keys);
	qsort_r(keys, n_keys, sizeof(*keys), rules->held ? compare_places : compare_values,
		(void *)rules);
	if (rules->damped && !rules->held)
		damp(rows, keys, n_keys);
	for (size_t i = 0, at = 0; i < n_keys; i++) {
		const struct list_row *row = keys[i].row;

		do
			sorted[at++] = *row++;
		while (row < rows + n && row->below);
	}
	memcpy(rows, sorted, n * sizeof(*rows));
	return 0;
}
