// SPDX-License-Identifier: GPL-2.0
#include "options_parse.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../arch/words.h"
#include "../base/cleanup.h"
#include "../base/log.h"
#include "../model/item_filter.h"
#include "option_spec.h"

#define NSEC_PER_SEC 1000000000ull
#define INTERVAL_MIN_NS (NSEC_PER_SEC / 10)
#define INTERVAL_MAX_NS (3600 * NSEC_PER_SEC)

/* ---- the field of an option */

static void *field(const struct option_parse *parse)
{
	return (char *)parse->options + parse->spec->offset;
}

/* Into the field, which is a bool, an enum or an unsigned number; the option's maximum, if it has one, fits. */
static int store(const struct option_parse *parse, uint64_t value)
{
	const uint32_t value32 = (uint32_t)value;
	const bool yes = value;

	switch (parse->spec->size) {
	case sizeof(yes):
		memcpy(field(parse), &yes, sizeof(yes));
		return 0;
	case sizeof(value32):
		memcpy(field(parse), &value32, sizeof(value32));
		return 0;
	case sizeof(value):
		memcpy(field(parse), &value, sizeof(value));
		return 0;
	}
	return -EINVAL;
}

int parse_flag(struct option_parse *parse, const char *arg)
{
	(void)arg;
	return store(parse, true);
}

int parse_more(struct option_parse *parse, const char *arg)
{
	(void)arg;
	++*(unsigned int *)field(parse);
	return 0;
}

int parse_text(struct option_parse *parse, const char *arg)
{
	if (!*arg) {
		log_error("%s: %s", parse->shown, parse->spec->what);
		return -EINVAL;
	}
	*(const char **)field(parse) = arg;
	return 0;
}

/* ---- words */

/* "a, b or c" of a word table, into @buf. */
static const char *list_words(const struct option_word *words, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; words[i].name && used < size; i++) {
		const char *between = !i ? "" : words[i + 1].name ? ", " : " or ";
		int n = snprintf(buf + used, size - used, "%s%s", between, words[i].name);

		used += n > 0 ? (size_t)n : 0;
	}
	return buf;
}

/* The last one counts, when an option is given twice: so its traits replace those of the others. */
int parse_word(struct option_parse *parse, const char *arg)
{
	const struct option_word *words = parse->spec->words, *found = NULL;
	uint64_t traits = 0;
	char list[128];

	for (const struct option_word *word = words; word->name; word++) {
		traits |= word->traits;
		if (!strcmp(word->name, arg))
			found = word;
	}
	if (!found) {
		log_error("%s %s: must be %s", parse->shown, arg,
			  list_words(words, list, sizeof(list)));
		return -EINVAL;
	}
	parse->traits = (parse->traits & ~traits) | found->traits;
	return store(parse, (uint64_t)found->value);
}

/* Brings one trait, or takes it back. */
static void set_trait(struct option_parse *parse, uint64_t trait, bool there)
{
	parse->traits = there ? parse->traits | trait : parse->traits & ~trait;
}

int parse_sort(struct option_parse *parse, const char *arg)
{
	struct order *order = &parse->options->query.order;
	char list[256] = "";
	size_t used = 0;

	if (!order_parse(arg, order)) {
		set_trait(parse, T(SORT), order->key || order->reversed);
		return 0;
	}
	for (int key = 0; key < SORT_KEY_MAX && used < sizeof(list); key++) {
		const char *name = sort_key_name((enum sort_key)key);
		int n = name ? snprintf(list + used, sizeof(list) - used, "%s%s", used ? ", " : "",
					name)
			     : 0;

		used += n > 0 ? (size_t)n : 0;
	}
	log_error("%s %s: no such column; there are %s, and the columns of -o csv", parse->shown,
		  arg, list);
	return -EINVAL;
}

/* ---- numbers */

/* Decimal digits and nothing else up to @end. */
static bool parse_decimal(const char *s, const char *end, uint64_t max, uint64_t *ret_value)
{
	uint64_t v = 0;

	if (s == end)
		return false;
	for (; s < end; s++) {
		if (*s < '0' || *s > '9')
			return false;
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v) || v > max)
			return false;
	}
	*ret_value = v;
	return true;
}

/* From 1 to the option's maximum. */
static bool parse_positive(const struct option_parse *parse, const char *arg, uint64_t *ret_value)
{
	return parse_decimal(arg, arg + strlen(arg), parse->spec->max, ret_value) && *ret_value;
}

static int refuse_number(const struct option_parse *parse, const char *arg)
{
	log_error("%s %s: must be a whole number from 1 on", parse->shown, arg);
	return -EINVAL;
}

int parse_number(struct option_parse *parse, const char *arg)
{
	uint64_t v;

	return parse_positive(parse, arg, &v) ? store(parse, v) : refuse_number(parse, arg);
}

int parse_mib(struct option_parse *parse, const char *arg)
{
	uint64_t v;

	return parse_positive(parse, arg, &v) ? store(parse, v << 20) : refuse_number(parse, arg);
}

int parse_mib_or_none(struct option_parse *parse, const char *arg)
{
	uint64_t v;

	if (parse_decimal(arg, arg + strlen(arg), parse->spec->max, &v))
		return store(parse, v << 20);
	log_error("%s %s: must be a whole number", parse->shown, arg);
	return -EINVAL;
}

/* ---- times */

/*
 * "12", "0.25", ".5" of @unit_ns (up to a second), up to @end; by hand, as strtod() takes "1e3", "nan", hex and the locale's
 * comma.
 */
static bool parse_time(const char *arg, const char *end, uint64_t unit_ns, uint64_t *ret_ns)
{
	const char *dot = memchr(arg, '.', (size_t)(end - arg));
	uint64_t whole = 0, fraction = 0, parts = 1;

	if (!dot || dot != arg) {
		if (!parse_decimal(arg, dot ? dot : end, INTERVAL_MAX_NS / unit_ns, &whole))
			return false;
	}
	if (dot) {
		if (end - dot - 1 > 9 || !parse_decimal(dot + 1, end, NSEC_PER_SEC, &fraction))
			return false;
		for (const char *p = dot + 1; p < end; p++)
			parts *= 10;
	}
	*ret_ns = whole * unit_ns + fraction * unit_ns / parts;
	return true;
}

int parse_interval(struct option_parse *parse, const char *arg)
{
	uint64_t ns;

	if (parse_time(arg, arg + strlen(arg), NSEC_PER_SEC, &ns) && ns >= INTERVAL_MIN_NS &&
	    ns <= INTERVAL_MAX_NS)
		return store(parse, ns);
	log_error("%s %s: the interval must be 0.1 to 3600 seconds", parse->shown, arg);
	return -EINVAL;
}

/* "20us": a decimal number and its unit. */
static bool parse_with_unit(const char *arg, uint64_t *ret_ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", NSEC_PER_SEC } };
	const char *unit = arg + strspn(arg, "0123456789.");

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(unit, units[i].name))
			return parse_time(arg, unit, units[i].ns, ret_ns);
	return false;
}

bool options_duration(const char *text, uint64_t *ret_ns)
{
	return parse_with_unit(text, ret_ns) && *ret_ns && *ret_ns <= INTERVAL_MAX_NS;
}

int parse_duration(struct option_parse *parse, const char *arg)
{
	uint64_t ns;

	if (options_duration(arg, &ns))
		return store(parse, ns);
	log_error("%s %s: must be a number with its unit, ns, us, ms or s, from 1ns to 3600s",
		  parse->shown, arg);
	return -EINVAL;
}

int parse_when(struct option_parse *parse, const char *arg)
{
	if (!when_parse(arg, (struct when *)field(parse)))
		return 0;
	log_error("%s '%s': must be a time: 2026-01-31T09:08:07Z; in local time '2026-01-31 09:08' "
		  "or 09:08; -10min before the end (s, min, h, d); or now",
		  parse->shown, arg);
	return -EINVAL;
}

/* ---- lists of numbers */

/* Calls @add for each number of a comma list. -EINVAL at what is not one in @min..INT_MAX. */
static int parse_list(struct option_parse *parse, const char *arg, uint64_t min,
		      int (*add)(struct scope *scope, uint64_t value))
{
	for (const char *p = arg;; p++) {
		const char *end = strchrnul(p, ',');
		uint64_t v;
		int err;

		if (!parse_decimal(p, end, INT_MAX, &v) || v < min) {
			log_error("%s %s: '%.*s' is not a %s: give decimal numbers, separated by "
				  "commas",
				  parse->shown, arg, (int)(end - p), p, parse->spec->what);
			return -EINVAL;
		}
		err = add(&parse->options->scope, v);
		if (err || !*end)
			return err;
		p = end;
	}
}

static int add_pid(struct scope *scope, uint64_t value)
{
	return scope__add_pid(scope, (pid_t)value);
}

static int add_vcpu(struct scope *scope, uint64_t value)
{
	return scope__add_vcpu(scope, (uint32_t)value);
}

int parse_pids(struct option_parse *parse, const char *arg)
{
	return parse_list(parse, arg, 1, add_pid);
}

int parse_vcpus(struct option_parse *parse, const char *arg)
{
	return parse_list(parse, arg, 0, add_vcpu);
}

/* ---- options with rules of their own */

int parse_hist(struct option_parse *parse, const char *arg)
{
	parse->options->hist = true;
	if (arg && *arg == '=') /* "-H=REASON": getopt takes the '=' for a part of the value */
		arg++;
	if (arg && !*arg) {
		log_error("%s=: the reason is empty: give its name or number, or -H alone for all",
			  parse->shown);
		return -EINVAL;
	}
	parse->options->hist_reason = arg;
	return 0;
}

int parse_fields(struct option_parse *parse, const char *arg)
{
	struct item_filter *filter = NULL;
	char why[128];
	int err;

	if (!*arg) {
		log_error("%s '': an empty expression matches every event: without %s all "
			  "are shown, %s help lists them",
			  parse->shown, parse->shown, parse->shown);
		return -EINVAL;
	}
	parse->options->list_items = !strcmp(arg, "help");
	set_trait(parse, T(LIST), parse->options->list_items);
	parse->options->fields = arg;
	err = item_filter__new(arg, why, sizeof(why), &filter);
	if (err == -EINVAL)
		log_error("%s %s: not a regular expression: %s", parse->shown, arg, why);
	item_filter__free(filter);
	return err;
}

int parse_listen(struct option_parse *parse, const char *arg)
{
	const char *why;

	if (!listen_addr__parse(arg, &parse->options->listen, &why))
		return 0;
	log_error("%s %s: %s", parse->shown, arg, why);
	return -EINVAL;
}

/* Prints what --detail takes. */
static void print_details(void)
{
	const char *word, *help;

	for (size_t i = 0; detail_spec__word(i, &word, &help); i++)
		printf("%-12s %s\n", word, help);
}

/* One word of --detail, @n bytes of @arg from @word on. */
static int add_detail(struct option_parse *parse, const char *arg, const char *word, size_t n)
{
	int err = detail_spec__add(&parse->options->detail, word, n);

	if (err == -E2BIG)
		log_error("%s %s: " ARCH_PC ": of at most %d reasons", parse->shown, arg,
			  DETAIL_PC_MAX);
	else if (err == -EINVAL)
		log_error("%s %s: '%.*s' is no key of exits: kvmtop --detail help lists them",
			  parse->shown, arg, (int)n, word);
	return err && err != -ENOMEM ? -EINVAL : err;
}

int parse_detail(struct option_parse *parse, const char *arg)
{
	for (const char *p = arg;; p++) {
		const char *end = strchrnul(p, ',');
		int err;

		if (end - p == 4 && !strncmp(p, "help", 4)) {
			print_details();
			parse->done = true;
			return 0;
		}
		err = add_detail(parse, arg, p, (size_t)(end - p));
		if (err || !*end)
			return err;
		p = end;
	}
}
