// SPDX-License-Identifier: GPL-2.0
#include "stats_fd.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../model/stats.h"

/* KVM_MAX_VCPU_IDS is less on every architecture; what is beyond comes from elsewhere. */
#define MAX_VCPU_ID 65536

#define STATS_LINK "anon_inode:kvm-vcpu-stats:"

/* The vCPU whose statistics the link names, or -1 (virt/kvm/kvm_main.c, kvm_vcpu_ioctl_get_stats_fd). */
static int stats_vcpu_id(const char *target)
{
	char *end;
	long id;

	if (strncmp(target, STATS_LINK, strlen(STATS_LINK)))
		return -1;
	target += strlen(STATS_LINK);
	id = strtol(target, &end, 10);
	return end == target || *end || id < 0 || id >= MAX_VCPU_ID ? -1 : (int)id;
}

static int grow(int **fds, size_t *n, size_t wanted)
{
	int *more;

	if (wanted <= *n)
		return 0;
	more = realloc(*fds, wanted * sizeof(**fds));
	if (!more)
		return -ENOMEM;
	for (size_t i = *n; i < wanted; i++)
		more[i] = -1;
	*fds = more;
	*n = wanted;
	return 0;
}

int stats_fd_find(const char *proc_root, pid_t pid, int **ret_fds, size_t *ret_n)
{
	__autoclosedir DIR *dir = NULL;
	__autofree int *fds = NULL;
	char path[PATH_MAX], target[64];
	struct dirent *entry;
	size_t n = 0, n_vms = 0;

	snprintf(path, sizeof(path), "%s/%d/fd", proc_root, pid);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)) != NULL) {
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		int id;

		if (len < 0)
			continue;
		target[len] = '\0';
		n_vms += !strcmp(target, "anon_inode:kvm-vm");
		id = stats_vcpu_id(target);
		if (id < 0)
			continue;
		if (grow(&fds, &n, (size_t)id + 1))
			return -ENOMEM;
		fds[id] = (int)strtol(entry->d_name, NULL, 10);
	}
	*ret_n = n_vms == 1 ? n : 0;
	*ret_fds = take_ptr(fds);
	return 0;
}

int stats_fd_open_process(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

static bool is_stats_of(int fd, uint32_t vcpu_id)
{
	char path[64], target[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return false;
	target[len] = '\0';
	return stats_vcpu_id(target) == (int)vcpu_id;
}

int stats_fd_read(int pidfd, int fd, uint32_t vcpu_id, const struct stat_layout *layout, void *data)
{
	__autoclose int ours = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	ssize_t n;

	if (ours < 0)
		return -errno;
	if (!is_stats_of(ours, vcpu_id))
		return -ESTALE;
	n = pread(ours, data, layout->bytes, (off_t)layout->data_offset);
	if (n < 0)
		return -errno;
	return (size_t)n == layout->bytes ? 0 : -EBADMSG;
}
