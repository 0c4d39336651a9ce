// SPDX-License-Identifier: GPL-2.0
#include "outputs.h"

#include <errno.h>
#include <langinfo.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/outlet.h"
#include "item_output.h"
#include "output_shape.h"
#include "../sinks/log_file.h"
#include "../model/item_opts.h"
#include "../model/why.h"
#include "../options/command_line.h"
#include "../options/options.h"
#include "signals.h"
#include "../sinks/csv.h"
#include "../sinks/http.h"
#include "../sinks/sink.h"
#include "../sinks/slow.h"
#include "../sinks/why.h"

/*
 * Limits of what waits for the reader of stdout. For a terminal it is only what a user wants to see
 * after a pause.
 */
#define KEEP_BYTES (8u << 20)
#define KEEP_TERMINAL_BYTES (64u << 10)
/* Of a recording, which waits for its reader: what is kept after a signal is still to be read. */
#define KEEP_REPLAY_BYTES (64u << 10)

struct outputs {
	const struct options *options;
	struct outlet *out;  /* stdout; NULL: it is not written to */
	bool header_written; /* CSV's */
	bool failed;	     /* and that was reported */
	bool leaving_out;    /* that was reported, and its end not yet */
	uint64_t frames_left_out, slow_left_out;
	struct http *http;	   /* NULL: no --listen */
	struct item_output *items; /* NULL: no event view */
	struct why *why;	   /* NULL: no --why */
	bool to_act;
};

/* Anew for each frame: a terminal's size changes. */
static struct view make_view(const struct outputs *outputs)
{
	const struct options *options = outputs->options;

	return (struct view){
		.query = options->query,
		.by_given = options->by_given,
		.fields = options->fields || options->no_children,
		.items = outputs->items ? item_output__rows(outputs->items) : NULL,
		.stats = options->stats,
		.tracepoints = options->tracepoints,
		.hist = options->hist,
		.hist_reason = options->hist_reason,
		.width = output_width(options),
		.height = output_height(),
		.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
		.recorded = options->replay,
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

/* Whether rows of the event view are in the format. */
static bool has_rows(const struct options *options)
{
	switch (options->output) {
	case OUTPUT_TEXT:
	case OUTPUT_CSV:
		return true;
	case OUTPUT_JSON:
		return options->fields || options->no_children;
	default:
		return false;
	}
}

static bool has_items(const struct options *options)
{
	return options->list_items || (options__event_view(options) && has_rows(options) &&
				       (options->log_file || options__has_stdout(options)));
}

bool outputs_want_items(const struct options *options, const struct reason_names *names,
			uint32_t isa, struct item_opts *ret_opts)
{
	*ret_opts = (struct item_opts){
		.stats = options->stats,
		.tracepoints = options->tracepoints,
		.past = options->include_past,
		.selected = !scope__is_all(&options->scope),
		.per_vcpu = options->by_given && options->query.by == BY_VCPU,
		.names = names,
		.isa = isa,
	};
	return has_items(options);
}

bool outputs_want_findings(const struct options *options)
{
	const bool written = options->output == OUTPUT_JSON ||
			     options->output == OUTPUT_OPENMETRICS ||
			     options->output == OUTPUT_PROMETHEUS;

	return options->latency != LATENCY_OFF &&
	       (options->why || options->listen.len || (written && options__has_stdout(options)));
}

bool outputs_want_load(const struct options *options)
{
	const bool written = options->output != OUTPUT_TEXT;

	return options->record || options->why || options->on_screen || options->listen.len ||
	       (written && options__has_stdout(options));
}

static size_t choose_keep_bytes(const struct options *options)
{
	if (options->replay)
		return KEEP_REPLAY_BYTES;
	return isatty(STDOUT_FILENO) ? KEEP_TERMINAL_BYTES : KEEP_BYTES;
}

static int open_stdout(struct outputs *outputs)
{
	const struct outlet_opts opts = {
		.fd = STDOUT_FILENO,
		.keep_bytes = choose_keep_bytes(outputs->options),
	};
	int err = 0;

	if (options__has_stdout(outputs->options) || outputs->options->list_items)
		err = outlet__open(&opts, &outputs->out);

	if (err && err != -ENOMEM)
		log_error("cannot write to standard output: %s", strerror(-err));
	return err;
}

int outputs__open(const struct options *options, struct outputs **ret_outputs)
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));
	int err = 0;

	if (!outputs)
		return -ENOMEM;
	outputs->options = options;
	err = open_stdout(outputs);
	if (!err && options->listen.len)
		err = open_http(outputs);
	if (!err && has_items(options))
		err = item_output__open(options, &outputs->items);
	if (!err && options->why && !(outputs->why = why__new()))
		err = -ENOMEM;
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
	item_output__close(outputs->items);
	why__free(outputs->why);
	outlet__close(outputs->out);
	free(outputs);
}

bool outputs__has_stdout(const struct outputs *outputs)
{
	return outputs->out;
}

void outputs__reopen(struct outputs *outputs)
{
	if (outputs->items)
		item_output__reopen(outputs->items);
}

void outputs__set_interval(struct outputs *outputs, uint64_t interval_ns)
{
	if (outputs->http)
		http__set_fresh(outputs->http, FRESH_INTERVALS * interval_ns);
}

int outputs__fd(const struct outputs *outputs)
{
	return outputs->out ? outlet__fd(outputs->out) : -1;
}

/* -f that finds nothing has said so, and main says what memory is too short for. */
static int check_written(struct outputs *outputs, int err)
{
	if (!err || err == -EPIPE || err == -EINTR || err == -ENOENT || err == -ENOMEM)
		return err;
	if (!outputs->failed)
		log_error("cannot write to standard output: %s", strerror(-err));
	outputs->failed = true;
	return err;
}

int outputs__check(struct outputs *outputs)
{
	return outputs->out ? check_written(outputs, outlet__error(outputs->out)) : 0;
}

/* ---- what a slow reader misses */

static void report_left_out(struct outputs *outputs)
{
	if (!outputs->leaving_out)
		log_warning("standard output is not read fast enough: what it has no room for is "
			    "left out there");
	outputs->leaving_out = true;
}

static void report_all_left_out(const struct outputs *outputs, const char *what)
{
	if (outputs->options->slower_than_ns)
		log_warning("standard output %s: %llu frames and %llu slow exits were left out",
			    what, (unsigned long long)outputs->frames_left_out,
			    (unsigned long long)outputs->slow_left_out);
	else
		log_warning("standard output %s: %llu frames were left out", what,
			    (unsigned long long)outputs->frames_left_out);
}

/* Over is it when the reader has all that was kept for it, or a slow one would have us say so again and again. */
static bool has_room(struct outputs *outputs)
{
	if (outputs->leaving_out && outlet__is_idle(outputs->out)) {
		report_all_left_out(outputs, "is read again");
		outputs->leaving_out = false;
	}
	return outlet__has_room(outputs->out);
}

uint64_t outputs__frames_left_out(const struct outputs *outputs)
{
	return outputs->frames_left_out;
}

uint64_t outputs__slow_left_out(const struct outputs *outputs)
{
	return outputs->slow_left_out;
}

/* ---- frames and slow exits */

/* Before the first row, and together with it. */
static int print_csv_header(struct outputs *outputs, FILE *out, const struct view *view)
{
	int err = outputs->header_written ? 0 : csv__write_header(out, view);

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

static int print_frame(struct outputs *outputs, FILE *out, const struct frame *frame)
{
	const struct view view = make_view(outputs);
	bool done = false;
	int err = outputs->items ? item_output__print(outputs->items, out, frame, &done) : 0;

	if (!err && !done && outputs->options->output == OUTPUT_CSV)
		err = print_csv_header(outputs, out, &view);
	return err || done ? err : writers[outputs->options->output](out, frame, &view);
}

static int write_stdout(struct outputs *outputs, const struct frame *frame)
{
	const int err = outlet__error(outputs->out);
	FILE *out;

	if (err)
		return err;
	if (!has_room(outputs)) {
		report_left_out(outputs);
		outputs->frames_left_out++;
		return 0;
	}
	out = outlet__begin(outputs->out);
	return out ? outlet__end(outputs->out, print_frame(outputs, out, frame)) : -ENOMEM;
}

static struct log_file *log_of(const struct outputs *outputs)
{
	return outputs->items ? item_output__file(outputs->items) : NULL;
}

/* --replay: the log has all of a recording, as fast as it is read; a signal ends that. */
static void wait_for_log(const struct outputs *outputs)
{
	struct log_file *log = outputs->options->replay ? log_of(outputs) : NULL;

	while (log && !signals__count() && log_file__waits_for_reader(log)) {
		signals__sleep(ENDING_STEP_NS);
		log_file__retry(log);
	}
}

/* It is reported at the end. */
static int take_why(struct outputs *outputs, const struct frame *frame, bool anew)
{
	if (anew)
		why__begin_anew(outputs->why);
	return why__take(outputs->why, frame);
}

int outputs__write_frame(struct outputs *outputs, const struct frame *frame, bool anew)
{
	int err = 0;

	if (outputs->why)
		return take_why(outputs, frame, anew);
	if (outputs->items)
		err = item_output__take(outputs->items, frame)
			      ?: item_output__log(outputs->items, frame);
	wait_for_log(outputs);
	if (outputs->http)
		http__publish(outputs->http, frame);
	if (!err && outputs->out)
		err = write_stdout(outputs, frame);
	return check_written(outputs, err);
}

static int print_slow(struct outputs *outputs, FILE *out, const struct slow_exit *slow)
{
	const struct view view = make_view(outputs);

	switch (outputs->options->output) {
	case OUTPUT_JSON:
		return json__write_slow(out, slow);
	case OUTPUT_CSV:
		return print_csv_header(outputs, out, &view) ?: csv__write_slow(out, slow, &view);
	default:
		return slow__write(out, slow, &view);
	}
}

int outputs__write_slow(struct outputs *outputs, const struct slow_exit *slow)
{
	FILE *out;

	if (!outputs->out)
		return 0;
	if (!has_room(outputs)) {
		report_left_out(outputs);
		outputs->slow_left_out++;
		return outputs__check(outputs);
	}
	out = outlet__begin(outputs->out);
	return check_written(
		outputs, out ? outlet__end(outputs->out, print_slow(outputs, out, slow)) : -ENOMEM);
}

/* ---- the end */

int outputs__wait_for_room(struct outputs *outputs, struct ending *ending)
{
	const sigset_t mask = signals__mask();

	while (outputs->out && !outlet__error(outputs->out) && !outlet__has_room(outputs->out)) {
		if (!ending__may_wait(ending, outlet__written(outputs->out)))
			return -EINTR;
		outlet__wait(outputs->out, ENDING_STEP_NS, &mask);
	}
	return 0;
}

static int finish_log(struct log_file *log, struct ending *ending)
{
	while (log_file__waits_for_reader(log) &&
	       ending__may_wait(ending, log_file__written(log))) {
		signals__sleep(ENDING_STEP_NS);
		log_file__retry(log);
	}
	return log_file__finish(log);
}

static int finish_stdout(struct outputs *outputs, struct ending *ending)
{
	const int err = ending__drain(ending, outputs->out);

	if (err == -EINTR)
		log_warning(
			"standard output is not read: what was still to be written there is lost");
	if (outputs->leaving_out)
		report_all_left_out(outputs, "was not read fast enough");
	return check_written(outputs, err);
}

static int write_why(struct outputs *outputs)
{
	const struct why_report *report = why__report(outputs->why);
	const struct view view = make_view(outputs);
	const struct why_view why_view = {
		.view = &view,
		.joined = outputs->options->replay,
		.bold = output_is_bold(outputs->options),
		.more = outputs->options->verbose,
	};
	FILE *out = report->seconds > 0 ? outlet__begin(outputs->out) : NULL;

	outputs->to_act = report->to_act;
	if (!(report->seconds > 0)) /* there was no frame, and that was reported */
		return 0;
	if (!out)
		return -ENOMEM;
	return outlet__end(outputs->out, outputs->options->output == OUTPUT_JSON
						 ? why__write_json(out, report, &why_view)
						 : why__write_text(out, report, &why_view));
}

bool outputs__is_to_act(const struct outputs *outputs)
{
	return outputs->to_act;
}

int outputs__finish(struct outputs *outputs, struct ending *ending)
{
	struct log_file *log = log_of(outputs);
	int err = outputs->why ? write_why(outputs) : 0;

	if (outputs->out)
		err = finish_stdout(outputs, ending) ?: err;
	return (log ? finish_log(log, ending) : 0) ?: err;
}
