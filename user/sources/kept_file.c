// SPDX-License-Identifier: GPL-2.0
#include "kept_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <unistd.h>

void kept_files__init(struct kept_files *files)
{
	struct rlimit limit = { .rlim_cur = 1024 };

	*files = (struct kept_files){ .fd_max = INT_MAX };
	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur / 2 < INT_MAX)
		files->fd_max = (int)(limit.rlim_cur / 2);
}

void kept_file__close(struct kept_files *files, int *fd)
{
	if (*fd < 0)
		return;
	close(*fd);
	files->calls++;
	*fd = -1;
}

ssize_t kept_file__read(struct kept_files *files, int *fd, const char *path, char *buf, size_t size)
{
	ssize_t n;

	if (*fd < 0) {
		files->calls++;
		*fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (*fd < 0)
		return -errno;
	files->calls++;
	n = pread(*fd, buf, size - 1, 0);
	if (n < 0)
		n = -errno;
	else
		buf[n] = '\0';
	if (n < 0 || *fd > files->fd_max)
		kept_file__close(files, fd);
	return n;
}

ssize_t kept_file__read_once(struct kept_files *files, const char *path, char *buf, size_t size)
{
	int fd = -1;
	ssize_t n = kept_file__read(files, &fd, path, buf, size);

	kept_file__close(files, &fd);
	return n;
}
