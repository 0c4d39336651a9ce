/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stderr_lines: what is written to standard error while the screen is up: to be shown there, and written to standard error again afterwards.
 */
#ifndef KVMTOP_RUN_STDERR_LINES_H
#define KVMTOP_RUN_STDERR_LINES_H

struct stderr_lines;

/* From now on it is a pipe. 0 or a negative errno. */
int stderr_lines__new(struct stderr_lines **ret_lines);

/* As it was; what was kept back is written there. Takes NULL. */
void stderr_lines__free(struct stderr_lines *lines);

/* Readable: there may be lines. */
int stderr_lines__fd(const struct stderr_lines *lines);

/* Calls @take for each line that has come, escaped and without its end. 0 or the first error of @take. */
int stderr_lines__take(struct stderr_lines *lines, int (*take)(void *arg, const char *line),
		       void *arg);

#endif
