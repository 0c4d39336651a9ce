// SPDX-License-Identifier: GPL-2.0
/*
 * own_file: walks a path name by name, each one seen from the folder before it. So no checked part
 * can be exchanged.
 */
#include "own_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"

#define LINKS_MAX 40 /* as the kernel's MAXSYMLINKS */
#define RACES_MAX 10 /* against a process that makes and removes the file */

struct walk {
	int dir;      /* O_PATH */
	char *name;   /* in it: what is to be looked at next; never empty */
	char *rest;   /* behind it, or NULL: it is the last one */
	char *buffer; /* where they are */
	unsigned int links;
	bool has_open; /* it is what this process has open */
	char *why;
	size_t why_size;
};

static int __attribute__((format(printf, 3, 4)))
refuse(const struct walk *walk, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(walk->why, walk->why_size, fmt, args);
	va_end(args);
	return err;
}

/* What can be done about an error of a system call. */
static int fail(const struct walk *walk, int err)
{
	const char *advice = "";

	if (err == ENOENT)
		advice = ": its folder must be there";
	else if (err == EROFS)
		advice = ": give another file";
	else if (err == EACCES || err == EPERM)
		advice = ": give another file, or run kvmtop as a user with write access";
	return refuse(walk, -err, "%s%s", strerror(err), advice);
}

static void cleanup_walk(struct walk *walk)
{
	cleanup_close(&walk->dir);
	free(walk->buffer);
}

static bool is_ours(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

/* Whether only we can have put anything there. */
static bool is_only_ours(int dir)
{
	struct stat st;

	return !fstat(dir, &st) && is_ours(&st) && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* ---- the path */

/* Cuts the path in walk->buffer, from @at on: the next name, and the rest. */
static int split(struct walk *walk, char *at)
{
	char *end;

	at += strspn(at, "/");
	end = at + strcspn(at, "/");
	walk->name = at;
	walk->rest = NULL;
	if (*end) {
		*end++ = '\0';
		end += strspn(end, "/");
		walk->rest = end;
	}
	/* "/", "folder/": no file. */
	if (!*at || (walk->rest && !*walk->rest))
		return fail(walk, EISDIR);
	return 0;
}

/* Goes on with @path (which it takes), that is from @walk->dir on if it is not absolute. */
static int set_path(struct walk *walk, char *path)
{
	free(walk->buffer);
	walk->buffer = path;
	if (*path == '/' || walk->dir < 0) {
		cleanup_close(&walk->dir);
		walk->dir = open(*path == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	if (walk->dir < 0)
		return fail(walk, errno);
	return *path ? split(walk, path) : fail(walk, ENOENT);
}

static int check_link(const struct walk *walk, const struct stat *st)
{
	struct stat folder;

	if (walk->links >= LINKS_MAX)
		return fail(walk, ELOOP);
	if (!is_ours(st))
		return refuse(walk, -ELOOP,
			      "%s is a link of another user (uid %u): give the path without it",
			      walk->name, st->st_uid);
	if (fstat(walk->dir, &folder))
		return fail(walk, errno);
	if (!is_ours(&folder))
		return refuse(walk, -ELOOP,
			      "%s is a link in a folder of another user (uid %u): give the path "
			      "without it",
			      walk->name, folder.st_uid);
	return 0;
}

/* /proc/self/fd/1 and the like: what it is a link to has no path, so the kernel must follow it. */
static bool is_of_proc(const struct walk *walk)
{
	struct statfs fs;

	return !fstatfs(walk->dir, &fs) && fs.f_type == PROC_SUPER_MAGIC;
}

/* What is behind a link that @link is open at takes the place of its name. */
static int follow_link(struct walk *walk, int link)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(link, "", target, sizeof(target));
	char *path;

	if (n < 0)
		return fail(walk, errno);
	if (n == 0 || n == sizeof(target))
		return fail(walk, n ? ENAMETOOLONG : ENOENT);
	if (asprintf(&path, "%.*s%s%s", (int)n, target, walk->rest ? "/" : "",
		     walk->rest ? walk->rest : "") < 0)
		return fail(walk, ENOMEM);
	walk->links++;
	return set_path(walk, path);
}

static int enter(struct walk *walk, int dir)
{
	cleanup_close(&walk->dir);
	walk->dir = dir;
	return split(walk, walk->rest);
}

/*
 * Looks at the name. 1: it is the last one, and no link; *ret_fd is open at it, or -1 when there is nothing of that name. 0: there is a next
 * one now.
 */
static int step(struct walk *walk, int *ret_fd, struct stat *ret_st)
{
	__autoclose int fd = openat(walk->dir, walk->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && !walk->rest) {
		*ret_fd = -1;
		return 1;
	}
	if (fd < 0 || fstat(fd, ret_st))
		return fail(walk, errno);
	if (S_ISLNK(ret_st->st_mode)) {
		int err = check_link(walk, ret_st);
		bool of_proc = !err && is_of_proc(walk);
		int behind = of_proc ? openat(walk->dir, walk->name, O_PATH | O_CLOEXEC) : -1;

		if (err)
			return err;
		/* Those of /proc that have a path, as /proc/self, are as any other. */
		if (behind < 0 || fstat(behind, ret_st)) {
			cleanup_close(&behind);
			return follow_link(walk, fd);
		}
		walk->has_open = !walk->rest;
		close(fd);
		fd = behind;
	}
	if (walk->rest)
		return S_ISDIR(ret_st->st_mode) ? enter(walk, take_fd(fd)) : fail(walk, ENOTDIR);
	*ret_fd = take_fd(fd);
	return 1;
}

static int walk_to(struct walk *walk, const char *path, int *ret_fd, struct stat *ret_st)
{
	char *copy = strdup(path);
	int err = copy ? set_path(walk, copy) : fail(walk, ENOMEM);

	while (!err)
		err = step(walk, ret_fd, ret_st);
	return err < 0 ? err : 0;
}

/* ---- what is there */

static int check_type(const struct walk *walk, const struct stat *st, bool special)
{
	if (S_ISREG(st->st_mode) || (special && (S_ISFIFO(st->st_mode) || S_ISCHR(st->st_mode))))
		return 0;
	return S_ISDIR(st->st_mode) ? fail(walk, EISDIR)
				    : refuse(walk, -EINVAL, "not a regular file: give another one");
}

static int check_owner(const struct walk *walk, const struct stat *st)
{
	const bool only_ours = is_only_ours(walk->dir);

	if (!is_ours(st) && (S_ISREG(st->st_mode) || !only_ours))
		return refuse(walk, -EPERM,
			      "it belongs to another user (uid %u): give another file", st->st_uid);
	if (S_ISREG(st->st_mode) && st->st_nlink > 1 && !only_ours)
		return refuse(walk, -EPERM,
			      "it has another name, too (a hard link), in a folder that others may "
			      "write to: give another file");
	return 0;
}

static bool is_same(int fd, const struct stat *st)
{
	struct stat now;

	return !fstat(fd, &now) && now.st_dev == st->st_dev && now.st_ino == st->st_ino;
}

/* ---- opening it */

/* Both: -EAGAIN when it is not as it was any more. */
static int create(const struct walk *walk, const struct own_file_opts *opts, struct stat *ret_st)
{
	__autoclose int fd = -1;

	if (opts->existing)
		return fail(walk, ENOENT);
	fd = openat(walk->dir, walk->name,
		    opts->flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		    opts->mode);

	if (fd < 0)
		return errno == EEXIST ? -EAGAIN : fail(walk, errno);
	if (fstat(fd, ret_st))
		return fail(walk, errno);
	return take_fd(fd);
}

static int open_there(const struct walk *walk, const struct own_file_opts *opts,
		      const struct stat *st)
{
	__autoclose int fd = -1;
	int err = check_type(walk, st, opts->special);

	if (!err && !walk->has_open)
		err = check_owner(walk, st);
	if (err)
		return err;
	if (opts->flags & O_EXCL)
		return fail(walk, EEXIST);
	fd = openat(walk->dir, walk->name,
		    opts->flags | (walk->has_open ? 0 : O_NOFOLLOW) | O_CLOEXEC | O_NONBLOCK |
			    O_NOCTTY);
	if (fd < 0 && (errno == ENOENT || errno == ELOOP))
		return -EAGAIN;
	if (fd < 0 && errno == ENXIO && S_ISFIFO(st->st_mode))
		return refuse(walk, -ENXIO, "it has no reader");
	if (fd < 0)
		return fail(walk, errno);
	return is_same(fd, st) ? take_fd(fd) : -EAGAIN;
}

int own_file__open(const char *path, const struct own_file_opts *opts, char *why, size_t why_size,
		   struct stat *ret_st)
{
	/* Each time from the beginning: it may be a link by now. */
	for (int i = 0; i < RACES_MAX; i++) {
		__cleanup(cleanup_walk) struct walk walk = { .dir = -1,
							     .why = why,
							     .why_size = why_size };
		__autoclose int found = -1;
		int fd = walk_to(&walk, path, &found, ret_st);

		if (!fd)
			fd = found < 0 ? create(&walk, opts, ret_st)
				       : open_there(&walk, opts, ret_st);
		if (fd < 0 && fd != -ENXIO && fd != -EAGAIN)
			memset(ret_st, 0, sizeof(*ret_st));
		if (fd != -EAGAIN)
			return fd;
		snprintf(why, why_size, "it keeps changing");
	}
	memset(ret_st, 0, sizeof(*ret_st));
	return -EAGAIN;
}

int own_file__folder(const char *path, char *why, size_t why_size, char **ret_name)
{
	__cleanup(cleanup_walk) struct walk walk = { .dir = -1, .why = why, .why_size = why_size };
	char *copy = strdup(path);
	int err = copy ? set_path(&walk, copy) : fail(&walk, ENOMEM);

	while (!err && walk.rest) {
		__autoclose int none = -1;
		struct stat st;

		err = step(&walk, &none, &st);
	}
	if (err < 0)
		return err;
	*ret_name = strdup(walk.name);
	return *ret_name ? take_fd(walk.dir) : fail(&walk, ENOMEM);
}
