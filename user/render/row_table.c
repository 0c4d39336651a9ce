// SPDX-License-Identifier: GPL-2.0
#include "row_table.h"

#include <string.h>

#include "../base/cleanup.h"
#include "../model/registry.h"
#include "cell.h"
#include "table.h"

/* A column in a table; 0 and NULL where it wants nothing else than what the column has. */
struct shown {
	enum column_id id;
	const char *title;
	bool blank;   /* nothing is shown where it is not known, as most rows have none */
	bool differs; /* the column is left out where all rows have the same */
	unsigned int shrink, drop, max; /* as in struct table_column */
	enum column_id sum;		/* likewise, but the column itself */
};

#define SHOW(id_, ...)                            \
	{                                         \
		.id = COLUMN_##id_, ##__VA_ARGS__ \
	}
#define TABLE(id, ...) static const struct shown id##_shown[] = { __VA_ARGS__ };
#include "../model/columns.h"

static const struct {
	const struct shown *shown;
	size_t n;
} tables[ROW_TABLE_MAX] = {
#define TABLE(id, ...) [ROW_TABLE_##id] = { id##_shown, ARRAY_SIZE(id##_shown) },
#include "../model/columns.h"
};

/* More columns than any table has. */
#define MAX_COLUMNS 32
#define TABLE(id, ...) _Static_assert(ARRAY_SIZE(id##_shown) <= MAX_COLUMNS, "MAX_COLUMNS");
#include "../model/columns.h"

DEFINE_CLEANUP(table, struct table, table__free)

/* Where column @id is among the @n @shown. */
static unsigned int index_of(enum column_id id, const struct shown *shown, size_t n)
{
	unsigned int i = 0;

	while (i < n && shown[i].id != id)
		i++;
	return i;
}

static struct table *make_empty(const struct shown *shown, size_t n)
{
	struct table_column columns[MAX_COLUMNS];

	for (size_t i = 0; i < n; i++) {
		const struct column *column = registry_column(shown[i].id);

		columns[i] = (struct table_column){
			.title = shown[i].title ? shown[i].title : column->title,
			.left = column->left,
			.shrink = shown[i].shrink,
			.drop = shown[i].drop,
			.max = shown[i].max,
			.sum = shown[i].sum ? index_of(shown[i].sum, shown, n) : 0,
		};
	}
	return table__new(columns, n);
}

static int add_row(struct table *table, const struct shown *shown, size_t n, struct row *row,
		   enum fmt_escape escape)
{
	int err = table__add_row(table);

	for (size_t i = 0; i < n && !err; i++)
		if (registry_column(shown[i].id)->rows & ROW_BIT(row->kind))
			err = table__take(table, i,
					  cell_format(shown[i].id, row, escape,
						      shown[i].blank ? "" : FMT_UNKNOWN));
	return err;
}

/* Whether all rows have the same in column @id. Without memory it is shown. */
static bool is_same(enum column_id id, struct row *rows, size_t n)
{
	bool same = true;

	for (size_t i = 1; i < n && same; i++) {
		__autofree char *a = cell_format(id, &rows[0], FMT_ESCAPE_ASCII, FMT_UNKNOWN);
		__autofree char *b = cell_format(id, &rows[i], FMT_ESCAPE_ASCII, FMT_UNKNOWN);

		same = a && b && !strcmp(a, b);
	}
	return same;
}

/* The columns of a table that its rows have a use for. Returns how many. */
static size_t choose(enum row_table which, struct row *rows, size_t n,
		     struct shown ret_shown[MAX_COLUMNS])
{
	size_t chosen = 0;

	for (size_t i = 0; i < tables[which].n; i++)
		if (!tables[which].shown[i].differs || !is_same(tables[which].shown[i].id, rows, n))
			ret_shown[chosen++] = tables[which].shown[i];
	return chosen;
}

struct table *row_table_make(enum row_table which, struct row *rows, size_t n,
			     enum fmt_escape escape)
{
	struct shown shown[MAX_COLUMNS];
	const size_t n_shown = choose(which, rows, n, shown);
	struct table *table __cleanup(cleanup_table) = make_empty(shown, n_shown);

	for (size_t i = 0; i < n && table; i++)
		if (add_row(table, shown, n_shown, &rows[i], escape))
			return NULL;
	return take_ptr(table);
}
