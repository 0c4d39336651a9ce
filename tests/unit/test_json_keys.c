// SPDX-License-Identifier: GPL-2.0
/*
 * json_keys: every key of the golden JSON files, and of a report of --verify, is described, with what its value may be.
 * And every key that is described is in one of them.
 */
#include "unit.h"

#include <glob.h>
#include <jansson.h>

#include "../../user/sinks/json_keys.h"
#include "../../user/model/why.h"
#include "../../user/sinks/sink.h"
#include "../../user/sinks/verify.h"
#include "../../user/sinks/why.h"

#define MAX_KEYS 32

/* Which keys have been seen, and which as null or missing, where that is described. */
struct seen {
	bool key[JSON_OBJECT_MAX][MAX_KEYS];
	bool null[JSON_OBJECT_MAX][MAX_KEYS];
	bool missing[JSON_OBJECT_MAX][MAX_KEYS];
	char path[256]; /* of what is looked at; empty: its faults are planted, and not reported */
	unsigned int faults;
};

static void fault(struct seen *seen, enum json_object object, const char *key, const char *what)
{
	seen->faults++;
	if (*seen->path)
		fprintf(stderr, "%s: %s.%s: %s\n", seen->path, json_object_name(object), key, what);
}

/* All keys of @object; the one after the last has no name. */
static void list_keys(enum json_object object, struct json_key keys[MAX_KEYS + 1])
{
	size_t n = 0;

	while (json_object_key(object, n, &keys[n])) {
		n++;
		assert_true(n <= MAX_KEYS);
	}
	keys[n].name = NULL;
}

static void walk(struct seen *seen, enum json_object object, const json_t *json);

static bool are_numbers(const json_t *json)
{
	for (size_t i = 0; i < json_array_size(json); i++)
		if (!json_is_number(json_array_get(json, i)))
			return false;
	return json_is_array(json);
}

static bool walk_objects(struct seen *seen, enum json_object object, const json_t *json)
{
	for (size_t i = 0; i < json_array_size(json); i++)
		walk(seen, object, json_array_get(json, i));
	return json_is_array(json);
}

/* An object whose keys are names. A value may be null where the key may. */
static bool walk_names(struct seen *seen, const struct json_key *key, const json_t *json,
		       bool *ret_null)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)json, name, value)
	{
		if (json_is_null(value))
			*ret_null = true;
		else if (key->shapes & JSON_SHAPE_BY_NAME)
			walk(seen, key->object, value);
		else if (!(key->shapes & JSON_SHAPE_TEXTS_BY_NAME && json_is_string(value)) &&
			 !(key->shapes & JSON_SHAPE_NUMBERS_BY_NAME && json_is_number(value)))
			return false;
	}
	return json_is_object(json);
}

static bool is_right(struct seen *seen, const struct json_key *key, const json_t *json,
		     bool *ret_null)
{
	const unsigned int by_name =
		JSON_SHAPE_BY_NAME | JSON_SHAPE_TEXTS_BY_NAME | JSON_SHAPE_NUMBERS_BY_NAME;

	*ret_null = json_is_null(json);
	if (*ret_null)
		return key->null;
	if (key->shapes & by_name)
		return walk_names(seen, key, json, ret_null) && (!*ret_null || key->null);
	if (key->shapes & JSON_SHAPE_OBJECTS)
		return walk_objects(seen, key->object, json);
	if (key->shapes & JSON_SHAPE_OBJECT) {
		walk(seen, key->object, json);
		return true;
	}
	return (key->shapes & JSON_SHAPE_TEXT && json_is_string(json)) ||
	       (key->shapes & JSON_SHAPE_NUMBER && json_is_number(json)) ||
	       (key->shapes & JSON_SHAPE_BOOLEAN && json_is_boolean(json)) ||
	       (key->shapes & JSON_SHAPE_NUMBERS && are_numbers(json));
}

static void walk(struct seen *seen, enum json_object object, const json_t *json)
{
	struct json_key keys[MAX_KEYS + 1];
	size_t described = 0;

	list_keys(object, keys);
	if (!json_is_object(json))
		fault(seen, object, "", "not an object");
	for (size_t i = 0; keys[i].name; i++) {
		const json_t *value = json_object_get(json, keys[i].name);
		bool null = false;

		if (!value && !keys[i].missing)
			fault(seen, object, keys[i].name, "missing");
		if (value && !is_right(seen, &keys[i], value, &null))
			fault(seen, object, keys[i].name, null ? "null" : "of another type");
		described += !!value;
		seen->key[object][i] |= !!value;
		seen->missing[object][i] |= !value;
		seen->null[object][i] |= null;
	}
	if (described == json_object_size(json))
		return;
	for (void *i = json_object_iter((json_t *)json); i;
	     i = json_object_iter_next((json_t *)json, i)) {
		bool known = false;

		for (size_t j = 0; keys[j].name; j++)
			known |= !strcmp(keys[j].name, json_object_iter_key(i));
		if (!known)
			fault(seen, object, json_object_iter_key(i),
			      "not described in json_keys.c");
	}
}

static void walk_line(struct seen *seen, const json_t *json)
{
	const char *schema = json_string_value(json_object_get(json, "schema"));

	assert_non_null(schema);
	walk(seen,
	     !strcmp(schema, "kvmtop.frame/1")	? JSON_OBJECT_FRAME
	     : !strcmp(schema, "kvmtop.slow/1") ? JSON_OBJECT_SLOW
	     : !strcmp(schema, "kvmtop.why/1")	? JSON_OBJECT_WHY
						: JSON_OBJECT_VERIFY,
	     json);
}

static void walk_file(struct seen *seen, const char *path)
{
	FILE *file __autofclose = fopen(path, "r");
	json_t *json;
	size_t lines = 0;

	assert_non_null(file);
	snprintf(seen->path, sizeof(seen->path), "%s", path);
	while ((json = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL))) {
		walk_line(seen, json);
		json_decref(json);
		lines++;
	}
	assert_true(lines);
}

static void walk_report(struct seen *seen)
{
	static const struct verify_pair pairs[] = {
		{ .pid = 1,
		  .vm_id = "1-2",
		  .stat = "exits",
		  .event = "kvm_exit",
		  .tracepoint_valid = true,
		  .stats_valid = true,
		  .debugfs_valid = true,
		  .why = "why" },
		{ .pid = 1, .vm_id = "1-2", .stat = "exits", .event = "kvm_exit" },
	};
	const struct verify_report reports[] = {
		{ .pairs = pairs, .n = ARRAY_SIZE(pairs), .sources = { { .used = true } } },
		{ .interval_s = -1 },
	};

	snprintf(seen->path, sizeof(seen->path), "--verify");
	for (size_t i = 0; i < ARRAY_SIZE(reports); i++) {
		__autofree char *text = NULL;
		size_t len;
		FILE *out = open_memstream(&text, &len);
		json_t *json;

		assert_int_equal(verify__write_json(out, &reports[i]), 0);
		fclose(out);
		json = json_loadb(text, len, 0, NULL);
		walk_line(seen, json);
		json_decref(json);
	}
}

/* What no recording has: nothing is known of what was lost, nor of what is wanted. */
static void walk_why(struct seen *seen)
{
	const struct frame_vm frame_vm = { .id = (char *)"1-2" };
	const struct why_vm vm = { .id = (char *)"1-2" };
	const struct why_finding finding = {
		.peak = { .rule = RULE_R1, .vm = &frame_vm, .next = "n" }, .severity = SEVERITY_LOOK
	};
	const struct why_finding *const findings[] = { &finding };
	const struct why_report report = {
		.findings = findings, .n_findings = 1, .vms = &vm, .n_vms = 1
	};
	const struct view view = { .width = 0 };
	__autofree char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	json_t *json;

	snprintf(seen->path, sizeof(seen->path), "--why");
	assert_int_equal(why__write_json(out, &report, &(struct why_view){ .view = &view }), 0);
	fclose(out);
	json = json_loadb(text, len, 0, NULL);
	walk_line(seen, json);
	json_decref(json);
}

/* What no golden file can have. */
static bool cannot_be_null(enum json_object object, const char *key)
{
	return !strcmp(key, "time") && object != JSON_OBJECT_REASON && object != JSON_OBJECT_DETAIL;
}

static void check_all_seen(struct seen *seen)
{
	snprintf(seen->path, sizeof(seen->path), "described, but in no golden file");
	for (int object = 0; object < JSON_OBJECT_MAX; object++) {
		struct json_key keys[MAX_KEYS + 1];

		list_keys((enum json_object)object, keys);
		for (size_t i = 0; keys[i].name; i++) {
			if (!seen->key[object][i])
				fault(seen, (enum json_object)object, keys[i].name, "a value");
			if (keys[i].missing && !seen->missing[object][i])
				fault(seen, (enum json_object)object, keys[i].name, "missing");
			if (keys[i].null && !seen->null[object][i] &&
			    !cannot_be_null((enum json_object)object, keys[i].name))
				fault(seen, (enum json_object)object, keys[i].name, "null");
		}
	}
}

static void golden_files(void **state)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	glob_t files;

	(void)state;
	assert_non_null(seen);
	assert_int_equal(glob("tests/golden/*.json", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		walk_file(seen, files.gl_pathv[i]);
	globfree(&files);
	walk_report(seen);
	walk_why(seen);
	check_all_seen(seen);
	assert_int_equal(seen->faults, 0);
	free(seen);
}

/* A key without a description is found; so are a wrong type, a null and a key that is not there. */
static void finds_faults(void **state)
{
	static const char *const lines[] = {
		"{\"name\": \"h\", \"kernel\": \"6\", \"arch\": \"a\", \"cpus\": 1, \"new\": 1}",
		"{\"name\": 1, \"kernel\": \"6\", \"arch\": \"a\", \"cpus\": 1}",
		"{\"name\": \"h\", \"kernel\": \"6\", \"arch\": \"a\"}",
	};
	static const char counter[] = "{\"total\": null, \"delta\": 1, \"rate\": 1.0}";
	struct seen *seen = calloc(1, sizeof(*seen));
	json_t *json;

	(void)state;
	assert_non_null(seen);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		json = json_loads(lines[i], 0, NULL);
		walk(seen, JSON_OBJECT_HOST, json);
		json_decref(json);
		assert_int_equal(seen->faults, i + 1);
	}
	json = json_loads(counter, 0, NULL);
	walk(seen, JSON_OBJECT_COUNTER, json);
	json_decref(json);
	assert_int_equal(seen->faults, ARRAY_SIZE(lines) + 1);
	free(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_files),
		cmocka_unit_test(finds_faults),
	};

	return cmocka_run_group_tests_name("json_keys", tests, NULL, NULL);
}
