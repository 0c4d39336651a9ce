/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats_fd: the statistics fds that a VMM holds (QEMU from 8.1 on has one per vCPU). They are
 * borrowed for a read only, as they keep their VM alive.
 */
#ifndef KVMTOP_SOURCES_STATS_FD_H
#define KVMTOP_SOURCES_STATS_FD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stat_layout;

/*
 * The numbers of @pid's fds that are statistics of vCPUs, by vCPU id: @ret_fds[id], malloc'ed. -1
 * where there is none; @ret_n is 0 when there are none at all. For a process with several VMs there
 * are none: the VMs could not be distinguished. 0 or negative errno.
 */
int stats_fd_find(const char *proc_root, pid_t pid, int **ret_fds, size_t *ret_n);

/* A pidfd of @pid, or a negative errno. */
int stats_fd_open_process(pid_t pid);

/*
 * Reads the statistics of vCPU @vcpu_id from fd @fd of the process @pidfd: layout->bytes bytes to
 * @data. @layout is from a statistics fd. 0, or a negative errno: -ESTALE when the fd is something
 * else now, -EPERM: no right (CAP_SYS_PTRACE).
 */
int stats_fd_read(int pidfd, int fd, uint32_t vcpu_id, const struct stat_layout *layout,
		  void *data);

#endif
