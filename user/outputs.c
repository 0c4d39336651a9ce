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
#include "options.h"
#include "sinks/csv.h"
#include "sinks/http.h"
#include "sinks/sink.h"
#include "sinks/slow.h"

struct outputs {
	const struct options *options;
	bool header_written; /* CSV's */
	struct http *http;   /* NULL: nobody listens */
};

static unsigned int terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

/* Anew for each frame: a terminal's width changes. */
static struct view make_view(const struct options *options)
{
	return (struct view){
		.query = options->query,
		.by_given = options->by_given,
		.stats = options->stats,
		.hist = options->hist,
		.hist_reason = options->hist_reason,
		.width = terminal_width(),
		.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
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
		.view = make_view(options),
	};
	char addr[LISTEN_ADDR_SIZE], why[128] = "";
	int err;

	listen_addr__format(&options->listen, addr, sizeof(addr));
	err = http__open(&opts, why, sizeof(why), &outputs->http);
	if (err)
		log_error("--listen %s: %s", addr, why[0] ? why : strerror(-err));
	else
		log_info("metrics: http://%s/metrics", addr);
	return err;
}

int outputs__open(const struct options *options, struct outputs **ret_outputs)
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));
	int err = 0;

	if (!outputs)
		return -ENOMEM;
	outputs->options = options;
	if (options->listen.len)
		err = open_http(outputs);
	if (err) {
		outputs__close(outputs);
		return err;
	}
	*ret_outputs = outputs;
	return 0;
}

void outputs__close(struct outputs *outputs)
{
	if (outputs)
		http__close(outputs->http);
	free(outputs);
}

bool outputs__has_stdout(const struct outputs *outputs)
{
	return options__has_stdout(outputs->options);
}

static int check_written(int err)
{
	if (err && err != -EPIPE && err != -EINTR)
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

static int write_frame(struct outputs *outputs, const struct frame *frame)
{
	const struct view view = make_view(outputs->options);
	int err = 0;

	if (outputs->http)
		http__publish(outputs->http, frame);
	if (!outputs__has_stdout(outputs))
		return 0;
	if (outputs->options->output == OUTPUT_CSV)
		err = write_csv_header(outputs, &view);
	return err ? err : writers[outputs->options->output](stdout, frame, &view);
}

int outputs__write_frame(struct outputs *outputs, const struct frame *frame)
{
	return check_written(write_frame(outputs, frame));
}

int outputs__write_slow(struct outputs *outputs, const struct slow_exit *slow)
{
	const struct view view = make_view(outputs->options);

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
