/* SPDX-License-Identifier: GPL-2.0 */
/*
 * settings: what a user has saved, as lines "key = value". Pure: text in, text out.
 *
 * What this version does not know, comments and blank lines stay as they are, so that two versions share a file. Of a key that is there
 * twice the last one counts.
 */
#ifndef KVMTOP_TUI_SETTINGS_H
#define KVMTOP_TUI_SETTINGS_H

#include <stddef.h>

#include "../model/list_choice.h"

/* No file is larger. */
#define SETTINGS_BYTES_MAX ((size_t)64 << 10)

struct settings;

/* Room for any key of a list. */
#define SETTINGS_KEY_SIZE 64

/* The key of @what ("sort", "reverse", "columns", "columns.off") for lists of @kind: "vcpus.sort". Returns @buf. */
const char *settings_list_key(enum list_kind kind, const char *what, char buf[SETTINGS_KEY_SIZE]);

/* What is wrong with a line of those that @arg is of, which is not followed. @number is 1 for the first. @key NULL: it has none. */
typedef void (*settings_bad_fn)(void *arg, size_t number, const char *key, const char *why);

/*
 * Takes @n bytes of text. Calls @bad (NULL: no such call) for each line that is none, and for a value that its key cannot have: both are left alone.
 * 0, -E2BIG, -EINVAL (that is no text: it has a NUL) or -ENOMEM.
 */
int settings__parse(const char *text, size_t n, settings_bad_fn bad, void *arg,
		    struct settings **ret_settings);
/* Takes NULL. */
void settings__free(struct settings *settings);

/* The value of @key, if it can have it; NULL: there is none, so that this version's default counts. */
const char *settings__get(const struct settings *settings, const char *key);

/* Calls @fn for each line with a good value, from the first to the last. Of a key that is there twice the last call counts. */
void settings__each(const struct settings *settings,
		    void (*fn)(void *arg, const char *key, const char *value), void *arg);

/* In the place of the value that was there, or at the end. 0, -EINVAL: the key cannot have it; or -ENOMEM. */
int settings__set(struct settings *settings, const char *key, const char *value);

/* All of it, malloc'ed; NULL: no memory. What was parsed and not set since is the same to the byte, but for a line feed at the end. */
char *settings__print(const struct settings *settings, size_t *ret_n);

#endif
