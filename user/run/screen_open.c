// SPDX-License-Identifier: GPL-2.0
#include "screen_open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "../options/options.h"
#include "../tui/term.h"
#include "outputs.h"
#include "settings_file.h"

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

/* Without a terminal there are tables, and nothing is said: a pipe is no mistake. */
static int do_without(const struct options *options, int err, const char *why)
{
	const bool silent = err == -ENOTTY || err == -ENOSYS;

	if (err == -ENOMEM)
		return err;
	if (options->screen == SCREEN_ASKED && silent) {
		log_error("-o screen: %s",
			  err == -ENOTTY ? "standard input and output must be a terminal" : why);
		return err;
	}
	if (!silent)
		log_warning("%s: tables instead", why);
	return 0;
}

int screen_open(struct options *options, struct term **ret_term)
{
	struct term_opts opts = { .type = getenv("TERM") };
	char why[256];
	int err = 0;

	*ret_term = NULL;
	/* What --why and JSON say agrees with what the screen says. */
	if (options->screen == SCREEN_NO)
		return outputs_want_findings(options) && !options->no_settings
			       ? settings_file__load_rules(options)
			       : 0;
	if (!options->no_settings && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		err = settings_file__load(options);
	if (err)
		return err;
	opts.ascii = options->ascii;
	opts.no_color = options->no_color || is_set("NO_COLOR");
	opts.no_sync = options->no_sync;
	err = term__open(&opts, why, sizeof(why), ret_term);
	if (err)
		return do_without(options, err, why);
	options->on_screen = true;
	/* Other views than the first one are a key away, and have times. */
	if (!options->latency_given)
		options->latency = LATENCY_FULL;
	return 0;
}
