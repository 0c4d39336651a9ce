/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kept_file: small files of /proc and of control groups that are read again and again. Each stays open while there are few enough, so
 * that a reading is one system call.
 */
#ifndef KVMTOP_SOURCES_KEPT_FILE_H
#define KVMTOP_SOURCES_KEPT_FILE_H

#include <stdint.h>
#include <sys/types.h>

/* What they have in common. */
struct kept_files {
	int fd_max;	/* a file whose descriptor is higher is closed again */
	uint64_t calls; /* system calls in all */
};

/* Half of what this process may open is kept open. */
void kept_files__init(struct kept_files *files);

/*
 * Reads what is in the file at @path now into @buf, with a NUL. What has no room is left out. *@fd is that of the last time, at first
 * -1. Returns the length, or a negative errno, and then the file is closed.
 */
ssize_t kept_file__read(struct kept_files *files, int *fd, const char *path, char *buf,
			size_t size);

/* Once: it is closed again. */
ssize_t kept_file__read_once(struct kept_files *files, const char *path, char *buf, size_t size);

void kept_file__close(struct kept_files *files, int *fd);

#endif
