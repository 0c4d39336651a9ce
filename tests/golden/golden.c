// SPDX-License-Identifier: GPL-2.0
/*
 * golden: fixed snapshots through delta and each sink, compared with the files beside this one.
 *
 *   golden [--update] [DIR]	 DIR: tests/golden; --update writes the files instead (then read the diff)
 */
#include <errno.h>
#include <jansson.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../user/arch/x86.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/delta.h"
#include "../../user/model/diagnosis.h"
#include "../../user/model/frame.h"
#include "../../user/model/item_counts.h"
#include "../../user/model/item_filter.h"
#include "../../user/model/item_opts.h"
#include "../../user/model/item_rows.h"
#include "../../user/model/reasons.h"
#include "../../user/model/snapshot.h"
#include "../../user/sinks/csv.h"
#include "../../user/sinks/openmetrics.h"
#include "../../user/sinks/sink.h"
#include "cases.h"
#include "snapshots.h"
#include "writers.h"

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(frame, struct frame, frame__free)
DEFINE_CLEANUP(names, struct reason_names, reason_names__free)
DEFINE_CLEANUP(filter, struct item_filter, item_filter__free)
DEFINE_CLEANUP(rows, struct item_rows, item_rows__free)

static char *read_file(const char *path, size_t *ret_len)
{
	FILE *f __autofclose = fopen(path, "r");
	struct stat st;
	char *text;

	if (!f || fstat(fileno(f), &st))
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	if (!text || fread(text, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
		free(text);
		return NULL;
	}
	text[st.st_size] = '\0';
	*ret_len = (size_t)st.st_size;
	return text;
}

/* Names as a kernel gives them, so that the build's headers do not matter. */
static struct reason_names *make_names(const char *dir)
{
	static const struct {
		const char *file;
		int (*parse)(struct reason_names *, const char *, size_t);
	} formats[] = {
		{ "kvm_exit.6.18-x86.format", reason_names__parse_exit_format },
		{ "kvm_userspace_exit.6.18-x86.format", reason_names__parse_userspace_exit_format },
	};
	struct reason_names *names = reason_names__new();

	for (size_t i = 0; names && i < ARRAY_SIZE(formats); i++) {
		__autofree char *text = NULL;
		char path[4096];
		size_t len = 0;

		snprintf(path, sizeof(path), "%s/../data/%s", dir, formats[i].file);
		text = read_file(path, &len);
		if (!text || formats[i].parse(names, text, len) <= 0) {
			fprintf(stderr, "golden: %s: no names in it\n", path);
			reason_names__free(names);
			return NULL;
		}
	}
	return names;
}

static bool has_events(const struct golden_case *c)
{
	return c->view.stats || c->view.tracepoints;
}

/* What the event view counts, if that is shown; -i: as a VM's totals are, which golden snapshots begin with. */
static struct item_opts item_opts_of(const struct golden_case *c, const struct reason_names *names)
{
	return (struct item_opts){
		.stats = c->view.stats,
		.tracepoints = c->view.tracepoints,
		.past = !c->no_past,
		.selected = c->selected,
		.per_vcpu = c->view.by_given && c->view.query.by == BY_VCPU,
		.names = names,
		.isa = ISA_SVM,
	};
}

static bool write_case(const struct golden_case *c, FILE *out, const struct frame *frame)
{
	struct item_filter *filter __cleanup(cleanup_filter) = NULL;
	struct item_rows *rows __cleanup(cleanup_rows) = NULL;
	struct item_spec spec = { .stats = c->view.stats,
				  .tracepoints = c->view.tracepoints,
				  .no_children = c->no_children };
	struct view view = c->view;
	char why[64];

	if (item_filter__new(c->fields, why, sizeof(why), &filter))
		return false;
	spec.filter = filter;
	if (has_events(c) && item_rows__new(frame, &spec, &rows))
		return false;
	view.items = rows;
	return !c->write(out, frame, &view);
}

/* To the next frame. 0, or it cannot be made. */
static int go_on(const struct golden_case *c, const struct host_info *host,
		 const struct reason_names *names, struct snapshot **prev, struct snapshot **cur,
		 struct frame **frame)
{
	snapshot__take_items(*cur, (*frame)->items);
	frame__free(*frame);
	*frame = NULL;
	snapshot__free(*prev);
	*prev = *cur;
	*cur = c->make(3, c->latency);
	if (!*cur)
		return -ENOMEM;
	(*cur)->item_opts = (*prev)->item_opts;
	return delta__compute(*prev, *cur, host, names, frame);
}

/* Of this frame alone. */
static bool diagnose(struct frame *frame)
{
	struct diagnosis *diagnosis = diagnosis__new(&(struct diagnosis_opts){ .all_vms = true });
	bool made = diagnosis && !diagnosis__make_single(diagnosis, frame);

	diagnosis__free(diagnosis);
	return made;
}

static char *render(const struct golden_case *c, const struct reason_names *names, size_t *ret_len)
{
	static const struct host_info hosts[] = { { "host1", "6.18.0", "x86_64", 64 }, { 0 } };
	const struct host_info *host = &hosts[c->make == make_rare];
	struct snapshot *prev __cleanup(cleanup_snapshot) = c->make(1, c->latency);
	struct snapshot *cur __cleanup(cleanup_snapshot) = c->make(2, c->latency);
	struct frame *frame __cleanup(cleanup_frame) = NULL;
	char *text = NULL;
	const struct item_opts opts = item_opts_of(c, names);
	FILE *out = open_memstream(&text, ret_len);

	if (cur && has_events(c))
		cur->item_opts = &opts;
	if (!out || !prev || !cur || delta__compute(prev, cur, host, names, &frame) ||
	    (c->second && go_on(c, host, names, &prev, &cur, &frame)) ||
	    (c->findings && !diagnose(frame)) || !write_case(c, out, frame) || fclose(out)) {
		fprintf(stderr, "golden: %s: cannot be made\n", c->file);
		exit(EXIT_FAILURE);
	}
	return text;
}

static bool is_json(const struct golden_case *c, const char *text, size_t len)
{
	json_error_t error;
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

	if (!json)
		fprintf(stderr, "golden: %s: %s\n", c->file, error.text);
	json_decref(json);
	return json && text[len - 1] == '\n' && !memchr(text, '\n', len - 1);
}

static bool check(const struct golden_case *c, const char *dir, bool update,
		  const struct reason_names *names)
{
	__autofree char *text = NULL, *expected = NULL;
	size_t len, expected_len = 0;
	char path[4096];
	FILE *f;

	text = render(c, names, &len);
	if (c->write == json__write && !is_json(c, text, len))
		return false;
	snprintf(path, sizeof(path), "%s/%s", dir, c->file);
	if (update) {
		f = fopen(path, "w");
		return f && fwrite(text, 1, len, f) == len && !fclose(f);
	}
	expected = read_file(path, &expected_len);
	if (expected && expected_len == len && !memcmp(expected, text, len))
		return true;
	fprintf(stderr, "golden: %s differs; it would be:\n%s", path,
		c->write == write_protobuf ? "(bytes)\n" : text);
	return false;
}

/* What a sink says of a stream that takes nothing. */
static bool fails_with(int err, FILE *out, const struct reason_names *names)
{
	FILE *stream __autofclose = out;
	struct snapshot *prev __cleanup(cleanup_snapshot) = make_none(1, LATENCY_OFF);
	struct snapshot *cur __cleanup(cleanup_snapshot) = make_none(2, LATENCY_OFF);
	struct frame *frame __cleanup(cleanup_frame) = NULL;
	static const struct host_info host;
	static const struct view view;

	if (!stream || !prev || !cur || delta__compute(prev, cur, &host, names, &frame))
		return false;
	return text__write(stream, frame, &view) == err &&
	       json__write(stream, frame, &view) == err &&
	       csv__write(stream, frame, &view) == err &&
	       openmetrics__write(stream, frame, &view) == err;
}

static bool check_errors(const struct reason_names *names)
{
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(fds))
		return false;
	close(fds[0]);
	if (fails_with(-EPIPE, fdopen(fds[1], "w"), names) &&
	    fails_with(-ENOSPC, fopen("/dev/full", "w"), names))
		return true;
	fprintf(stderr, "golden: a failed write was not reported\n");
	return false;
}

static bool report(bool ok, const char *name)
{
	printf("%s - golden: %s\n", ok ? "ok" : "not ok", name);
	return ok;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && !strcmp(argv[1], "--update");
	const char *dir = argc > 1 + update ? argv[1 + update] : "tests/golden";
	struct reason_names *names __cleanup(cleanup_names) = make_names(dir);
	size_t failed = 0;

	setenv("TZ", "UTC", 1);
	tzset();
	setlocale(LC_CTYPE, "C.UTF-8"); /* for the width of letters */
	if (!names)
		return EXIT_FAILURE;
	for (size_t i = 0; i < n_cases; i++)
		if (cases[i].write == write_protobuf && !has_protobuf())
			printf("skip - golden: %s: not built in\n", cases[i].file);
		else
			failed += !report(check(&cases[i], dir, update, names), cases[i].file);
	failed += !report(check_errors(names), "a failed write is reported");
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
