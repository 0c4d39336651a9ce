/* SPDX-License-Identifier: GPL-2.0 */
/*
 * settings_file: the user's settings, in $XDG_CONFIG_HOME/kvmtop/settings or ~/.config/kvmtop/settings. Never needed, and never written unless asked.
 */
#ifndef KVMTOP_RUN_SETTINGS_FILE_H
#define KVMTOP_RUN_SETTINGS_FILE_H

#include <stddef.h>

struct options;
struct settings;

/* Takes into @options what they do not say otherwise. What is wrong with the file is said on stderr, a line each, and is no failure. 0 or -ENOMEM. */
int settings_file__load(struct options *options);
/* The same, but only the limits of the diagnosis: for what has findings and no screen. */
int settings_file__load_rules(struct options *options);

/*
 * Reads the file again, calls @change on what is in it, and writes it, in the place of the old one. Only if its folder and it are the effective
 * user's. 0, or a negative errno; @said has one line in any case.
 */
int settings_file__save(int (*change)(void *arg, struct settings *settings), void *arg, char *said,
			size_t said_size);

#endif
