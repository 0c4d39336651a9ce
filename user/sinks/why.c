// SPDX-License-Identifier: GPL-2.0
#include "why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/memstream.h"
#include "../model/rules_history.h"
#include "../model/rules_table.h"
#include "../model/when.h"
#include "../model/why.h"
#include "sink.h"
#include "stream.h"
#include "tables.h"

/* No more columns are kept free for names. */
#define NAME_WIDTH 28

/* What is written with. */
struct report_text {
	FILE *out;
	const struct why_report *report;
	const struct why_view *view;
	bool with_days; /* times have their date */
	bool bold;	/* the lines that come now */
	int err;
};

/* ---- lines */

/* A line, escaped and cut. */
static void print_line(struct report_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void print_line(struct report_text *text, const char *format, ...)
{
	__autofree char *line = NULL, *escaped = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&line, format, args);
	va_end(args);
	if (n < 0)
		line = NULL;
	if (line)
		escaped = fmt_escape_dup(tables_escape(text->view->view), line);
	if (!escaped) {
		text->err = -ENOMEM;
		return;
	}
	if (text->view->view->width)
		fmt_cut(escaped, text->view->view->width);
	fprintf(text->out, "%s%s%s\n", text->bold ? "\033[1m" : "", escaped,
		text->bold ? "\033[0m" : "");
}

static char mark_of(enum severity severity)
{
	return severity == SEVERITY_ACT ? '!' : severity == SEVERITY_LOOK ? '?' : ' ';
}

static bool is_bold(const struct report_text *text, enum severity severity)
{
	return text->view->bold && severity == SEVERITY_ACT;
}

/* "web01", or "4711 [qemu]", into @buf; if its process has several VMs, "4711-12 [qemu]". */
static void format_name(const struct why_report *report, const struct why_vm *vm, char *buf,
			size_t size)
{
	const char *comm = vm->comm ? vm->comm : FMT_UNKNOWN;
	bool has_others = false;

	/* Of a recording with several runs, a VM is there once for each of them. */
	for (size_t i = 0; i < report->n_vms && !has_others; i++)
		has_others =
			report->vms[i].pid == vm->pid && strcmp(report->vms[i].id, vm->id) != 0;
	if (vm->name)
		snprintf(buf, size, "%s", vm->name);
	else if (has_others)
		snprintf(buf, size, "%s [%s]", vm->id, comm);
	else
		snprintf(buf, size, "%d [%s]", (int)vm->pid, comm);
}

/* "12:33:04", or with its date. */
static void format_moment(const struct report_text *text, int64_t ns, char *buf, size_t size)
{
	char whole[32];
	const char *clock = strchr(when_format(ns, whole, sizeof(whole)), ' ');

	snprintf(buf, size, "%s", text->with_days || !clock ? whole : clock + 1);
}

static void print_evidence(struct report_text *text, const struct finding *finding)
{
	__autofree char *line = NULL;
	size_t len;
	FILE *mem = memstream_open(&line, &len);

	if (!mem) {
		text->err = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < finding->n_evidence; i++) {
		const struct evidence *evidence = &finding->evidence[i];
		char number[FMT_LONG_SIZE];

		fprintf(mem, "%s%s %s", i ? ", " : "", evidence->name,
			evidence->is_text
				? evidence->text
				: fmt_decimal(evidence->value, 1, number, sizeof(number)));
	}
	if (memstream_close(mem, &line)) {
		text->err = -ENOMEM;
		return;
	}
	print_line(text, "    evidence  %s", line);
	print_line(text, "    next      %s", finding->next);
}

/* ---- a line for each VM */

static int cmp_vms(const void *a, const void *b)
{
	const struct why_vm *const *x = a, *const *y = b;

	if ((*x)->severity != (*y)->severity)
		return (*x)->severity > (*y)->severity ? -1 : 1;
	if ((*x)->lost_known != (*y)->lost_known)
		return (*x)->lost_known ? -1 : 1;
	if ((*x)->lost_cpus != (*y)->lost_cpus)
		return (*x)->lost_cpus > (*y)->lost_cpus ? -1 : 1;
	return ((*x)->key > (*y)->key) - ((*x)->key < (*y)->key);
}

static int cmp_findings(const void *a, const void *b)
{
	const struct why_finding *const *x = a, *const *y = b;

	if ((*x)->severity != (*y)->severity)
		return (*x)->severity > (*y)->severity ? -1 : 1;
	if ((*x)->peak.cost_pct != (*y)->peak.cost_pct)
		return (*x)->peak.cost_pct > (*y)->peak.cost_pct ? -1 : 1;
	return (int)(*x)->peak.rule - (int)(*y)->peak.rule;
}

/* Those of a VM, the worst first, malloc'ed; NULL: no memory. */
static const struct why_finding **findings_of(const struct why_report *report,
					      const struct why_vm *vm, size_t *ret_n)
{
	const struct why_finding **v = calloc(report->n_findings + 1, sizeof(*v));

	*ret_n = 0;
	for (size_t i = 0; v && i < report->n_findings; i++)
		if (&report->vms[report->findings[i]->vm] == vm)
			v[(*ret_n)++] = report->findings[i];
	if (v)
		qsort(v, *ret_n, sizeof(*v), cmp_findings);
	return v;
}

/* How wide a name is when it is shown. */
static int width_of(const struct report_text *text, const char *name)
{
	__autofree char *escaped = fmt_escape_dup(tables_escape(text->view->view), name);

	return escaped ? (int)fmt_width(escaped) : 0;
}

static int name_width(const struct report_text *text, const struct why_vm *const *vms, size_t n)
{
	int width = 0;

	for (size_t i = 0; i < n; i++) {
		char name[FMT_NAME_MAX + 32];
		int own;

		format_name(text->report, vms[i], name, sizeof(name));
		own = width_of(text, name);
		if (own > width)
			width = own;
	}
	return width < NAME_WIDTH ? width : NAME_WIDTH;
}

/* The worst finding of a VM; with -v all of them, and more of each. Of a VM without one what it does instead. */
static void print_vm(struct report_text *text, const struct why_vm *vm, int width)
{
	size_t n;
	__autofree const struct why_finding **v = findings_of(text->report, vm, &n);
	char name[FMT_NAME_MAX + 32], lost[32] = FMT_UNKNOWN, rule[8];
	int pad;

	if (!v) {
		text->err = -ENOMEM;
		return;
	}
	format_name(text->report, vm, name, sizeof(name));
	pad = width - width_of(text, name);
	if (vm->lost_known)
		snprintf(lost, sizeof(lost), "%.2f", vm->lost_cpus);
	for (size_t i = 0; i < n && (!i || text->view->more); i++) {
		text->bold = is_bold(text, v[i]->severity);
		print_line(text, "%c %s%*s  lost %s CPUs  %s  %s", mark_of(v[i]->severity), name,
			   pad > 0 ? pad : 0, "", lost, rule_name(v[i]->peak.rule, rule),
			   v[i]->peak.long_text);
		text->bold = false;
		if (text->view->more)
			print_evidence(text, &v[i]->peak);
	}
	if (!n && vm->state)
		print_line(text, "  %s%*s  lost %s CPUs  %s  %s", name, pad > 0 ? pad : 0, "", lost,
			   rule_name(vm->state, rule), rule_of(vm->state)->title);
}

/* "14 VMs are fine or idle, 2 are busy inside" */
static void print_others(struct report_text *text)
{
	size_t fine = 0, busy = 0, unknown = 0;

	for (size_t i = 0; i < text->report->n_vms; i++) {
		const struct why_vm *vm = &text->report->vms[i];

		if (vm->severity || vm->ended)
			continue;
		fine += vm->state == RULE_R29 || vm->state == RULE_R30;
		busy += vm->state == RULE_R27 || vm->state == RULE_R28;
		unknown += !vm->state;
	}
	if (fine + busy)
		print_line(text, "%zu %s fine or idle, %zu %s busy inside", fine,
			   fine == 1 ? "VM is" : "VMs are", busy, busy == 1 ? "is" : "are");
	if (unknown)
		print_line(text, "of %zu %s too little is known", unknown,
			   fmt_plural(unknown, "VM", "VMs"));
}

static void print_vms(struct report_text *text)
{
	const struct why_report *report = text->report;
	__autofree const struct why_vm **vms = calloc(report->n_vms + 1, sizeof(*vms));
	const size_t top = text->view->view->query.top;
	size_t n = 0, shown;
	int width;

	if (!vms) {
		text->err = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < report->n_vms; i++)
		if (report->vms[i].severity || (text->view->more && !report->vms[i].ended))
			vms[n++] = &report->vms[i];
	qsort(vms, n, sizeof(*vms), cmp_vms);
	shown = top && top < n ? top : n;
	width = name_width(text, vms, shown);
	for (size_t i = 0; i < shown; i++)
		print_vm(text, vms[i], width);
	if (shown < n)
		print_line(text, "(%zu more)", n - shown);
	print_others(text);
}

/* ---- a line for each finding */

static void print_joined(struct report_text *text, const struct why_finding *f)
{
	char name[FMT_NAME_MAX + 32], from[32], to[32], at[32], cost[96] = "", rule[8];
	const char *vcpu = f->peak.vcpu ? " (one vCPU)" : "";

	format_name(text->report, &text->report->vms[f->vm], name, sizeof(name));
	format_moment(text, f->from_ns, from, sizeof(from));
	format_moment(text, f->to_ns, to, sizeof(to));
	format_moment(text, f->peak_ns, at, sizeof(at));
	if (f->peak.cost_pct > 0)
		snprintf(cost, sizeof(cost), "mean %.0f %%, peak %.0f %% at %s  ", f->mean_pct,
			 f->peak.cost_pct, at);
	text->bold = is_bold(text, f->severity);
	print_line(text, "%s to %s  %c %s%s  %s%s %s: %s", from, to, mark_of(f->severity), name,
		   vcpu, cost, rule_name(f->peak.rule, rule), rule_of(f->peak.rule)->title,
		   f->peak.long_text);
	text->bold = false;
	if (text->view->more)
		print_evidence(text, &f->peak);
}

static void print_all_joined(struct report_text *text)
{
	const struct why_report *report = text->report;
	const size_t top = text->view->view->query.top;
	const size_t shown = top && top < report->n_findings ? top : report->n_findings;

	for (size_t i = 0; i < shown; i++)
		print_joined(text, report->findings[i]);
	if (shown < report->n_findings)
		print_line(text, "(%zu more)", report->n_findings - shown);
	if (report->n_findings)
		return;
	if (report->n_frames > RULES_HISTORY_FRAMES_NEEDED &&
	    report->seconds > RULES_HISTORY_SECONDS)
		print_line(text, "nothing was found");
	else
		print_line(text, "nothing was found, but that is too short: findings take four "
				 "frames, and 3 s");
}

/* ---- all of it */

static void print_host(struct report_text *text)
{
	const struct why_report *report = text->report;
	char want[64] = "", from[32], to[32];

	if (report->want_known)
		snprintf(want, sizeof(want), ", which want %.1f", report->want_cpus);
	if (text->view->joined) {
		print_line(text, "host %s   %s to %s   %zu %s", report->host_name ?: FMT_UNKNOWN,
			   when_format(report->from_ns, from, sizeof(from)),
			   when_format(report->to_ns, to, sizeof(to)), report->n_vms,
			   fmt_plural(report->n_vms, "VM", "VMs"));
		return;
	}
	print_line(text, "host %s   %zu %s, %zu %s on %u CPUs%s   over %.1f s",
		   report->host_name ?: FMT_UNKNOWN, report->running,
		   fmt_plural(report->running, "VM", "VMs"), report->vcpus,
		   fmt_plural(report->vcpus, "vCPU", "vCPUs"), report->host_cpus, want,
		   report->seconds);
}

/* Whether both are on one day, as the user has it. */
static bool is_one_day(int64_t a_ns, int64_t b_ns)
{
	char a[32], b[32];

	when_format(a_ns, a, sizeof(a));
	when_format(b_ns, b, sizeof(b));
	return !strncmp(a, b, sizeof("2026-01-31") - 1);
}

static void print_report(struct report_text *text)
{
	const struct why_report *report = text->report;

	print_host(text);
	if (!report->n_vms)
		print_line(text,
			   text->view->joined
				   ? "no VM that is asked for was running, or none had a VM exit"
				   : "no VM is running, or none has had a VM exit meanwhile");
	else if (!report->timed)
		print_line(text, "nothing was timed (--latency off): what VMs lose is not known");
	else if (text->view->joined)
		print_all_joined(text);
	else
		print_vms(text);
}

int why__write_text(FILE *out, const struct why_report *report, const struct why_view *view)
{
	__autofree char *text = NULL;
	size_t len;
	struct report_text r = {
		.out = memstream_open(&text, &len),
		.report = report,
		.view = view,
		.with_days = !is_one_day(report->from_ns, report->to_ns),
	};

	if (!r.out)
		return -ENOMEM;
	print_report(&r);
	if (memstream_close(r.out, &text))
		r.err = -ENOMEM;
	return r.err ? r.err : stream_write(out, text, len);
}
