// SPDX-License-Identifier: GPL-2.0
#include "vmm_file.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/cleanup.h"

/* What a link of a process says. False: that is not known. Nothing is asked of the file system behind it. */
static bool read_link(const char *proc_root, pid_t pid, const char *link, char *buf, size_t size)
{
	char path[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), "%s/%d/%s", proc_root, (int)pid, link);
	len = readlink(path, buf, size);
	if (len < 0 || (size_t)len >= size)
		return false;
	buf[len] = '\0';
	return true;
}

/* So that its paths are init's, too. */
static bool sees_what_init_sees(const char *proc_root, pid_t pid)
{
	char mounts[64], inits_mounts[64], root[2];

	return read_link(proc_root, pid, "ns/mnt", mounts, sizeof(mounts)) &&
	       read_link(proc_root, 1, "ns/mnt", inits_mounts, sizeof(inits_mounts)) &&
	       !strcmp(mounts, inits_mounts) &&
	       read_link(proc_root, pid, "root", root, sizeof(root)) && !strcmp(root, "/");
}

static bool make_absolute(const char *proc_root, pid_t pid, const char *path, char *buf,
			  size_t size)
{
	char cwd[PATH_MAX] = "";

	if (*path != '/' && !read_link(proc_root, pid, "cwd", cwd, sizeof(cwd)))
		return false;
	return (size_t)snprintf(buf, size, "%s/%s", cwd, path) < size;
}

/*
 * Only on the mount of init's root, which is needed anyway: FUSE and NFS may never answer. Without
 * opening the file itself: a FIFO or a device is not touched.
 */
static int find_file(const char *proc_root, pid_t pid, const char *path)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
	};
	int root_fd __autoclose = -1;
	char root[PATH_MAX], whole[PATH_MAX];

	if (!sees_what_init_sees(proc_root, pid) ||
	    !make_absolute(proc_root, pid, path, whole, sizeof(whole)))
		return -1;
	snprintf(root, sizeof(root), "%s/1/root", proc_root);
	root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root_fd < 0 ? -1 : (int)syscall(SYS_openat2, root_fd, whole, &how, sizeof(how));
}

/* The user that the process acts as on files. The directory's owner is root where it is not dumpable. */
static bool user_of(const char *proc_root, pid_t pid, uid_t *ret_uid)
{
	char path[PATH_MAX], line[256];
	__autofclose FILE *file = NULL;

	snprintf(path, sizeof(path), "%s/%d/status", proc_root, (int)pid);
	file = fopen(path, "re");
	/* the name, which is the first line, has no line feed that is not escaped (proc_task_name in fs/proc/array.c) */
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Uid: %*u %*u %*u %u", ret_uid) == 1)
			return true;
	return false;
}

static bool is_allowed(const char *proc_root, pid_t pid, int fd)
{
	struct stat st;
	uid_t uid;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > VMM_FILE_MAX ||
	    !user_of(proc_root, pid, &uid))
		return false;
	return !uid || (st.st_uid == uid ? st.st_mode & S_IRUSR : st.st_mode & S_IROTH);
}

char *vmm_file_read(const char *proc_root, pid_t pid, const char *path)
{
	int found_fd __autoclose = find_file(proc_root, pid, path);
	int fd __autoclose = -1;
	__autofree char *text = NULL;
	char own[32];
	size_t len = 0;
	ssize_t n = 1;

	if (!is_allowed(proc_root, pid, found_fd))
		return NULL;
	/* the same file, whatever is at its path by now */
	snprintf(own, sizeof(own), "/proc/self/fd/%d", found_fd);
	fd = open(own, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	text = fd < 0 ? NULL : malloc(VMM_FILE_MAX + 1);
	while (text && n > 0 && len < VMM_FILE_MAX) {
		n = read(fd, text + len, VMM_FILE_MAX - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (!text || n < 0)
		return NULL;
	text[len] = '\0';
	return take_ptr(text);
}
