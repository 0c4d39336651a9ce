// SPDX-License-Identifier: GPL-2.0
/* log_file: one queue of lines, written as far as the file takes them. */
#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fmt.h"
#include "base/log.h"

struct line {
	struct line *next;
	size_t len;
	char text[];
};

struct log_file {
	const char *path;
	int fd;
	char *header; /* NULL: not known yet */
	bool header_always;
	bool want_header; /* before the next line */
	bool want_newline; /* before that: the file ends in the middle of a line, and that is not ours */
	struct line *first, **last;
	size_t kept_bytes;
	size_t n_lost;
	bool failing;	  /* it was said that it cannot be written */
	bool want_reopen; /* it was said that it cannot be opened anew */
};

/* ---- the file */

static int open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);

	return fd < 0 ? -errno : fd;
}

static bool is_empty(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && !st.st_size;
}

/* Whether the file begins with the header; also when nobody may read it. */
static bool has_header(const struct log_file *file)
{
	size_t len = strlen(file->header);
	__autofree char *start = malloc(len + 1);
	__autoclose int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t n;

	if (fd < 0 || !start)
		return true;
	n = pread(fd, start, len, 0);
	return n < 0 || ((size_t)n == len && !memcmp(start, file->header, len));
}

/* Somebody else, or we before a power cut, left it so. */
static bool ends_in_line(const struct log_file *file)
{
	__autoclose int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
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
	file->want_newline = ends_in_line(file);
	if (is_empty(file->fd) || file->header_always) {
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

/* All of it, or nothing and a negative errno. */
static int write_whole(struct log_file *file, const char *text, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(file->fd, text + done, len - done);
		int err = n < 0 ? -errno : -ENOSPC;

		if (n > 0) {
			done += (size_t)n;
			continue;
		}
		if (err == -EINTR)
			continue;
		if (done && !take_back(file, done))
			file->want_newline = true;
		return err;
	}
	return 0;
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
	/* Also when somebody emptied it under us (copytruncate). */
	if (file->header && (file->want_header || is_empty(file->fd)))
		err = write_whole(file, file->header, strlen(file->header));
	if (!err)
		file->want_header = false;
	return err;
}

static int flush_lines(struct log_file *file)
{
	int err = flush_start(file);

	while (!err && file->first) {
		err = write_whole(file, file->first->text, file->first->len);
		if (!err)
			drop_first(file);
	}
	return err;
}

static void flush_and_say(struct log_file *file)
{
	int err = flush_lines(file);

	if (err && !file->failing) {
		log_warning("cannot write %s: %s: up to %u KiB are kept until it can be written",
			    file->path, strerror(-err), LOG_FILE_KEEP_BYTES >> 10);
		file->failing = true;
	}
	if (err || !file->failing)
		return;
	log_warning("%s can be written again; %zu %s lost", file->path, file->n_lost,
		    fmt_plural(file->n_lost, "row was", "rows were"));
	file->failing = false;
	file->n_lost = 0;
}

/* ---- from outside */

int log_file__open(const char *path, struct log_file **ret_file)
{
	struct log_file *file = calloc(1, sizeof(*file));
	int fd = file ? open_file(path) : -ENOMEM;

	if (fd < 0) {
		free(file);
		return fd;
	}
	file->path = path;
	file->fd = fd;
	file->last = &file->first;
	*ret_file = file;
	return 0;
}

void log_file__close(struct log_file *file)
{
	if (!file)
		return;
	if (file->first)
		flush_and_say(file);
	if (file->first)
		log_warning("%s: what could not be written is lost", file->path);
	while (file->first)
		drop_first(file);
	close(file->fd);
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
	int fd;

	/* What waits belongs into the file that it was for, if that can be. */
	if (file->first)
		flush_and_say(file);
	fd = open_file(file->path);
	if (fd < 0) {
		if (!file->want_reopen)
			log_warning("cannot open %s anew: %s: still writing to what it was",
				    file->path, strerror(-fd));
		file->want_reopen = true;
		return false;
	}
	if (file->want_reopen)
		log_warning("%s is open anew", file->path);
	file->want_reopen = false;
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
	return !file->first;
}

int log_file__write(struct log_file *file, const char *lines)
{
	int err = append_line(file, lines, strlen(lines));

	if (!err)
		flush_and_say(file);
	return err;
}
