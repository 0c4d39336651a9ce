// SPDX-License-Identifier: GPL-2.0
/*
 * text: a frame as tables that are read on a terminal or in a log.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/memstream.h"
#include "../model/frame.h"
#include "bars.h"
#include "item_table.h"
#include "sink.h"
#include "stream.h"
#include "tables.h"

/* Reasons below the VMs when --top does not say how many. */
#define DEFAULT_TOP_REASONS 20

/* What a frame's first line counts: what is there now, without what has ended. */
struct population {
	size_t vms, vcpus, ended;
};

static struct population count_population(const struct frame *frame)
{
	struct population sum = { 0 };

	for (size_t i = 0; i < frame->n_vms; i++) {
		if (frame->vms[i].ended) {
			sum.ended++;
			continue;
		}
		sum.vms++;
		sum.vcpus += frame->vms[i].n_vcpus;
	}
	return sum;
}

static void format_local_time(const struct timespec *wall, char *buf, size_t size)
{
	struct tm tm;

	if (!localtime_r(&wall->tv_sec, &tm) || !strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, size, "%s", FMT_UNKNOWN);
}

/* "not counted: map_full=3  not printed: 2 intervals"; nothing when nothing was dropped. */
static void print_drops(FILE *line, const struct frame *frame)
{
	const uint64_t frames = frame->drops[DROP_FRAMES];
	bool any = false;

	for (int cause = 0; cause < DROP_CAUSE_MAX; cause++) {
		if (!frame->drops[cause] || cause == DROP_FRAMES)
			continue;
		fprintf(line, "%s %s=%llu",
			any ? "" : "not counted:", drop_cause_name((enum drop_cause)cause),
			(unsigned long long)frame->drops[cause]);
		any = true;
	}
	if (frames)
		fprintf(line, "%snot printed: %llu %s", any ? "  " : "", (unsigned long long)frames,
			fmt_plural(frames, "interval", "intervals"));
}

/* "1.55s"; far from what was asked for, also that: "1.55s (1.00s asked for)". */
static void format_interval(const struct frame *frame, char *buf, size_t size)
{
	const double s = frame->interval_s, asked_s = frame->asked_s;
	const bool is_far = asked_s > 0 && (s < asked_s / 2 || s > 1.5 * asked_s);
	char interval[FMT_SIZE], asked[FMT_SIZE];

	fmt_duration_ns((uint64_t)(s * 1e9 + 0.5), interval, sizeof(interval));
	fmt_duration_ns((uint64_t)(asked_s * 1e9 + 0.5), asked, sizeof(asked));
	if (is_far)
		snprintf(buf, size, "%s (%s asked for)", interval, asked);
	else
		snprintf(buf, size, "%s", interval);
}

static void print_summary(FILE *line, const struct frame *frame)
{
	struct population there = count_population(frame);
	char wall[32], interval[2 * FMT_SIZE + 16], rate[FMT_SIZE];

	format_local_time(&frame->wall, wall, sizeof(wall));
	format_interval(frame, interval, sizeof(interval));
	fmt_rate(frame->exits.rate, rate, sizeof(rate));
	fprintf(line, "%s  interval %s  %zu %s", wall, interval, there.vms,
		fmt_plural(there.vms, "VM", "VMs"));
	if (there.ended)
		fprintf(line, " (%zu ended)", there.ended);
	fprintf(line, "  %zu %s  %s exits/s", there.vcpus, fmt_plural(there.vcpus, "vCPU", "vCPUs"),
		frame->exits.delta_valid ? rate : FMT_UNKNOWN);
}

/* Where the time of all vCPUs went, for the views that have no columns of it. */
static void print_shares(FILE *line, const struct frame *frame)
{
	static const char *const titles[STATE_MAX] = {
		[STATE_GUEST] = "guest",
		[STATE_KVM] = "KVM",
		[STATE_VMM] = "VMM",
		[STATE_HALT_POLL] = "halted (polling)",
		[STATE_HALT_BLOCK] = "halted (blocked)",
		[STATE_RUN_DELAY] = "run delay",
	};
	const struct time_shares *shares = &frame->shares;
	char pct[FMT_SIZE];

	for (size_t i = 0; i < STATE_MAX; i++) {
		fmt_pct(shares->pct[i], pct, sizeof(pct));
		fprintf(line, "%s%s %s%s", i ? "  " : "vCPU time: ", titles[i],
			time_shares_known(shares, i) ? pct : FMT_UNKNOWN,
			time_shares_known(shares, i) ? "%" : "");
	}
}

/* What @print prints about @frame; NULL: no memory. */
static char *format_line(void (*print)(FILE *, const struct frame *), const struct frame *frame)
{
	char *text = NULL;
	size_t len;
	FILE *line = memstream_open(&text, &len);

	if (!line)
		return NULL;
	print(line, frame);
	memstream_close(line, &text);
	return text;
}

static int print_hist_full(FILE *out, const struct frame *frame, const struct view *view)
{
	__autofree char *text = NULL;
	char count[FMT_SIZE];

	if (!frame->hist_full)
		return 0;
	if (asprintf(&text, "no room for %s %s: percentiles with %s are unknown",
		     fmt_count(frame->hist_full, count, sizeof(count)),
		     fmt_plural(frame->hist_full, "histogram", "histograms"),
		     fmt_plural(frame->hist_full, "this reason", "these reasons")) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	stream_print_line(out, text, view->width);
	return 0;
}

/*
 * KVM's statistics come from debugfs only where nothing better works. Where something does, debugfs
 * is not missed.
 */
static bool is_missed(const struct frame *frame, enum source_id id)
{
	const struct source_state *stats = &frame->sources[SOURCE_STATS];

	return id != SOURCE_DEBUGFS || !stats->used || stats->error;
}

/* A source that was asked for and does not work matters: its column or number is missing. */
static int print_source_errors(FILE *out, const struct frame *frame, const struct view *view)
{
	for (int id = 0; id < SOURCE_ID_MAX; id++) {
		const struct source_state *source = &frame->sources[id];
		__autofree char *why = NULL, *text = NULL;

		if (!source->used || !source->error || !is_missed(frame, (enum source_id)id))
			continue;
		why = fmt_escape_dup(tables_escape(view), source->error);
		if (!why ||
		    asprintf(&text, "%s: %s", source_id_name((enum source_id)id), why) < 0) {
			text = NULL;
			return -ENOMEM;
		}
		stream_print_line(out, text, view->width);
	}
	return 0;
}

/* Time, interval, VMs, vCPUs, exits; drops on the same line if there is room, else below it. */
static int print_header(FILE *out, const struct frame *frame, const struct view *view)
{
	__autofree char *summary = format_line(print_summary, frame);
	__autofree char *drops = format_line(print_drops, frame);
	__autofree char *joined = NULL;

	if (!summary || !drops)
		return -ENOMEM;
	if (asprintf(&joined, "%s  %s", summary, drops) < 0) {
		joined = NULL;
		return -ENOMEM;
	}
	if (*drops && (!view->width || fmt_width(joined) <= view->width)) {
		stream_print_line(out, joined, view->width);
	} else {
		stream_print_line(out, summary, view->width);
		if (*drops)
			stream_print_line(out, drops, view->width);
	}
	return print_hist_full(out, frame, view) ?: print_source_errors(out, frame, view);
}

static int print_time(FILE *out, const struct frame *frame, const struct view *view)
{
	__autofree char *text = NULL;

	if (!frame->shares.valid)
		return 0;
	text = format_line(print_shares, frame);
	if (text)
		stream_print_line(out, text, view->width);
	return text ? 0 : -ENOMEM;
}

static int print_by_reason(FILE *out, const struct frame *frame, const struct view *view)
{
	return print_time(out, frame, view)
		       ?: tables_print_reasons(out, frame, view, view->query.top);
}

static int (*const print_by[ROW_BY_MAX])(FILE *, const struct frame *, const struct view *) = {
	[BY_VM] = tables_print_vms,
	[BY_VCPU] = tables_print_vcpus,
	[BY_REASON] = print_by_reason,
};

/* VMs, and below them the reasons: where they would be seen. */
static int print_both(FILE *out, const struct frame *frame, const struct view *view)
{
	size_t top = view->query.top ? view->query.top : DEFAULT_TOP_REASONS;
	char hint[] = "(exits of all VMs: --by reason; both tables: --top 20)"; /* may be cut */
	int err = tables_print_vms(out, frame, view);

	if (err)
		return err;
	if (view->height && frame->n_vms > view->height && !view->query.top) {
		stream_print_line(out, hint, view->width);
		return 0;
	}
	fputc('\n', out);
	return tables_print_reasons(out, frame, view, top);
}

static int print_body(FILE *out, const struct frame *frame, const struct view *view)
{
	if (!frame->n_vms)
		fputs(view->recorded
			      ? "no VM that is asked for was running, or none had had a VM exit\n"
			      : "no VM is running, or none has had a VM exit since kvmtop "
				"started\n",
		      out);
	/* What there was of VMs that have ended is still in the totals. */
	if (view->items)
		return item_table_print(out, frame, view);
	if (!frame->n_vms)
		return 0;
	if (view->hist)
		return print_time(out, frame, view) ?: bars_print(out, frame, view);
	if (view->by_given)
		return print_by[view->query.by](out, frame, view);
	return print_both(out, frame, view);
}

int text__write(FILE *out, const struct frame *frame, const struct view *view)
{
	__autofree char *text = NULL;
	size_t len;
	FILE *mem = memstream_open(&text, &len);
	int err;

	if (!mem)
		return -ENOMEM;
	err = print_header(mem, frame, view) ?:
	      print_body(mem, frame, view) ?:
	      tables_print_keys(mem, frame, view);
	fputc('\n', mem); /* frames in a log are apart from one another */
	if (memstream_close(mem, &text))
		err = -ENOMEM;
	return err ? err : stream_write(out, text, len);
}
