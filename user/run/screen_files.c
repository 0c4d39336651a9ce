// SPDX-License-Identifier: GPL-2.0
#include "screen_files.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "../model/why.h"
#include "../options/command_line.h"
#include "../options/options.h"
#include "../sinks/sink.h"
#include "../sinks/why.h"
#include "../tui/grid.h"

typedef int (*write_fn)(FILE *out, const struct frame *frame, const struct view *view);

/* "kvmtop-web_1-20260131-090807": what of the host's name is no letter, digit, '-' or '.' is '_'. */
static void make_name(const struct frame *frame, char *name, size_t size)
{
	struct tm tm = { .tm_year = 0 };
	char host[65], when[32];
	size_t n = 0;

	for (const char *p = frame->host.name ?: ""; *p && n + 1 < sizeof(host); p++)
		host[n++] = isalnum((unsigned char)*p) || *p == '-' || *p == '.' ? *p : '_';
	host[n] = '\0';
	localtime_r(&frame->wall.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &tm);
	/* Several frames may be of one second. */
	snprintf(name, size, "kvmtop-%s-%s.%03ld", host, when, frame->wall.tv_nsec / 1000000);
}

/* A file that is there already is not touched, whatever it is. */
static int write_file(const char *path, const struct frame *frame, const struct view *view,
		      write_fn write)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, flags, 0600), err;
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!out) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	err = write(out, frame, view);
	if (fclose(out) && !err)
		err = -errno;
	if (err)
		unlink(path);
	return err;
}

/* What --why says of a frame with -v. 0 or a negative errno. */
static int write_findings(FILE *out, const struct frame *frame, const struct view *view)
{
	const struct why_view why_view = { .view = view, .more = true };
	struct why *why = why__new();
	int err = why ? why__take(why, frame) : -ENOMEM;

	if (!err)
		err = why__write_text(out, why__report(why), &why_view);
	why__free(why);
	return err;
}

static int write_text(FILE *out, const struct frame *frame, const struct view *view)
{
	int err = text__write(out, frame, view);

	/* Without a VM that is said already. */
	return err || !frame->findings || !frame->n_vms ? err : write_findings(out, frame, view);
}

int screen_files__write(const struct options *options, const struct frame *frame, char *said,
			size_t said_size)
{
	static const struct {
		const char *end;
		write_fn write;
	} files[] = { { "txt", write_text }, { "json", json__write } };
	const struct view view = {
		.query = options->query,
		.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
		.recorded = options->replay,
		.detail = true,
		.version = options__version(),
	};
	char name[128], path[160];

	make_name(frame, name, sizeof(name));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		int err;

		snprintf(path, sizeof(path), "%s.%s", name, files[i].end);
		err = write_file(path, frame, &view, files[i].write);
		if (!err)
			continue;
		snprintf(said, said_size, "cannot write %s: %s", path, strerror(-err));
		while (i-- > 0) { /* no half of a pair */
			snprintf(path, sizeof(path), "%s.%s", name, files[i].end);
			unlink(path);
		}
		return err;
	}
	snprintf(said, said_size, "written: %s.txt and .json", name);
	return 0;
}

/* Up to the last cell that is not blank. */
static size_t used_columns(const struct grid *grid, size_t row)
{
	size_t n = grid->width;

	while (n && (!strcmp(grid__cell(grid, row, n - 1)->text, " ") ||
		     !grid__cell(grid, row, n - 1)->text[0]))
		n--;
	return n;
}

void screen_files__print(const struct grid *grid, FILE *out)
{
	for (size_t row = 0; row < grid->height; row++) {
		const size_t n = used_columns(grid, row);

		for (size_t column = 0; column < n; column++)
			fputs(grid__cell(grid, row, column)->text, out);
		fputc('\n', out);
	}
}
