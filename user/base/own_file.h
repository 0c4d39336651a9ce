/* SPDX-License-Identifier: GPL-2.0 */
/*
 * own_file: opens a file to write to that no other user has set up as a trap, even in another
 * user's folder.
 *
 * "Ours" is what root owns, or the user that runs us. A link is followed only if it and the folder
 * that it is in are ours. A file must be ours and plain. It may have a second name (a hard link)
 * only in a folder that only we can write to. What this process has open already may be named in
 * any case, as /dev/stdout does.
 */
#ifndef KVMTOP_BASE_OWN_FILE_H
#define KVMTOP_BASE_OWN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct own_file_opts {
	int flags;   /* of open(2); further: O_CREAT, O_CLOEXEC, O_NONBLOCK and O_NOCTTY */
	mode_t mode; /* of a new file */
	/*
	 * A FIFO or a character device is accepted, too: it must be ours, or be in a folder that
	 * only we can write to. It is never waited for.
	 */
	bool special;
	bool existing; /* it is not made where there is none: -ENOENT */
};

/*
 * Returns a file descriptor, or a negative errno and in @why what is wrong, without the path.
 * @ret_st is its status, also when a FIFO has no reader yet (-ENXIO, S_ISFIFO); otherwise zeroes.
 */
int own_file__open(const char *path, const struct own_file_opts *opts, char *why, size_t why_size,
		   struct stat *ret_st);

/*
 * The folder that the file is in, by the same rules; and its name there, malloc'ed. A file descriptor for openat(2) and the like, or a
 * negative errno and @why.
 */
int own_file__folder(const char *path, char *why, size_t why_size, char **ret_name);

#endif
