// SPDX-License-Identifier: GPL-2.0
/*
 * table: alignment and fitting.
 */
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "stream.h"

struct table {
	const struct table_column *columns;
	size_t n_columns;
	char **cells; /* row by row; NULL is empty */
	size_t n_rows;
	size_t room_rows;
};

/* How wide each column is printed; not at all when @shown is false. */
struct layout {
	size_t width[TABLE_MAX_COLUMNS];
	bool shown[TABLE_MAX_COLUMNS];
	size_t gap;
};

struct table *table__new(const struct table_column *columns, size_t n)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->columns = columns;
	table->n_columns = n < TABLE_MAX_COLUMNS ? n : TABLE_MAX_COLUMNS;
	return table;
}

void table__free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->n_rows * table->n_columns; i++)
		free(table->cells[i]);
	free(table->cells);
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

int table__set(struct table *table, size_t column, const char *text)
{
	char *copy = strdup(text);
	char **cell = &table->cells[(table->n_rows - 1) * table->n_columns + column];

	if (!copy)
		return -ENOMEM;
	free(*cell);
	*cell = copy;
	return 0;
}

/* Whether column @c stands for others, which are shown as long as they fit. */
static bool is_sum(const struct table *table, size_t c)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (table->columns[i].sum && table->columns[i].sum == c)
			return true;
	return false;
}

static void layout_natural(const struct table *table, struct layout *layout)
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

static size_t layout_width(const struct table *table, const struct layout *layout)
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

/* Takes away from what may shrink, always from the widest, until it fits or nothing may shrink any more. */
static void layout_shrink(const struct table *table, size_t width, struct layout *layout)
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
static void layout_hide(const struct table *table, size_t victim, struct layout *layout)
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
static bool layout_drop(const struct table *table, struct layout *layout)
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

static void layout_fit(const struct table *table, size_t width, struct layout *layout)
{
	struct layout natural;

	layout_natural(table, &natural);
	*layout = natural;
	if (!width || layout_width(table, layout) <= width)
		return;
	natural.gap = 1;
	do {
		/* a dropped column gives back what others shrank for it */
		*layout = natural;
		layout_shrink(table, width, layout);
	} while (layout_width(table, layout) > width && layout_drop(table, &natural));
}

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

/* Prints row @row, or the titles for @row == n_rows. */
static int print_row(const struct table *table, size_t row, const struct layout *layout,
		     unsigned int width, FILE *out)
{
	__autofree char *text = NULL;
	size_t len, last = 0;
	FILE *line = open_memstream(&text, &len);
	int err = line ? 0 : -ENOMEM;
	bool first = true;

	for (size_t c = 0; c < table->n_columns; c++)
		if (layout->shown[c])
			last = c;
	for (size_t c = 0; c < table->n_columns && !err; c++) {
		const char *cell = row == table->n_rows ? table->columns[c].title
							: table->cells[row * table->n_columns + c];

		if (!layout->shown[c])
			continue;
		fprintf(line, "%*s", first ? 0 : (int)layout->gap, "");
		err = put_cell(line, cell ? cell : "", &table->columns[c], layout->width[c],
			       c == last);
		first = false;
	}
	if (line && fclose(line))
		err = -ENOMEM;
	if (err)
		return err;
	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
	stream_print_line(out, text, width);
	return 0;
}

int table__print(const struct table *table, unsigned int width, FILE *out)
{
	struct layout layout;
	int err;

	layout_fit(table, width, &layout);
	err = print_row(table, table->n_rows, &layout, width, out);
	for (size_t r = 0; r < table->n_rows && !err; r++)
		err = print_row(table, r, &layout, width, out);
	return err;
}
