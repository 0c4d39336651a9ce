// SPDX-License-Identifier: GPL-2.0
#include "settings.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/memstream.h"
#include "../model/rules_set.h"

struct line {
	char *text;  /* without its end */
	char *key;   /* NULL: a comment, a blank line, or no "key = value" */
	char *value; /* NULL: there is none, or none that the key can have */
};

struct settings {
	struct line *lines;
	size_t n, room;
};

DEFINE_CLEANUP(settings, struct settings, settings__free)

/* ---- which values keys can have */

/* One of the words in @words, each with a blank after it. */
static bool is_word_of(const char *words, const char *value)
{
	const size_t n = strlen(value);

	for (const char *p = words; *p; p += strcspn(p, " ") + 1)
		if (strcspn(p, " ") == n && !strncmp(p, value, n))
			return n;
	return false;
}

/* Digits, and one '.' at most. */
static bool is_number(const char *value)
{
	const size_t digits = strspn(value, "0123456789");
	const char *rest = value + digits;

	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	return digits && !*rest && strlen(value) <= 12;
}

static bool is_interval(const char *value)
{
	return is_number(value) && strtod(value, NULL) >= 0.1 && strtod(value, NULL) <= 3600;
}

static bool is_size(const char *value)
{
	return is_number(value) && !strchr(value, '.') && strlen(value) <= 7;
}

/* Names of columns, of which there may be others in another version. */
static bool is_list(const char *value)
{
	for (const char *p = value; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_.,- ", *p))
			return false;
	return true;
}

static const struct known {
	const char *key;
	bool (*is_good)(const char *value); /* NULL: it is one of @words */
	const char *words;		    /* each with a blank after it */
	const char *what;
} known[] = {
	{ "sort", is_list, NULL, "must be a column" },
	{ "reverse", NULL, "yes no ", "must be yes or no" },
	{ "columns", is_list, NULL, "must be columns" },
	{ "columns.off", is_list, NULL, "must be columns" },
	{ "interval", is_interval, NULL, "must be 0.1 to 3600" },
	{ "colour", NULL, "auto never ", "must be auto or never" },
	{ "glyphs", NULL, "auto ascii ", "must be auto or ascii" },
	{ "sync", NULL, "auto never ", "must be auto or never" },
	{ "mouse", NULL, "yes no ", "must be yes or no" },
	{ "history", is_size, NULL, "must be a number of MiB" },
};

const char *settings_list_key(enum list_kind kind, const char *what, char buf[SETTINGS_KEY_SIZE])
{
	const char *name = list_kind_name(kind);

	snprintf(buf, SETTINGS_KEY_SIZE, "%s%s%s", name, *name ? "." : "", what);
	return buf;
}

/* "sort" of "vcpus.sort", as that is what values it can have goes by; @key itself if no kind of lists is before it. */
static const char *without_list(const char *key)
{
	static const char *const whats[] = { "sort", "reverse", "columns", "columns.off" };
	char list_key[SETTINGS_KEY_SIZE];

	for (int kind = LIST_KIND_NONE + 1; kind < LIST_KIND_MAX; kind++)
		for (size_t i = 0; i < ARRAY_SIZE(whats); i++)
			if (!strcmp(settings_list_key((enum list_kind)kind, whats[i], list_key),
				    key))
				return whats[i];
	return key;
}

/* NULL: it is good, or of a key that another version has. */
static const char *whats_wrong(const char *key, const char *value)
{
	const char *why;

	if (rules_set__is_key(key))
		return rules_set__take(NULL, key, value, &why) ? why : NULL;
	key = without_list(key);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct known *one = &known[i];

		if (strcmp(one->key, key))
			continue;
		return (one->words ? is_word_of(one->words, value) : one->is_good(value))
			       ? NULL
			       : one->what;
	}
	return NULL;
}

/* ---- lines */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Without blanks around it; malloc'ed, NULL without memory. */
static char *cut_out(const char *from, const char *end)
{
	while (from < end && is_blank(*from))
		from++;
	while (end > from && is_blank(end[-1]))
		end--;
	return strndup(from, (size_t)(end - from));
}

static bool is_key(const char *key)
{
	const char *letters = "abcdefghijklmnopqrstuvwxyz0123456789_.-";

	return *key && (rules_set__is_key(key) || !key[strspn(key, letters)]);
}

static void line__release(struct line *line)
{
	free(line->text);
	free(line->key);
	free(line->value);
	*line = (struct line){ .text = NULL };
}

/* What is wrong with it, if anything is: then it keeps its key, and has no value. 0 or -ENOMEM. */
static int understand(struct line *line, const char **ret_why)
{
	const char *text = line->text + strspn(line->text, " \t\r");
	const char *equals = strchr(text, '=');

	*ret_why = NULL;
	if (!*text || *text == '#')
		return 0;
	*ret_why = "it is not \"key = value\"";
	if (!equals)
		return 0;
	line->key = cut_out(text, equals);
	line->value = cut_out(equals + 1, equals + strlen(equals));
	if (!line->key || !line->value)
		return -ENOMEM;
	if (is_key(line->key))
		*ret_why = whats_wrong(line->key, line->value);
	if (*ret_why)
		free(take_ptr(line->value));
	return 0;
}

/* A blank line to fill in, at the end; NULL: no memory. */
static struct line *add_line(struct settings *settings)
{
	if (settings->n == settings->room) {
		const size_t room = settings->room ? 2 * settings->room : 16;
		struct line *lines = realloc(settings->lines, room * sizeof(*lines));

		if (!lines)
			return NULL;
		settings->lines = lines;
		settings->room = room;
	}
	settings->lines[settings->n] = (struct line){ .text = NULL };
	return &settings->lines[settings->n++];
}

static int parse_line(struct settings *settings, const char *text, size_t n, settings_bad_fn bad,
		      void *arg)
{
	struct line *line = add_line(settings);
	const char *why = NULL;
	int err = 0;

	if (!line)
		return -ENOMEM;
	line->text = strndup(text, n);
	if (!line->text || (err = understand(line, &why)))
		return -ENOMEM;
	if (why && bad)
		bad(arg, settings->n, line->key, why);
	return 0;
}

int settings__parse(const char *text, size_t n, settings_bad_fn bad, void *arg,
		    struct settings **ret_settings)
{
	__cleanup(cleanup_settings) struct settings *settings = calloc(1, sizeof(*settings));
	int err = settings ? 0 : -ENOMEM;

	if (n > SETTINGS_BYTES_MAX)
		return -E2BIG;
	if (memchr(text, '\0', n))
		return -EINVAL;
	for (size_t i = 0; i < n && !err;) {
		const char *end = memchr(text + i, '\n', n - i);
		const size_t length = end ? (size_t)(end - text) - i : n - i;

		err = parse_line(settings, text + i, length, bad, arg);
		i += length + 1;
	}
	if (!err)
		*ret_settings = take_ptr(settings);
	return err;
}

void settings__free(struct settings *settings)
{
	if (!settings)
		return;
	for (size_t i = 0; i < settings->n; i++)
		line__release(&settings->lines[i]);
	free(settings->lines);
	free(settings);
}

/* ---- values */

static struct line *find(const struct settings *settings, const char *key)
{
	for (size_t i = settings->n; i; i--)
		if (settings->lines[i - 1].value && !strcmp(settings->lines[i - 1].key, key))
			return &settings->lines[i - 1];
	return NULL;
}

const char *settings__get(const struct settings *settings, const char *key)
{
	const struct line *line = find(settings, key);

	return line ? line->value : NULL;
}

void settings__each(const struct settings *settings,
		    void (*fn)(void *arg, const char *key, const char *value), void *arg)
{
	for (size_t i = 0; i < settings->n; i++)
		if (settings->lines[i].value)
			fn(arg, settings->lines[i].key, settings->lines[i].value);
}

int settings__set(struct settings *settings, const char *key, const char *value)
{
	struct line *line = find(settings, key);
	struct line made = { .text = NULL };

	if (whats_wrong(key, value) || !is_key(key) || strpbrk(value, "\n\r"))
		return -EINVAL;
	if (line && !strcmp(line->value, value))
		return 0;
	made.key = strdup(key);
	made.value = cut_out(value, value + strlen(value));
	if (asprintf(&made.text, "%s = %s", key, value) < 0)
		made.text = NULL;
	if (made.key && made.value && made.text && !line)
		line = add_line(settings);
	if (!line || !made.key || !made.value || !made.text) {
		line__release(&made);
		return -ENOMEM;
	}
	line__release(line);
	*line = made;
	return 0;
}

char *settings__print(const struct settings *settings, size_t *ret_n)
{
	char *text = NULL;
	FILE *out = memstream_open(&text, ret_n);

	if (!out)
		return NULL;
	for (size_t i = 0; i < settings->n; i++)
		fprintf(out, "%s\n", settings->lines[i].text);
	return memstream_close(out, &text) ? NULL : text;
}
