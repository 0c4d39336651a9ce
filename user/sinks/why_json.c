// SPDX-License-Identifier: GPL-2.0
/* why_json: the report of --why for programs. */
#include "why.h"

#include "../model/why.h"
#include "json_findings.h"
#include "json_members.h"
#include "sink.h"

#define SCHEMA "kvmtop.why/1"

static void key_moment(struct json_writer *w, const char *key, int64_t ns)
{
	const struct timespec wall = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
	char text[FMT_LONG_SIZE];

	key_text(w, key, fmt_utc(&wall, text, sizeof(text)));
}

static void put_finding(struct json_writer *w, const struct why_report *report,
			const struct why_finding *f)
{
	const struct why_vm *vm = &report->vms[f->vm];
	struct finding shown = f->peak;

	shown.severity = f->severity;
	json_writer__object(w);
	json_findings__members(w, &shown);
	key_text(w, "name", vm->name);
	key_moment(w, "from", f->from_ns);
	key_moment(w, "to", f->to_ns);
	key_moment(w, "peak", f->peak_ns);
	key_real(w, "mean_pct", true, f->mean_pct, UNIT_PCT);
	key_real(w, "lost_cpus", vm->lost_known, vm->lost_cpus, UNIT_CPUS);
	json_writer__end_object(w);
}

int why__write_json(FILE *out, const struct why_report *report, const struct why_view *view)
{
	const size_t top = view->view->query.top;
	struct json_writer writer = { .out = out }, *w = &writer;

	json_writer__object(w);
	key_text(w, "schema", SCHEMA);
	key_moment(w, "from", report->from_ns);
	key_moment(w, "to", report->to_ns);
	key_real(w, "seconds", true, report->seconds, UNIT_S);
	key_u64(w, "vms", true, report->n_vms);
	key_real(w, "want_cpus", report->want_known, report->want_cpus, UNIT_CPUS);
	json_writer__key(w, "to_act");
	json_writer__bool(w, report->to_act);
	key_array(w, "findings");
	for (size_t i = 0; i < report->n_findings && (!top || i < top); i++)
		put_finding(w, report, report->findings[i]);
	json_writer__end_array(w);
	json_writer__end_object(w);
	return json_writer__finish(w);
}
