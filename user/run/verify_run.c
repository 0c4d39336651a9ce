// SPDX-License-Identifier: GPL-2.0
#include "verify_run.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../base/outlet.h"
#include "../model/snapshot.h"
#include "../options/options.h"
#include "privileges.h"
#include "selection.h"
#include "signals.h"
#include "verify_readings.h"
#include "../sinks/verify.h"
#include "../sources/bpf/exits.h"
#include "../sources/features.h"
#include "../sources/kvm_stats.h"

/* Time between readings. Each one can only make the intervals narrower. */
#define PAUSE_NS 100000000ull

struct run {
	const struct options *options;
	const struct kernel_types *types;
	struct exits *exits;
	struct kvm_stats *stats;
	struct selection *selection;
	struct verify_readings *readings;
	struct snapshot *snapshot; /* of the reading at hand */
};

DEFINE_CLEANUP(outlet, struct outlet, outlet__close)

/* ---- readings */

static void forget_snapshot(struct run *run)
{
	snapshot__free(run->snapshot);
	run->snapshot = NULL;
}

static int take_reading(struct run *run)
{
	int err;

	forget_snapshot(run);
	run->snapshot = snapshot__new();
	if (!run->snapshot)
		return -ENOMEM;
	err = verify_readings__begin(run->readings, run->snapshot)
		      ?: exits__read(run->exits, run->snapshot);
	if (err)
		return err;
	selection__apply(run->selection, run->exits, run->snapshot);
	return verify_readings__end(run->readings, run->snapshot);
}

/* ---- the report */

/* "denied (lockdown=integrity)" of "denied: lockdown=integrity". */
static const char *in_brackets(struct arena *arena, const char *why)
{
	const char *colon = why ? strstr(why, ": ") : NULL;
	char text[256];

	if (!colon)
		return why;
	snprintf(text, sizeof(text), "%.*s (%s)", (int)(colon - why), why, colon + 2);
	return arena__strdup(arena, text);
}

/* By an outlet, so a signal ends it even without a reader. */
static int write_to_stdout(const struct verify_report *report, bool json)
{
	const struct outlet_opts opts = { .fd = STDOUT_FILENO };
	__cleanup(cleanup_outlet) struct outlet *outlet = NULL;
	struct ending ending;
	FILE *out;
	int err = outlet__open(&opts, &outlet);

	if (err)
		return err;
	ending__begin(&ending);
	out = outlet__begin(outlet);
	if (!out)
		return -ENOMEM;
	err = outlet__end(outlet,
			  json ? verify__write_json(out, report) : verify__write_text(out, report));
	return err ? err : ending__drain(&ending, outlet);
}

static int write_report(struct run *run, double seconds, enum verify_result *ret_result)
{
	struct arena *arena = run->snapshot->arena;
	struct verify_report report = {
		.interval_s = seconds,
		.sources = {
			[SOURCE_TRACEPOINTS] = { .used = true },
			[SOURCE_STATS] = { .used = true,
					   .error = in_brackets(arena, verify_readings__iterator_error(run->readings)) },
			[SOURCE_DEBUGFS] = { .used = true,
					     .error = in_brackets(arena,
								  kvm_stats__debugfs_error(run->stats)) },
		},
	};
	int err = verify__pairs(verify_readings__verify(run->readings), &report.pairs, &report.n,
				&report.result);

	if (err)
		return err;
	*ret_result = report.result;
	err = write_to_stdout(&report, run->options->output == OUTPUT_JSON);
	/* Nobody reads it any more, or not yet and we shall not wait. */
	if (err == -EINTR)
		log_warning("the report is lost, as standard output was not read");
	if (err == -EPIPE || err == -EINTR)
		return 0;
	if (err && err != -ENOMEM)
		log_error("cannot write to standard output: %s", strerror(-err));
	return err;
}

static int compare(struct run *run, enum verify_result *ret_result)
{
	const struct options *options = run->options;
	const uint64_t start_ns = clock_now_ns();
	const uint64_t end_ns =
		start_ns + options->interval_ns * (options->count ? options->count : 1);
	bool done = false;

	/* At least two, also where one takes longer than the interval. */
	for (int readings = 1;; readings++) {
		uint64_t now_ns, left_ns;
		int err = take_reading(run);

		if (err)
			return err;
		now_ns = clock_now_ns();
		left_ns = end_ns > now_ns ? end_ns - now_ns : 0;
		if (readings > 1 && (done || !left_ns))
			return write_report(run, (double)(now_ns - start_ns) / 1e9, ret_result);
		/* After a signal one more reading, then the report. */
		signals__sleep(left_ns < PAUSE_NS ? left_ns : PAUSE_NS);
		done = signals__count();
	}
}

static int start(struct run *run)
{
	const struct verify_readings_opts opts = {
		.exits = run->exits,
		.stats = run->stats,
		.types = run->types,
		.scope = &run->options->scope,
	};

	return selection__new(&run->options->scope, &run->selection)
		       ?: verify_readings__open(&opts, &run->readings);
}

int verify_run(const struct options *options, const struct features *features, struct exits *exits,
	       struct kvm_stats *stats, enum verify_result *ret_result)
{
	struct run run = {
		.options = options, .types = features->types, .exits = exits, .stats = stats
	};
	int err;

	err = signals__take(false);
	if (!err)
		err = start(&run);
	if (!err) {
		privileges_drop(&(struct privileges_needs){
			.exits = exits,
			.stats = stats,
			.iterator = verify_readings__iterator(run.readings) });
		err = compare(&run, ret_result);
	}
	forget_snapshot(&run);
	verify_readings__close(run.readings);
	selection__free(run.selection);
	return err;
}
