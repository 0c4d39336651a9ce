// SPDX-License-Identifier: GPL-2.0
#include "options_unknown.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "option_spec.h"

/* For the names that a word may mean. */
#define NAMES_SIZE 256

static const struct option_spec *find_letter(char letter)
{
	for (size_t i = 0; option_spec(i); i++)
		if (option_spec(i)->letter == letter)
			return option_spec(i);
	return NULL;
}

static bool begins(const char *name, const char *word, size_t len)
{
	return name && !strncmp(name, word, len);
}

/* The options that begin with @len characters of @word, as "--since, --sort" in @names; returns how many. */
static size_t find_names(const char *word, size_t len, char *names,
			 const struct option_spec **ret_spec)
{
	size_t n = 0, used = 0;

	*names = '\0';
	for (size_t i = 0; option_spec(i); i++) {
		const struct option_spec *spec = option_spec(i);
		const char *name = begins(spec->name, word, len)    ? spec->name
				   : begins(spec->alias, word, len) ? spec->alias
								    : NULL;

		if (!name)
			continue;
		*ret_spec = spec;
		if (strlen(name) == len) { /* it is this one, whatever else begins so */
			snprintf(names, NAMES_SIZE, "--%s", name);
			return 1;
		}
		if (used < NAMES_SIZE)
			used += (size_t)snprintf(names + used, NAMES_SIZE - used, "%s--%s",
						 n ? ", " : "", name);
		n++;
	}
	return n;
}

static void say_long(const char *word)
{
	const size_t len = strcspn(word, "=");
	const struct option_spec *spec = NULL;
	char names[NAMES_SIZE];
	const size_t n = find_names(word, len, names, &spec);

	if (!n)
		log_error("--%.*s: there is no such option: see kvmtop --help", (int)len, word);
	else if (n > 1)
		log_error("--%.*s: may be one of %s: write more of it", (int)len, word, names);
	else if (spec->arg)
		log_error("%s: its value is missing: %s=%s", names, names, spec->arg);
	else
		log_error("%s: takes no value: leave out %s", names, word + len);
}

/* False: nothing is wrong with these letters. */
static bool say_letters(const char *word)
{
	for (const char *p = word; *p; p++) {
		const struct option_spec *spec = find_letter(*p);

		if (!spec) {
			log_error("-%c: there is no such option: see kvmtop --help", *p);
			return true;
		}
		if (!spec->arg)
			continue;
		if (!p[1] && !spec->arg_optional) {
			log_error("-%c: its value is missing: -%c %s", *p, *p, spec->arg);
			return true;
		}
		return false; /* what follows is its value */
	}
	return false;
}

static bool say_word(const char *word)
{
	if (word[0] != '-' || !word[1])
		return false;
	if (word[1] != '-')
		return say_letters(word + 1);
	say_long(word + 2);
	return true;
}

void options_unknown(int argc, char *const *argv, int next)
{
	if (next >= 2 && next <= argc && say_word(argv[next - 1]))
		return;
	if (next >= 1 && next < argc && say_word(argv[next]))
		return;
	log_error("wrong usage: see kvmtop --help");
}
