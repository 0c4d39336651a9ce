// SPDX-License-Identifier: GPL-2.0
/* event_log: columns, headers and rows. */
#include "event_log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/event_rows.h"

#define ROWS_PER_HEADER 20

/* By name and source, as event_rows__list() sorts; the names are the rows'. */
struct column {
	const char *name;
	enum event_origin source;
};

struct event_log {
	struct event_log_opts opts;
	struct column *columns;
	size_t n_columns;
	size_t n_rows; /* below the last header */
};

struct event_log *event_log__new(const struct event_log_opts *opts)
{
	struct event_log *log = calloc(1, sizeof(*log));

	if (log)
		log->opts = *opts;
	return log;
}

void event_log__free(struct event_log *log)
{
	if (!log)
		return;
	free(log->columns);
	free(log);
}

int event_log__take_columns(struct event_log *log, const struct event_rows *rows)
{
	__autofree struct event_row *list = NULL;
	struct column *columns;
	size_t n = 0;
	int err = event_rows__list(rows, NULL, NULL, &list, &n);

	if (err)
		return err;
	columns = calloc(n + 1, sizeof(*columns));
	if (!columns)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		columns[i] = (struct column){ list[i].name, list[i].source };
	free(log->columns);
	log->columns = columns;
	log->n_columns = n;
	log->n_rows = 0;
	return 0;
}

int event_log__has_new(const struct event_log *log, const struct event_rows *rows)
{
	__autofree struct event_row *list = NULL;
	size_t n = 0;
	int err = event_rows__list(rows, NULL, NULL, &list, &n);

	/* Events never go: with as many of them they are the same ones. */
	return err ? err : n != log->n_columns;
}

static void print_header(const struct event_log *log, FILE *out)
{
	if (log->opts.csv)
		fputs("timestamp", out);
	for (size_t i = 0; i < log->n_columns; i++)
		fprintf(out, log->opts.csv ? ",%s" : "%s ", log->columns[i].name);
	fputc('\n', out);
}

static void print_value(const struct event_log *log, FILE *out, const struct event_row *row)
{
	bool known = row && row->delta_valid;

	if (log->opts.csv && known)
		fprintf(out, ",%" PRId64, row->delta);
	else if (log->opts.csv)
		fputc(',', out);
	else if (known)
		fprintf(out, " %9" PRId64, row->delta);
	else
		fprintf(out, " %9s", FMT_UNKNOWN);
}

/* Both are sorted, and the columns are some of the rows. */
static void print_values(const struct event_log *log, FILE *out, const struct event_row *list,
			 size_t n)
{
	size_t r = 0;

	for (size_t i = 0; i < log->n_columns; i++) {
		const struct column *column = &log->columns[i];

		while (r < n &&
		       (list[r].source != column->source || strcmp(list[r].name, column->name)))
			r++;
		print_value(log, out, r < n ? &list[r++] : NULL);
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

static bool is_zero(const struct event_row *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].delta)
			return false;
	return true;
}

/* What @print prints, malloc'ed; NULL: no memory. */
char *event_log__header(const struct event_log *log)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	print_header(log, out);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

char *event_log__row(struct event_log *log, const struct event_rows *rows,
		     const struct timespec *wall)
{
	__autofree struct event_row *list = NULL;
	char *text = NULL;
	size_t n = 0, len;
	FILE *out;

	if (event_rows__list(rows, NULL, NULL, &list, &n))
		return NULL;
	if (log->opts.skip_zero && is_zero(list, n))
		return strdup("");
	out = open_memstream(&text, &len);
	if (!out)
		return NULL;
	if (!log->opts.csv && log->n_rows && !(log->n_rows % ROWS_PER_HEADER))
		print_header(log, out);
	log->n_rows++;
	print_time(out, wall);
	print_values(log, out, list, n);
	fputc('\n', out);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}
