// SPDX-License-Identifier: GPL-2.0
/* openmetrics: which samples there are, that no two are the same, and what it costs. */
#include "arch/x86.h"
#include "base/cleanup.h"
#include "unit.h"

#include <errno.h>
#include <jansson.h>

#include "../../user/model/delta.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"
#include "../../user/model/registry.h"
#include "../../user/model/stats.h"
#include "../../user/sinks/openmetrics.h"
#include "../../user/sinks/openmetrics_stats.h"
#include "../../user/sinks/time_bounds.h"
#include "../../user/sinks/sink.h"
#include "big.h"

static const struct host_info host = { .name = "h", .kernel = "6.12", .arch = "x86_64", .cpus = 4 };

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(frame, struct frame, frame__free)

#define __autosnap __cleanup(cleanup_snapshot)
#define __autoframe __cleanup(cleanup_frame)

/* The frame that @cur ends, which is the first. */
static struct frame *compute(const struct snapshot *cur)
{
	__autosnap struct snapshot *prev = make_snapshot(1, 0);
	struct reason_names *names = reason_names__new();
	struct frame *frame = NULL;

	assert_non_null(names);
	assert_int_equal(delta__compute(prev, cur, &host, names, &frame), 0);
	reason_names__free(names);
	return frame;
}

/* NUL-terminated. */
static char *render(const struct frame *frame, const struct view *view)
{
	char *text, *ended;
	size_t len;

	assert_int_equal(openmetrics__render(EXPOSITION_OPENMETRICS, frame, view, &text, &len), 0);
	ended = realloc(text, len + 1);
	assert_non_null(ended);
	ended[len] = '\0';
	return ended;
}

static const struct view all = { .version = "1" };

static int cmp_lines(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Cuts @text into lines without their values; no two are the same. */
static size_t check_series(char *text)
{
	size_t n = 0, room = 16;
	char **lines = malloc(room * sizeof(*lines));

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (n == room)
			lines = realloc(lines, (room *= 2) * sizeof(*lines));
		assert_non_null(lines);
		lines[n++] = line;
		if (*line != '#')
			*strrchr(line, ' ') = '\0';
	}
	qsort(lines, n, sizeof(*lines), cmp_lines);
	for (size_t i = 1; i < n; i++)
		if (!strcmp(lines[i - 1], lines[i]))
			fail_msg("twice: %s", lines[i]);
	free(lines);
	return n;
}

/* A bound that were not the begin of a slot would make us guess. */
static void bounds_are_slots(void **state)
{
	const struct time_bound *bound;
	uint64_t before = 0;

	(void)state;
	for (size_t i = 0; (bound = time_bound(i)); i++) {
		assert_int_equal(hist_slot_lo_ns(hist_slot(bound->ns)), bound->ns);
		assert_near(strtod(bound->le, NULL) * 1e9, bound->ns);
		assert_true(bound->ns > before);
		before = bound->ns;
	}
	assert_true(before);
}

/* Exactly the bound: in the bucket above. */
static void bound_itself(void **state)
{
	struct tally tallies[] = { make_tally(ISA_SVM, 0x72, 7, 1024) };
	__autosnap struct snapshot *cur = make_snapshot(2, 1);
	__autoframe struct frame *frame = NULL;
	__autofree char *text = NULL;

	(void)state;
	tallies[0].hist = make_hist(3, 1023, 4, 1024);
	make_vcpus(cur, &cur->vms[0], 1);
	set_exits(cur, &cur->vms[0].vcpus[0], tallies, 1);
	frame = compute(cur);
	text = render(frame, &all);
	assert_non_null(strstr(text, "le=\"5.12e-07\"} 0\n"));
	assert_non_null(strstr(text, "le=\"1.024e-06\"} 3\n"));
	assert_non_null(strstr(text, "le=\"2.048e-06\"} 7\n"));
	assert_non_null(strstr(text, "le=\"+Inf\"} 7\n"));
}

/* VMs of one process whose fds are not known, one of an id that another had which has ended, a nested guest's reasons. */
static void no_series_twice(void **state)
{
	const struct tally tallies[] = { make_tally(ISA_SVM, 0x72, 1, 9),
					 make_tally(ISA_SVM | ISA_L2, 0x72, 2, 9),
					 make_tally(ISA_VMX, 12, 3, 9), make_tally(9, 12, 4, 9),
					 make_tally(ISA_SVM, REASON_UNKNOWN, 5, 9) };
	__autosnap struct snapshot *cur = make_snapshot(2, 4);
	__autoframe struct frame *frame = NULL;
	__autofree char *text = NULL;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		cur->vms[i].pid = i < 2 ? 7 : 8;
		cur->vms[i].vm_fd = i < 2 ? -1 : 5;
		make_vcpus(cur, &cur->vms[i], 2);
		set_exits(cur, &cur->vms[i].vcpus[0], tallies, ARRAY_SIZE(tallies));
		cur->vms[i].vcpus[1].vcpu_id = VCPU_ID_UNKNOWN;
		cur->vms[i].vcpus[1].times.valid = true;
	}
	cur->vms[2].ended = true;
	frame = compute(cur);
	frame->reasons.v[0].name =
		(char *)"same"; /* names of two codes are the kernel's business */
	for (size_t i = 0; i < frame->n_vms; i++)
		for (size_t j = 0; j < frame->vms[i].reasons.n; j++)
			if (frame->vms[i].reasons.v[j].isa == ISA_SVM)
				frame->vms[i].reasons.v[j].name = (char *)"same";
	text = render(frame, &all);
	assert_non_null(strstr(text, "kvmtop_vms 3\n"));
	assert_non_null(strstr(text, "{vm=\"7-?\",pid=\"7\"}"));
	assert_non_null(strstr(text, "{vm=\"7-?#2\",pid=\"7\"}"));
	assert_non_null(strstr(text, "reason=\"same\",isa=\"svm\",code=\"114\"} 1\n"));
	assert_non_null(strstr(text, "reason=\"L2:cpuid\",isa=\"svm\"} 2\n"));
	assert_non_null(strstr(text, "isa=\"9\"} 4\n"));
	assert_null(strstr(text, "vcpu=\"4294967295\""));
	assert_true(check_series(text) > 100);
}

static void events(void **state)
{
	static const char *const names[] = { "kvm_entry", "kvm\"pio" };
	static const struct event_names event_names = { names, ARRAY_SIZE(names) };
	__autosnap struct snapshot *cur = make_snapshot(2, 2);
	__autoframe struct frame *frame = compute(cur);
	struct counter counts[] = { { .total = 12 }, { .total = 0 } };
	__autofree char *text = NULL;

	(void)state;
	frame->event_names = &event_names;
	frame->vms[1].tracepoints = (struct frame_tracepoints){ true, counts, ARRAY_SIZE(counts) };
	text = render(frame, &all);
	assert_non_null(strstr(
		text, "# TYPE kvmtop_events counter\n"
		      "kvmtop_events_total{vm=\"101-10\",pid=\"101\",event=\"kvm_entry\"} 12\n"
		      "kvmtop_events_total{vm=\"101-10\",pid=\"101\",event=\"kvm\\\"pio\"} 0\n"));
	assert_null(strstr(text, "events_total{vm=\"100-10\""));
}

/* By exits since the beginning, without those that have ended; the number of those left out is a metric. */
static void top(void **state)
{
	__autosnap struct snapshot *cur = make_snapshot(2, METRICS_TOP_DEFAULT + 20);
	const struct view two = { .query = { .top = 2 } };
	__autoframe struct frame *frame = NULL;
	__autofree char *text = NULL, *by_default = NULL;

	(void)state;
	for (size_t i = 0; i < cur->n_vms; i++) {
		const struct tally tally = make_tally(ISA_SVM, 0x72, 10 * (i + 1), 9);

		make_vcpus(cur, &cur->vms[i], 1);
		set_exits(cur, &cur->vms[i].vcpus[0], &tally, 1);
		cur->vms[i].ended = i + 5 >= cur->n_vms;
	}
	frame = compute(cur);
	text = render(frame, &two);
	assert_non_null(strstr(text, "kvmtop_vms 1015\n"));
	assert_non_null(strstr(text, "kvmtop_vms_left_out 1013\n"));
	assert_non_null(strstr(text, "kvmtop_vm_vcpus{vm=\"1113-10\",pid=\"1113\"} 1\n"
				     "kvmtop_vm_vcpus{vm=\"1114-10\",pid=\"1114\"} 1\n#"));
	by_default = render(frame, &all);
	assert_non_null(strstr(by_default, "kvmtop_vms_left_out 15\n"));
}

/* ---- what uses the names */

static char *read_text(const char *path)
{
	FILE *f __autofclose = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (!f || getdelim(&text, &room, '\0', f) < 0)
		fail_msg("cannot read %s (run from the top)", path);
	return text;
}

/* What samples of a family can be called, one after the other; NULL at the end. */
static const char *sample_suffix(enum metric_type type, size_t i)
{
	static const char *const suffixes[][4] = {
		[METRIC_COUNTER] = { "_total" },
		[METRIC_GAUGE] = { "" },
		[METRIC_HISTOGRAM] = { "_bucket", "_count", "_sum" },
		[METRIC_INFO] = { "_info" },
	};

	return suffixes[type][i];
}

static void man_page_has_all(void **state)
{
	__autofree char *page = read_text("user/kvmtop-formats.5");
	const struct metric_family *family;

	(void)state;
	for (size_t i = 0; (family = openmetrics__family(i)); i++) {
		const char *suffix =
			family->type == METRIC_HISTOGRAM ? "" : sample_suffix(family->type, 0);
		char item[128];

		snprintf(item, sizeof(item), "\n.B %s%s", family->name, suffix);
		if (!strstr(page, item))
			fail_msg("user/kvmtop-formats.5 has no %s", item + 4);
	}
}

/* KVM's statistics are whatever a kernel has; these are what the dashboard may show. */
static bool is_metric(const char *name, size_t len)
{
	static const char *const stats[] = { "halt_poll_success_seconds_total",
					     "halt_poll_fail_seconds_total",
					     "pf_taken_total",
					     "remote_tlb_flush_total",
					     "pages_4k",
					     "pages_2m",
					     "pages_1g" };
	const struct metric_family *family;
	char full[128];

	for (size_t i = 0; (family = openmetrics__family(i)); i++) {
		const char *suffix;

		for (size_t j = 0; (suffix = sample_suffix(family->type, j)); j++) {
			snprintf(full, sizeof(full), "%s%s", family->name, suffix);
			if (strlen(full) == len && !strncmp(full, name, len))
				return true;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(stats); i++) {
		snprintf(full, sizeof(full), METRICS_STAT_PREFIX "%s", stats[i]);
		if (strlen(full) == len && !strncmp(full, name, len))
			return true;
	}
	return false;
}

/* Returns how many metrics @query names; all of them must be some. */
static size_t check_query(const char *query)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t n = 0;

	for (const char *p = query; (p = strstr(p, "kvmtop_")); n++) {
		size_t len = strspn(p, letters);

		if (!is_metric(p, len))
			fail_msg("no metric %.*s, in: %s", (int)len, p, query);
		p += len;
	}
	return n;
}

/* All strings of the keys that queries have, at any depth. */
static size_t check_queries(const json_t *json)
{
	json_t *value;
	const char *key;
	size_t i, n = 0;

	json_object_foreach((json_t *)json, key, value)
	{
		if (json_is_string(value) &&
		    (!strcmp(key, "expr") || !strcmp(key, "query") || !strcmp(key, "definition")))
			n += check_query(json_string_value(value));
		n += check_queries(value);
	}
	json_array_foreach(json, i, value) n += check_queries(value);
	return n;
}

static void dashboard_queries(void **state)
{
	json_error_t error;
	json_t *json =
		json_load_file("scripts/grafana/kvmtop.json", JSON_REJECT_DUPLICATES, &error);

	(void)state;
	if (!json)
		fail_msg("scripts/grafana/kvmtop.json:%d: %s", error.line, error.text);
	assert_false(is_metric("kvmtop_exits", 12)); /* that is only the family */
	assert_true(check_queries(json) > 20);
	json_decref(json);
}

/* ---- how much it is */

static void a_thousand_vms(void **state)
{
	static const char *const names[] = { "OpenMetrics", "text 0.0.4", "protobuf" };
	__autosnap struct snapshot *cur = big_snapshot(2, 30);
	__autoframe struct frame *frame = NULL;

	(void)state;
	big_add_stats(cur);
	big_add_hists(cur);
	frame = compute(cur);
	for (int format = 0; format < EXPOSITION_FORMAT_MAX; format++) {
		__autofree char *text = NULL;
		size_t len = 0;
		int err = openmetrics__render((enum exposition_format)format, frame, &all, &text,
					      &len);

		if (err == -ENOTSUP) /* HTTP=0 */
			continue;
		assert_int_equal(err, 0);
		print_message("1,000 VMs x 4 vCPUs x 12 reasons, 60 statistics, %s: %.1f MB\n",
			      names[format], (double)len / 1e6);
		assert_true(len < 40000000);
	}
	stat_layout__free((struct stat_layout *)cur->vm_layout);
	stat_layout__free((struct stat_layout *)cur->vcpu_layout);
}

/* A number that gets no metric is a choice, which columns.h gives a reason for. */
static void every_number_has_one_or_none(void **state)
{
	static const enum column_id with[] = {
#define NONE COLUMN_MAX
#define NO_METRIC(column, why)
#define METRIC(name, type, unit, column, ...) column,
#include "../../user/model/columns.h"
	};
	static const enum column_id without[] = {
#define NO_METRIC(column, why) column,
#define METRIC(...)
#include "../../user/model/columns.h"
	};
	unsigned int n_with[COLUMN_MAX + 1] = { 0 }, n_without[COLUMN_MAX + 1] = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(with); i++)
		n_with[with[i]]++;
	for (size_t i = 0; i < ARRAY_SIZE(without); i++)
		n_without[without[i]]++;
	for (unsigned int id = 0; id < COLUMN_MAX; id++) {
		const struct column *column = registry_column(id);
		const bool number = column->type != COLUMN_LABEL;

		if (n_without[id] > 1 || (n_without[id] && n_with[id]) ||
		    (number && !n_without[id] && !n_with[id]))
			fail_msg("column %u (%s): METRIC %u times, NO_METRIC %u times", id,
				 column->name ? column->name : "", n_with[id], n_without[id]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_are_slots),
		cmocka_unit_test(bound_itself),
		cmocka_unit_test(no_series_twice),
		cmocka_unit_test(events),
		cmocka_unit_test(top),
		cmocka_unit_test(man_page_has_all),
		cmocka_unit_test(every_number_has_one_or_none),
		cmocka_unit_test(dashboard_queries),
		cmocka_unit_test(a_thousand_vms),
	};

	return cmocka_run_group_tests_name("openmetrics", tests, NULL, NULL);
}
