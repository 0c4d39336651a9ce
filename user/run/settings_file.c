// SPDX-License-Identifier: GPL-2.0
#include "settings_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/log.h"
#include "../model/rules_set.h"
#include "../options/options.h"
#include "../tui/settings.h"

#define NAME "settings"
#define NEW_NAME ".settings.new"

DEFINE_CLEANUP(settings, struct settings, settings__free)

/* ---- where it is */

/* The folder that kvmtop's is in, which is an absolute path; false: there is none. */
static bool find_base(char *base, size_t size)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int n = -1;

	if (xdg && *xdg == '/')
		n = snprintf(base, size, "%s", xdg);
	else if (home && *home == '/')
		n = snprintf(base, size, "%s/.config", home);
	return n > 0 && (size_t)n < size;
}

/* As messages name it. */
static const char *where(char *path, size_t size)
{
	char base[PATH_MAX];

	if (!find_base(base, sizeof(base)))
		return NAME;
	snprintf(path, size, "%s/kvmtop/" NAME, base);
	return path;
}

static int open_folder(int at, const char *path, bool make)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = openat(at, path, flags);

	if (fd < 0 && errno == ENOENT && make && !mkdirat(at, path, 0700))
		fd = openat(at, path, flags);
	return fd < 0 ? -errno : fd;
}

/* Only in what is ours: with sudo and another's HOME, a folder of root's would be left there. */
static bool may_make(const char *base)
{
	char parent[PATH_MAX];
	struct stat st;

	if (!lstat(base, &st))
		return st.st_uid == geteuid();
	snprintf(parent, sizeof(parent), "%s", base);
	*strrchr(parent, '/') = '\0';
	return !stat(*parent ? parent : "/", &st) && st.st_uid == geteuid();
}

/* kvmtop's own; @make: also where there was none. A file descriptor, or a negative errno: -ENOENT. */
static int open_own_folder(bool make)
{
	char base[PATH_MAX];
	__autoclose int fd = -1;

	if (!find_base(base, sizeof(base)))
		return -ENOENT;
	if (make && !may_make(base))
		return -EPERM;
	fd = open_folder(AT_FDCWD, base, make);
	return fd < 0 ? fd : open_folder(fd, "kvmtop", make);
}

/* ---- reading */

static int read_bytes(int fd, char *text, size_t size, size_t *ret_n)
{
	size_t n = 0;

	while (n < size) {
		ssize_t done = read(fd, text + n, size - n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		if (!done)
			break;
		n += (size_t)done;
	}
	*ret_n = n;
	return 0;
}

/* One that is not there is empty. */
static int read_settings(int folder, settings_bad_fn bad, bool only_rules,
			 struct settings **ret_settings)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	__autoclose int fd = folder < 0 ? -1 : openat(folder, NAME, flags);
	__autofree char *text = malloc(SETTINGS_BYTES_MAX + 1);
	struct stat st;
	size_t n = 0;
	int err;

	if (!text)
		return -ENOMEM;
	if (fd < 0)
		return folder >= 0 && errno != ENOENT
			       ? -errno
			       : settings__parse("", 0, NULL, NULL, ret_settings);
	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	err = read_bytes(fd, text, SETTINGS_BYTES_MAX + 1, &n);
	return err ?: settings__parse(text, n, bad, &only_rules, ret_settings);
}

static void report_line(void *arg, size_t number, const char *key, const char *why)
{
	const bool *only_rules = arg;
	char path[PATH_MAX + sizeof("/kvmtop/" NAME)];

	/* A key may have anything in it, and may be no key. */
	if (*only_rules && !(key && rules_set__is_key(key)))
		return;
	log_warning("settings (%s), line %zu: %s: left alone", where(path, sizeof(path)), number,
		    why);
}

static void take_rule(void *arg, const char *key, const char *value)
{
	struct rules_set *rules = arg;
	const char *why;

	if (rules_set__is_key(key))
		rules_set__take(rules, key, value, &why);
}

static bool has(const struct settings *settings, const char *key, const char *value)
{
	const char *there = settings__get(settings, key);

	return there && !strcmp(there, value);
}

static void take_text(const struct settings *settings, const char *key, char *buf, size_t size)
{
	const char *there = settings__get(settings, key);

	if (there && strlen(there) < size)
		strcpy(buf, there);
}

/* How lists of one kind are. */
static void take_list(const struct settings *settings, enum list_kind kind,
		      struct list_choice *choice)
{
	char key[SETTINGS_KEY_SIZE];

	take_text(settings, settings_list_key(kind, "sort", key), choice->sort,
		  sizeof(choice->sort));
	take_text(settings, settings_list_key(kind, "columns", key), choice->columns,
		  sizeof(choice->columns));
	take_text(settings, settings_list_key(kind, "columns.off", key), choice->off,
		  sizeof(choice->off));
	choice->reversed = has(settings, settings_list_key(kind, "reverse", key), "yes");
}

/* Options win: --sort in screen_start.c. */
static void take(const struct settings *settings, struct options *options)
{
	const char *interval = settings__get(settings, "interval");
	const char *history = settings__get(settings, "history");

	options->no_color |= has(settings, "colour", "never");
	options->ascii |= has(settings, "glyphs", "ascii");
	options->no_sync |= has(settings, "sync", "never");
	options->mouse |= has(settings, "mouse", "yes");
	for (int i = LIST_KIND_NONE + 1; i < LIST_KIND_MAX; i++)
		take_list(settings, (enum list_kind)i, &options->lists[i]);
	if (interval && !options->interval_given && !options->replay)
		options->interval_ns = (uint64_t)(strtod(interval, NULL) * 1e9);
	if (history && !options->history_given)
		options->history_bytes = (uint64_t)strtoull(history, NULL, 10) << 20;
}

static int load(struct options *options, bool only_rules)
{
	__cleanup(cleanup_settings) struct settings *settings = NULL;
	__autoclose int folder = open_own_folder(false);
	char path[PATH_MAX + sizeof("/kvmtop/" NAME)];
	int err;

	/* It may be another user's, as after "sudo -u". */
	if (folder == -ENOENT || folder == -EACCES)
		return 0;
	err = folder < 0 ? folder : read_settings(folder, report_line, only_rules, &settings);
	if (err == -ENOMEM)
		return err;
	if (err)
		log_warning("settings (%s): cannot be read: %s: going on without",
			    where(path, sizeof(path)), strerror(-err));
	if (!err)
		settings__each(settings, take_rule, &options->rules);
	if (!err && !only_rules)
		take(settings, options);
	return 0;
}

int settings_file__load(struct options *options)
{
	return load(options, false);
}

int settings_file__load_rules(struct options *options)
{
	return load(options, true);
}

/* ---- writing */

/* 0 or -EPERM: it is another user's, as with sudo and that one's HOME. */
static int check_owner(int folder)
{
	struct stat st;

	if (fstat(folder, &st))
		return -errno;
	if (st.st_uid != geteuid())
		return -EPERM;
	if (fstatat(folder, NAME, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	return st.st_uid == geteuid() && S_ISREG(st.st_mode) ? 0 : -EPERM;
}

static int write_bytes(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t done = write(fd, text, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		text += done;
		n -= (size_t)done;
	}
	return fsync(fd) ? -errno : 0;
}

/* Whole or not at all. What another kvmtop has left behind that was killed meanwhile is removed. */
static int replace(int folder, const char *text, size_t n)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	__autoclose int fd = -1;
	int err;

	unlinkat(folder, NEW_NAME, 0);
	fd = openat(folder, NEW_NAME, flags, 0600);
	if (fd < 0)
		return -errno;
	err = write_bytes(fd, text, n);
	if (!err && renameat(folder, NEW_NAME, folder, NAME))
		err = -errno;
	if (err)
		unlinkat(folder, NEW_NAME, 0);
	return err;
}

static int save(int folder, int (*change)(void *arg, struct settings *settings), void *arg)
{
	__cleanup(cleanup_settings) struct settings *settings = NULL;
	__autofree char *text = NULL;
	size_t n;
	int err = check_owner(folder);

	if (!err)
		err = read_settings(folder, NULL, false, &settings);
	if (!err)
		err = change(arg, settings);
	if (err)
		return err;
	text = settings__print(settings, &n);
	if (!text)
		return -ENOMEM;
	return n > SETTINGS_BYTES_MAX ? -E2BIG : replace(folder, text, n);
}

int settings_file__save(int (*change)(void *arg, struct settings *settings), void *arg, char *said,
			size_t said_size)
{
	__autoclose int folder = open_own_folder(true);
	int err = folder < 0 ? folder : save(folder, change, arg);

	if (err == -EPERM)
		snprintf(said, said_size, "not saved: the settings' folder is another user's");
	else if (err)
		snprintf(said, said_size, "not saved: %s", strerror(-err));
	else
		snprintf(said, said_size, "settings saved");
	return err;
}
