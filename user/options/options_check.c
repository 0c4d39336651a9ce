// SPDX-License-Identifier: GPL-2.0
#include "options_check.h"

#include <errno.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/log.h"
#include "option_spec.h"

#define NSEC_PER_MSEC 1000000ull

/* Sets of traits that one rule takes for the same. */
#define EVENT_VIEW (T(STATS) | T(TRACEPOINTS))
#define BY (T(BY_MACHINE) | T(BY_REASON))
#define NOT_TEXT (T(OUT_CSV) | T(OUT_JSON) | T(OUT_METRICS))
#define LOOKS_IN (T(DETAIL) | T(SLOW))

/* Applies to a command line that has something of each set in @with (an empty one asks nothing), and nothing of @without. */
struct option_rule {
	uint64_t with[3];
	uint64_t without;
	const char *text; /* of a conflict: why, and what to do about it */
};

/* kvm_stat shows tracepoints by default. Options that only an event view has imply them, too. */
static const struct option_rule implies_tracepoints[] = {
	{ .with = { T(FIELDS) | T(NO_CHILDREN) | T(LOG) }, .without = T(STATS) },
	{ .with = { T(SKIP_ZERO) }, .without = T(STATS) | NOT_TEXT },
};

/* The event view has counts only, so nothing is timed for it. */
static const struct option_rule needs_no_times = {
	.with = { EVENT_VIEW },
	.without = T(LATENCY) | T(OUT_JSON) | T(OUT_METRICS) | T(OUT_SCREEN) | LOOKS_IN |
		   T(VERIFY) | T(LISTEN) | T(RECORD) | T(REPLAY),
};

/* The screen is for those who look. What scripts ask for, or what ends by itself, is text. */
static const struct option_rule fits_screen = {
	.without = T(COUNT) | T(ONCE) | T(LOG) | T(OUT_TEXT) | NOT_TEXT | T(VERIFY) | T(FEATURES) |
		   T(LISTEN) | T(LIST) | T(WHY) | T(SKIP_ZERO) | T(TOP),
};

/* Conflicts; the first that applies is reported. */
static const struct option_rule conflicts[] = {
	/* the event view and its logs */
	{ { T(LOG_CSV) }, T(LOG), "-c is for logs: give -l or -L FILE, too" },
	{ { T(SKIP_ZERO) },
	  T(LOG) | T(OUT_CSV) | T(OUT_JSON),
	  "-z is for logs, CSV and JSON: give -l or -L FILE, -o csv or -o json, too" },
	{ { T(STATS), T(HIST) },
	  0,
	  "-d shows KVM's statistics, -H exit reasons: give one of them" },
	{ { EVENT_VIEW, T(HIST) },
	  0,
	  "-H shows exit reasons, the event view (-t, -f, -x, -l, -L) events: give one of them" },
	{ { T(STATS), T(BY_REASON) },
	  0,
	  "-d shows no exit reasons: leave out --by, or take --by vm or --by vcpu" },
	{ { EVENT_VIEW, T(BY_REASON) },
	  0,
	  "-t has exit reasons as children: leave out --by, or take --by vm or --by vcpu" },
	{ { T(LOG), BY },
	  0,
	  "a log (-l, -L) is of all VMs together: leave out --by, or choose VMs by -p or -g" },
	{ { T(LOG), T(TOP) | T(SORT) },
	  0,
	  "a log (-l, -L) has a column for each event: leave out --top and --sort, or choose "
	  "events by -f" },
	{ { T(LOG), NOT_TEXT }, 0, "-l and -L have a format of their own (-c: CSV): leave out -o" },
	{ { T(LOG), LOOKS_IN },
	  0,
	  "-l and -L are a log of counts: leave out --detail and --slower-than" },
	{ { EVENT_VIEW, T(ONCE), LOOKS_IN },
	  BY | NOT_TEXT,
	  "-1 prints rows of counts for scripts: take -n 1 instead, or leave out "
	  "--detail and --slower-than" },
	{ { T(FIELDS) | T(NO_CHILDREN), T(OUT_METRICS) },
	  0,
	  "-f and -x choose rows of the event view: take -o text, csv or json, or leave "
	  "them out" },
	{ { T(LIST), T(LISTEN) | T(RECORD) },
	  0,
	  "-f help lists events and ends: leave out --listen and --record" },
	{ { T(LOG), T(VERIFY) }, 0, "--verify has no log: leave out -l and -L" },
	{ { T(SKIP_ZERO), T(VERIFY) }, 0, "--verify reports all that it compared: leave out -z" },

	/* what is measured */
	{ { T(HIST), T(BY_MACHINE) },
	  0,
	  "-H shows exit reasons: leave out --by, or take --by reason" },
	{ { T(SLOW), T(LATENCY_OFF) },
	  0,
	  "--slower-than needs times, --latency off takes none: give one of them" },
	{ { T(VERIFY), LOOKS_IN | T(TRACEPOINTS) },
	  0,
	  "--verify compares counts and ends: leave out --detail, --slower-than, -t, -f and -x" },

	/* where frames go */
	{ { T(VERIFY), T(OUT_METRICS) }, 0, "--verify is no metric: leave out -o openmetrics" },
	{ { T(VERIFY), T(LISTEN) }, 0, "--verify is no metric: leave out --listen" },
	{ { T(VERIFY), T(OUT_CSV) },
	  0,
	  "--verify prints a report: leave out -o csv, or take -o json" },
	{ { T(OUT_SCREEN), T(LOG_HERE) | T(ONCE) | T(LIST) | T(WHY) | T(VERIFY) | T(FEATURES) },
	  0,
	  "-o screen needs all of the terminal: leave it out, or -l, -1, -f help, --why, "
	  "--verify and --features" },
	{ { T(SLOW), T(OUT_METRICS) | T(LISTEN) },
	  T(OUT_TEXT) | T(OUT_CSV) | T(OUT_JSON) | T(OUT_SCREEN),
	  "--slower-than prints lines, which metrics are not: give -o text, csv or json" },

	/* the diagnosis */
	{ { T(WHY), EVENT_VIEW | T(LOG) | T(LIST) | T(SKIP_ZERO) },
	  0,
	  "--why is a report: leave out the event view and its logs (-d, -t, -f, -x, -l, -L, -z)" },
	{ { T(WHY), T(HIST) | BY | T(SORT) },
	  0,
	  "--why is a report, the worst VM first: leave out --by, --sort and -H" },
	{ { T(WHY), T(SLOW) }, 0, "--why is a report about VMs: leave out --slower-than" },
	{ { T(WHY), T(LATENCY_OFF) },
	  0,
	  "--why needs times, --latency off takes none: give one of them" },
	{ { T(WHY), T(OUT_CSV) | T(OUT_METRICS) },
	  0,
	  "--why prints a report: take -o text or -o json (metrics have findings by themselves)" },
	{ { T(WHY), T(LISTEN) },
	  0,
	  "--why ends after a report: leave out --listen, whose metrics have findings, too" },
	{ { T(WHY), T(VERIFY) | T(FEATURES) },
	  0,
	  "--why is a report of its own: leave out --verify and --features" },

	/* recordings */
	{ { T(REPLAY), T(RECORD) },
	  0,
	  "--replay shows a recording, --record makes one: give one of them" },
	{ { T(REPLAY), T(LISTEN) },
	  0,
	  "--listen serves what runs now: leave out --replay, or take -o openmetrics" },
	{ { T(REPLAY), T(VERIFY) }, 0, "--verify compares with what runs now: leave out --replay" },
	{ { T(REPLAY), T(FEATURES) },
	  0,
	  "--features is about this host: leave out --replay (--replay FILE -v says what "
	  "made a recording)" },
	{ { T(ONE_FILE) }, 0, "-L and --record name one file: give each its own" },
	{ { T(REPLAY), T(SLOW) },
	  0,
	  "slow exits are not recorded: leave out --slower-than or --replay" },
	{ { T(RECORD), T(VERIFY) }, 0, "--verify compares and ends: leave out --record" },
	{ { T(RECORD), T(FEATURES) }, 0, "--features measures nothing: leave out --record" },
	{ { T(RECORD_SIZE) },
	  T(RECORD),
	  "--record-size limits what --record writes: give --record, too" },
	{ { T(WHEN) },
	  T(REPLAY),
	  "--since and --until choose from a recording: give --replay, too" },
};

static bool option_rule__applies(const struct option_rule *rule, uint64_t traits)
{
	for (size_t i = 0; i < ARRAY_SIZE(rule->with); i++)
		if (rule->with[i] && !(rule->with[i] & traits))
			return false;
	return !(rule->without & traits);
}

/* The traits that are not of one option alone. */
static void imply_traits(struct option_parse *parse)
{
	struct options *options = parse->options;

	for (size_t i = 0; i < ARRAY_SIZE(implies_tracepoints); i++)
		if (option_rule__applies(&implies_tracepoints[i], parse->traits))
			parse->traits |= T(TRACEPOINTS);
	options->tracepoints = parse->traits & T(TRACEPOINTS);
	if (options->record && options->log_file && !strcmp(options->record, options->log_file))
		parse->traits |= T(ONE_FILE);
}

static int check_conflicts(uint64_t traits)
{
	for (size_t i = 0; i < ARRAY_SIZE(conflicts); i++) {
		if (option_rule__applies(&conflicts[i], traits)) {
			log_error("%s", conflicts[i].text);
			return -EINVAL;
		}
	}
	return 0;
}

/* Findings are damped over intervals, and the first one has none: so there must be some, which are not too short either. */
#define WHY_INTERVALS 10
#define WHY_NS (5000 * NSEC_PER_MSEC)
#define WHY_MIN_NS (1000 * NSEC_PER_MSEC)
#define WHY_INTERVAL_MIN_NS (200 * NSEC_PER_MSEC)

/* --why measures for a while, in short intervals; of a recording it takes what -s says. */
static int check_why(struct options *options)
{
	const uint64_t whole_ns = options->interval_given ? options->interval_ns : WHY_NS;
	uint64_t ns = whole_ns / WHY_INTERVALS;

	if (options->count || options->once) {
		log_error("--why ends by itself: leave out -n and -1 (-s says how long it takes)");
		return -EINVAL;
	}
	if (options->replay)
		return 0;
	if (whole_ns < WHY_MIN_NS) {
		log_error("--why takes a second at least: give a longer -s");
		return -EINVAL;
	}
	if (ns < WHY_INTERVAL_MIN_NS)
		ns = WHY_INTERVAL_MIN_NS;
	options->why_ns = whole_ns;
	options->interval_ns = ns;
	options->count = whole_ns / ns;
	return 0;
}

static void choose_screen(struct options *options, uint64_t traits)
{
	if (traits & T(OUT_SCREEN))
		options->screen = SCREEN_ASKED;
	else
		options->screen =
			option_rule__applies(&fits_screen, traits) ? SCREEN_IF_TERMINAL : SCREEN_NO;
	if (options->output == OUTPUT_SCREEN)
		options->output = OUTPUT_TEXT;
}

int options_check(struct option_parse *parse)
{
	struct options *options = parse->options;
	int err;

	if (options->once && options->count > 1) {
		log_error("-1 means one interval, and -n %llu more: leave out one of them",
			  (unsigned long long)options->count);
		return -EINVAL;
	}
	imply_traits(parse);
	err = check_conflicts(parse->traits);
	if (!err && options->why)
		err = check_why(options);
	if (err)
		return err;
	choose_screen(options, parse->traits);
	if (option_rule__applies(&needs_no_times, parse->traits))
		options->latency = LATENCY_OFF;
	if (options->list_items)
		options->interval_ns = NSEC_PER_MSEC;
	if (options->once || options->list_items)
		options->count = 1;
	return 0;
}
