// SPDX-License-Identifier: GPL-2.0
/* log_file: one queue of lines, written as far as the file takes them. */
#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/log.h"
#include "../base/own_file.h"

struct line {
	struct line *next;
	size_t len;
	char text[];
};

struct log_file {
	const char *path;
	int fd;		    /* -1: the FIFO has no reader yet */
	struct stat opened; /* the file at the start */
	char *header;	    /* NULL: not known yet */
	bool header_always;
	bool want_header; /* before the next line */
	bool want_newline; /* before that: the file ends in the middle of a line, and that is not ours */
	/* The end of what a FIFO or a terminal has taken the beginning of. */
	char *rest;
	size_t rest_len, rest_done;
	struct line *first, **last;
	size_t kept_bytes;
	size_t n_lost;
	uint64_t written;
	int err;	  /* of the last try */
	bool failing;	  /* the failure to write was reported */
	bool want_reopen; /* the failure to reopen was reported */
};

/* ---- the file */

/*
 * A file at the start must still be a file, and anything else the same one: otherwise it was
 * exchanged.
 */
static int open_file(const char *path, const struct stat *before, char *why, size_t why_size,
		     struct stat *ret_st)
{
	const struct own_file_opts opts = { .flags = O_WRONLY | O_APPEND,
					    .mode = 0644,
					    .special = !before || !S_ISREG(before->st_mode),
					    .existing = before && !S_ISREG(before->st_mode) };
	int fd = own_file__open(path, &opts, why, why_size, ret_st);

	if (!before || !ret_st->st_mode || S_ISREG(before->st_mode) ||
	    (ret_st->st_dev == before->st_dev && ret_st->st_ino == before->st_ino &&
	     (ret_st->st_mode & S_IFMT) == (before->st_mode & S_IFMT)))
		return fd;
	if (fd >= 0)
		close(fd);
	snprintf(why, why_size, "it is another one than at the start");
	return -ESTALE;
}

/* Its lines are written as far as it takes them, and cannot be taken back. */
static bool is_stream(const struct log_file *file)
{
	return !S_ISREG(file->opened.st_mode);
}

static bool is_empty(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && !st.st_size;
}

/* The same file, to be read; and not what may be at its path by now. */
static int open_to_read(const struct log_file *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* Whether the file begins with the header. True as well if it cannot be read. */
static bool has_header(const struct log_file *file)
{
	size_t len = strlen(file->header);
	__autofree char *start = malloc(len + 1);
	__autoclose int fd = open_to_read(file);
	ssize_t n;

	if (fd < 0 || !start)
		return true;
	n = pread(fd, start, len, 0);
	return n < 0 || ((size_t)n == len && !memcmp(start, file->header, len));
}

/* Somebody else, or we before a power cut, left it so. */
static bool ends_in_line(const struct log_file *file)
{
	__autoclose int fd = open_to_read(file);
	struct stat st;
	char last;

	return fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size &&
	       pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
}

/* What must go before the next line of a file that was just opened, or whose header was just set. */
static void check_start(struct log_file *file)
{
	file->want_header = false;
	if (!file->header)
		return;
	/* The reader of a stream sees what comes from now on. */
	file->want_newline = !is_stream(file) && ends_in_line(file);
	if (is_stream(file) || is_empty(file->fd) || file->header_always) {
		file->want_header = true;
		return;
	}
	if (has_header(file))
		return;
	file->want_header = true;
	log_warning("%s has other columns: a new header comes before what is appended", file->path);
}

/* Takes back @len bytes at the end, if they are there. False: it must stay as it is. */
static bool take_back(const struct log_file *file, size_t len)
{
	struct stat st;
	off_t end = lseek(file->fd, 0, SEEK_CUR); /* of what we wrote last, also with O_APPEND */

	return end >= (off_t)len && !fstat(file->fd, &st) && S_ISREG(st.st_mode) &&
	       st.st_size == end && !ftruncate(file->fd, end - (off_t)len);
}

/* Before anything else. */
static int write_rest(struct log_file *file)
{
	while (file->rest_done < file->rest_len) {
		ssize_t n = write(file->fd, file->rest + file->rest_done,
				  file->rest_len - file->rest_done);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			file->rest_done += (size_t)n;
			file->written += (uint64_t)n;
		}
	}
	file->rest_len = file->rest_done = 0;
	return 0;
}

static void forget_rest(struct log_file *file)
{
	file->n_lost += file->rest_len > 0;
	file->rest_len = file->rest_done = 0;
}

static int keep_rest(struct log_file *file, const char *text, size_t len)
{
	char *rest = realloc(file->rest, len);

	if (!rest)
		return -ENOMEM;
	file->rest = memcpy(rest, text, len);
	file->rest_len = len;
	file->rest_done = 0;
	return 0;
}

/* What to do with a beginning that is written already: 0 when the whole counts as written. */
static int end_in_between(struct log_file *file, const char *text, size_t len, size_t done, int err)
{
	if (is_stream(file) && err == -EAGAIN && !keep_rest(file, text + done, len - done))
		return 0;
	if (!take_back(file, done))
		file->want_newline = true;
	else
		file->written -= done;
	return err;
}

/* All of it, or nothing and a negative errno. */
static int write_whole(struct log_file *file, const char *text, size_t len)
{
	size_t done = 0;
	int err = write_rest(file);

	while (!err && done < len) {
		ssize_t n = write(file->fd, text + done, len - done);

		if (n > 0) {
			done += (size_t)n;
			file->written += (uint64_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		err = n < 0 ? -errno : -ENOSPC;
	}
	return err && done ? end_in_between(file, text, len, done, err) : err;
}

/* ---- the queue */

static void drop_first(struct log_file *file)
{
	struct line *line = file->first;

	file->first = line->next;
	if (!file->first)
		file->last = &file->first;
	file->kept_bytes -= line->len;
	free(line);
}

static int append_line(struct log_file *file, const char *text, size_t len)
{
	struct line *line = malloc(sizeof(*line) + len);

	if (!line)
		return -ENOMEM;
	line->next = NULL;
	line->len = len;
	memcpy(line->text, text, len);
	*file->last = line;
	file->last = &line->next;
	file->kept_bytes += len;
	while (file->kept_bytes > LOG_FILE_KEEP_BYTES && file->first->next) {
		drop_first(file);
		file->n_lost++;
	}
	return 0;
}

static int flush_start(struct log_file *file)
{
	int err = file->want_newline ? write_whole(file, "\n", 1) : 0;

	if (err)
		return err;
	file->want_newline = false;
	/* Also when it was emptied by another process (copytruncate). */
	if (file->header && (file->want_header || is_empty(file->fd)))
		err = write_whole(file, file->header, strlen(file->header));
	if (!err)
		file->want_header = false;
	return err;
}

/* A FIFO has a file descriptor as soon as it has a reader. */
static int find_reader(struct log_file *file)
{
	struct stat st;
	char why[256];

	if (file->fd < 0)
		file->fd = open_file(file->path, &file->opened, why, sizeof(why), &st);
	return file->fd < 0 ? file->fd : 0;
}

static int flush_lines(struct log_file *file)
{
	int err = find_reader(file);

	if (!err)
		err = flush_start(file);
	while (!err && file->first) {
		err = write_whole(file, file->first->text, file->first->len);
		if (!err)
			drop_first(file);
	}
	if (!err)
		err = write_rest(file);
	/* The next reader begins with a header and a whole row. */
	if (err == -EPIPE) {
		forget_rest(file);
		file->want_header = file->header;
		file->want_newline = false;
	}
	return err;
}

static const char *explain(int err)
{
	return err == -ENXIO	? "it has no reader yet"
	       : err == -EPIPE	? "its reader has closed it"
	       : err == -EAGAIN ? "it is not read fast enough"
				: strerror(-err);
}

/* That a reader is slow does not matter as long as nothing is lost. */
static bool is_worth_saying(const struct log_file *file)
{
	return file->err && !file->failing && (file->err != -EAGAIN || file->n_lost);
}

static void flush_and_say(struct log_file *file)
{
	file->err = flush_lines(file);
	if (is_worth_saying(file)) {
		log_warning("cannot write %s: %s: up to %u KiB are kept until it can be written",
			    file->path, explain(file->err), LOG_FILE_KEEP_BYTES >> 10);
		file->failing = true;
	}
	if (file->err || !(file->failing || file->n_lost))
		return;
	log_warning("%s can be written again; %zu %s lost", file->path, file->n_lost,
		    fmt_plural(file->n_lost, "row was", "rows were"));
	file->failing = false;
	file->n_lost = 0;
}

/* ---- from outside */

int log_file__open(const char *path, char *why, size_t why_size, struct log_file **ret_file)
{
	struct log_file *file = calloc(1, sizeof(*file));

	if (!file) {
		snprintf(why, why_size, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	file->path = path;
	file->last = &file->first;
	file->fd = open_file(path, NULL, why, why_size, &file->opened);
	if (file->fd < 0 && !S_ISFIFO(file->opened.st_mode)) {
		int err = file->fd;

		free(file);
		return err;
	}
	*ret_file = file;
	return 0;
}

int log_file__finish(struct log_file *file)
{
	size_t lost;

	log_file__retry(file);
	if (log_file__is_settled(file))
		return 0;
	forget_rest(file);
	for (lost = file->n_lost; file->first; lost++)
		drop_first(file);
	log_error("%s: %zu row%s could not be written and %s lost (%s)", file->path, lost,
		  lost == 1 ? "" : "s", lost == 1 ? "is" : "are", explain(file->err));
	return -EIO;
}

void log_file__close(struct log_file *file)
{
	if (!file)
		return;
	log_file__finish(file);
	if (file->fd >= 0)
		close(file->fd);
	free(file->rest);
	free(file->header);
	free(file);
}

int log_file__set_header(struct log_file *file, const char *header, bool always)
{
	char *copy = strdup(header);

	if (!copy)
		return -ENOMEM;
	free(file->header);
	file->header = copy;
	file->header_always = always;
	check_start(file);
	flush_and_say(file);
	return 0;
}

bool log_file__reopen(struct log_file *file)
{
	struct stat st;
	char why[256];
	int fd;

	/* What waits belongs into the file that it was for, if that can be. */
	if (file->first)
		flush_and_say(file);
	fd = open_file(file->path, &file->opened, why, sizeof(why), &st);
	if (fd == -ENXIO && file->fd < 0)
		return false; /* that is being tried anyway */
	if (fd < 0) {
		if (!file->want_reopen)
			log_warning("cannot reopen %s: %s: still writing to the old file",
				    file->path, why);
		file->want_reopen = true;
		return false;
	}
	if (file->want_reopen)
		log_warning("%s is reopened", file->path);
	file->want_reopen = false;
	if (file->fd >= 0)
		close(file->fd);
	file->fd = fd;
	file->want_newline = file->want_header = false;
	return true;
}

bool log_file__wants_reopen(const struct log_file *file)
{
	return file->want_reopen;
}

bool log_file__is_settled(const struct log_file *file)
{
	return !file->first && !file->rest_len;
}

bool log_file__waits_for_reader(const struct log_file *file)
{
	return !log_file__is_settled(file) && (file->err == -EAGAIN || file->err == -ENXIO);
}

void log_file__retry(struct log_file *file)
{
	if (!log_file__is_settled(file))
		flush_and_say(file);
}

uint64_t log_file__written(const struct log_file *file)
{
	return file->written;
}

int log_file__write(struct log_file *file, const char *lines)
{
	int err = append_line(file, lines, strlen(lines));

	if (!err)
		flush_and_say(file);
	return err;
}
