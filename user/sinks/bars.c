// SPDX-License-Identifier: GPL-2.0
/*
 * bars: log2 distributions as text:
 *
 *   REASON (ISA): 1234 in the interval, 56.7k in all
 *   avg 12.3us  p50 1.50us  p90 18.0us  p99 31.0us  p99.9 31.8us  max 32.1us
 *   in all: avg 12.1us  p50 1.50us  p90 18.0us  p99 30.2us  p99.9 35.4us  max 76.7us
 *     1.02us .. 2.05us    123   10.0%  |########            |
 */
#include "bars.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/memstream.h"
#include "../model/frame.h"
#include "../model/time_sum.h"
#include "sink.h"
#include "stream.h"
#include "tables.h"

/* Columns left of a bar, its borders included; and the longest bar. */
#define BAR_PREFIX 37
#define BAR_MAX 40
#define BAR_MIN 8

/* A block that is i/8 full, UTF-8. */
static const char *const blocks[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };

static size_t bar_columns(const struct view *view)
{
	size_t room;

	if (!view->width)
		return BAR_MAX;
	room = view->width > BAR_PREFIX ? view->width - BAR_PREFIX : 0;
	return room < BAR_MIN ? 0 : room > BAR_MAX ? BAR_MAX : room;
}

static void print_bar(FILE *out, uint64_t value, uint64_t max, size_t columns, bool utf8)
{
	size_t steps = utf8 ? 8 : 1;
	size_t filled = (size_t)((double)value / (double)max * (double)(columns * steps) + 0.5);
	size_t full, part;

	if (value && !filled)
		filled = 1; /* what has occurred is seen */
	full = filled / steps;
	part = filled % steps;
	fputs("  |", out);
	for (size_t i = 0; i < full; i++)
		fputs(utf8 ? blocks[8] : "#", out);
	fputs(blocks[part], out);
	fprintf(out, "%*s|", (int)(columns - full - !!part), "");
}

static void print_slot(FILE *out, size_t slot, uint64_t value, uint64_t sum, uint64_t max,
		       const struct view *view)
{
	char lo[FMT_SIZE], hi[FMT_SIZE] = "", count[FMT_SIZE];
	size_t columns = bar_columns(view);

	fmt_duration_ns(hist_log2_lo_ns(slot), lo, sizeof(lo));
	if (slot + 1 < HIST_LOG2_SLOTS)
		fmt_duration_ns(hist_log2_lo_ns(slot + 1), hi, sizeof(hi));
	fprintf(out, "  %6s .. %-6s  %6s  %5.1f%%", lo, hi, fmt_count(value, count, sizeof(count)),
		100.0 * (double)value / (double)sum);
	if (columns)
		print_bar(out, value, max, columns, view->utf8);
	fputc('\n', out);
}

/* From the first slot that holds something to the last; empty ones between them show the gap. */
static void print_hist(FILE *out, struct hist hist, const struct view *view)
{
	uint64_t log2_hist[HIST_LOG2_SLOTS], sum = hist_count(hist), max = 0;
	size_t first = HIST_LOG2_SLOTS, last = 0;

	hist_fold_log2(hist, log2_hist);
	for (size_t i = 0; i < HIST_LOG2_SLOTS; i++) {
		if (!log2_hist[i])
			continue;
		if (first == HIST_LOG2_SLOTS)
			first = i;
		last = i;
		max = log2_hist[i] > max ? log2_hist[i] : max;
	}
	for (size_t i = first; i < HIST_LOG2_SLOTS && i <= last; i++)
		print_slot(out, i, log2_hist[i], sum, max, view);
}

/* "avg 12.3us", apart from what is before it. */
static void print_time(FILE *line, const char **gap, const char *title, uint64_t ns)
{
	char buf[FMT_SIZE];

	fprintf(line, "%s%s %s", *gap, title, fmt_duration_ns(ns, buf, sizeof(buf)));
	*gap = "  ";
}

/* A line of "avg 12.3us  p50 ...", as far as they are known; with @prefix, if any is. */
static void print_times(FILE *line, const char *prefix, const struct time_derived *time)
{
	const char *gap = prefix;

	if (time->avg_valid)
		print_time(line, &gap, "avg", (uint64_t)(time->avg_ns + 0.5));
	for (int i = 0; i < PERCENTILE_MAX && time->pct_valid; i++)
		print_time(line, &gap, percentile_label((enum percentile)i), time->pct_ns[i]);
	if (time->max_valid)
		print_time(line, &gap, "max", time->max_ns);
}

/* "REASON (ISA): 1234 in the interval, 56.7k in all" */
static void print_counts(FILE *line, const struct frame_reason *reason)
{
	char number[FMT_SIZE], delta[FMT_SIZE], total[FMT_SIZE];
	const char *isa = isa_name(reason->isa);

	snprintf(number, sizeof(number), "isa %u", reason->isa);
	fmt_count(reason->count.delta, delta, sizeof(delta));
	fprintf(line, " (%s): %s in the interval, %s in all", isa ? isa : number,
		reason->count.delta_valid ? delta : FMT_UNKNOWN,
		fmt_count(reason->count.total, total, sizeof(total)));
}

/* "avg 12.3us  p50 ..." in the interval, and the same in all. */
static void print_all_times(FILE *line, const struct time_delta *time)
{
	struct time_derived interval = {
		.avg_valid = time->avg_valid,
		.max_valid = time->max_valid,
		.pct_valid = time->pct_valid,
		.avg_ns = time->avg_ns,
		.max_ns = time->max_ns,
	};
	const struct time_derived total = time_total__derive(&time->total);

	memcpy(interval.pct_ns, time->pct_ns, sizeof(interval.pct_ns));
	print_times(line, "", &interval);
	fputc('\n', line);
	print_times(line, "in all: ", &total);
}

static int print_title(FILE *out, const struct frame_reason *reason, const struct view *view)
{
	__autofree char *name = fmt_escape_dup(tables_escape(view), reason->name);
	__autofree char *text = NULL;
	char *rest, *next;
	size_t len;
	FILE *lines = name ? memstream_open(&text, &len) : NULL;

	if (!lines)
		return -ENOMEM;
	fputs(name, lines);
	print_counts(lines, reason);
	fputc('\n', lines);
	print_all_times(lines, &reason->time);
	if (memstream_close(lines, &text))
		return -ENOMEM;
	for (rest = text; (next = strsep(&rest, "\n"));)
		if (*next)
			stream_print_line(out, next, view->width);
	return 0;
}

static int print_reasons(FILE *out, const struct frame_reasons *reasons, const struct view *view,
			 size_t *shown)
{
	__autofree const struct frame_reason **sorted = NULL;
	struct query query = view->query;
	int err;

	query.by = BY_REASON;
	query.top = 0; /* counted here, after the choice of one reason */
	err = query__reasons(&query, reasons->v, reasons->n, &sorted);
	for (size_t i = 0; i < reasons->n && !err; i++) {
		if (!query_wants_reason(view->hist_reason, sorted[i]))
			continue;
		if (view->query.top && *shown == view->query.top)
			break;
		fputc('\n', out);
		err = print_title(out, sorted[i], view);
		if (!err && sorted[i]->time.pct_valid)
			print_hist(out, sorted[i]->time.hist, view);
		(*shown)++;
	}
	return err;
}

/* The names of those that have occurred, each once, with commas. */
static int print_names(FILE *out, const struct frame *frame, enum fmt_escape escape)
{
	const struct frame_reasons *lists[] = { &frame->reasons, &frame->user_exits };
	const char *gap = "";

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (size_t j = 0; j < lists[i]->n; j++) {
			const struct frame_reason *reason = &lists[i]->v[j];
			__autofree char *name = fmt_escape_dup(escape, reason->name);

			if (!name)
				return -ENOMEM;
			if (!reason->count.total)
				continue;
			fprintf(out, "%s%s", gap, name);
			gap = ", ";
		}
	return 0;
}

/* What is asked for may be misspelt: what there is helps. */
static int print_never(FILE *out, const struct frame *frame, const struct view *view)
{
	const enum fmt_escape escape = tables_escape(view);
	__autofree char *name = fmt_escape_dup(escape, view->hist_reason);
	__autofree char *names = NULL;
	size_t len;
	FILE *list = name ? memstream_open(&names, &len) : NULL;
	int err;

	if (!list)
		return -ENOMEM;
	err = print_names(list, frame, escape);
	if (memstream_close(list, &names) || err)
		return -ENOMEM;
	fprintf(out, "no exit '%s' has occurred yet%s%s\n", name, *names ? "; these have: " : "",
		names);
	return 0;
}

int bars_print(FILE *out, const struct frame *frame, const struct view *view)
{
	size_t exits = 0, user_exits = 0;
	int err = print_reasons(out, &frame->reasons, view, &exits)
			  ?: print_reasons(out, &frame->user_exits, view, &user_exits);

	if (err)
		return err;
	if (!exits && !user_exits && view->hist_reason) {
		return print_never(out, frame, view);
	} else if (!exits && !user_exits) {
		fputs("no exit has occurred yet\n", out);
	} else if (frame->latency != LATENCY_FULL) {
		fputs("\n(distributions need --latency full)\n", out);
	}
	return 0;
}
