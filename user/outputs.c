// SPDX-License-Identifier: GPL-2.0
#include "outputs.h"

#include <errno.h>
#include <langinfo.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "event_output.h"
#include "options.h"
#include "sinks/csv.h"
#include "sinks/http.h"
#include "sinks/sink.h"
#include "sinks/slow.h"

struct outputs {
	const struct options *options;
	bool header_written;	     /* CSV's */
	struct http *http;	     /* NULL: nobody listens */
	struct event_output *events; /* NULL: no event view */
};

/* Wider than any terminal. */
#define COLUMNS_MAX 10000

/* $COLUMNS, as for ps(1): for a pipe to something that shows it. 0: not given, or no number of columns. */
static unsigned int given_width(void)
{
	const char *text = getenv("COLUMNS");
	unsigned int width = 0;

	for (; text && *text >= '0' && *text <= '9' && width <= COLUMNS_MAX; text++)
		width = 10 * width + (unsigned int)(*text - '0');
	return text && !*text && width <= COLUMNS_MAX ? width : 0;
}

/* 0: as wide as it is. Only text is made to fit what is no terminal: the other formats are for programs. */
static unsigned int choose_width(enum output output)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return output == OUTPUT_TEXT ? given_width() : 0;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

/* Anew for each frame: a terminal's width changes. */
static struct view make_view(const struct outputs *outputs)
{
	const struct options *options = outputs->options;

	return (struct view){
		.query = options->query,
		.by_given = options->by_given,
		.events = outputs->events ? event_output__rows(outputs->events) : NULL,
		.stats = options->stats,
		.tracepoints = options->tracepoints,
		.hist = options->hist,
		.hist_reason = options->hist_reason,
		.width = choose_width(options->output),
		.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
		.skip_idle = options->skip_zero,
		.detail = options->detail.kinds,
		.slow = options->slower_than_ns,
		.version = options__version(),
	};
}

/* After so many intervals without a new frame the last one is no news any more. */
#define FRESH_INTERVALS 3

static int open_http(struct outputs *outputs)
{
	const struct options *options = outputs->options;
	const struct http_opts opts = {
		.addr = &options->listen,
		.fresh_ns = FRESH_INTERVALS * options->interval_ns,
		.view = make_view(outputs),
	};
	char addr[LISTEN_ADDR_SIZE], why[128] = "";
	int err;

	listen_addr__format(&options->listen, addr, sizeof(addr));
	err = http__open(&opts, why, sizeof(why), &outputs->http);
	if (err && err != -ENOMEM)
		log_error("--listen %s: %s", addr, why[0] ? why : strerror(-err));
	if (!err)
		log_info("metrics: http://%s/metrics", addr);
	return err;
}

/* Whether the event view is to be written somewhere. */
static bool has_events(const struct options *options)
{
	return options->list_events ||
	       (options__event_view(options) && options->output == OUTPUT_TEXT &&
		(options->log_file || options__has_stdout(options)));
}

int outputs__open(const struct options *options, const struct reason_names *names, uint32_t isa,
		  struct outputs **ret_outputs)
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));
	int err = 0;

	if (!outputs)
		return -ENOMEM;
	outputs->options = options;
	if (options->listen.len)
		err = open_http(outputs);
	if (!err && has_events(options))
		err = event_output__open(options, names, isa, &outputs->events);
	if (err) {
		outputs__close(outputs);
		return err;
	}
	*ret_outputs = outputs;
	return 0;
}

void outputs__close(struct outputs *outputs)
{
	if (!outputs)
		return;
	http__close(outputs->http);
	event_output__close(outputs->events);
	free(outputs);
}

bool outputs__has_stdout(const struct outputs *outputs)
{
	return options__has_stdout(outputs->options);
}

void outputs__restart(struct outputs *outputs)
{
	if (outputs->events)
		event_output__restart(outputs->events);
}

void outputs__reopen(struct outputs *outputs)
{
	if (outputs->events)
		event_output__reopen(outputs->events);
}

static int check_written(int err)
{
	/* -f that finds nothing has said so, and main says what memory is too short for. */
	if (err && err != -EPIPE && err != -EINTR && err != -ENOENT && err != -ENOMEM)
		log_error("cannot write: %s", strerror(-err));
	return err;
}

/* Before the first row. */
static int write_csv_header(struct outputs *outputs, const struct view *view)
{
	int err = outputs->header_written ? 0 : csv__write_header(stdout, view);

	outputs->header_written |= !err;
	return err;
}

static int (*const writers[])(FILE *out, const struct frame *frame, const struct view *view) = {
	[OUTPUT_TEXT] = text__write,
	[OUTPUT_CSV] = csv__write,
	[OUTPUT_JSON] = json__write,
	[OUTPUT_OPENMETRICS] = openmetrics__write,
	[OUTPUT_PROMETHEUS] = prometheus__write,
};

static int write_stdout(struct outputs *outputs, const struct frame *frame)
{
	const struct view view = make_view(outputs);
	int err = 0;

	if (outputs->options->output == OUTPUT_CSV)
		err = write_csv_header(outputs, &view);
	return err ? err : writers[outputs->options->output](stdout, frame, &view);
}

/* The event view counts every frame, whether it is shown or not. */
static int write_events(struct outputs *outputs, const struct frame *frame, bool *ret_done)
{
	int err = event_output__update(outputs->events, frame);

	return err ? err : event_output__write(outputs->events, frame, ret_done);
}

int outputs__write_frame(struct outputs *outputs, const struct frame *frame)
{
	bool done = false;
	int err = outputs->events ? write_events(outputs, frame, &done) : 0;

	if (outputs->http)
		http__publish(outputs->http, frame);
	if (!err && !done && outputs__has_stdout(outputs))
		err = write_stdout(outputs, frame);
	return check_written(err);
}

int outputs__write_slow(struct outputs *outputs, const struct slow_exit *slow)
{
	const struct view view = make_view(outputs);

	switch (outputs->options->output) {
	case OUTPUT_JSON:
		return check_written(json__write_slow(stdout, slow));
	case OUTPUT_CSV:
		return check_written(write_csv_header(outputs, &view)
					     ?: csv__write_slow(stdout, slow, &view));
	default:
		return check_written(slow__write(stdout, slow, &view));
	}
}
