// SPDX-License-Identifier: GPL-2.0
#include "filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/fmt.h"
#include "../model/frame.h"
#include "../model/idle.h"
#include "marks.h"

static void drop_regex(struct filter *filter)
{
	if (filter->regex[0])
		regfree(&filter->compiled);
	filter->regex[0] = '\0';
}

void filter__clear(struct filter *filter)
{
	drop_regex(filter);
	*filter = (struct filter){ .vm_key = 0 };
}

void filter__set_words(struct filter *filter, const char *words)
{
	snprintf(filter->words, sizeof(filter->words), "%s", words);
}

int filter__set_regex(struct filter *filter, const char *regex)
{
	char anchored[FILTER_TEXT + 8];
	regex_t compiled;

	if (!*regex) {
		drop_regex(filter);
		return 0;
	}
	snprintf(anchored, sizeof(anchored), "^(%s)", regex);
	if (regcomp(&compiled, anchored, REG_EXTENDED | REG_NOSUB))
		return -EINVAL;
	drop_regex(filter);
	filter->compiled = compiled;
	snprintf(filter->regex, sizeof(filter->regex), "%s", regex);
	return 0;
}

static bool has_word(const char *word, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (texts[i] && strcasestr(texts[i], word))
			return true;
	return false;
}

/* The next word of *@rest into @buf; false: there is none. */
static bool next_word(const char **rest, char *buf, size_t size)
{
	const char *word = *rest + strspn(*rest, " ");
	const size_t len = strcspn(word, " ");

	snprintf(buf, size, "%.*s", (int)len, word);
	*rest = word + len;
	return len;
}

bool filter__has_words(const struct filter *filter, const char *const *texts, size_t n)
{
	const char *rest = filter->words;
	char word[FILTER_TEXT];

	while (next_word(&rest, word, sizeof(word))) {
		/* A '-' alone is about to get its word. */
		const bool exclude = word[0] == '-';

		if (word[exclude] && has_word(word + exclude, texts, n) == exclude)
			return false;
	}
	return true;
}

#define REASONS_MAX 64

bool filter__wants_vm(const struct filter *filter, const struct frame *frame,
		      const struct frame_vm *vm, bool reasons)
{
	const char *texts[4 + REASONS_MAX];
	char pid[24];
	size_t n = 0;

	if (filter->vm_key && filter->vm_key != vm->key)
		return false;
	if (filter->findings && mark_of_vm(frame, vm) == SEVERITY_NONE)
		return false;
	if (filter->no_idle && frame_vm__is_idle(vm))
		return false;
	if (!filter->words[0])
		return true;
	snprintf(pid, sizeof(pid), "%d", (int)vm->pid);
	texts[n++] = vm->name;
	texts[n++] = vm->comm;
	texts[n++] = vm->id;
	texts[n++] = pid;
	for (size_t i = 0; reasons && i < vm->reasons.n && i < REASONS_MAX; i++)
		texts[n++] = vm->reasons.v[i].name;
	return filter__has_words(filter, texts, n);
}

bool filter__wants_name(const struct filter *filter, const char *name)
{
	return !filter->regex[0] || !regexec(&filter->compiled, name, 0, NULL, 0);
}

/* Adds @label and @text behind what is there, with a gap. */
static void add_part(char *buf, size_t size, const char *label, const char *text)
{
	const size_t used = strlen(buf);

	snprintf(buf + used, size - used, "%s%s%s", used ? "  " : "", label, text);
}

void filter__describe(const struct filter *filter, char *buf, size_t size)
{
	char text[4 * FILTER_TEXT + 1];

	*buf = '\0';
	fmt_escape(FMT_ESCAPE_TERMINAL, filter->words, strlen(filter->words), text, sizeof(text));
	if (*text)
		add_part(buf, size, "filter: ", text);
	fmt_escape(FMT_ESCAPE_TERMINAL, filter->regex, strlen(filter->regex), text, sizeof(text));
	if (*text)
		add_part(buf, size, "regex: ", text);
	if (filter->vm_key)
		add_part(buf, size, "VM: ", filter->vm_name);
	if (filter->findings)
		add_part(buf, size, "findings only", "");
	if (filter->no_idle)
		add_part(buf, size, "no idle", "");
}
