// SPDX-License-Identifier: GPL-2.0
/* item_log: columns, headers and rows. */
#include "item_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/memstream.h"
#include "../model/item_rows.h"

#define ROWS_PER_HEADER 20

/* By name and source, as item_rows__list() sorts. */
struct column {
	char *name, *parent; /* parent NULL: it is no child */
	enum item_origin source;
};

struct item_log {
	struct item_log_opts opts;
	struct column *columns;
	size_t n_columns;
	size_t n_rows; /* below the last header */
};

struct item_log *item_log__new(const struct item_log_opts *opts)
{
	struct item_log *log = calloc(1, sizeof(*log));

	if (log)
		log->opts = *opts;
	return log;
}

static void free_columns(struct column *columns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(columns[i].name);
		free(columns[i].parent);
	}
	free(columns);
}

void item_log__free(struct item_log *log)
{
	if (!log)
		return;
	free_columns(log->columns, log->n_columns);
	free(log);
}

/* The columns of @list, malloc'ed; NULL: no memory. */
static struct column *make_columns(const struct item_row *list, size_t n)
{
	struct column *columns = calloc(n + 1, sizeof(*columns));

	for (size_t i = 0; columns && i < n; i++) {
		const char *parent = list[i].parent;

		columns[i] = (struct column){ strdup(list[i].name), parent ? strdup(parent) : NULL,
					      list[i].source };
		if (!columns[i].name || (parent && !columns[i].parent)) {
			free_columns(columns, i + 1);
			return NULL;
		}
	}
	return columns;
}

static int cmp_column(const struct column *column, const struct item_row *row)
{
	int order = strcmp(column->name, row->name);

	return order ? order : (int)column->source - (int)row->source;
}

int item_log__take_columns(struct item_log *log, const struct item_rows *rows)
{
	__autofree struct item_row *list = NULL;
	struct column *columns;
	size_t n = 0;
	int err = item_rows__list(rows, NULL, NULL, &list, &n);

	if (err)
		return err;
	columns = make_columns(list, n);
	if (!columns)
		return -ENOMEM;
	free_columns(log->columns, log->n_columns);
	log->columns = columns;
	log->n_columns = n;
	log->n_rows = 0;
	return 0;
}

int item_log__has_new(const struct item_log *log, const struct item_rows *rows)
{
	__autofree struct item_row *list = NULL;
	size_t n = 0, c = 0;
	int err = item_rows__list(rows, NULL, NULL, &list, &n);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++) {
		while (c < log->n_columns && cmp_column(&log->columns[c], &list[i]) < 0)
			c++;
		if (c == log->n_columns || cmp_column(&log->columns[c], &list[i]))
			return 1;
	}
	return 0;
}

static void print_header(const struct item_log *log, FILE *out)
{
	if (log->opts.csv)
		fputs("timestamp", out);
	for (size_t i = 0; i < log->n_columns; i++)
		fprintf(out, log->opts.csv ? ",%s" : "%s ", log->columns[i].name);
	fputc('\n', out);
}

static void print_value(const struct item_log *log, FILE *out, const struct item_row *row)
{
	const char *unknown = log->opts.csv ? "" : FMT_UNKNOWN;
	char delta[ITEM_DELTA_SIZE];

	fprintf(out, log->opts.csv ? ",%s" : " %9s",
		row->delta_valid ? item_row__delta(row, delta) : unknown);
}

/*
 * The value of a column without a row. The run does not have such an item, so it is unknown; but a
 * child whose parent is known has not happened.
 */
static struct item_row missing_row(const struct column *column, const struct item_row *list,
				   size_t n)
{
	for (size_t i = 0; column->parent && i < n; i++)
		if (list[i].source == column->source && !strcmp(list[i].name, column->parent))
			return (struct item_row){ .delta_valid = list[i].delta_valid };
	return (struct item_row){ .delta_valid = false };
}

/* Both are sorted. Another run of a recording may lack an item that has a column. */
static void print_values(const struct item_log *log, FILE *out, const struct item_row *list,
			 size_t n)
{
	size_t r = 0;

	for (size_t i = 0; i < log->n_columns; i++) {
		const struct column *column = &log->columns[i];
		struct item_row missing;

		while (r < n && cmp_column(column, &list[r]) > 0)
			r++;
		if (r < n && !cmp_column(column, &list[r])) {
			print_value(log, out, &list[r]);
			continue;
		}
		missing = missing_row(column, list, n);
		print_value(log, out, &missing);
	}
}

static void print_time(FILE *out, const struct timespec *wall)
{
	char text[32];
	struct tm tm;

	if (!localtime_r(&wall->tv_sec, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(text, sizeof(text), "%s", FMT_UNKNOWN);
	fputs(text, out);
}

static bool is_zero(const struct item_row *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].delta)
			return false;
	return true;
}

/* What @print prints, malloc'ed; NULL: no memory. */
char *item_log__header(const struct item_log *log)
{
	char *text = NULL;
	size_t len;
	FILE *out = memstream_open(&text, &len);

	if (!out)
		return NULL;
	print_header(log, out);
	memstream_close(out, &text);
	return text;
}

char *item_log__row(struct item_log *log, const struct item_rows *rows, const struct timespec *wall)
{
	__autofree struct item_row *list = NULL;
	char *text = NULL;
	size_t n = 0, len;
	FILE *out;

	if (item_rows__list(rows, NULL, NULL, &list, &n))
		return NULL;
	if (log->opts.skip_zero && is_zero(list, n))
		return strdup("");
	out = memstream_open(&text, &len);
	if (!out)
		return NULL;
	if (!log->opts.csv && log->n_rows && !(log->n_rows % ROWS_PER_HEADER))
		print_header(log, out);
	log->n_rows++;
	print_time(out, wall);
	print_values(log, out, list, n);
	fputc('\n', out);
	memstream_close(out, &text);
	return text;
}
