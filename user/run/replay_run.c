// SPDX-License-Identifier: GPL-2.0
#include "replay_run.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../arch/words.h"
#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/fmt.h"
#include "../base/log.h"
#include "../model/codec.h"
#include "../model/delta.h"
#include "../model/detail.h"
#include "../model/event_counts.h"
#include "../model/frame.h"
#include "../model/snapshot.h"
#include "../options/options.h"
#include "outputs.h"
#include "replay_select.h"
#include "signals.h"
#include "../sources/replay.h"

struct replay_run {
	const struct options *options;
	struct replay *replay;
	struct outputs *outputs;
	struct event_opts event_opts; /* of the run of @prev */
	bool wants_events;	      /* by them */
	struct replay_select *select;
	int64_t since_ns, until_ns; /* frames after the one, up to the other */
	struct shown *prev;	    /* NULL: the next snapshot is one to compare with */
	uint64_t frames;
	const struct codec_run *checked; /* it has what the options ask for */
};

DEFINE_CLEANUP(item, struct replay_item, replay_item__put)
DEFINE_CLEANUP(shown, struct shown, shown__free)
DEFINE_CLEANUP(frame, struct frame, frame__free)

/* ---- what is told of it */

static void tell_damage(const struct replay_run *run)
{
	const struct replay_info *info = replay__info(run->replay);

	if (info->damaged_bytes)
		log_warning("%s: %llu %s damaged, from byte %llu on: left out",
			    run->options->replay, (unsigned long long)info->damaged_bytes,
			    fmt_plural(info->damaged_bytes, "byte is", "bytes are"),
			    (unsigned long long)info->damaged_at);
	if (info->torn_bytes)
		log_warning(
			"%s: the last snapshot is cut off (kvmtop was killed, or writes it now): "
			"left out",
			run->options->replay);
}

/* -v */
static void tell_info(const struct replay_run *run)
{
	const struct replay_info *info = replay__info(run->replay);
	char first[32], last[32], bytes[FMT_SIZE];

	log_info("%s%s: %llu %s from %s to %s, %s bytes", run->options->replay,
		 info->pieces[0] ? " and its .1" : "", (unsigned long long)info->n,
		 fmt_plural(info->n, "snapshot", "snapshots"),
		 when_format(info->first_ns, first, sizeof(first)),
		 when_format(info->last_ns, last, sizeof(last)),
		 fmt_count(info->bytes, bytes, sizeof(bytes)));
}

static const char *or_unknown(const char *text)
{
	return text ? text : FMT_UNKNOWN;
}

static void tell_run(const struct codec_run *run)
{
	__autofree char *version = fmt_escape_dup(FMT_ESCAPE_ASCII, or_unknown(run->version));
	__autofree char *name = fmt_escape_dup(FMT_ESCAPE_ASCII, or_unknown(run->host.name));
	__autofree char *kernel = fmt_escape_dup(FMT_ESCAPE_ASCII, or_unknown(run->host.kernel));
	__autofree char *arch = fmt_escape_dup(FMT_ESCAPE_ASCII, or_unknown(run->host.arch));
	char interval[FMT_SIZE];

	if (version && name && kernel && arch)
		log_info("recorded by kvmtop %s on %s, Linux %s, %s, %u %s, every %s", version,
			 name, kernel, arch, run->host.cpus,
			 fmt_plural(run->host.cpus, "CPU", "CPUs"),
			 fmt_duration_ns(run->interval_ns, interval, sizeof(interval)));
}

/* ---- what is asked for */

static int no_such_time(const struct replay_run *run, const char *option, int64_t ns)
{
	const struct replay_info *info = replay__info(run->replay);
	char when[32], first[32], last[32];

	log_error("%s %s: nothing was recorded then: %s is from %s to %s", option,
		  when_format(ns, when, sizeof(when)), run->options->replay,
		  when_format(info->first_ns, first, sizeof(first)),
		  when_format(info->last_ns, last, sizeof(last)));
	return -ENOENT;
}

/* --since of a time before the recording shows all of it, which is not what who meant another day asked for. */
static void tell_since(const struct replay_run *run)
{
	const struct replay_info *info = replay__info(run->replay);
	char since[32], first[32];

	when_format(run->since_ns, since, sizeof(since));
	when_format(info->first_ns, first, sizeof(first));
	/* Not the same second, which would look odd. */
	if (run->since_ns < info->first_ns && strcmp(since, first))
		log_warning("since %s: %s begins later, at %s: shown from there", since,
			    run->options->replay, first);
}

/* Times are shown to the millisecond: what is shown as @ns is not after it. */
static int64_t end_of_ms(int64_t ns)
{
	return moment_add(ns - ns % 1000000, 999999);
}

static int set_span(struct replay_run *run)
{
	const struct options *options = run->options;
	const struct replay_info *info = replay__info(run->replay);

	run->since_ns = INT64_MIN;
	run->until_ns = INT64_MAX;
	if (options->since.kind)
		run->since_ns = end_of_ms(when_resolve(&options->since, info->last_ns));
	if (options->until.kind)
		run->until_ns = end_of_ms(when_resolve(&options->until, info->last_ns));
	if (options->since.kind && options->until.kind && run->since_ns >= run->until_ns) {
		log_error("--since is not before --until: nothing is in between");
		return -EINVAL;
	}
	if (options->since.kind && run->since_ns >= info->last_ns)
		return no_such_time(run, "--since", run->since_ns);
	if (options->until.kind && run->until_ns <= info->first_ns)
		return no_such_time(run, "--until", run->until_ns);
	if (options->since.kind)
		tell_since(run);
	return replay__seek(run->replay, run->since_ns);
}

/* The names of the kinds in @kinds, with commas. */
static const char *list_kinds(uint32_t kinds, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (int kind = 0; kind < DETAIL_KIND_MAX && used < size; kind++) {
		int n;

		if (!(kinds & DETAIL_BIT(kind)))
			continue;
		n = snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
			     detail_kind_name((enum detail_kind)kind));
		used += n > 0 ? (size_t)n : 0;
	}
	return buf;
}

/* What was not measured cannot be shown. */
static int check_recorded(const struct replay_run *run, const struct replay_item *item)
{
	const struct options *options = run->options;
	const uint32_t missing = options->detail.kinds & ~item->run->detail_kinds;
	const struct source_state *stats = &item->snapshot->sources[SOURCE_STATS];
	char list[128];

	if (options->hist && item->snapshot->latency != LATENCY_FULL)
		log_error("-H: %s was recorded with --latency %s, without histograms",
			  options->replay, item->snapshot->latency == LATENCY_OFF ? "off" : "mean");
	else if (missing)
		log_error("--detail: not recorded in %s: %s", options->replay,
			  list_kinds(missing, list, sizeof(list)));
	else if (options->detail.n_pc_reasons)
		log_error("--detail " ARCH_PC
			  ":REASON is a choice when it is recorded: --replay takes " ARCH_PC);
	else if (options->stats && !stats->used)
		log_error("-d: no statistics of KVM were recorded in %s", options->replay);
	else {
		if (options->tracepoints && !item->snapshot->event_names)
			log_warning("-t: of tracepoints only exits were recorded in %s",
				    options->replay);
		return 0;
	}
	return -EINVAL;
}

/* ---- frames */

/* Whether @cur can be compared with what is before. */
static bool is_next(const struct replay_run *run, const struct shown *cur)
{
	return run->prev && run->prev->item->run_number == cur->item->run_number &&
	       run->prev->snapshot->event_names == cur->snapshot->event_names &&
	       cur->snapshot->mono_ns > run->prev->snapshot->mono_ns;
}

/* -s: not before so much time has passed; a tenth of what was recorded less is as much. */
static bool is_far_enough(const struct replay_run *run, const struct shown *cur)
{
	uint64_t passed_ns = cur->snapshot->mono_ns - run->prev->snapshot->mono_ns;
	uint64_t slack_ns = cur->item->run->interval_ns / 10;

	return !run->options->interval_given || passed_ns >= run->options->interval_ns ||
	       run->options->interval_ns - passed_ns <= slack_ns;
}

static void go_on(struct replay_run *run, struct shown **cur)
{
	replay_select__forget(run->select, *cur);
	shown__free(run->prev);
	run->prev = take_ptr(*cur);
}

/* The frame that ends with @cur, which is the one before the next then. */
static int show(struct replay_run *run, struct shown **cur)
{
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	const struct codec_run *recorded = (*cur)->item->run;
	int err;

	(*cur)->snapshot->event_opts = run->wants_events ? &run->event_opts : NULL;
	err = delta__compute(run->prev->snapshot, (*cur)->snapshot, &recorded->host,
			     recorded->reasons, &frame);

	if (err)
		return err;
	snapshot__take_events((*cur)->snapshot, frame->events);
	go_on(run, cur);
	run->frames++;
	return outputs__write_frame(run->outputs, frame);
}

/* -s: what is left at the end of a run is shown, although it is not as long. */
static int show_passed(struct replay_run *run)
{
	__cleanup(cleanup_shown) struct shown *passed = replay_select__take_passed(run->select);

	return passed ? show(run, &passed) : 0;
}

/* Of the host's exit reasons, in a recording that does not tell; 0: there are none. */
static uint32_t find_isa(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_vms; i++)
		for (size_t j = 0; j < snapshot->vms[i].n_vcpus; j++)
			if (snapshot->vms[i].vcpus[j].n_exits)
				return isa_base(snapshot->vms[i].vcpus[j].exits[0].isa);
	return 0;
}

/* What is counted begins with @item. */
static void begin_counting(struct replay_run *run, const struct replay_item *item)
{
	uint32_t isa = item->run->isa ? item->run->isa : find_isa(item->snapshot);

	run->wants_events =
		outputs_want_events(run->options, item->run->reasons, isa, &run->event_opts);
}

static int begin_run(struct replay_run *run, struct shown **cur)
{
	int err = show_passed(run);

	begin_counting(run, (*cur)->item);
	log_info("another run of kvmtop begins: what was in between is not known");
	tell_run((*cur)->item->run);
	go_on(run, cur);
	return err;
}

/* Takes @cur. */
static int step(struct replay_run *run, struct shown **cur)
{
	if (run->prev && !is_next(run, *cur))
		return begin_run(run, cur);
	if (!run->prev)
		begin_counting(run, (*cur)->item);
	if (!run->prev || timespec_ns(&(*cur)->snapshot->wall) <= run->since_ns) {
		go_on(run, cur);
		return 0;
	}
	if (is_far_enough(run, *cur))
		return show(run, cur);
	replay_select__pass_over(run->select, take_ptr(*cur));
	return 0;
}

static int next_item(const struct replay_run *run, struct replay_item **ret_item)
{
	int err = replay__next(run->replay, ret_item);

	if (err == -EPROTO)
		log_error("%s: what recorded it knows more than this kvmtop: take that one",
			  run->options->replay);
	else if (err && err != -ENODATA && err != -ENOMEM)
		log_error("%s: %s", run->options->replay, strerror(-err));
	return err;
}

/* The next snapshot as it is shown. -ENODATA: that was all. */
static int next_shown(struct replay_run *run, struct shown **ret_shown)
{
	__cleanup(cleanup_item) struct replay_item *item = NULL;
	int err = next_item(run, &item);

	if (err)
		return err;
	if (timespec_ns(&item->snapshot->wall) > run->until_ns)
		return -ENODATA;
	if (run->checked != item->run)
		err = check_recorded(run, item);
	run->checked = item->run;
	return err ? err : shown__new(run->select, item, ret_shown);
}

static int show_all(struct replay_run *run)
{
	const uint64_t count = run->options->count;

	while (!count || run->frames < count) {
		__cleanup(cleanup_shown) struct shown *cur = NULL;
		int err = next_shown(run, &cur);

		if (err == -ENODATA)
			return show_passed(run);
		if (!err)
			err = step(run, &cur);
		if (err)
			return err;
	}
	return 0;
}

/* ---- all of it */

static int open_recording(struct replay_run *run)
{
	const struct options *options = run->options;
	char why[512];
	int err = replay__open(options->replay, true, why, sizeof(why), &run->replay);

	if (err && err != -ENOMEM)
		log_error("--replay %s", why);
	if (err)
		return err;
	tell_damage(run);
	if (replay__info(run->replay)->n < 2) {
		log_error("--replay %s: %s", options->replay,
			  replay__info(run->replay)->n
				  ? "it has one snapshot, and it takes two for an interval"
				  : "no snapshot is in it");
		return -ENODATA;
	}
	tell_info(run);
	return 0;
}

static int finish(const struct replay_run *run)
{
	uint64_t lost = replay__lost(run->replay);

	if (lost)
		log_warning("%s: %llu %s could not be read (damaged): left out",
			    run->options->replay, (unsigned long long)lost,
			    fmt_plural(lost, "snapshot", "snapshots"));
	if (run->frames)
		return 0;
	log_error("--replay %s: no whole interval of one run is there", run->options->replay);
	return -ENODATA;
}

/* What was recorded is told for the first run; of the others when they come. */
static int tell_first(struct replay_run *run)
{
	__cleanup(cleanup_item) struct replay_item *item = NULL;
	int err = next_item(run, &item);

	if (!err)
		tell_run(item->run);
	return err == -ENODATA ? finish(run) : err;
}

static int run_all(struct replay_run *run)
{
	int err = open_recording(run);

	if (!err)
		err = set_span(run);
	if (!err)
		err = tell_first(run);
	if (!err)
		err = replay_select__new(run->options, run->replay, run->until_ns, &run->select);
	if (!err)
		err = replay__seek(run->replay, run->since_ns);
	if (!err)
		err = outputs__open(run->options, &run->outputs);
	if (!err)
		err = show_all(run);
	return err ? err : finish(run);
}

int replay_run(const struct options *options)
{
	struct replay_run run = { .options = options };
	struct ending ending;
	int err, finished;

	/* SIGINT and SIGTERM end it at any time. */
	signal(SIGPIPE, SIG_IGN);
	err = run_all(&run);
	if (err == -EPIPE)
		err = 0; /* nobody reads any more */
	ending__begin(&ending);
	finished = run.outputs ? outputs__finish(run.outputs, &ending) : 0;
	if (!err && finished != -EPIPE)
		err = finished;
	shown__free(run.prev);
	replay_select__free(run.select);
	outputs__close(run.outputs);
	replay__close(run.replay);
	return err;
}
