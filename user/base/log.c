// SPDX-License-Identifier: GPL-2.0
/*
 * log: leveled messages on stderr.
 */
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

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

void log_vmsg(enum log_level level, const char *fmt, va_list args)
{
	int saved_errno = errno;
	__autofree char *text = NULL;
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
	/* one call, so that lines of two threads or processes do not mix */
	fprintf(stderr, "kvmtop: %s\n", text);
	errno = saved_errno;
}

void log_msg(enum log_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_vmsg(level, fmt, args);
	va_end(args);
}
