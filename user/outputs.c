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
#include "sinks/sink.h"
#include "sinks/slow.h"

struct outputs {
	const struct options *options;
	bool header_written; /* CSV's */
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

int outputs__open(const struct options *options, struct outputs **ret_outputs)
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));

	if (!outputs)
		return -ENOMEM;
	outputs->options = options;
	*ret_outputs = outputs;
	return 0;
}

void outputs__close(struct outputs *outputs)
{
	free(outputs);
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

	if (!options__has_stdout(outputs->options))
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
