/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmm_file: reads a file that a VMM's command line names, which may be hostile. We may be root. So
 * the name must not make us wait, change anything, or reveal what the VMM itself may not read.
 * Knows nothing of what is in it.
 */
#ifndef KVMTOP_SOURCES_VMM_FILE_H
#define KVMTOP_SOURCES_VMM_FILE_H

#include <sys/types.h>

/* Longer ones are no configuration. */
#define VMM_FILE_MAX (64u << 10)

/*
 * The text at @path as process @pid sees it; NUL-terminated, malloc'ed. NULL: it is not to be had.
 * It must be a regular file, not too long, and owned by the VMM's user or readable for all. It must
 * be on the mount of init's root, and the VMM must see init's root and mounts, unlike in a
 * container. NULL also if any of this is unknown, or without memory.
 */
char *vmm_file_read(const char *proc_root, pid_t pid, const char *path);

#endif
