// SPDX-License-Identifier: GPL-2.0
/*
 * json: a frame as one line, schema kvmtop.frame/1. What is not known is null. All of it is ASCII: a
 * hostile name can neither break the JSON nor reach a terminal that the line is printed to.
 */
#include <errno.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "../model/idle.h"
#include "../model/stats.h"
#include "../model/time_sum.h"
#include "json_columns.h"
#include "json_details.h"
#include "json_findings.h"
#include "json_items.h"
#include "json_members.h"
#include "json_writer.h"
#include "sink.h"

#define SCHEMA "kvmtop.frame/1"

/* What is written with: the line, and what all of a frame share. */
struct line {
	struct json_writer w;
	const struct event_names *names;
	const struct view *view;
	bool skip_idle;
};

static void key_values(struct json_writer *w, const char *key, const uint64_t *v, size_t n)
{
	if (!v) {
		key_null(w, key);
		return;
	}
	key_array(w, key);
	for (size_t i = 0; i < n; i++)
		json_writer__u64(w, v[i]);
	json_writer__end_array(w);
}

static void key_hist(struct json_writer *w, const char *key, const struct time_delta *time)
{
	uint64_t log2_hist[HIST_LOG2_SLOTS];

	if (time->hist_valid)
		hist_fold_log2(time->hist, log2_hist);
	key_values(w, key, time->hist_valid ? log2_hist : NULL, HIST_LOG2_SLOTS);
}

static void percentile_members(struct json_writer *w, bool known, const uint64_t *pct_ns)
{
	for (unsigned int i = 0; i < PERCENTILE_MAX; i++)
		key_u64(w, registry_column(COLUMN_P50_NS + i)->name, known, pct_ns[i]);
}

/* Since kvmtop attached. */
static void key_time_total(struct json_writer *w, const char *key, const struct time_total *total)
{
	struct time_derived derived;

	if (!total->valid) {
		key_null(w, key);
		return;
	}
	derived = time_total__derive(total);
	key_object(w, key);
	key_u64(w, "count", true, total->timed);
	key_u64(w, "sum_ns", true, total->sum_ns);
	key_real(w, "avg_ns", derived.avg_valid, derived.avg_ns, UNIT_NS);
	percentile_members(w, derived.pct_valid, derived.pct_ns);
	key_u64(w, "max_ns", derived.max_valid, derived.max_ns);
	json_writer__end_object(w);
}

static void key_time(struct json_writer *w, struct row *row)
{
	const struct time_delta *time = &row->reason->time;

	if (!time->valid) {
		key_null(w, "time");
		return;
	}
	key_object(w, "time");
	json_columns__write(w, JSON_OBJECT_TIME, row);
	key_hist(w, "log2_hist", time);
	key_time_total(w, "total", &time->total);
	json_writer__end_object(w);
}

static void put_reason(struct json_writer *w, const struct frame_reason *reason)
{
	struct row row = {
		.kind = reason->isa == ISA_USER ? ROW_VM_USER_EXIT : ROW_VM_REASON,
		.reason = reason,
	};

	json_writer__object(w);
	json_columns__write(w, JSON_OBJECT_REASON, &row);
	json_columns__key_counter(w, "count", &reason->count);
	key_time(w, &row);
	json_writer__end_object(w);
}

static void key_reasons(struct line *line, const char *key, const struct frame_reasons *reasons)
{
	key_array(&line->w, key);
	for (size_t i = 0; i < reasons->n; i++)
		if (!line->skip_idle || !frame_reason__is_idle(&reasons->v[i]))
			put_reason(&line->w, &reasons->v[i]);
	json_writer__end_array(&line->w);
}

/* Where the time of the VM or vCPU of @row went. */
static void time_members(struct json_writer *w, struct row *row)
{
	key_object(w, "time_pct");
	json_columns__write(w, JSON_OBJECT_TIME_PCT, row);
	json_writer__end_object(w);
	key_object(w, "time_ns");
	json_columns__write(w, JSON_OBJECT_TIME_NS, row);
	json_writer__end_object(w);
}

/* Several values: a histogram, or a statistic that happens to have more than one. */
static void stat_array_members(struct json_writer *w, const struct frame_stat *stat)
{
	const struct stat_desc *desc = stat->desc;
	bool hist = desc->type == STAT_LINEAR_HIST || desc->type == STAT_LOG_HIST;

	if (desc->type == STAT_INSTANT || desc->type == STAT_PEAK) {
		key_values(w, "value", stat->totals, desc->n);
		return;
	}
	if (hist) {
		key_text(w, "hist", desc->type == STAT_LOG_HIST ? "log2" : "linear");
		key_u64(w, "bucket_size", true, desc->bucket_size);
	}
	key_values(w, "total", stat->totals, desc->n);
	key_values(w, "delta", stat->deltas, desc->n);
}

static void key_stat(struct json_writer *w, const struct frame_stat *stat)
{
	static const char *const units[STAT_UNIT_MAX] = {
		[STAT_UNIT_BYTES] = "bytes",
		[STAT_UNIT_SECONDS] = "seconds",
		[STAT_UNIT_CYCLES] = "cycles",
		[STAT_UNIT_BOOLEAN] = "boolean",
	};
	const struct stat_desc *desc = stat->desc;

	key_object(w, desc->name);
	if (stat->totals)
		stat_array_members(w, stat);
	else if (desc->type == STAT_CUMULATIVE)
		json_columns__counter(w, &stat->count);
	else
		key_u64(w, "value", true, stat->value);
	if (units[desc->unit])
		key_text(w, "unit", units[desc->unit]);
	if (desc->exponent) {
		key_i64(w, "exponent", desc->exponent);
		key_i64(w, "base", desc->pow2 ? 2 : 10);
	}
	json_writer__end_object(w);
}

static void key_stats(struct line *line, const char *key, const struct frame_stats *stats)
{
	struct json_writer *w = &line->w;

	if (stats->source == STATS_NONE) {
		key_null(w, key);
		return;
	}
	key_object(w, key);
	for (size_t i = 0; i < stats->n; i++)
		if (!line->skip_idle || !frame_stat__is_idle(&stats->v[i]))
			key_stat(w, &stats->v[i]);
	json_writer__end_object(w);
}

static void key_stats_source(struct json_writer *w, enum stats_source source)
{
	key_text(w, "stats_source", source == STATS_NONE ? NULL : stats_source_name(source));
}

/* Those that have happened since kvmtop attached. */
static void key_tracepoints(struct line *line, const struct frame_tracepoints *tracepoints)
{
	struct json_writer *w = &line->w;

	if (!tracepoints->valid) {
		key_null(w, "events");
		return;
	}
	key_object(w, "events");
	for (size_t i = 0; i < tracepoints->n; i++)
		if (tracepoints->v[i].total &&
		    !(line->skip_idle && counter_is_idle(&tracepoints->v[i])))
			json_columns__key_counter(w, line->names->v[i], &tracepoints->v[i]);
	json_writer__end_object(w);
}

/*
 * -f and -x choose among the rows of the event view, which no other member has. By VM or vCPU if
 * that is asked for.
 */
static bool has_item_rows(const struct line *line, enum row_by by)
{
	const struct view *view = line->view;

	return view->items && view->fields && view->by_given && view->query.by == by;
}

static void put_vcpu(struct line *line, const struct frame_vm *vm, const struct frame_vcpu *vcpu)
{
	struct row row = { .kind = ROW_VCPU, .vm = vm, .vcpu = vcpu };
	struct json_writer *w = &line->w;

	json_writer__object(w);
	json_columns__write(w, JSON_OBJECT_VCPU, &row);
	json_columns__key_counter(w, "exits", &vcpu->exits);
	key_reasons(line, "reasons", &vcpu->reasons);
	key_reasons(line, "userspace_exits", &vcpu->user_exits);
	key_tracepoints(line, &vcpu->tracepoints);
	if (has_item_rows(line, BY_VCPU))
		json_items__write(w, line->view, NULL, vcpu);
	key_stats(line, "stats", &vcpu->stats);
	key_stats_source(w, vcpu->stats.source);
	json_details__write(w, &vcpu->details, line->skip_idle);
	time_members(w, &row);
	key_text(w, "held", vcpu_held_name(vcpu->held));
	json_writer__end_object(w);
}

static void put_vm(struct line *line, const struct frame_vm *vm)
{
	bool own = vm->stats.source != STATS_NONE;
	struct row row = { .kind = ROW_VM, .vm = vm };
	struct json_writer *w = &line->w;

	json_writer__object(w);
	json_columns__write(w, JSON_OBJECT_VM, &row);
	json_columns__key_counter(w, "exits", &vm->exits);
	key_reasons(line, "reasons", &vm->reasons);
	key_reasons(line, "userspace_exits", &vm->user_exits);
	key_tracepoints(line, &vm->tracepoints);
	if (has_item_rows(line, BY_VM))
		json_items__write(w, line->view, vm, NULL);
	key_stats(line, "stats", &vm->stats);
	key_stats(line, "vcpu_stats", &vm->vcpu_stats);
	key_stats_source(w, own ? vm->stats.source : vm->vcpu_stats.source);
	json_details__write(w, &vm->details, line->skip_idle);
	time_members(w, &row);
	key_text(w, "held", vcpu_held_name(vm->held));
	key_array(w, "vcpus");
	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (!line->skip_idle || !frame_vcpu__is_idle(&vm->vcpus[i]))
			put_vcpu(line, vm, &vm->vcpus[i]);
	json_writer__end_array(w);
	json_writer__end_object(w);
}

/* Which VMs, when not all of them in the frame's order: --sort orders them and --top leaves some out. */
struct selected {
	struct row *rows; /* NULL: all */
	size_t n;
};

static void cleanup_selected(struct selected *selected)
{
	free(selected->rows);
}

static int select_vms(const struct frame *frame, const struct view *view,
		      struct selected *ret_selected)
{
	struct query query = view->query;
	size_t left_out;

	*ret_selected = (struct selected){ .n = frame->n_vms };
	if (!query.order.given && query.order.key == SORT_DEFAULT && !query.top)
		return 0;
	query.by = BY_VM;
	return query__rows(&query, frame, &ret_selected->rows, &ret_selected->n, &left_out);
}

static void key_vms(struct line *line, const struct frame *frame, const struct selected *selected)
{
	key_array(&line->w, "vms");
	for (size_t i = 0; i < selected->n; i++) {
		const struct frame_vm *vm = selected->rows ? selected->rows[i].vm : &frame->vms[i];

		if (!line->skip_idle || !frame_vm__is_idle(vm))
			put_vm(line, vm);
	}
	json_writer__end_array(&line->w);
}

static void key_host(struct json_writer *w, const struct host_info *host)
{
	key_object(w, "host");
	key_text(w, "name", host->name);
	key_text(w, "kernel", host->kernel);
	key_text(w, "arch", host->arch);
	key_u64(w, "cpus", host->cpus > 0, host->cpus);
	json_writer__end_object(w);
}

/* "ok", why not, or null for a source that was not asked for. */
static void key_sources(struct json_writer *w, const struct frame *frame)
{
	key_object(w, "sources");
	for (int id = 0; id < SOURCE_ID_MAX; id++) {
		const struct source_state *source = &frame->sources[id];
		const char *state = source->error ? source->error : "ok";

		key_text(w, source_id_name((enum source_id)id), source->used ? state : NULL);
	}
	json_writer__end_object(w);
}

static void key_drops(struct json_writer *w, const struct frame *frame)
{
	key_object(w, "drops");
	for (int cause = 0; cause < DROP_CAUSE_MAX; cause++)
		key_u64(w, drop_cause_name((enum drop_cause)cause), true, frame->drops[cause]);
	json_writer__end_object(w);
}

int json__write(FILE *out, const struct frame *frame, const struct view *view)
{
	struct line line = { .w = { .out = out },
			     .names = frame->event_names,
			     .view = view,
			     .skip_idle = view->skip_idle };
	struct json_writer *w = &line.w;
	__cleanup(cleanup_selected) struct selected selected;
	int err = select_vms(frame, view, &selected);

	if (err)
		return err;
	json_writer__object(w);
	key_text(w, "schema", SCHEMA);
	key_wall(w, &frame->wall);
	key_real(w, "interval_s", true, frame->interval_s, UNIT_S);
	key_host(w, &frame->host);
	key_sources(w, frame);
	key_drops(w, frame);
	key_u64(w, "hist_full", true, frame->hist_full);
	key_tracepoints(&line, &frame->tracepoints);
	if (view->items && view->fields)
		json_items__write(w, view, NULL, NULL);
	key_vms(&line, frame, &selected);
	json_findings__write(w, frame->findings);
	json_writer__end_object(w);
	return json_writer__finish(w);
}
