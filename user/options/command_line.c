// SPDX-License-Identifier: GPL-2.0
/*
 * command_line: argp does the words and the help, from the table of options (options_table.c).
 * Values are parsed in options_parse.c, and options_check.c has the conflicts.
 */
#include "command_line.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/cleanup.h"
#include "../base/log.h"
#include "option_spec.h"
#include "options.h"
#include "options_check.h"
#include "options_unknown.h"

#ifndef KVMTOP_VERSION
#define KVMTOP_VERSION "dev"
#endif

#define NSEC_PER_SEC 1000000000ull

#define HISTORY_BYTES ((uint64_t)64 << 20)

/* Keys of options without a letter are their places in the table, from here on. */
#define KEY_FIRST 0x100

static size_t count_options(void)
{
	size_t n = 0;

	while (option_spec(n))
		n++;
	return n;
}

static int key_of(size_t i)
{
	const char letter = option_spec(i)->letter;

	return letter ? letter : KEY_FIRST + (int)i;
}

static const struct option_spec *find_option(int key)
{
	for (size_t i = 0; option_spec(i); i++)
		if (key_of(i) == key)
			return option_spec(i);
	return NULL;
}

/* The table as argp has it, with the titles of the groups; malloc'ed, NULL without memory. */
static struct argp_option *make_argp_options(void)
{
	/* A title and an alias for each at most, and the end. */
	struct argp_option *v = calloc(3 * count_options() + 1, sizeof(*v)), *p = v;
	int group = 0;

	for (size_t i = 0; v && option_spec(i); i++) {
		const struct option_spec *spec = option_spec(i);

		if (spec->group != group)
			*p++ = (struct argp_option){ .doc = option_group_title(spec->group),
						     .group = spec->group };
		group = spec->group;
		*p++ = (struct argp_option){
			.name = spec->name,
			.key = key_of(i),
			.arg = spec->arg,
			.flags = spec->arg_optional ? OPTION_ARG_OPTIONAL : 0,
			.doc = spec->help,
		};
		if (spec->alias)
			*p++ = (struct argp_option){ .name = spec->alias, .flags = OPTION_ALIAS };
	}
	return v;
}

/* What is a file is most likely meant as one. */
static bool is_recording(const char *arg)
{
	struct stat st;

	return !stat(arg, &st) && S_ISREG(st.st_mode);
}

static int refuse_argument(const struct argp_state *state, const char *arg)
{
	const char *before = state->next >= 2 ? state->argv[state->next - 2] : "";

	if (!strcmp(before, "-H") || !strcmp(before, "--hist"))
		log_error("%s: not an option; the histogram of one reason is --hist=%s", arg, arg);
	else if (is_recording(arg))
		log_error("%s: not an option; a recording is shown by kvmtop --replay %s", arg,
			  arg);
	else
		log_error("%s: not an option, and only options are taken: see kvmtop --help", arg);
	return -EINVAL;
}

static int parse_option(struct option_parse *parse, const struct option_spec *spec, const char *arg)
{
	parse->spec = spec;
	if (spec->letter)
		snprintf(parse->shown, sizeof(parse->shown), "-%c", spec->letter);
	else
		snprintf(parse->shown, sizeof(parse->shown), "--%s", spec->name);
	parse->traits |= spec->traits;
	if (spec->given)
		*(bool *)((char *)parse->options + spec->given) = true;
	return spec->parse(parse, arg);
}

/* -h and -V: what follows them does not matter. */
static void print_and_end(struct option_parse *parse, int key, const struct argp_state *state)
{
	struct argp_state loud = *state;

	loud.flags &= ~(unsigned int)ARGP_NO_ERRS; /* which silences help, too */
	if (key == 'h')
		argp_state_help(&loud, stdout,
				ARGP_HELP_LONG | ARGP_HELP_PRE_DOC | ARGP_HELP_POST_DOC |
					ARGP_HELP_SHORT_USAGE);
	else
		printf("kvmtop %s\n", options__version());
	parse->done = true;
}

static error_t parse_key(int key, char *arg, struct argp_state *state)
{
	struct option_parse *parse = state->input;
	const struct option_spec *spec;
	int err = 0;

	if (key == ARGP_KEY_INIT)
		state->err_stream = NULL; /* no "Try --help" below the one line */
	if (key == ARGP_KEY_ERROR && !parse->said && !parse->done)
		options_unknown(state->argc, state->argv, state->next);
	spec = find_option(key);
	if (key == ARGP_KEY_ARG)
		err = refuse_argument(state, arg);
	else if (key == ARGP_KEY_END)
		err = options_check(parse);
	else if (!spec)
		return ARGP_ERR_UNKNOWN;
	else if (spec->parse)
		err = parse_option(parse, spec, arg);
	else
		print_and_end(parse, key, state);
	parse->said = err;
	return parse->done ? ECANCELED : -err;
}

static const char help_text[] =
	"top for KVM: which VM on this host is slow, why, and what to do about it.\n\n"
	"  sudo kvmtop                the screen, with all VMs; h shows its keys\n"
	"  sudo kvmtop --why          which VMs lose time, and why\n"
	"  sudo kvmtop -g NAME        only this VM\n"
	"  sudo kvmtop --record FILE  keep what is measured\n"
	"  kvmtop --replay FILE       show it later, without root and KVM\v"
	"Where there is no terminal, kvmtop prints tables every second, until a signal.\n"
	"Exit status: 0 done, 1 failed, 2 wrong usage. Of --verify: 1 there is a mismatch, 3 "
	"nothing could be compared. Of --why: 4 there is something to act on.\n"
	"More: man kvmtop, man kvmtop-formats.";

/* Without the note that values are those of the short options, too. */
static char *filter_help(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_DUP_ARGS_NOTE ? NULL : (char *)text;
}

const char *options__version(void)
{
	return KVMTOP_VERSION;
}

static struct options *options_new(void)
{
	struct options *options = calloc(1, sizeof(*options));

	if (!options)
		return NULL;
	options->interval_ns = NSEC_PER_SEC;
	options->latency = LATENCY_FULL;
	options->history_bytes = HISTORY_BYTES;
	rules_set__init(&options->rules);
	return options;
}

DEFINE_CLEANUP(options, struct options, options__free)

int options__parse(int argc, char **argv, struct options **ret_options)
{
	struct options *options __cleanup(cleanup_options) = options_new();
	__autofree char **args = calloc((size_t)(argc > 0 ? argc : 1) + 1, sizeof(*args));
	__autofree struct argp_option *argp_options = make_argp_options();
	const struct argp parser = { .options = argp_options,
				     .parser = parse_key,
				     .doc = help_text,
				     .help_filter = filter_help };
	struct option_parse parse = { .options = options };
	char name[] = "kvmtop"; /* getopt's messages begin with argv[0], which may be a long path */
	int err;

	if (!options || !args || !argp_options)
		return -ENOMEM;
	for (int i = 1; i < argc; i++)
		args[i] = argv[i];
	args[0] = name;
	err = argp_parse(&parser, argc > 0 ? argc : 1, args,
			 ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_IN_ORDER, NULL, &parse);
	if (parse.done)
		return 1;
	if (err)
		return err == ENOMEM ? -ENOMEM : -EINVAL;
	*ret_options = take_ptr(options);
	return 0;
}

void options__free(struct options *options)
{
	if (!options)
		return;
	scope__done(&options->scope);
	detail_spec__done(&options->detail);
	free(options);
}
