/* SPDX-License-Identifier: GPL-2.0 */
/* command_line: for tests of options: lines of words that are parsed, and taken or refused. */
#ifndef KVMTOP_TESTS_UNIT_COMMAND_LINE_H
#define KVMTOP_TESTS_UNIT_COMMAND_LINE_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../user/options/command_line.h"

#define MAX_ARGS 32

/* The text that was written to @fd while @parse ran; malloc'ed. */
static inline char *capture(int fd, int argc, char **argv, struct options **options, int *ret)
{
	char *text = calloc(1, 16384);
	FILE *file = tmpfile();
	int saved = dup(fd);
	size_t len;

	assert_non_null(text);
	assert_non_null(file);
	fflush(NULL);
	dup2(fileno(file), fd);
	*ret = options__parse(argc, argv, options);
	fflush(NULL);
	dup2(saved, fd);
	close(saved);
	rewind(file);
	len = fread(text, 1, 16383, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

/* Parses a line of words; @fd's output comes back malloc'ed. The words must outlive the options. */
static inline char *parse_line(char *line, int fd, struct options **options, int *ret)
{
	static char program[] = "/some/where/kvmtop";
	char *argv[MAX_ARGS + 1] = { program };
	int argc = 1;

	for (char *word = strtok(line, " "); word && argc < MAX_ARGS; word = strtok(NULL, " "))
		argv[argc++] = word;
	return capture(fd, argc, argv, options, ret);
}

static inline struct options *accept_line(char *line)
{
	struct options *options = NULL;
	int ret;
	char *text = parse_line(line, STDERR_FILENO, &options, &ret);

	assert_string_equal(text, "");
	free(text);
	assert_int_equal(ret, 0);
	assert_non_null(options);
	return options;
}

/* Refused, with one line that begins with the program and has @what in it. */
static inline void refuse(const char *line, const char *what)
{
	struct options *options = NULL;
	char copy[256];
	char *text;
	int ret;

	snprintf(copy, sizeof(copy), "%s", line);
	text = parse_line(copy, STDERR_FILENO, &options, &ret);
	assert_int_equal(ret, -EINVAL);
	assert_null(options);
	if (strncmp(text, "kvmtop: ", 8) || !strstr(text, what) ||
	    strchr(text, '\n') != text + strlen(text) - 1)
		fail_msg("'%s' gave '%s', expected one line with '%s'", line, text, what);
	free(text);
}

#endif
