// SPDX-License-Identifier: GPL-2.0
/* Findings that are joined over frames, and the report of them. */
#include "rules_frame.h"

#include "../../user/base/memstream.h"
#include "../../user/model/why.h"
#include "../../user/sinks/sink.h"
#include "../../user/sinks/why.h"

#define BEGIN_S 1700000000

/* A host whose VM "web" has the finding R9 of some cost, second after second. */
struct night {
	struct why *why;
	struct test_frame t;
	struct finding finding;
	struct vm_state states[2];
	struct findings findings;
	int second;
};

static void begin(struct night *night)
{
	memset(night, 0, sizeof(*night));
	night->why = why__new();
	assert_non_null(night->why);
	test_frame__init(&night->t, 1);
	night->t.vms[0].name = (char *)"web";
	night->t.frame->host.name = "host1";
	night->states[0].rule = RULE_R30;
	night->states[1].rule = RULE_R27;
	night->finding = (struct finding){
		.rule = RULE_R9,
		.next = "do something",
		.n_evidence = 2,
		.evidence = { { .name = "per_s", .value = 12345.678 },
			      { .name = "reason", .is_text = true, .text = "cpuid\x1b" } },
	};
	night->findings = (struct findings){ .states = night->states };
}

static void end(struct night *night)
{
	why__free(night->why);
	test_frame__done(&night->t);
}

/* A second in which R9 costs @cost; 0: it is not there, below 0: it is fading. */
static void pass(struct night *night, double cost)
{
	night->second++;
	night->finding.vm = &night->t.vms[0];
	night->finding.cost_pct = cost;
	night->finding.severity = cost >= 10 ? SEVERITY_ACT : SEVERITY_LOOK;
	night->finding.fading = cost < 0;
	snprintf(night->finding.text, sizeof(night->finding.text), "takes %.0f %%", cost);
	snprintf(night->finding.long_text, sizeof(night->finding.long_text), "it takes %.0f %%",
		 cost);
	night->findings.v = &night->finding;
	night->findings.n = cost < 0 || cost > 0;
	night->t.frame->findings = &night->findings;
	night->t.frame->wall.tv_sec = BEGIN_S + night->second;
	assert_int_equal(why__take(night->why, night->t.frame), 0);
}

static int64_t at(int second)
{
	return (BEGIN_S + second) * INT64_C(1000000000);
}

static void mean_and_peak(void **state)
{
	const struct why_report *report;
	const struct why_finding *f;
	struct night night;

	(void)state;
	begin(&night);
	set_share(&night.t, STATE_KVM, 25);
	pass(&night, 0);
	pass(&night, 0);
	night.finding.seconds = 2; /* it has applied since before it was shown */
	pass(&night, 6);
	night.finding.seconds = 3;
	pass(&night, 12);
	night.finding.seconds = 4;
	pass(&night, 9);
	pass(&night, -1);
	pass(&night, 0);
	report = why__report(night.why);
	assert_int_equal(report->n_findings, 1);
	f = report->findings[0];
	assert_int_equal(f->from_ns, at(1));
	assert_int_equal(f->to_ns, at(5));
	assert_int_equal(f->peak_ns, at(4));
	assert_near(f->mean_pct, 9);
	assert_near(f->peak.cost_pct, 12);
	assert_string_equal(f->peak.long_text, "it takes 12 %");
	assert_string_equal(f->peak.vm->name, "web");
	assert_int_equal(f->severity, SEVERITY_ACT);
	assert_true(report->to_act);
	assert_int_equal(report->n_vms, 2);
	assert_near(report->vms[0].lost_cpus, 2);
	assert_int_equal(report->from_ns, at(0));
	assert_near(report->seconds, 7);
	end(&night);
}

static void joins_over_short_gaps(void **state)
{
	const struct why_report *report;
	struct night night;

	(void)state;
	begin(&night);
	pass(&night, 7);
	for (int i = 0; i < 30; i++)
		pass(&night, 0);
	pass(&night, 8);
	assert_int_equal(why__report(night.why)->n_findings, 1);
	for (int i = 0; i < 70; i++)
		pass(&night, 0);
	pass(&night, 9);
	report = why__report(night.why);
	assert_int_equal(report->n_findings, 2);
	assert_int_equal(report->findings[1]->from_ns, at(102));
	assert_false(report->to_act);
	/* another VM, another run, another rule */
	night.t.vms[0].key = 99;
	pass(&night, 7);
	night.finding.rule = RULE_R1;
	pass(&night, 7);
	why__begin_anew(night.why);
	pass(&night, 7);
	assert_int_equal(why__report(night.why)->n_findings, 5);
	end(&night);
}

static char *write_report(struct night *night, bool json, bool joined, bool more, size_t top)
{
	const struct view view = { .query = { .top = top }, .width = 100 };
	const struct why_view why_view = { .view = &view, .joined = joined, .more = more };
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal((json ? why__write_json : why__write_text)(out, why__report(night->why),
								    &why_view),
			 0);
	fclose(out);
	return text;
}

static void a_line_for_each_vm(void **state)
{
	struct night night;
	__autofree char *text = NULL, *more = NULL;

	(void)state;
	begin(&night);
	set_share(&night.t, STATE_KVM, 25);
	night.findings.want_known = true;
	night.findings.want_cpus = 3.25;
	for (int i = 0; i < 5; i++)
		pass(&night, 11);
	text = write_report(&night, false, false, false, 0);
	assert_string_equal(text, "host host1   2 VMs, 9 vCPUs on 100 CPUs, which want 3.2   over "
				  "5.0 s\n"
				  "! web  lost 2.00 CPUs  R9  it takes 11 %\n"
				  "0 VMs are fine or idle, 1 is busy inside\n");
	more = write_report(&night, false, false, true, 0);
	assert_non_null(strstr(more, "    evidence  per_s 12345.7, reason cpuid\\x1b\n"));
	assert_non_null(strstr(more, "    next      do something\n"));
	end(&night);
}

/* Names from outside do not reach a terminal as they are. */
static void names_are_escaped(void **state)
{
	struct night night;
	__autofree char *text = NULL, *joined = NULL;

	(void)state;
	begin(&night);
	night.t.vms[0].name = (char *)"a\x1b[2Jb\n";
	night.t.frame->host.name = "h\x1b";
	pass(&night, 11);
	text = write_report(&night, false, false, true, 0);
	joined = write_report(&night, false, true, true, 0);
	assert_null(strchr(text, '\x1b'));
	assert_null(strchr(joined, '\x1b'));
	assert_non_null(strstr(text, "a\\x1b[2Jb\\x0a"));
	end(&night);
}

static void unknown_is_not_zero(void **state)
{
	struct night night;
	__autofree char *text = NULL, *json = NULL, *none = NULL;

	(void)state;
	begin(&night);
	night.t.vms[0].shares.run_delay_valid = false;
	night.t.vms[1].shares.run_delay_valid = false;
	night.states[1].rule = 0;
	pass(&night, 11);
	text = write_report(&night, false, false, false, 0);
	json = write_report(&night, true, false, false, 0);
	assert_non_null(strstr(text, "! web  lost - CPUs"));
	assert_non_null(strstr(text, "of 1 VM too little is known"));
	assert_null(strstr(text, "want"));
	assert_non_null(strstr(json, "\"lost_cpus\": null"));
	assert_non_null(strstr(json, "\"want_cpus\": null"));
	night.t.frame->findings = NULL;
	why__free(night.why);
	night.why = why__new();
	assert_int_equal(why__take(night.why, night.t.frame), 0);
	none = write_report(&night, false, false, false, 0);
	assert_non_null(strstr(none, "nothing was timed"));
	end(&night);
}

static void top(void **state)
{
	struct night night;
	__autofree char *text = NULL, *joined = NULL;

	(void)state;
	begin(&night);
	pass(&night, 11);
	night.t.vms[0].key = 9;
	night.t.vms[0].name = (char *)"db";
	pass(&night, 20);
	text = write_report(&night, false, false, false, 1);
	joined = write_report(&night, false, true, false, 1);
	assert_non_null(strstr(text, "(1 more)"));
	assert_non_null(strstr(joined, "(1 more)"));
	end(&night);
}

/* What needs action stands out on a terminal; a VM without a name is told from others by its pid. */
static void marks_are_bold(void **state)
{
	const struct view view = { .width = 20 };
	struct why_view why_view = { .view = &view, .bold = true };
	__autofree char *text = NULL;
	struct night night;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	begin(&night);
	night.t.vms[0].name = NULL;
	night.t.vms[0].comm = (char *)"qemu";
	pass(&night, 11);
	assert_int_equal(why__write_text(out, why__report(night.why), &why_view), 0);
	fclose(out);
	assert_non_null(strstr(text, "\033[1m! "));
	assert_non_null(strstr(text, " [qemu]"));
	assert_non_null(strstr(text, "~\033[0m\n"));
	assert_null(strstr(strstr(text, "\033[0m"), "\033[1m"));
	end(&night);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mean_and_peak),       cmocka_unit_test(joins_over_short_gaps),
		cmocka_unit_test(a_line_for_each_vm),  cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(unknown_is_not_zero), cmocka_unit_test(top),
		cmocka_unit_test(marks_are_bold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
