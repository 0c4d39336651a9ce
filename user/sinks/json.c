// SPDX-License-Identifier: GPL-2.0
/*
 * json: a frame as one line, schema kvmtop.frame/1. What is not known is null. All of it is ASCII: a
 * hostile name can neither break the JSON nor reach a terminal that the line is printed to.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/frame.h"
#include "../model/slow.h"
#include "../model/stats.h"
#include "../model/timestat.h"
#include "sink.h"
#include "stream.h"

#define SCHEMA "kvmtop.frame/1"
#define SLOW_SCHEMA "kvmtop.slow/1"

/* Enough for all that is rounded here; 17 digits would show 0.1 as 0.10000000000000001. */
#define REAL_DIGITS 15

static void cleanup_json(json_t **json)
{
	json_decref(*json);
}

/*
 * Adds a member. A value that could not be made (NULL: no memory) spoils the object, and in the end the
 * whole, as its owner is then not made either. Takes @object and @value, returns @object or NULL.
 */
static json_t *with(json_t *object, const char *key, json_t *value)
{
	if (!object) {
		json_decref(value);
		return NULL;
	}
	if (json_object_set_new_nocheck(object, key, value)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* The same for an element of an array. */
static json_t *with_element(json_t *array, json_t *value)
{
	if (!array) {
		json_decref(value);
		return NULL;
	}
	if (json_array_append_new(array, value)) {
		json_decref(array);
		return NULL;
	}
	return array;
}

/* JSON's integers are signed in jansson: what is above them is written as a real number. */
static json_t *from_u64(uint64_t v)
{
	return v <= INT64_MAX ? json_integer((json_int_t)v) : json_real((double)v);
}

static json_t *from_known_u64(bool known, uint64_t v)
{
	return known ? from_u64(v) : json_null();
}

/* Rounded to 1/@per_unit: more digits are noise. */
static json_t *from_double(bool known, double v, double per_unit)
{
	double scaled = v * per_unit;

	if (!known || !isfinite(scaled))
		return json_null();
	if (fabs(scaled) < 1e15) /* else there is nothing behind the point any more */
		v = (double)(int64_t)(scaled + (scaled < 0 ? -0.5 : 0.5)) / per_unit;
	return json_real(v);
}

static json_t *from_pct(bool known, double pct)
{
	return from_double(known, pct, 1e3);
}

/* Text from outside: bytes that are not UTF-8 become "\xNN"; jansson escapes the rest. */
static json_t *from_text(const char *text)
{
	__autofree char *valid = NULL;

	if (!text)
		return json_null();
	valid = fmt_escape_dup(FMT_ESCAPE_INVALID, text);
	return valid ? json_string(valid) : NULL;
}

static json_t *from_counter(const struct counter *counter)
{
	json_t *object = json_object();

	object = with(object, "total", from_u64(counter->total));
	object = with(object, "delta", from_known_u64(counter->delta_valid, counter->delta));
	return with(object, "rate", from_double(counter->delta_valid, counter->rate, 1e6));
}

static json_t *from_hist(const struct time_stat *time)
{
	uint64_t log2_hist[HIST_LOG2_SLOTS];
	json_t *array;

	if (!time->hist_valid)
		return json_null();
	hist_fold_log2(time->hist, log2_hist);
	array = json_array();
	for (size_t i = 0; i < HIST_LOG2_SLOTS; i++)
		array = with_element(array, from_u64(log2_hist[i]));
	return array;
}

/* @object grows by the percentiles. */
static json_t *with_percentiles(json_t *object, bool known, const struct hist_percentiles *pct)
{
	object = with(object, "p50_ns", from_known_u64(known, pct->p50_ns));
	object = with(object, "p90_ns", from_known_u64(known, pct->p90_ns));
	object = with(object, "p99_ns", from_known_u64(known, pct->p99_ns));
	return with(object, "p999_ns", from_known_u64(known, pct->p999_ns));
}

/* Since kvmtop attached. */
static json_t *from_total(const struct time_total *total)
{
	struct time_derived derived = time_total__derive(total);
	json_t *object;

	if (!total->valid)
		return json_null();
	object = with(json_object(), "count", from_u64(total->timed));
	object = with(object, "sum_ns", from_u64(total->sum_ns));
	object = with(object, "avg_ns", from_double(derived.avg_valid, derived.avg_ns, 1e1));
	object = with_percentiles(object, derived.pct_valid, &derived.pct);
	return with(object, "max_ns", from_known_u64(derived.max_valid, derived.max_ns));
}

static json_t *from_time(const struct time_stat *time)
{
	json_t *object;

	if (!time->valid)
		return json_null();
	object = with(json_object(), "delta_ns", from_u64(time->delta_ns));
	object = with(object, "share_pct", from_pct(time->share_valid, time->share_pct));
	object = with(object, "avg_ns", from_double(time->avg_valid, time->avg_ns, 1e1));
	object = with_percentiles(object, time->pct_valid, &time->pct);
	object = with(object, "max_ns", from_known_u64(time->max_valid, time->max_ns));
	object = with(object, "log2_hist", from_hist(time));
	return with(object, "total", from_total(&time->total));
}

static json_t *from_isa(uint32_t isa)
{
	const char *name = isa_name(isa);

	return name ? json_string(name) : json_integer(isa);
}

/* The number of a reason; userspace exits that failed have a negative errno. */
static json_t *from_code(uint32_t isa, uint64_t code)
{
	if (isa == ISA_USER)
		return json_integer((json_int_t)code);
	return from_known_u64(code != REASON_UNKNOWN, code);
}

static json_t *from_reason(const struct frame_reason *reason)
{
	json_t *object = json_object();

	if (reason->isa != ISA_USER)
		object = with(object, "isa", from_isa(reason->isa));
	if (isa_is_nested(reason->isa))
		object = with(object, "nested", json_true());
	object = with(object, "code", from_code(reason->isa, reason->code));
	object = with(object, "name", from_text(reason->name));
	object = with(object, "count", from_counter(&reason->count));
	return with(object, "time", from_time(&reason->time));
}

static json_t *from_reasons(const struct frame_reasons *reasons)
{
	json_t *array = json_array();

	for (size_t i = 0; i < reasons->n; i++)
		array = with_element(array, from_reason(&reasons->v[i]));
	return array;
}

static json_t *from_shares(const struct time_shares *shares)
{
	json_t *object = json_object();

	for (size_t i = 0; i < STATE_MAX; i++)
		object = with(object, vcpu_state_name((enum vcpu_state)i),
			      from_pct(time_shares_known(shares, i), shares->pct[i]));
	return with(object, "halt",
		    from_pct(shares->valid,
			     shares->pct[STATE_HALT_POLL] + shares->pct[STATE_HALT_BLOCK]));
}

static json_t *from_state_ns(const struct time_shares *shares)
{
	json_t *object = with(json_object(), "wall",
			      shares->valid ? from_u64(shares->wall_ns) : json_null());

	for (size_t i = 0; i < STATE_MAX; i++)
		object = with(object, vcpu_state_name((enum vcpu_state)i),
			      time_shares_known(shares, i) ? from_u64(shares->ns[i]) : json_null());
	return object;
}

static json_t *from_values(const uint64_t *v, size_t n)
{
	json_t *array;

	if (!v)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < n; i++)
		array = with_element(array, from_u64(v[i]));
	return array;
}

/* Several values: a histogram, or a statistic that happens to have more than one. */
static json_t *from_stat_array(const struct frame_stat *stat)
{
	const struct stat_desc *desc = stat->desc;
	bool hist = desc->type == STAT_LINEAR_HIST || desc->type == STAT_LOG_HIST;
	json_t *object = json_object();

	if (desc->type == STAT_INSTANT || desc->type == STAT_PEAK)
		return with(object, "value", from_values(stat->totals, desc->n));
	if (hist) {
		object = with(object, "hist",
			      json_string(desc->type == STAT_LOG_HIST ? "log2" : "linear"));
		object = with(object, "bucket_size", from_u64(desc->bucket_size));
	}
	object = with(object, "total", from_values(stat->totals, desc->n));
	return with(object, "delta", from_values(stat->deltas, desc->n));
}

static json_t *from_stat(const struct frame_stat *stat)
{
	static const char *const units[STAT_UNIT_MAX] = {
		[STAT_UNIT_BYTES] = "bytes",
		[STAT_UNIT_SECONDS] = "seconds",
		[STAT_UNIT_CYCLES] = "cycles",
		[STAT_UNIT_BOOLEAN] = "boolean",
	};
	const struct stat_desc *desc = stat->desc;
	json_t *object;

	if (stat->totals)
		object = from_stat_array(stat);
	else if (desc->type == STAT_CUMULATIVE)
		object = from_counter(&stat->count);
	else
		object = with(json_object(), "value", from_u64(stat->value));

	if (units[desc->unit])
		object = with(object, "unit", json_string(units[desc->unit]));
	if (desc->exponent) {
		object = with(object, "exponent", json_integer(desc->exponent));
		object = with(object, "base", json_integer(desc->pow2 ? 2 : 10));
	}
	return object;
}

static json_t *from_stats(const struct frame_stats *stats)
{
	json_t *object;

	if (stats->source == STATS_NONE)
		return json_null();
	object = json_object();
	for (size_t i = 0; i < stats->n; i++)
		object = with(object, stats->v[i].desc->name, from_stat(&stats->v[i]));
	return object;
}

static json_t *from_stats_source(enum stats_source source)
{
	return source == STATS_NONE ? json_null() : json_string(stats_source_name(source));
}

/* As text: 64 bits are more than a number of JSON holds. */
static json_t *from_address(uint64_t address)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, address);
	return json_string(text);
}

/* What of a key is a member of its own. */
static json_t *with_key(json_t *object, enum detail_kind kind, uint64_t key, uint64_t sub)
{
	unsigned int size = detail_size(kind, sub);

	object = with(object, "key",
		      detail_kind_is_address(kind) ? from_address(key) : from_u64(key));
	if (detail_kind_has_dir(kind))
		object = with(object, "dir", json_string(detail_dir_name(kind, sub)));
	if (size)
		object = with(object, "size", json_integer(size));
	if (kind == DETAIL_PAGE)
		object = with(object, "error_code", from_u64(sub));
	return object;
}

static json_t *from_detail_time(const struct detail_time *time)
{
	json_t *object;

	if (!time->valid)
		return json_null();
	object = with(json_object(), "delta_ns", from_u64(time->delta_ns));
	object = with(object, "share_pct", from_pct(time->share_valid, time->share_pct));
	return with(object, "avg_ns", from_double(time->avg_valid, time->avg_ns, 1e1));
}

static json_t *from_detail(const struct frame_detail *detail)
{
	json_t *object = with(json_object(), "kind", json_string(detail_kind_name(detail->kind)));

	if (!detail->others) {
		object = with_key(object, detail->kind, detail->key, detail->sub);
		object = with(object, "name", from_text(detail->name));
	}
	object = with(object, "count", from_counter(&detail->count));
	return with(object, "time", from_detail_time(&detail->time));
}

static json_t *from_details(const struct frame_detail *v, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		array = with_element(array, from_detail(&v[i]));
	return array;
}

/* Members of a VM or a vCPU, when asked for. */
static json_t *with_details(json_t *object, const struct frame_details *details)
{
	if (!details->valid)
		return object;
	object = with(object, "details", from_details(details->v, details->n));
	return with(object, "detail_others", from_details(details->others, details->n_others));
}

/* Those that have happened since kvmtop attached. */
static json_t *from_tracepoints(const struct frame_tracepoints *tracepoints,
				const struct event_names *names)
{
	json_t *object;

	if (!tracepoints->valid)
		return json_null();
	object = json_object();
	for (size_t i = 0; i < tracepoints->n; i++)
		if (tracepoints->v[i].total)
			object = with(object, names->v[i], from_counter(&tracepoints->v[i]));
	return object;
}

static json_t *from_vcpu(const struct frame_vcpu *vcpu, const struct event_names *names)
{
	bool id_known = vcpu->vcpu_id != VCPU_ID_UNKNOWN;
	json_t *object = with(json_object(), "id", from_known_u64(id_known, vcpu->vcpu_id));

	object = with(object, "tid", vcpu->tid > 0 ? json_integer(vcpu->tid) : json_null());
	object = with(object, "exits", from_counter(&vcpu->exits));
	object = with(object, "reasons", from_reasons(&vcpu->reasons));
	object = with(object, "userspace_exits", from_reasons(&vcpu->user_exits));
	object = with(object, "events", from_tracepoints(&vcpu->tracepoints, names));
	object = with(object, "stats", from_stats(&vcpu->stats));
	object = with(object, "stats_source", from_stats_source(vcpu->stats.source));
	object = with_details(object, &vcpu->details);
	object = with(object, "time_pct", from_shares(&vcpu->shares));
	object = with(object, "time_ns", from_state_ns(&vcpu->shares));
	return with(object, "held", from_text(vcpu_held_name(vcpu->held)));
}

static json_t *from_vcpus(const struct frame_vm *vm, const struct event_names *names)
{
	json_t *array = json_array();

	for (size_t i = 0; i < vm->n_vcpus; i++)
		array = with_element(array, from_vcpu(&vm->vcpus[i], names));
	return array;
}

static json_t *from_vm(const struct frame_vm *vm, const struct event_names *names)
{
	bool own = vm->stats.source != STATS_NONE;
	json_t *object = with(json_object(), "pid", json_integer(vm->pid));

	object = with(object, "id", from_text(vm->id));
	object = with(object, "name", from_text(vm->name));
	object = with(object, "comm", from_text(vm->comm));
	object = with(object, "ended", json_boolean(vm->gone));
	object = with(object, "vcpu_count", from_u64(vm->n_vcpus));
	object = with(object, "exits", from_counter(&vm->exits));
	object = with(object, "reasons", from_reasons(&vm->reasons));
	object = with(object, "userspace_exits", from_reasons(&vm->user_exits));
	object = with(object, "events", from_tracepoints(&vm->tracepoints, names));
	object = with(object, "stats", from_stats(&vm->stats));
	object = with(object, "vcpu_stats", from_stats(&vm->vcpu_stats));
	object = with(object, "stats_source",
		      from_stats_source(own ? vm->stats.source : vm->vcpu_stats.source));
	object = with_details(object, &vm->details);
	object = with(object, "time_pct", from_shares(&vm->shares));
	object = with(object, "time_ns", from_state_ns(&vm->shares));
	object = with(object, "held", from_text(vcpu_held_name(vm->held)));
	return with(object, "vcpus", from_vcpus(vm, names));
}

/* All VMs in the frame's order; --sort orders them and --top leaves some out. */
static json_t *from_vms(const struct frame *frame, const struct view *view)
{
	__autofree struct query_row *rows = NULL;
	struct query query = view->query;
	json_t *array = json_array();
	size_t n, left_out;

	if (query.sort == SORT_DEFAULT && !query.top) {
		for (size_t i = 0; i < frame->n_vms; i++)
			array = with_element(array, from_vm(&frame->vms[i], frame->event_names));
		return array;
	}
	query.by = BY_VM;
	if (query__rows(&query, frame, &rows, &n, &left_out)) {
		json_decref(array);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		array = with_element(array, from_vm(rows[i].vm, frame->event_names));
	return array;
}

static json_t *from_host(const struct host_info *host)
{
	json_t *object = with(json_object(), "name", from_text(host->name));

	object = with(object, "kernel", from_text(host->kernel));
	object = with(object, "arch", from_text(host->arch));
	return with(object, "cpus", from_known_u64(host->cpus > 0, host->cpus));
}

/* "ok", why not, or null for a source that was not asked for. */
static json_t *from_source(const struct source_state *source)
{
	if (!source->used)
		return json_null();
	return from_text(source->error ? source->error : "ok");
}

static json_t *from_sources(const struct frame *frame)
{
	json_t *object = json_object();

	for (int id = 0; id < SOURCE_ID_MAX; id++)
		object = with(object, source_id_name((enum source_id)id),
			      from_source(&frame->sources[id]));
	return object;
}

static json_t *from_drops(const struct frame *frame)
{
	json_t *object = json_object();

	for (int cause = 0; cause < DROP_CAUSE_MAX; cause++)
		object = with(object, drop_cause_name((enum drop_cause)cause),
			      from_u64(frame->drops[cause]));
	return object;
}

/* "2026-01-31T09:08:07.654Z" */
static json_t *from_wall(const struct timespec *wall)
{
	char text[FMT_LONG_SIZE];

	return fmt_utc(wall, text, sizeof(text)) ? json_string(text) : json_null();
}

static json_t *from_frame(const struct frame *frame, const struct view *view)
{
	json_t *object = with(json_object(), "schema", json_string(SCHEMA));

	object = with(object, "time", from_wall(&frame->wall));
	object = with(object, "interval_s", from_double(true, frame->interval_s, 1e6));
	object = with(object, "host", from_host(&frame->host));
	object = with(object, "sources", from_sources(frame));
	object = with(object, "drops", from_drops(frame));
	object = with(object, "hist_full", from_u64(frame->hist_full));
	object = with(object, "events", from_tracepoints(&frame->tracepoints, frame->event_names));
	return with(object, "vms", from_vms(frame, view));
}

/* Hands @root, which may be NULL (no memory), to @out. */
static int write_line(FILE *out, const json_t *root)
{
	__autofree char *text = NULL;
	size_t len;

	if (!root)
		return -ENOMEM;
	text = json_dumps(root, JSON_ENSURE_ASCII | JSON_REAL_PRECISION(REAL_DIGITS));
	if (!text)
		return -ENOMEM;
	len = strlen(text);
	text[len++] = '\n'; /* in the place of the NUL */
	return stream_write(out, text, len);
}

int json__write(FILE *out, const struct frame *frame, const struct view *view)
{
	json_t *root __cleanup(cleanup_json) = from_frame(frame, view);

	return write_line(out, root);
}

static json_t *from_about(const struct slow_exit *slow)
{
	json_t *object;

	if (!slow->about_known)
		return json_null();
	object = with(json_object(), "kind", json_string(detail_kind_name(slow->kind)));
	object = with_key(object, slow->kind, slow->key, slow->sub);
	return with(object, "name", from_text(slow->about));
}

static json_t *from_slow(const struct slow_exit *slow)
{
	json_t *object = with(json_object(), "schema", json_string(SLOW_SCHEMA));
	char id[32];

	snprintf(id, sizeof(id), "%d-%d", slow->pid, slow->vm_fd);
	object = with(object, "time", from_wall(&slow->wall));
	object = with(object, "pid", json_integer(slow->pid));
	object = with(object, "id", slow->vm_fd >= 0 ? json_string(id) : json_null());
	object = with(object, "name", from_text(slow->name));
	object = with(object, "comm", from_text(slow->comm));
	object = with(object, "vcpu",
		      from_known_u64(slow->vcpu_id != VCPU_ID_UNKNOWN, slow->vcpu_id));
	object = with(object, "tid", json_integer(slow->tid));
	object = with(object, "isa", from_isa(slow->isa));
	object = with(object, "code", from_code(slow->isa, slow->code));
	object = with(object, "reason", from_text(slow->reason));
	object = with(object, "duration_ns", from_u64(slow->ns));
	object = with(object, "rip", from_address(slow->rip));
	object = with(object, "gpa", slow->gpa_known ? from_address(slow->gpa) : json_null());
	return with(object, "detail", from_about(slow));
}

int json__write_slow(FILE *out, const struct slow_exit *slow)
{
	json_t *root __cleanup(cleanup_json) = from_slow(slow);

	return write_line(out, root);
}
