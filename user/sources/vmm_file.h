/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmm_file: a file that a VMM's command line names, read although that may be hostile: we may be root, and it is not to
 * make us wait, change anything, or tell what the VMM itself may not read. Knows nothing of what is in it.
 */
#ifndef KVMTOP_SOURCES_VMM_FILE_H
#define KVMTOP_SOURCES_VMM_FILE_H

#include <sys/types.h>

/* Longer ones are no configuration. */
#define VMM_FILE_MAX (64u << 10)

/*
 * The text at @path as process @pid sees it; NUL-terminated, malloc'ed. NULL: it is not to be had. That is so if it is no
 * regular file, too long, or what neither the VMM's user owns nor all may read; if it is not on the mount of init's
 * root, or the VMM sees another root or other mounts than init, as in a container; or if we may not tell (or no memory).
 */
char *vmm_file_read(const char *proc_root, pid_t pid, const char *path);

#endif
