// SPDX-License-Identifier: GPL-2.0
/*
 * log: leveled messages on stderr.
 */
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "fmt.h"

/* The one mutable global of the program besides the signal flag. */
static enum log_level max_level = LOG_LEVEL_WARNING;

void log_set_level(enum log_level level)
{
	max_level = level;
}

enum log_level log_get_level(void)
{
	return max_level;
}

/* Names and errors from outside are in messages. Line feeds and tabs stay: the verifier's report has them. */
static char *make_visible(const char *text, size_t len)
{
	const size_t size = 4 * len + 1;
	char *visible = malloc(size);
	size_t used = 0;

	while (visible) {
		size_t n = strcspn(text, "\n\t");

		used += fmt_escape(FMT_ESCAPE_TERMINAL, text, n, visible + used, size - used);
		if (!text[n])
			break;
		visible[used++] = text[n];
		text += n + 1;
	}
	if (visible)
		visible[used] = '\0';
	return visible;
}

void log_vmsg(enum log_level level, const char *fmt, va_list args)
{
	int saved_errno = errno;
	__autofree char *text = NULL, *visible = NULL;
	int len;

	if (level > max_level)
		return;
	len = vasprintf(&text, fmt, args);
	if (len < 0) {
		text = NULL; /* vasprintf leaves it undefined */
		errno = saved_errno;
		return;
	}
	while (len > 0 && text[len - 1] == '\n')
		text[--len] = '\0';
	visible = make_visible(text, (size_t)len);
	/* one call, so that lines of two threads or processes do not mix */
	if (visible)
		fprintf(stderr, "kvmtop: %s\n", visible);
	errno = saved_errno;
}

void log_msg(enum log_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_vmsg(level, fmt, args);
	va_end(args);
}
