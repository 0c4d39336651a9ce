// SPDX-License-Identifier: GPL-2.0
#include "live_run.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../arch/arch.h"
#include "../base/cleanup.h"
#include "../base/log.h"
#include "../model/item_opts.h"
#include "../model/snapshot.h"
#include "../options/options.h"
#include "../sources/bpf/exits.h"
#include "../sources/features.h"
#include "../sources/kvm_stats.h"
#include "../sources/proc.h"
#include "../sources/vmm_load.h"
#include "collection.h"
#include "feed.h"
#include "feed_live.h"
#include "live_switch.h"
#include "loop.h"
#include "outputs.h"
#include "privileges.h"
#include "recorder.h"
#include "screen_run.h"
#include "selection.h"
#include "signals.h"
#include "switch_tests.h"

struct live_run {
	const struct options *options;
	const struct live_parts *parts;
	bool recording_fails;  /* that was reported */
	uint64_t not_recorded; /* snapshots, since then */
	struct selection *selection;
	struct vmm_load_source *load; /* NULL: nobody asks for it */
	struct outputs *outputs;
	struct item_opts item_opts[2][2]; /* without and with tracepoints; of all VMs, of some */
	bool wants_items;
	struct live_switch *live_switch;
	uint64_t frames; /* how many were measured */
	struct feed *feed;
};

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)

/* ---- what the feed asks for */

/* What the event view is to count now; NULL: nothing. */
static const struct item_opts *item_opts(const struct live_run *run)
{
	const bool tracepoints = collection__has_tracepoints(run->parts->collection);
	const bool selected = live_switch__is_selected(run->live_switch);

	return run->wants_items ? &run->item_opts[tracepoints][selected] : NULL;
}

static int take_snapshot(void *arg, struct snapshot **ret_snapshot)
{
	const struct live_run *run = arg;
	__cleanup(cleanup_snapshot) struct snapshot *snapshot = snapshot__new();
	struct verify_readings *verify;
	int err;

	if (!snapshot)
		return -ENOMEM;
	snapshot->include_past = run->options->include_past;
	snapshot->item_opts = item_opts(run);
	verify = live_switch__readings(run->live_switch);
	err = verify ? verify_readings__begin(verify, snapshot) : 0;
	if (!err)
		err = live__read(&run->parts->live, snapshot);
	collection__note(run->parts->collection, snapshot);
	snapshot->drops[DROP_FRAMES] = outputs__frames_left_out(run->outputs);
	snapshot->drops[DROP_SLOW] += outputs__slow_left_out(run->outputs);
	if (err && err != -ENOMEM) /* which main says */
		log_error("cannot read what the BPF programs counted: %s: start kvmtop again",
			  strerror(-err));
	if (err)
		return err;
	err = run->load ? vmm_load_source__read(run->load, snapshot) : 0;
	if (err)
		return err;
	selection__apply(run->selection, run->parts->live.exits, snapshot);
	err = verify ? verify_readings__end(verify, snapshot) : 0;
	if (err)
		return err;
	*ret_snapshot = take_ptr(snapshot);
	return 0;
}

/* A full disk does not end what is shown; when there is room again it goes on. */
static void record(struct live_run *run, const struct snapshot *cur, const struct snapshot *prev)
{
	struct recorder *recorder = run->parts->recorder;
	int err = recorder ? recorder__write(recorder, cur, prev) : 0;

	if (err && !run->recording_fails)
		log_warning("%s: cannot be written (%s): snapshots are left out until it can",
			    run->options->record, strerror(-err));
	else if (!err && run->recording_fails)
		log_warning("%s: can be written again: recording goes on", run->options->record);
	run->recording_fails = err;
	run->not_recorded = err ? run->not_recorded + 1 : 0;
}

static void snapshot_taken(void *arg, const struct snapshot *cur, const struct snapshot *prev)
{
	struct live_run *run = arg;

	if (prev)
		selection__check_pids(run->selection);
	record(run, cur, prev);
	run->frames += prev != NULL;
	if (run->frames)
		switch_tests__run(run->options->knobs.switch_at, run->frames, run->live_switch);
}

/* What was not recorded by now never will be. */
static int finish_recording(void *arg)
{
	const struct live_run *run = arg;
	int err = run->parts->recorder ? recorder__sync(run->parts->recorder) : 0;

	if (run->recording_fails)
		log_error("%s: the last %llu snapshots are not recorded: it could not be written",
			  run->options->record, (unsigned long long)run->not_recorded);
	else if (err)
		log_error("%s: the last snapshots are perhaps not on the disk: %s",
			  run->options->record, strerror(-err));
	return run->recording_fails ? -EIO : err;
}

/* ---- all of it */

static int open_feed(struct live_run *run)
{
	const struct feed_live_opts opts = {
		.interval_ns = run->options->interval_ns,
		.history_bytes = run->options->on_screen ? run->options->history_bytes : 0,
		.host = run->parts->host,
		.names = run->parts->names,
		.read = take_snapshot,
		.taken = snapshot_taken,
		.finish = finish_recording,
		.arg = run,
	};

	return feed_live__new(&opts, &run->feed);
}

/* Each has a place of its own, as the history points to it. */
static void set_item_opts(struct live_run *run)
{
	struct item_opts opts;

	run->wants_items =
		outputs_want_items(run->options, run->parts->names, run->parts->isa, &opts);
	/* There its view is a key away. */
	run->wants_items |= run->options->on_screen;
	opts.stats |= run->options->on_screen;
	for (int i = 0; i < 4; i++) {
		struct item_opts *one = &run->item_opts[i / 2][i % 2];

		*one = opts;
		one->tracepoints = i / 2;
		one->selected |= i % 2;
	}
}

static int open_switch(struct live_run *run)
{
	return live_switch__new(
		&(struct live_switch_opts){
			.collection = run->parts->collection,
			.recorder = run->parts->recorder,
			.counted = &run->options->scope,
			.latency = run->options->latency,
			.verify = { .exits = run->parts->live.exits,
				    .stats = run->parts->live.stats,
				    .types = run->parts->types,
				    .scope = &run->options->scope },
		},
		&run->live_switch);
}

static int open_load(struct live_run *run)
{
	const struct vmm_load_opts opts = {
		.proc_root = PROC_ROOT,
		.cgroup_root = CGROUP_ROOT,
		.scope = &run->options->scope,
	};

	return outputs_want_load(run->options) ? vmm_load_source__new(&opts, &run->load) : 0;
}

static int start(struct live_run *run)
{
	int err = signals__take(run->options->log_file);

	if (err)
		return err;
	err = selection__new(&run->options->scope, &run->selection);
	if (!err)
		err = outputs__open(run->options, &run->outputs);
	if (!err)
		err = open_switch(run);
	if (!err)
		err = open_load(run);
	if (err)
		return err;
	set_item_opts(run);
	privileges_drop(&(struct privileges_needs){
		.exits = run->parts->live.exits,
		.stats = run->parts->live.stats,
		.opens = run->options->knobs.switch_at || run->options->on_screen,
		.writes_files =
			run->options->log_file || run->options->record || run->options->on_screen,
	});
	err = open_feed(run);
	if (!err)
		live_switch__set_feed(run->live_switch, run->feed);
	return err;
}

static int run_loop(const struct live_run *run)
{
	const struct loop_parts parts = {
		.options = run->options,
		.feed = run->feed,
		.outputs = run->outputs,
		.slow = {
			.collection = run->parts->collection,
			.names = run->parts->names,
			.selection = run->selection,
			.outputs = run->outputs,
		},
	};

	live_switch__set_slow_exits(run->live_switch, &parts.slow);
	if (!run->options->on_screen)
		return loop__run(&parts);
	return screen_run(&(struct screen_run_parts){
		.loop = parts,
		.term = run->parts->term,
		.live_switch = run->live_switch,
		.kvm = arch_isa(run->parts->isa) ? arch_isa(run->parts->isa)->module : NULL,
		.exit_path = exit_path_name(exits__path(run->parts->live.exits)),
		.statistics = stats_source_name(kvm_stats__source(run->parts->live.stats)),
	});
}

int live_run(const struct options *options, const struct live_parts *parts, bool *ret_to_act)
{
	struct live_run run = { .options = options, .parts = parts };
	int err = start(&run);

	if (!err)
		err = run_loop(&run);
	*ret_to_act = !err && outputs__is_to_act(run.outputs);
	feed__free(run.feed);
	live_switch__free(run.live_switch);
	outputs__close(run.outputs);
	vmm_load_source__free(run.load);
	selection__free(run.selection);
	return err;
}
