// SPDX-License-Identifier: GPL-2.0
/*
 * gen-man NAME: a part of the man pages that is made out of the program's own tables. The sections are columns, json,
 * findings and keys. "options" is how each option is written, and "rules" what findings.md has of each rule.
 * scripts/gen-man-columns puts it into the files, or checks that it is there.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../user/model/finding.h"
#include "../user/model/registry.h"
#include "../user/model/rules_set.h"
#include "../user/model/rules_table.h"
#include "../user/options/option_spec.h"
#include "../user/sinks/json_keys.h"
#include "../user/tui/keys.h"

/* Text of ours for roff. A line may not begin with a control character, and none does. */
static void print_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '\'')
			fputs("\\(aq", stdout);
		else
			putchar(*text);
	}
}

static void print_line(const char *text)
{
	print_text(text);
	putchar('\n');
}

static void print_term(const char *name, const char *in_brackets)
{
	printf(".TP\n.BR ");
	print_text(name);
	if (*in_brackets) {
		printf(" \" (");
		print_text(in_brackets);
		printf(")\"");
	}
	putchar('\n');
}

/* ---- options */

/* "PID[,PID...]", "vm|vcpu": what stands for something is italic, what is typed as it is bold. */
static void print_value(const char *value)
{
	while (*value) {
		size_t word = 0;

		while (isalnum((unsigned char)value[word]))
			word++;
		if (word)
			printf("\\f%c%.*s\\fR", isupper((unsigned char)*value) ? 'I' : 'B',
			       (int)word, value);
		else
			putchar(value[word++]);
		value += word;
	}
}

/* "pid", a tab, and what roff makes "-p, --pid=PID" of. */
static void print_option(const struct option_spec *spec)
{
	printf("%s\t%s ", spec->name, spec->letter || spec->alias || spec->arg ? ".BR" : ".B");
	if (spec->letter)
		printf("\\-%c \", \" ", spec->letter);
	print_text("--");
	print_text(spec->name);
	if (spec->alias) {
		printf(" \", \" ");
		print_text("--");
		print_text(spec->alias);
	}
	if (spec->arg) {
		printf(spec->arg_optional ? " [\\fB=\\fR" : " =");
		print_value(spec->arg);
		printf(spec->arg_optional ? "]" : "");
	}
	putchar('\n');
}

static void print_options(void)
{
	for (size_t i = 0; option_spec(i); i++)
		print_option(option_spec(i));
}

/* ---- CSV */

static uint32_t rows_before(int id)
{
	return id ? registry_column((enum column_id)(id - 1))->rows : 0;
}

static void print_kinds(uint32_t rows)
{
	bool first = true;

	if (rows == ROW_BIT(ROW_KIND_MAX) - 1) {
		printf(".P\nIn all rows:\n");
		return;
	}
	printf(".P\nIn rows\n.BR ");
	for (int kind = 0; kind < ROW_KIND_MAX; kind++) {
		if (!(rows & ROW_BIT(kind)))
			continue;
		printf(first ? "" : " \", \" ");
		print_text(row_kind_name((enum row_kind)kind));
		first = false;
	}
	printf(" :\n");
}

static void print_column(const struct column *column)
{
	const char *unit = column_unit_name(column->unit);
	char about[64];

	snprintf(about, sizeof(about), "%s%s%s", column_type_name(column->type), unit ? ", " : "",
		 unit ? unit : "");
	print_term(column->name, about);
	print_line(column->help);
}

static void print_columns(void)
{
	printf(".SH COLUMNS\nOf\n.BR \"\\-o csv\" ,\nin their order. The column\n.B kind\n"
	       "says what a row is about:\n");
	for (int kind = 0; kind < ROW_KIND_MAX; kind++) {
		print_term(row_kind_name((enum row_kind)kind), "");
		print_line(row_kind_help((enum row_kind)kind));
	}
	printf(".P\nA\n.B label\nsays what the row is about. A\n.B counter\nonly grows while what "
	       "it "
	       "counts is there. A\n.B gauge\nis of this interval or moment.\n");
	for (int id = 0; id < COLUMN_MAX; id++) {
		const struct column *column = registry_column((enum column_id)id);

		if (!column->name)
			continue;
		if (column->rows != rows_before(id))
			print_kinds(column->rows);
		print_column(column);
	}
}

/* ---- JSON */

static void format_shape(const struct json_key *key, char *buf, size_t size)
{
	static const struct {
		unsigned int shape;
		const char *name;
		bool of_object;
	} names[] = {
		{ JSON_SHAPE_TEXT, "text", false },
		{ JSON_SHAPE_NUMBER, "number", false },
		{ JSON_SHAPE_BOOLEAN, "boolean", false },
		{ JSON_SHAPE_NUMBERS, "array of numbers", false },
		{ JSON_SHAPE_OBJECT, "", true },
		{ JSON_SHAPE_OBJECTS, "array of ", true },
		{ JSON_SHAPE_BY_NAME, "by name a ", true },
		{ JSON_SHAPE_TEXTS_BY_NAME, "by name a text", false },
		{ JSON_SHAPE_NUMBERS_BY_NAME, "by name a number", false },
	};
	size_t used = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (key->shapes & names[i].shape)
			used += (size_t)snprintf(buf + used, size - used, "%s%s%s",
						 used ? " or " : "", names[i].name,
						 names[i].of_object ? json_object_name(key->object)
								    : "");
}

static void print_key(const struct json_key *key)
{
	char shape[64], about[80];

	format_shape(key, shape, sizeof(shape));
	snprintf(about, sizeof(about), "%s%s%s", shape, key->unit ? ", " : "",
		 key->unit ? key->unit : "");
	print_term(key->name, about);
	print_line(key->help);
	if (key->null) {
		printf(".B null\nwhere ");
		print_text(key->null);
		printf(".\n");
	}
	if (key->missing) {
		printf("Absent ");
		print_text(key->missing);
		printf(".\n");
	}
}

static void print_json(void)
{
	printf(".SH JSON\nEach line is an object\n.BR FRAME ,\n.BR SLOW ,\n.BR VERIFY ,\nor\n.BR "
	       "WHY .\n"
	       "What is written in capitals is the kind of object that is described below.\n");
	for (int object = 0; object < JSON_OBJECT_MAX; object++) {
		struct json_key key;

		printf(".SS %s\n", json_object_name((enum json_object)object));
		print_line(json_object_help((enum json_object)object));
		for (size_t i = 0; json_object_key((enum json_object)object, i, &key); i++)
			print_key(&key);
	}
}

/* ---- findings */

/* From which cost on; @end follows, if there is something. */
static void print_limits(const struct rule *rule, const char *end)
{
	if (rule->limits.look > 0)
		printf("Look from %g %%, act from %g %%.%s", rule->limits.look, rule->limits.act,
		       end);
	else if (rule->always_act)
		printf("Always needs action.%s", end);
	else if (rule->never_act)
		printf("Never more than a look.%s", end);
	else if (rule->limits.act > 0)
		printf("Act from a cost of %g %%.%s", rule->limits.act, end);
}

/* As the file of settings has them: "rule.R1.look = 5, act = 10". */
static void print_settings(enum rule_id id, const struct rule *rule)
{
	char name[8], value[24];
	bool any = false;

	for (unsigned int i = 0; rule_limit_name(i); i++) {
		if (!rule_limit_format(rule, i, value))
			continue;
		if (any)
			printf(", \\fB%s\\fR = %s", rule_limit_name(i), value);
		else
			printf("Settings: \\fBrule.%s.%s\\fR = %s", rule_name(id, name),
			       rule_limit_name(i), value);
		any = true;
	}
	printf("%s", any ? ".\n" : "");
}

static void print_rule(enum rule_id id, const struct rule *rule)
{
	char name[8];

	print_term(rule_name(id, name), rule->title);
	print_line(rule->what);
	if (!rule->next) {
		print_settings(id, rule);
		return;
	}
	print_limits(rule, "\n");
	printf("Needs: ");
	print_text(rule->data);
	printf(".\nNext: ");
	print_text(rule->next);
	printf("\n.br\n");
	print_settings(id, rule);
}

static void print_findings(void)
{
	printf(".SH FINDINGS\nWhy a VM is slow, as\n.BR \\-\\-why ,\nJSON and metrics have "
	       "it. Each rule looks at one interval and has a cost in percent of the VM\\(aqs "
	       "vCPU time. From 5 %% it is worth a look\n.RB ( ? ),\nfrom 10 %% it needs "
	       "action\n.RB ( ! ),\nunless the rule says otherwise. A finding appears when "
	       "its rule applied in 3 of the last 5 intervals and for 3 s. It disappears when "
	       "it was below 80 %% of its limits in 5. A VM\\(aqs first interval has none, "
	       "and no finding comes from less than 100 ms of vCPU time. Rules whose data are "
	       "not there do not apply. Numbers that are missing belong to rules that would "
	       "need more than kvmtop measures.\n.P\nThe limits below can be set in the file "
	       "of settings; the values shown are the defaults. \\fBrule.R21 = off\\fR "
	       "switches a rule off. A line that is wrong is reported once and left alone. "
	       "They apply to the screen, and to\n.BR \\-\\-why ,\nJSON and metrics;\n.B "
	       "\\-\\-no\\-settings\nleaves the file aside.\n");
	for (int id = 0; id < RULE_ID_MAX; id++)
		if (rule_of((enum rule_id)id))
			print_rule((enum rule_id)id, rule_of((enum rule_id)id));
}

/* "R1", its title, and what findings.md quotes, with tabs between. */
static void print_rules(void)
{
	char name[8];

	for (int id = 0; id < RULE_ID_MAX; id++) {
		const struct rule *rule = rule_of((enum rule_id)id);

		if (!rule)
			continue;
		printf("%s\t%s\t%s", rule_name((enum rule_id)id, name), rule->title, rule->what);
		if (rule->next) {
			putchar(' ');
			print_limits(rule, " ");
			printf("*Needs*: %s. *Next*: %s", rule->data, rule->next);
		}
		putchar('\n');
	}
}

/* ---- keys of the screen */

/* A sentence, out of what help has. */
static void print_sentence(const char *text, const char *origin)
{
	/* "vCPUs" is written so wherever it stands. */
	const bool is_name = isupper((unsigned char)text[1]);
	const char first[2] = { is_name ? *text : (char)toupper((unsigned char)*text), '\0' };

	print_text(first);
	print_text(text + 1);
	if (*origin)
		printf(" (as in %s)", origin);
	printf(".\n");
}

static void print_keys(void)
{
	printf(".SH KEYS\nOf the screen. Not all of them do something in all views:\n.B h\nlists "
	       "those "
	       "of the view that is seen.\n");
	for (int group = 0; group < KEYS_MAX; group++) {
		printf(".SS ");
		print_line(key_group_name((enum key_group)group));
		for (size_t i = 0; i < keys_count(); i++) {
			const struct key_def *def = keys_at(i);

			if (def->group != (enum key_group)group || !def->name)
				continue;
			printf(".TP\n.B ");
			print_line(def->name);
			print_sentence(def->help, def->origin);
		}
	}
}

static const struct {
	const char *name;
	void (*print)(void);
} parts[] = {
	{ "options", print_options },	{ "columns", print_columns }, { "json", print_json },
	{ "findings", print_findings }, { "keys", print_keys },	      { "rules", print_rules },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strcmp(argv[1], parts[i].name))
			continue;
		parts[i].print();
		return 0;
	}
	return 2;
}
