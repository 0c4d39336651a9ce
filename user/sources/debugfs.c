// SPDX-License-Identifier: GPL-2.0
#include "debugfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../model/stats.h"

/* "3111-4"; false for any other name. */
static bool parse_vm(const char *name, struct debugfs_vm *ret_vm)
{
	int end = 0;

	if (sscanf(name, "%d-%d%n", &ret_vm->creator, &ret_vm->fd, &end) != 2 || name[end])
		return false;
	return ret_vm->creator > 0 && ret_vm->fd >= 0;
}

static int read_value(int dir, const char *name, uint64_t *ret_value)
{
	__autoclose int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	unsigned long long value;
	char text[32], *end;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || (*end && *end != '\n'))
		return -EBADMSG;
	*ret_value = value;
	return 0;
}

/* The first regular file that is there says what the others do: KVM gives all cumulative ones the same mode. */
static int probe_file(const char *root)
{
	__autoclosedir DIR *dir = opendir(root);
	struct dirent *entry;
	uint64_t value;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)) != NULL) {
		struct stat st;

		/* Gauges (read-only) are let through by lockdown. */
		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode) || !(st.st_mode & S_IWUSR))
			continue;
		return read_value(dirfd(dir), entry->d_name, &value);
	}
	return -ENOENT;
}

static void lockdown_mode(char *mode, size_t size)
{
	__autofclose FILE *file = fopen("/sys/kernel/security/lockdown", "re");
	char line[128], *open;

	snprintf(mode, size, "lockdown");
	if (!file || !fgets(line, sizeof(line), file))
		return;
	open = strchr(line, '[');
	if (!open)
		return;
	open[strcspn(open, "]")] = '\0';
	if (strcmp(open + 1, "none"))
		snprintf(mode, size, "lockdown=%s", open + 1);
}

int debugfs_probe(const char *root, char *why, size_t why_size)
{
	int err = probe_file(root);
	char mode[64];

	switch (err) {
	case 0:
		snprintf(why, why_size, "ok");
		break;
	case -ENOENT:
		snprintf(why, why_size, "not mounted");
		break;
	case -EPERM:
		lockdown_mode(mode, sizeof(mode));
		snprintf(why, why_size, "denied: %s", mode);
		break;
	case -EACCES:
		snprintf(why, why_size, "denied: needs root");
		break;
	default:
		snprintf(why, why_size, "%s", strerror(-err));
	}
	return err;
}

int debugfs_vms(const char *root, struct debugfs_vm **ret_vms, size_t *ret_n)
{
	__autoclosedir DIR *dir = opendir(root);
	__autofree struct debugfs_vm *vms = NULL;
	size_t n = 0, capacity = 0;
	struct dirent *entry;
	struct debugfs_vm vm;
	struct stat st;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)) != NULL) {
		if (!parse_vm(entry->d_name, &vm) ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		vm.inode = st.st_ino;
		if (n == capacity) {
			size_t more = capacity ? capacity * 2 : 16;
			struct debugfs_vm *grown = realloc(vms, more * sizeof(*vms));

			if (!grown)
				return -ENOMEM;
			vms = grown;
			capacity = more;
		}
		vms[n++] = vm;
	}
	*ret_vms = take_ptr(vms);
	*ret_n = n;
	return 0;
}

static int open_vm(const char *root, const struct debugfs_vm *vm)
{
	__autoclose int fd = -1;
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%d-%d", root, vm->creator, vm->fd);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return -errno;
	return st.st_ino == vm->inode ? take_fd(fd) : -ENOENT;
}

#define NEW_NS 200000000

/* Whether the folder is so new that KVM may still be filling it. */
static bool is_new(int dir)
{
	struct timespec now;
	struct stat st;
	int64_t age_ns;

	if (fstat(dir, &st) || clock_gettime(CLOCK_REALTIME, &now))
		return false;
	age_ns = (int64_t)(now.tv_sec - st.st_mtim.tv_sec) * 1000000000 + now.tv_nsec -
		 st.st_mtim.tv_nsec;
	/* Not so if the clock was set back. */
	return age_ns >= 0 && age_ns < NEW_NS;
}

static bool is_there(const char *root, const struct debugfs_vm *vm)
{
	__autoclose int fd = open_vm(root, vm);

	return fd >= 0;
}

/* Whether the file is a statistic of a single number. */
static bool is_wanted(int dir, const char *name, const struct stat_layout *known)
{
	const struct stat_desc *desc = known ? stat_layout__find(known, name) : NULL;
	struct stat st;
	uint64_t value;

	if (known)
		return desc && desc->n == 1;
	if (name[0] == '.' || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return false;
	return strlen(name) < NAME_MAX && !strstr(name, "_hist") && !read_value(dir, name, &value);
}

/*
 * What is known of the statistic besides its name. If nothing is known, the mode of its file
 * decides: root may set counters to 0, and cannot write to gauges (kvm_stats_debugfs_mode in
 * virt/kvm/kvm_main.c).
 */
static void complete(int dir, struct stat_layout *layout, const struct stat_layout *known)
{
	for (size_t i = 0; i < layout->n; i++) {
		const struct stat_desc *desc =
			known ? stat_layout__find(known, layout->v[i].name) : NULL;
		struct stat st;

		if (!desc) {
			if (!fstatat(dir, layout->v[i].name, &st, 0) && !(st.st_mode & S_IWUSR))
				layout->v[i].type = STAT_INSTANT;
			continue;
		}
		layout->v[i].type = desc->type;
		layout->v[i].unit = desc->unit;
		layout->v[i].pow2 = desc->pow2;
		layout->v[i].exponent = desc->exponent;
	}
}

static void cleanup_names(char ***names)
{
	for (size_t i = 0; *names && (*names)[i]; i++)
		free((*names)[i]);
	free(*names);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int debugfs_layout(const char *root, const struct debugfs_vm *vm, const struct stat_layout *known,
		   struct stat_layout **ret_layout)
{
	__autoclosedir DIR *dir = NULL;
	__cleanup(cleanup_names) char **names = NULL;
	struct stat_layout *layout;
	struct dirent *entry;
	int fd = open_vm(root, vm);
	size_t n = 0;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	if (is_new(fd))
		return -EAGAIN;
	while ((entry = readdir(dir)) != NULL) {
		char **more;

		if (!is_wanted(dirfd(dir), entry->d_name, known))
			continue;
		more = realloc(names, (n + 2) * sizeof(*names));
		if (!more)
			return -ENOMEM;
		names = more;
		names[n] = strdup(entry->d_name);
		names[n + 1] = NULL;
		if (!names[n++])
			return -ENOMEM;
	}
	/* Of a VM that has ended meanwhile only some may have been there. */
	if (!n || !is_there(root, vm))
		return -ENOENT;
	qsort(names, n, sizeof(*names), by_name);
	layout = stat_layout__from_names((const char *const *)names, n);
	if (!layout)
		return -ENOMEM;
	complete(dirfd(dir), layout, known);
	*ret_layout = layout;
	return 0;
}

int debugfs_read(const char *root, const struct debugfs_vm *vm, const struct stat_layout *layout,
		 uint64_t *values)
{
	__autoclose int dir = open_vm(root, vm);

	if (dir < 0)
		return dir;
	for (size_t i = 0; i < layout->n; i++) {
		int err = read_value(dir, layout->v[i].name, &values[layout->v[i].first]);

		if (err)
			return err;
	}
	return 0;
}
