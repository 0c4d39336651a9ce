// SPDX-License-Identifier: GPL-2.0
#include "openmetrics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/finding.h"
#include "../model/frame.h"
#include "../model/query.h"
#include "../model/registry.h"
#include "metric_render.h"
#include "openmetrics_stats.h"
#include "sink.h"
#include "stream.h"
#include "time_bounds.h"

/* ---- of kvmtop and the host */

static void write_build(struct render *r)
{
	__cleanup(labels__done) struct labels labels = exposition__labels(&r->e);

	if (!r->view->version)
		return;
	labels__add(&labels, "version", r->view->version);
	exposition__u64(&r->e, &labels, 1);
}

static void write_host(struct render *r)
{
	__cleanup(labels__done) struct labels labels = exposition__labels(&r->e);
	const struct host_info *host = &r->frame->host;

	labels__add(&labels, "name", host->name ? host->name : "");
	labels__add(&labels, "kernel", host->kernel ? host->kernel : "");
	labels__add(&labels, "arch", host->arch ? host->arch : "");
	exposition__u64(&r->e, &labels, 1);
}

static void write_host_cpus(struct render *r)
{
	exposition__u64(&r->e, NULL, r->frame->host.cpus);
}

static void write_frame_time(struct render *r)
{
	const struct timespec *wall = &r->frame->wall;
	uint64_t ms = (uint64_t)wall->tv_sec * 1000 + (uint64_t)wall->tv_nsec / 1000000;

	exposition__decimal(&r->e, NULL, ms, 3);
}

static void write_interval(struct render *r)
{
	exposition__decimal(&r->e, NULL, (uint64_t)(r->frame->interval_s * 1e6), 6);
}

static void write_sources(struct render *r)
{
	for (int id = 0; id < SOURCE_ID_MAX; id++) {
		__cleanup(labels__done) struct labels labels = exposition__labels(&r->e);
		const struct source_state *source = &r->frame->sources[id];

		if (!source->used)
			continue;
		labels__add(&labels, "source", source_id_name((enum source_id)id));
		exposition__u64(&r->e, &labels, !source->error);
	}
}

static void write_hist_full(struct render *r)
{
	exposition__u64(&r->e, NULL, r->frame->hist_full);
}

static void write_running(struct render *r)
{
	exposition__u64(&r->e, NULL, r->n_running);
}

static void write_left_out(struct render *r)
{
	exposition__u64(&r->e, NULL, r->n_running - r->n_vms);
}

/* ---- of VMs */

static void write_vms(struct render *r)
{
	for (size_t i = 0; i < r->n_vms; i++) {
		struct metric_vm *m = &r->vms[i];

		labels__add(&m->labels, "name", m->vm->name ? m->vm->name : "");
		labels__add(&m->labels, "comm", m->vm->comm ? m->vm->comm : "");
		exposition__u64(&r->e, &m->labels, 1);
		labels__cut(&m->labels, m->labels_len);
	}
}

static int cmp_vms(const void *a, const void *b)
{
	const struct metric_vm *x = a, *y = b;

	return x->vm < y->vm ? -1 : x->vm > y->vm;
}

/* A VM has no two of the same rule but for vCPUs. */
static void write_findings(struct render *r)
{
	const struct findings *findings = r->frame->findings;

	for (size_t i = 0; findings && i < findings->n; i++) {
		const struct finding *finding = &findings->v[i];
		const struct metric_vm key = { .vm = finding->vm };
		struct metric_vm *m = bsearch(&key, r->vms, r->n_vms, sizeof(*r->vms), cmp_vms);
		char rule[8];

		if (!m)
			continue;
		labels__add(&m->labels, "rule", rule_name(finding->rule, rule));
		labels__add(&m->labels, "severity", severity_name(finding->severity));
		if (finding->vcpu)
			labels__add_number(&m->labels, "vcpu", finding->vcpu->vcpu_id);
		exposition__double(&r->e, &m->labels, finding->cost_pct);
		labels__cut(&m->labels, m->labels_len);
	}
}

/* Two codes of one name would make the same series twice. */
static bool is_name_unique(const struct frame_reasons *reasons, const struct frame_reason *reason)
{
	for (size_t i = 0; i < reasons->n; i++) {
		const struct frame_reason *other = &reasons->v[i];

		if (other != reason && other->isa == reason->isa && *other->name == *reason->name &&
		    !strcmp(other->name, reason->name))
			return false;
	}
	return true;
}

static void add_reason_labels(struct labels *labels, const struct frame_reasons *reasons,
			      const struct frame_reason *reason)
{
	const char *isa = isa_name(reason->isa);

	labels__add(labels, "reason", reason->name);
	if (reason->isa != ISA_USER && isa)
		labels__add(labels, "isa", isa);
	else if (reason->isa != ISA_USER)
		labels__add_number(labels, "isa", reason->isa);
	if (!is_name_unique(reasons, reason))
		labels__add_number(labels, "code", (int64_t)reason->code);
}

/* What is written of the reason of @row. */
typedef void (*write_reason_fn)(struct exposition *e, const struct labels *labels,
				enum column_id column, struct row *row);

/* A sample, or several, for each reason of all VMs. @kind: ROW_VM_REASON or ROW_VM_USER_EXIT. */
static void write_reasons(struct render *r, enum row_kind kind, enum column_id column,
			  write_reason_fn write)
{
	struct row row = { .kind = kind, .frame = r->frame };

	for (size_t i = 0; i < r->n_vms; i++) {
		struct metric_vm *m = &r->vms[i];
		const struct frame_reasons *reasons =
			kind == ROW_VM_REASON ? &m->vm->reasons : &m->vm->user_exits;

		row.vm = m->vm;
		for (size_t j = 0; j < reasons->n; j++) {
			row.reason = &reasons->v[j];
			add_reason_labels(&m->labels, reasons, row.reason);
			write(&r->e, &m->labels, column, &row);
			labels__cut(&m->labels, m->labels_len);
		}
	}
}

/*
 * The slots that end at a bound or below are in its bucket. A value equal to the bound is in the
 * next one.
 */
static void write_buckets(struct exposition *e, const struct labels *labels, struct hist hist)
{
	const struct time_bound *bound;
	uint64_t count = 0;
	uint32_t next = 0;

	for (size_t i = 0; (bound = time_bound(i)); i++) {
		size_t end = hist_slot(bound->ns);

		for (; next < hist.n && hist.first + next < end; next++)
			count += hist.v[next];
		exposition__bucket(e, labels, (double)bound->ns / 1e9, bound->le, count);
	}
}

static void write_duration(struct exposition *e, const struct labels *labels, enum column_id column,
			   struct row *row)
{
	const struct time_total *total = &row->reason->time.total;
	const struct hist_totals totals = {
		.count = total->timed,
		.has_sum = true,
		.sum_ns = total->sum_ns,
		.ns = total->hist_valid ? &total->hist : NULL,
	};

	(void)column;
	if (!total->valid)
		return;
	if (total->hist_valid)
		write_buckets(e, labels, total->hist);
	exposition__hist(e, labels, &totals);
}

static void write_user_time(struct exposition *e, const struct labels *labels,
			    enum column_id column, struct row *row)
{
	const struct time_total *total = &row->reason->time.total;

	(void)column;
	if (total->valid)
		exposition__decimal(e, labels, total->sum_ns, 9);
}

static void write_durations(struct render *r)
{
	write_reasons(r, ROW_VM_REASON, COLUMN_MAX, write_duration);
}

static void write_user_times(struct render *r)
{
	write_reasons(r, ROW_VM_USER_EXIT, COLUMN_MAX, write_user_time);
}

static void write_vcpu_times(struct render *r, struct metric_vm *m, const struct frame_vcpu *vcpu)
{
	size_t len;

	if (!vcpu->times.valid || vcpu->vcpu_id == VCPU_ID_UNKNOWN)
		return;
	labels__add_number(&m->labels, "vcpu", vcpu->vcpu_id);
	len = m->labels.text.len;
	for (int state = 0; state < STATE_MAX; state++) {
		if (state == STATE_RUN_DELAY && !vcpu->times.run_delay_valid)
			continue;
		labels__add(&m->labels, "state", vcpu_state_name((enum vcpu_state)state));
		exposition__decimal(&r->e, &m->labels, vcpu->times.ns[state], 9);
		labels__cut(&m->labels, len);
	}
	labels__cut(&m->labels, m->labels_len);
}

static void write_times(struct render *r)
{
	for (size_t i = 0; i < r->n_vms; i++)
		for (size_t j = 0; j < r->vms[i].vm->n_vcpus; j++)
			write_vcpu_times(r, &r->vms[i], &r->vms[i].vm->vcpus[j]);
}

static void write_events(struct render *r)
{
	for (size_t i = 0; i < r->n_vms && r->frame->event_names; i++) {
		struct metric_vm *m = &r->vms[i];
		const struct frame_tracepoints *events = &m->vm->tracepoints;

		for (size_t j = 0; events->valid && j < events->n; j++) {
			labels__add(&m->labels, "event", r->frame->event_names->v[j]);
			exposition__u64(&r->e, &m->labels, events->v[j].total);
			labels__cut(&m->labels, m->labels_len);
		}
	}
}

/* ---- columns of rows */

/* What is not known has no sample. */
static void write_column(struct exposition *e, const struct labels *labels, enum column_id column,
			 struct row *row)
{
	struct column_value value;

	registry_get(column, row, &value);
	if (value.type == VALUE_U64 && registry_column(column)->unit == UNIT_NS)
		exposition__decimal(e, labels, value.u64, 9);
	else if (value.type == VALUE_U64)
		exposition__u64(e, labels, value.u64);
	else if (value.type == VALUE_REAL)
		exposition__double(e, labels, value.real);
}

static void write_of_vms(struct render *r, enum column_id column)
{
	struct row row = { .kind = ROW_VM, .frame = r->frame };

	for (size_t i = 0; i < r->n_vms; i++) {
		row.vm = r->vms[i].vm;
		write_column(&r->e, &r->vms[i].labels, column, &row);
	}
}

static void write_of_drops(struct render *r, enum column_id column)
{
	struct row row = { .kind = ROW_DROP, .frame = r->frame };

	for (int cause = 0; cause < DROP_CAUSE_MAX; cause++) {
		__cleanup(labels__done) struct labels labels = exposition__labels(&r->e);

		row.dropped = r->frame->drops[cause];
		labels__add(&labels, "cause", drop_cause_name((enum drop_cause)cause));
		write_column(&r->e, &labels, column, &row);
	}
}

/* ---- all of them */

struct metric {
	struct metric_family family;
	enum column_id column;
	enum row_kind each; /* of these rows; not if there is a @write */
	void (*write)(struct render *r);
};

/* The man page has them all. Every metric of a VM has the labels vm and pid. */
static const struct metric metrics[] = {
#define NONE COLUMN_MAX
#define EACH(kind) .each = ROW_##kind
#define OWN(writer) .write = write_##writer
#define METRIC(name, type, unit, column_, help, how) \
	{ { name, METRIC_##type, unit, help }, .column = column_, how },
#include "../model/columns.h"
};

static void write_metric(struct render *r, const struct metric *metric)
{
	if (metric->write)
		metric->write(r);
	else if (metric->each == ROW_VM)
		write_of_vms(r, metric->column);
	else if (metric->each == ROW_DROP)
		write_of_drops(r, metric->column);
	else
		write_reasons(r, metric->each, metric->column, write_column);
}

const struct metric_family *openmetrics__family(size_t i)
{
	return i < ARRAY_SIZE(metrics) ? &metrics[i].family : NULL;
}

/* The VM's id; where two that run have the same, as the fd is not known, with a number that only one has. */
static void add_vm_label(struct labels *labels, const struct frame *frame,
			 const struct frame_vm *vm)
{
	char unique[64];

	for (size_t i = 0; i < frame->n_vms; i++) {
		const struct frame_vm *other = &frame->vms[i];

		if (other->pid != vm->pid || other->vm_fd != vm->vm_fd || other->ended ||
		    other->key >= vm->key)
			continue;
		snprintf(unique, sizeof(unique), "%s#%llu", vm->id, (unsigned long long)vm->key);
		labels__add(labels, "vm", unique);
		return;
	}
	labels__add(labels, "vm", vm->id);
}

/* Those VMs that have metrics. */
static int choose_vms(struct render *r)
{
	__autofree struct row *rows = NULL;
	struct query query = r->view->query;
	size_t top = query.top ? query.top : METRICS_TOP_DEFAULT, n, left_out;

	query.by = BY_VM;
	query.top = 0; /* not before those that have ended are out */
	/* Those that were busy in a second change too often. */
	if (query.order.key == SORT_DEFAULT && !query.order.given)
		query.order.key = SORT_COUNT;
	if (query__rows(&query, r->frame, &rows, &n, &left_out))
		return -ENOMEM;
	r->vms = calloc(n + 1, sizeof(*r->vms));
	if (!r->vms)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (rows[i].vm->ended)
			continue;
		r->n_running++;
		if (r->n_vms < top)
			r->vms[r->n_vms++].vm = rows[i].vm;
	}
	qsort(r->vms, r->n_vms, sizeof(*r->vms), cmp_vms);
	for (size_t i = 0; i < r->n_vms; i++) {
		struct metric_vm *m = &r->vms[i];

		m->labels = exposition__labels(&r->e);
		add_vm_label(&m->labels, r->frame, m->vm);
		labels__add_number(&m->labels, "pid", m->vm->pid);
		m->labels_len = m->labels.text.len;
	}
	return 0;
}

static void render__done(struct render *r)
{
	for (size_t i = 0; i < r->n_vms; i++)
		labels__done(&r->vms[i].labels);
	free(r->vms);
	exposition__done(&r->e);
}

int openmetrics__render(enum exposition_format format, const struct frame *frame,
			const struct view *view, char **ret_text, size_t *ret_len)
{
	__cleanup(render__done) struct render r = { .frame = frame, .view = view };
	int err = exposition__init(&r.e, format);

	if (!err)
		err = choose_vms(&r);
	if (err)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++) {
		exposition__family(&r.e, &metrics[i].family);
		write_metric(&r, &metrics[i]);
	}
	openmetrics_stats__write(&r);
	if (exposition__finish(&r.e))
		return -ENOMEM;
	*ret_len = r.e.text.len;
	*ret_text = take_ptr(r.e.text.v);
	return 0;
}

static int write_format(FILE *out, enum exposition_format format, const struct frame *frame,
			const struct view *view)
{
	__autofree char *text = NULL;
	size_t len;
	int err = openmetrics__render(format, frame, view, &text, &len);

	return err ? err : stream_write(out, text, len);
}

int openmetrics__write(FILE *out, const struct frame *frame, const struct view *view)
{
	return write_format(out, EXPOSITION_OPENMETRICS, frame, view);
}

int prometheus__write(FILE *out, const struct frame *frame, const struct view *view)
{
	return write_format(out, EXPOSITION_PROMETHEUS, frame, view);
}
