// SPDX-License-Identifier: GPL-2.0
#include "stderr_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../tui/fatal.h"

#define LINE_BYTES 1024
/* What is kept for the end; the newest of it. */
#define KEEP_BYTES (64u << 10)

struct stderr_lines {
	int before; /* standard error as it was */
	bool keeps; /* it is a terminal, which the screen has now */
	int fd;	    /* our end of the pipe */
	char line[LINE_BYTES];
	size_t n;
	char kept[KEEP_BYTES];
	size_t n_kept;
};

static int open_pipe(struct stderr_lines *lines)
{
	int fds[2];

	lines->before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	if (lines->before < 0 || pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	lines->fd = fds[0];
	/* Its writer may be ourselves: a full pipe must not block. */
	if (dup2(fds[1], STDERR_FILENO) < 0) {
		close(fds[1]);
		return -errno;
	}
	close(fds[1]);
	lines->keeps = isatty(lines->before);
	fatal__set_stderr(lines->before);
	return 0;
}

int stderr_lines__new(struct stderr_lines **ret_lines)
{
	struct stderr_lines *lines = calloc(1, sizeof(*lines));
	int err;

	if (!lines)
		return -ENOMEM;
	lines->before = lines->fd = -1;
	err = open_pipe(lines);
	if (err)
		stderr_lines__free(lines);
	else
		*ret_lines = lines;
	return err;
}

int stderr_lines__fd(const struct stderr_lines *lines)
{
	return lines->fd;
}

/* If standard error takes nothing, nobody learns of it. */
static void write_before(const struct stderr_lines *lines, const char *text, size_t n)
{
	while (n) {
		struct pollfd pollfd = { .fd = lines->before, .events = POLLOUT };
		ssize_t done;

		/* The screen must not wait for its reader, and has the line anyway. */
		if (!lines->keeps && poll(&pollfd, 1, 0) <= 0)
			return;
		done = write(lines->before, text, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		text += done;
		n -= (size_t)done;
	}
}

/* The oldest lines make room. */
static void keep(struct stderr_lines *lines, const char *text, size_t n)
{
	if (lines->n_kept + n > sizeof(lines->kept)) {
		const size_t half = lines->n_kept - sizeof(lines->kept) / 2;
		const char *end = memchr(lines->kept + half, '\n', lines->n_kept - half);
		const size_t gone = end ? (size_t)(end + 1 - lines->kept) : lines->n_kept;

		lines->n_kept -= gone;
		memmove(lines->kept, lines->kept + gone, lines->n_kept);
	}
	memcpy(lines->kept + lines->n_kept, text, n);
	lines->n_kept += n;
}

static int end_line(struct stderr_lines *lines, int (*take)(void *arg, const char *line), void *arg)
{
	static const char prefix[] = "kvmtop: ";
	const char *line = lines->line;
	size_t n = lines->n;
	char escaped[4 * LINE_BYTES];

	lines->line[lines->n++] = '\n';
	if (lines->keeps)
		keep(lines, lines->line, lines->n);
	else
		write_before(lines, lines->line, lines->n);
	lines->n = 0;
	if (n >= strlen(prefix) && !memcmp(line, prefix, strlen(prefix))) {
		line += strlen(prefix);
		n -= strlen(prefix);
	}
	fmt_escape(FMT_ESCAPE_TERMINAL, line, n, escaped, sizeof(escaped));
	return take ? take(arg, escaped) : 0;
}

static int take_bytes(struct stderr_lines *lines, const char *bytes, size_t n,
		      int (*take)(void *arg, const char *line), void *arg)
{
	int err = 0;

	for (size_t i = 0; i < n && !err; i++) {
		if (bytes[i] != '\n')
			lines->line[lines->n++] = bytes[i];
		/* One that is too long becomes two. */
		if (bytes[i] == '\n' || lines->n == sizeof(lines->line) - 1)
			err = end_line(lines, take, arg);
	}
	return err;
}

int stderr_lines__take(struct stderr_lines *lines, int (*take)(void *arg, const char *line),
		       void *arg)
{
	char bytes[4096];
	ssize_t n;
	int err = 0;

	while (!err && (n = read(lines->fd, bytes, sizeof(bytes))) > 0)
		err = take_bytes(lines, bytes, (size_t)n, take, arg);
	return err;
}

void stderr_lines__free(struct stderr_lines *lines)
{
	if (!lines)
		return;
	fatal__set_stderr(-1);
	if (lines->fd >= 0)
		dup2(lines->before, STDERR_FILENO);
	if (lines->fd >= 0)
		stderr_lines__take(lines, NULL, NULL);
	if (lines->fd >= 0 && lines->n)
		end_line(lines, NULL, NULL);
	write_before(lines, lines->kept, lines->n_kept);
	if (lines->fd >= 0)
		close(lines->fd);
	if (lines->before >= 0)
		close(lines->before);
	free(lines);
}
