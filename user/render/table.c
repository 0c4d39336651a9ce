// SPDX-License-Identifier: GPL-2.0
/*
 * table: alignment and fitting.
 */
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/memstream.h"

struct table {
	struct table_column *columns;
	size_t n_columns;
	char **cells; /* row by row; NULL is empty */
	size_t n_rows;
	size_t room_rows;
};

struct table *table__new(const struct table_column *columns, size_t n)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->columns = calloc(n + 1, sizeof(*columns));
	if (!table->columns) {
		free(table);
		return NULL;
	}
	memcpy(table->columns, columns, n * sizeof(*columns));
	table->n_columns = n;
	return table;
}

void table__free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->n_rows * table->n_columns; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table->columns);
	free(table);
}

int table__add_row(struct table *table)
{
	if (table->n_rows == table->room_rows) {
		size_t room = table->room_rows ? 2 * table->room_rows : 16;
		char **cells = reallocarray(table->cells, room * table->n_columns, sizeof(*cells));

		if (!cells)
			return -ENOMEM;
		table->cells = cells;
		table->room_rows = room;
	}
	memset(&table->cells[table->n_rows * table->n_columns], 0,
	       table->n_columns * sizeof(*table->cells));
	table->n_rows++;
	return 0;
}

int table__take(struct table *table, size_t column, char *text)
{
	char **cell = &table->cells[(table->n_rows - 1) * table->n_columns + column];

	if (!text)
		return -ENOMEM;
	free(*cell);
	*cell = text;
	return 0;
}

int table__set(struct table *table, size_t column, const char *text)
{
	return table__take(table, column, strdup(text));
}

/* Whether column @c stands for others, which are shown as long as they fit. */
static bool is_sum(const struct table *table, size_t c)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (table->columns[i].sum && table->columns[i].sum == c)
			return true;
	return false;
}

static void layout_natural(const struct table *table, struct table_layout *layout)
{
	for (size_t c = 0; c < table->n_columns; c++) {
		layout->width[c] = fmt_width(table->columns[c].title);
		layout->shown[c] = !is_sum(table, c);
		for (size_t r = 0; r < table->n_rows; r++) {
			const char *cell = table->cells[r * table->n_columns + c];
			size_t width = cell ? fmt_width(cell) : 0;

			if (width > layout->width[c])
				layout->width[c] = width;
		}
		if (table->columns[c].max && layout->width[c] > table->columns[c].max)
			layout->width[c] = table->columns[c].max;
	}
	layout->gap = 2;
}

static size_t layout_width(const struct table *table, const struct table_layout *layout)
{
	size_t sum = 0, shown = 0;

	for (size_t c = 0; c < table->n_columns; c++) {
		if (!layout->shown[c])
			continue;
		sum += layout->width[c];
		shown++;
	}
	return shown ? sum + (shown - 1) * layout->gap : 0;
}

/*
 * Shrinks columns that may shrink, always the widest one, until all fit or none may shrink any
 * more.
 */
static void layout_shrink(const struct table *table, size_t width, struct table_layout *layout)
{
	for (size_t now = layout_width(table, layout); now > width; now--) {
		size_t widest = table->n_columns;

		for (size_t c = 0; c < table->n_columns; c++) {
			unsigned int min = table->columns[c].shrink;

			if (!layout->shown[c] || !min || layout->width[c] <= min)
				continue;
			if (widest == table->n_columns || layout->width[c] >= layout->width[widest])
				widest = c;
		}
		if (widest == table->n_columns)
			return;
		layout->width[widest]--;
	}
}

/* Leaves out column @victim. Parts that not all are shown add up to nothing: their sum takes the place of all. */
static void layout_hide(const struct table *table, size_t victim, struct table_layout *layout)
{
	const unsigned int sum = table->columns[victim].sum;

	layout->shown[victim] = false;
	for (size_t c = 0; sum && c < table->n_columns; c++)
		if (table->columns[c].sum == sum)
			layout->shown[c] = false;
	if (sum)
		layout->shown[sum] = true;
}

/* Leaves out the column that is missed least. False: there is none to leave out. */
static bool layout_drop(const struct table *table, struct table_layout *layout)
{
	size_t victim = table->n_columns;
	unsigned int most = 0;

	for (size_t c = 0; c < table->n_columns; c++) {
		if (layout->shown[c] && table->columns[c].drop > most) {
			most = table->columns[c].drop;
			victim = c;
		}
	}
	if (victim == table->n_columns)
		return false;
	layout_hide(table, victim, layout);
	return true;
}

/* ---- fitting */

void table_layout__release(struct table_layout *layout)
{
	free(layout->width);
	free(layout->shown);
	*layout = (struct table_layout){ .gap = 0 };
}

static int layout_init(const struct table *table, struct table_layout *layout)
{
	*layout = (struct table_layout){
		.width = calloc(table->n_columns + 1, sizeof(*layout->width)),
		.shown = calloc(table->n_columns + 1, sizeof(*layout->shown)),
	};
	if (layout->width && layout->shown)
		return 0;
	table_layout__release(layout);
	return -ENOMEM;
}

static void layout_copy(const struct table *table, const struct table_layout *from,
			struct table_layout *to)
{
	memcpy(to->width, from->width, table->n_columns * sizeof(*to->width));
	memcpy(to->shown, from->shown, table->n_columns * sizeof(*to->shown));
	to->gap = from->gap;
}

int table__fit(const struct table *table, size_t width, struct table_layout *ret_layout)
{
	struct table_layout natural __cleanup(table_layout__release) = { .gap = 0 };
	int err = layout_init(table, &natural) ?: layout_init(table, ret_layout);

	if (err)
		return err;
	layout_natural(table, &natural);
	layout_copy(table, &natural, ret_layout);
	if (!width || layout_width(table, ret_layout) <= width)
		return 0;
	natural.gap = 1;
	do {
		/* a dropped column gives back what others shrank for it */
		layout_copy(table, &natural, ret_layout);
		layout_shrink(table, width, ret_layout);
	} while (layout_width(table, ret_layout) > width && layout_drop(table, &natural));
	return 0;
}

/* ---- what is in it */

size_t table__n_rows(const struct table *table)
{
	return table->n_rows;
}

size_t table__n_columns(const struct table *table)
{
	return table->n_columns;
}

const struct table_column *table__column(const struct table *table, size_t column)
{
	return &table->columns[column];
}

const char *table__cell(const struct table *table, size_t row, size_t column)
{
	const char *cell = table->cells[row * table->n_columns + column];

	return cell ? cell : "";
}

/* ---- lines */

/* Appends @text, cut or padded to the column's width, to @line. */
static int put_cell(FILE *line, const char *text, const struct table_column *column, size_t width,
		    bool last)
{
	__autofree char *copy = strdup(text);
	size_t columns, pad;

	if (!copy)
		return -ENOMEM;
	columns = fmt_cut(copy, width);
	pad = width - columns;
	if (!column->left)
		fprintf(line, "%*s", (int)pad, "");
	fputs(copy, line);
	if (column->left && !last)
		fprintf(line, "%*s", (int)pad, "");
	return 0;
}

static int put_cells(FILE *line, const struct table *table, size_t row,
		     const struct table_layout *layout)
{
	size_t last = 0;
	bool first = true;
	int err = 0;

	for (size_t c = 0; c < table->n_columns; c++)
		if (layout->shown[c])
			last = c;
	for (size_t c = 0; c < table->n_columns && !err; c++) {
		const char *cell =
			row == TABLE_TITLES ? table->columns[c].title : table__cell(table, row, c);

		if (!layout->shown[c])
			continue;
		fprintf(line, "%*s", first ? 0 : (int)layout->gap, "");
		err = put_cell(line, cell, &table->columns[c], layout->width[c], c == last);
		first = false;
	}
	return err;
}

char *table__line(const struct table *table, size_t row, const struct table_layout *layout)
{
	char *text = NULL;
	size_t len;
	FILE *line = memstream_open(&text, &len);
	int err = line ? put_cells(line, table, row, layout) : -ENOMEM;

	if (line && memstream_close(line, &text))
		err = -ENOMEM;
	if (err) {
		free(text);
		return NULL;
	}
	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
	return text;
}
