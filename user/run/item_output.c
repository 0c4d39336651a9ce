// SPDX-License-Identifier: GPL-2.0
#include "item_output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/log.h"
#include "../sinks/log_file.h"
#include "../model/item_filter.h"
#include "../model/item_rows.h"
#include "../model/frame.h"
#include "../options/options.h"
#include "../sinks/item_log.h"
#include "../sinks/item_table.h"
#include "../sinks/stream.h"

struct item_output {
	const struct options *options;
	struct item_filter *filter; /* -f */
	const struct frame *frame;  /* the last one, with a share of ours; NULL: none yet */
	struct item_rows *rows;	    /* its own */
	struct item_log *log;	    /* NULL: no log */
	struct log_file *file;	    /* NULL: the log goes to stdout */
	bool begun;		    /* the log has its columns */
	bool checked;		    /* -f matches something */
	bool reported_new;	    /* a message has said that some items have none */
};

static int open_filter(struct item_output *output)
{
	const struct options *options = output->options;
	char why[128];

	return item_filter__new(options->list_items ? NULL : options->fields, why, sizeof(why),
				&output->filter);
}

static int open_log(struct item_output *output)
{
	const struct options *options = output->options;
	const struct item_log_opts opts = { .csv = options->csv, .skip_zero = options->skip_zero };
	char why[256];
	int err = 0;

	if (options->list_items || (!options->log && !options->log_file))
		return 0;
	output->log = item_log__new(&opts);
	if (!output->log)
		return -ENOMEM;
	if (options->log_file)
		err = log_file__open(options->log_file, why, sizeof(why), &output->file);
	if (err && err != -ENOMEM)
		log_error("-L %s: %s", options->log_file, why);
	return err;
}

int item_output__open(const struct options *options, struct item_output **ret_output)
{
	struct item_output *output = calloc(1, sizeof(*output));
	int err;

	if (!output)
		return -ENOMEM;
	output->options = options;
	err = open_filter(output);
	if (!err)
		err = open_log(output);
	if (err) {
		item_output__close(output);
		return err;
	}
	*ret_output = output;
	return 0;
}

void item_output__close(struct item_output *output)
{
	if (!output)
		return;
	log_file__close(output->file);
	item_log__free(output->log);
	item_rows__free(output->rows);
	frame__free(output->frame);
	item_filter__free(output->filter);
	free(output);
}

/* -f that matches nothing is a mistake: it would never show or log anything. */
static int check_fields(struct item_output *output)
{
	__autofree struct item_row *list = NULL;
	size_t n = 0;
	int err;

	if (output->checked || !output->options->fields || output->options->list_items)
		return 0;
	output->checked = true;
	err = item_rows__list(output->rows, NULL, NULL, &list, &n);
	if (err || n)
		return err;
	log_error("-f '%s': no event has such a name: %s-f help lists them",
		  output->options->fields,
		  output->options->stats ? output->options->tracepoints ? "-dt " : "-d " : "");
	return -ENOENT;
}

int item_output__take(struct item_output *output, const struct frame *frame)
{
	const struct item_spec spec = {
		.stats = output->options->stats,
		.tracepoints = output->options->tracepoints,
		.no_children = output->options->no_children,
		.filter = output->filter,
	};
	struct item_rows *rows;
	int err = item_rows__new(frame, &spec, &rows);

	if (err)
		return err;
	item_rows__free(output->rows);
	frame__free(output->frame);
	output->rows = rows;
	output->frame = frame__share(frame);
	return check_fields(output);
}

const struct item_rows *item_output__rows(const struct item_output *output)
{
	return output->rows;
}

/* ---- the log */

/* @out: where the log goes if it has no file. */
static int write_header(struct item_output *output, FILE *out)
{
	__autofree char *header = item_log__header(output->log);

	if (!header)
		return -ENOMEM;
	if (output->file)
		return log_file__set_header(output->file, header, !output->options->csv);
	return stream_write(out, header, strlen(header));
}

static int begin_columns(struct item_output *output, FILE *out)
{
	int err = item_log__take_columns(output->log, output->rows);

	if (!err)
		err = write_header(output, out);
	output->begun = !err;
	output->reported_new = false;
	return err;
}

/*
 * Handles items that came after the columns were taken, which is rare. A log with a header every 20
 * rows gets a new header. A CSV file has one header, so they wait for the next file.
 */
static int check_columns(struct item_output *output, FILE *out)
{
	int n = item_log__has_new(output->log, output->rows);

	if (n <= 0)
		return n;
	if (!output->options->csv)
		return begin_columns(output, out);
	if (!output->reported_new && output->options->log_file)
		log_warning("%s: a new event has no column there: rename the file and send SIGHUP, "
			    "and the next file has one",
			    output->options->log_file);
	else if (!output->reported_new)
		log_warning("a new event has no column in this CSV: it has one when kvmtop is "
			    "started again");
	output->reported_new = true;
	return 0;
}

/* In a new file there may be new columns, but not for old rows. */
static int try_reopen(struct item_output *output)
{
	if (!log_file__reopen(output->file))
		return 0;
	return log_file__is_settled(output->file) ? begin_columns(output, NULL)
						  : write_header(output, NULL);
}

void item_output__reopen(struct item_output *output)
{
	if (!output->file)
		return;
	if (output->begun)
		try_reopen(output); /* without memory the next row says so */
	else
		log_file__reopen(output->file);
}

/* The row of the last frame, malloc'ed; empty: none is due. */
static int make_row(struct item_output *output, FILE *out, const struct frame *frame,
		    char **ret_row)
{
	int err = output->begun ? check_columns(output, out) : begin_columns(output, out);

	if (err)
		return err;
	*ret_row = item_log__row(output->log, output->rows, &frame->wall);
	return *ret_row ? 0 : -ENOMEM;
}

static int print_log(struct item_output *output, FILE *out, const struct frame *frame)
{
	__autofree char *row = NULL;
	int err = make_row(output, out, frame, &row);

	return err ? err : stream_write(out, row, strlen(row));
}

int item_output__log(struct item_output *output, const struct frame *frame)
{
	__autofree char *row = NULL;
	int err = 0;

	if (!output->file)
		return 0;
	if (output->begun && log_file__wants_reopen(output->file))
		err = try_reopen(output);
	if (!err)
		err = make_row(output, NULL, frame, &row);
	if (err || !*row)
		return err;
	return log_file__write(output->file, row);
}

struct log_file *item_output__file(const struct item_output *output)
{
	return output->file;
}

int item_output__print(struct item_output *output, FILE *out, const struct frame *frame,
		       bool *ret_done)
{
	const struct options *options = output->options;

	*ret_done = true;
	if (options->list_items)
		return item_names__write(out, output->rows);
	if (output->log)
		return print_log(output, out, frame);
	if (options->output == OUTPUT_TEXT && options->once && !options->by_given)
		return item_once__write(out, output->rows);
	*ret_done = false;
	return 0;
}
