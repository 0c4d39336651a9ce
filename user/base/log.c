// SPDX-License-Identifier: GPL-2.0
/*
 * log: leveled messages on stderr.
 */
#include "log.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "fmt.h"
#include "outlet.h"

/* The mutable globals of the program besides the signal flags. */
static enum log_level max_level = LOG_LEVEL_WARNING;
static struct outlet *to;      /* NULL: stderr itself */
static unsigned long left_out; /* messages that there was no room for */

void log_set_level(enum log_level level)
{
	max_level = level;
}

enum log_level log_get_level(void)
{
	return max_level;
}

void log_set_outlet(struct outlet *outlet)
{
	to = outlet;
}

static void put(const char *text)
{
	FILE *stream;

	if (!outlet__has_room(to)) {
		left_out++;
		return;
	}
	stream = outlet__begin(to);
	if (!stream)
		return;
	if (left_out)
		fprintf(stream, "kvmtop: standard error was not read: %lu messages were left out\n",
			left_out);
	fprintf(stream, "kvmtop: %s\n", text);
	if (!outlet__end(to, 0))
		left_out = 0;
}

/* Names and errors from outside are in messages. Line feeds and tabs stay: the verifier's report has them. */
static void make_visible(const char *text, char *visible, size_t size)
{
	size_t used = 0;

	while (used + 1 < size) {
		size_t n = strcspn(text, "\n\t");

		used += fmt_escape(FMT_ESCAPE_TERMINAL, text, n, visible + used, size - used);
		if (!text[n] || used + 1 >= size)
			break;
		visible[used++] = text[n];
		text += n + 1;
	}
	visible[used] = '\0';
}

/* One call, so that lines of two threads or processes do not mix. */
static void print_line(const char *text)
{
	const size_t size = 4 * strlen(text) + 1;
	__autofree char *whole = malloc(size);
	char start[LINE_MAX]; /* all there is when memory is short */

	make_visible(text, whole ? whole : start, whole ? size : sizeof(start));
	if (to)
		put(whole ? whole : start);
	else
		fprintf(stderr, "kvmtop: %s\n", whole ? whole : start);
}

void log_vmsg(enum log_level level, const char *fmt, va_list args)
{
	int saved_errno = errno;
	__autofree char *whole = NULL;
	char start[LINE_MAX], *text = start; /* as above */
	va_list again;
	size_t end;
	int len;

	if (level > max_level)
		return;
	va_copy(again, args);
	len = vsnprintf(start, sizeof(start), fmt, args);
	if (len < 0)
		start[0] = '\0';
	if (len < (int)sizeof(start) || vasprintf(&whole, fmt, again) < 0)
		whole = NULL; /* vasprintf leaves it undefined */
	else
		text = whole;
	va_end(again);
	end = strlen(text);
	while (end && text[end - 1] == '\n')
		text[--end] = '\0';
	print_line(text);
	errno = saved_errno;
}

void log_msg(enum log_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_vmsg(level, fmt, args);
	va_end(args);
}
