// SPDX-License-Identifier: GPL-2.0
/* Names from outside in each output: none is longer than it may be, none floods the others, none hides. */
#include "unit.h"

#include "../../user/arch/x86.h"
#include "../../user/base/fmt.h"
#include "../../user/model/slow.h"
#include "../../user/sinks/csv.h"
#include "../../user/sinks/slow.h"
#include "output.h"

#define N_NAMES 6

/* Each has an invisible character, or one that changes what is around it. */
static const char *const names[N_NAMES] = {
	"a\u3164b",	     "a\ufe0f\u200bb", "\u202eab", "\u0301a\u0301\u0301",
	"a\u2800\xff\u00a0", "a\n\x1b[2J",
};

/* What of them may be in no output, whatever is around it. */
static const char *const hidden[] = {
	"\u3164", "\ufe0f", "\u200b",	    "\u202e",  "\u2800",   "\u00a0",
	"\xff",	  "\x1b",   "\u0301\u0301", " \u0301", "\"\u0301",
};

static struct frame *frame_of(const char *const *v, size_t n)
{
	struct snapshot *s[2];

	for (int at = 0; at < 2; at++) {
		s[at] = make_snapshot(1 + (uint64_t)at, n);
		for (size_t i = 0; i < n; i++) {
			struct tally tally = make_tally(ISA_SVM, 0x72, (uint64_t)at * 10, 1000);

			s[at]->vms[i].name = v[i];
			s[at]->vms[i].comm = v[n - 1 - i];
			make_vcpus(s[at], &s[at]->vms[i], 1);
			set_exits(s[at], &s[at]->vms[i].vcpus[0], &tally, 1);
		}
	}
	return frame_between(s[0], s[1]);
}

static const struct {
	const char *name;
	write_fn write;
} sinks[] = {
	{ "text", text__write },
	{ "csv", csv__write },
	{ "json", json__write },
	{ "openmetrics", openmetrics__write },
	{ "prometheus", prometheus__write },
};

static void check_seen(const char *what, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		if (strstr(text, hidden[i]))
			fail_msg("%s: what is hidden number %zu is in it: %s", what, i, text);
}

static void nothing_hides(void **state)
{
	struct view view = { .utf8 = true };
	struct frame *frame = frame_of(names, N_NAMES);

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(sinks); i++) {
		char *text;

		view.by_given = i % 2;
		view.query.by = BY_VCPU;
		text = output_of(sinks[i / 2].write, frame, &view);
		check_seen(sinks[i / 2].name, text);
		free(text);
	}
	frame__free(frame);
}

static int write_slow_text(FILE *out, const struct frame *frame, const struct view *view)
{
	struct slow_exit slow = { .name = names[1], .comm = names[2], .reason = "cpuid" };
	int err = slow__write(out, &slow, view);

	(void)frame;
	slow.name = NULL;
	slow.comm = names[3]; /* the bracket before it stays one */
	return err ? err : slow__write(out, &slow, view);
}

static int write_slow_csv(FILE *out, const struct frame *frame, const struct view *view)
{
	const struct slow_exit slow = { .name = names[1], .comm = names[3], .reason = "cpuid" };

	(void)frame;
	return csv__write_slow(out, &slow, view);
}

static int write_slow_json(FILE *out, const struct frame *frame, const struct view *view)
{
	const struct slow_exit slow = { .name = names[1], .comm = names[3], .reason = "cpuid" };

	(void)frame;
	(void)view;
	return json__write_slow(out, &slow);
}

static void nothing_hides_in_slow_exits(void **state)
{
	static const write_fn writes[] = { write_slow_text, write_slow_csv, write_slow_json };
	const struct view view = { .utf8 = true, .slow = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(writes); i++) {
		char *text = output_of(writes[i], NULL, &view);

		check_seen("slow exit", text);
		assert_null(strstr(text, "[\u0301"));
		free(text);
	}
}

/* In a pipe no line is cut: the longest name there can be makes its own row longer by a little, and no other's. */
static void one_long_name(void **state)
{
	static char whole[65537];
	const char *const v[] = { "web01", "db", whole };
	const struct view view = { .utf8 = true };
	struct frame *frame;
	char *text, *line, *rest;

	(void)state;
	memset(whole, 'x', sizeof(whole) - 1);
	fmt_limit(whole);
	frame = frame_of(v, ARRAY_SIZE(v));
	text = output_of(text__write, frame, &view);
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strlen(line) > 250)
			fail_msg("%zu letters: %s", strlen(line), line);
	free(text);
	for (size_t i = 1; i < ARRAY_SIZE(sinks); i++) {
		text = output_of(sinks[i].write, frame, &view);
		assert_non_null(strstr(text, whole)); /* all that is left of it */
		free(text);
	}
	frame__free(frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_hides),
		cmocka_unit_test(nothing_hides_in_slow_exits),
		cmocka_unit_test(one_long_name),
	};

	return cmocka_run_group_tests_name("foreign", tests, NULL, NULL);
}
