// SPDX-License-Identifier: GPL-2.0
/*
 * verify: a report as a table, and as one line of JSON.
 */
#include "verify.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/memstream.h"
#include "stream.h"
#include "../render/table.h"

#define SCHEMA "kvmtop.verify/1"
#define REAL_DIGITS 15

enum {
	COL_VM,
	COL_STAT,
	COL_EVENT,
	COL_CLASS,
	COL_TRACEPOINT,
	COL_KVM,
	COL_DEBUGFS,
	COL_VERDICT,
	COL_WHY,
	N_COLUMNS,
};

static const struct table_column columns[] = {
	[COL_VM] = { .title = "VM", .left = true },
	[COL_STAT] = { .title = "STAT", .left = true },
	[COL_EVENT] = { .title = "EVENT", .left = true, .shrink = 12 },
	[COL_CLASS] = { .title = "CLASS", .left = true },
	[COL_TRACEPOINT] = { .title = "TRACEPOINT" },
	[COL_KVM] = { .title = "KVM" },
	[COL_DEBUGFS] = { .title = "DEBUGFS" },
	[COL_VERDICT] = { .title = "VERDICT", .left = true },
	[COL_WHY] = { .title = "WHY", .left = true, .shrink = 12 },
};

DEFINE_CLEANUP(table, struct table, table__free)
DEFINE_CLEANUP(json, json_t, json_decref)

/* ---- text */

static int print_sources(FILE *out, const struct verify_report *report)
{
	for (int id = 0; id < SOURCE_ID_MAX; id++) {
		const struct source_state *source = &report->sources[id];
		__autofree char *state = NULL, *line = NULL;

		if (!source->used)
			continue;
		state = fmt_escape_dup(FMT_ESCAPE_ASCII, source->error ? source->error : "ok");
		if (!state)
			return -ENOMEM;
		if (asprintf(&line, "%s: %s", source_id_name((enum source_id)id), state) < 0) {
			line = NULL;
			return -ENOMEM;
		}
		stream_print_line(out, line, report->width);
	}
	return 0;
}

/* "17", or "16..18" where it is not known better. */
static int set_range(struct table *table, size_t column, bool valid, const uint64_t range[2])
{
	char text[48];

	if (!valid)
		return table__set(table, column, FMT_UNKNOWN);
	if (range[0] == range[1])
		snprintf(text, sizeof(text), "%" PRIu64, range[0]);
	else
		snprintf(text, sizeof(text), "%" PRIu64 "..%" PRIu64, range[0], range[1]);
	return table__set(table, column, text);
}

static int add_pair(struct table *table, const struct verify_pair *pair)
{
	return table__add_row(table) ?:
	       table__set(table, COL_VM, pair->vm_id) ?:
	       table__set(table, COL_STAT, pair->stat) ?:
	       table__set(table, COL_EVENT, pair->event) ?:
	       table__set(table, COL_CLASS, verify_class_name(pair->class)) ?:
	       set_range(table, COL_TRACEPOINT, pair->tracepoint_valid, pair->tracepoint) ?:
	       set_range(table, COL_KVM, pair->stats_valid, pair->stats) ?:
	       set_range(table, COL_DEBUGFS, pair->debugfs_valid, pair->debugfs) ?:
	       table__set(table, COL_VERDICT, verify_verdict_name(pair->verdict)) ?:
	       table__set(table, COL_WHY, pair->why ? pair->why : "");
}

static int print_pairs(FILE *out, const struct verify_report *report)
{
	struct table *table __cleanup(cleanup_table) = table__new(columns, N_COLUMNS);
	int err = 0;

	if (!table)
		return -ENOMEM;
	for (size_t i = 0; i < report->n && !err; i++)
		err = add_pair(table, &report->pairs[i]);
	return err ? err : stream_print_table(table, report->width, out);
}

/* Pairs with @verdict; only exact ones if @exact. */
static size_t count_pairs(const struct verify_report *report, enum verify_verdict verdict,
			  bool exact)
{
	size_t n = 0;

	for (size_t i = 0; i < report->n; i++)
		if (report->pairs[i].verdict == verdict &&
		    (!exact || report->pairs[i].class == VERIFY_EXACT))
			n++;
	return n;
}

static void print_result(FILE *out, const struct verify_report *report)
{
	size_t bad = count_pairs(report, VERIFY_MISMATCH, false);
	size_t good = count_pairs(report, VERIFY_OK, true);
	size_t skipped = count_pairs(report, VERIFY_SKIPPED, true);

	if (report->result == VERIFY_RESULT_NONE)
		fputs("nothing could be compared\n", out);
	else if (report->result == VERIFY_RESULT_MISMATCH)
		fprintf(out, "%zu %s not hold\n", bad, fmt_plural(bad, "pair does", "pairs do"));
	else if (skipped)
		fprintf(out, "%zu exact %s, %zu could not be compared\n", good,
			fmt_plural(good, "pair holds", "pairs hold"), skipped);
	else if (good == 1)
		fputs("the one exact pair holds\n", out);
	else
		fprintf(out, "all %zu exact pairs hold\n", good);
}

int verify__write_text(FILE *out, const struct verify_report *report)
{
	__autofree char *text = NULL;
	size_t len;
	FILE *mem = memstream_open(&text, &len);
	int err;

	if (!mem)
		return -ENOMEM;
	err = print_sources(mem, report);
	if (!err && report->n)
		err = print_pairs(mem, report);
	print_result(mem, report);
	if (memstream_close(mem, &text))
		err = -ENOMEM;
	return err ? err : stream_write(out, text, len);
}

/* ---- JSON; what could not be made is NULL, and json_pack() then fails as a whole */

/* jansson's integers are signed. */
static json_t *from_u64(uint64_t v)
{
	return v <= INT64_MAX ? json_integer((json_int_t)v) : json_real((double)v);
}

static json_t *from_range(bool valid, const uint64_t range[2])
{
	if (!valid)
		return json_null();
	return json_pack("[o, o]", from_u64(range[0]), from_u64(range[1]));
}

static json_t *from_pair(const struct verify_pair *pair)
{
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:s?}", "pid",
			 (int)pair->pid, "vm", pair->vm_id, "stat", pair->stat, "event",
			 pair->event, "class", verify_class_name(pair->class), "tracepoint",
			 from_range(pair->tracepoint_valid, pair->tracepoint), "stats",
			 from_range(pair->stats_valid, pair->stats), "debugfs",
			 from_range(pair->debugfs_valid, pair->debugfs), "verdict",
			 verify_verdict_name(pair->verdict), "why", pair->why);
}

static json_t *from_pairs(const struct verify_report *report)
{
	json_t *array __cleanup(cleanup_json) = json_array();

	for (size_t i = 0; i < report->n; i++)
		if (json_array_append_new(array, from_pair(&report->pairs[i])))
			return NULL;
	return take_ptr(array);
}

/* "ok", why not, or null for a source that was not asked for. */
static json_t *from_source(const struct source_state *source)
{
	__autofree char *valid = NULL;

	if (!source->used)
		return json_null();
	valid = fmt_escape_dup(FMT_ESCAPE_INVALID, source->error ? source->error : "ok");
	return valid ? json_string(valid) : NULL;
}

static json_t *from_sources(const struct verify_report *report)
{
	json_t *object __cleanup(cleanup_json) = json_object();

	for (int id = 0; id < SOURCE_ID_MAX; id++)
		if (json_object_set_new(object, source_id_name((enum source_id)id),
					from_source(&report->sources[id])))
			return NULL;
	return take_ptr(object);
}

/* To the microsecond. */
static json_t *from_seconds(double s)
{
	if (!(s >= 0 && s < 1e9))
		return json_null();
	return json_real((double)(int64_t)(s * 1e6 + 0.5) / 1e6);
}

int verify__write_json(FILE *out, const struct verify_report *report)
{
	json_t *root __cleanup(cleanup_json) =
		json_pack("{s:s, s:s, s:o, s:o, s:o}", "schema", SCHEMA, "result",
			  verify_result_name(report->result), "interval_s",
			  from_seconds(report->interval_s), "sources", from_sources(report),
			  "pairs", from_pairs(report));
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
