/* SPDX-License-Identifier: GPL-2.0 */
/*
 * log_file: a file that lines are appended to for months. It may be renamed and reopened
 * (logrotate), and its disk may be full for a while. A line is written whole or not at all, and in
 * order. Says on stderr what is wrong with the file, once, and when it is right again.
 */
#ifndef KVMTOP_SINKS_LOG_FILE_H
#define KVMTOP_SINKS_LOG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_file;

/* Lines that cannot be written are kept up to so many bytes; then the oldest are lost, and counted. */
#define LOG_FILE_KEEP_BYTES (1u << 20)

/*
 * Opens @path (which outlives it) for appending, creates it with mode 0644; by the rules of own_file. A FIFO and a character device are
 * never waited for, nor is the reader of a FIFO, which may come later. 0, or a negative errno and in @why what is wrong.
 */
int log_file__open(const char *path, char *why, size_t why_size, struct log_file **ret_file);

/* Tries once more to write what is left; what cannot be written is lost: -EIO after a line on stderr, else 0. */
int log_file__finish(struct log_file *file);

/* As log_file__finish(). Takes NULL. */
void log_file__close(struct log_file *file);

/*
 * Sets the header of the open file, which is copied. It is written if the file is empty, or its
 * first line is another one; @always: in any case. 0 or -ENOMEM.
 */
int log_file__set_header(struct log_file *file, const char *header, bool always);

/*
 * Reopens the path: the open file may have been renamed. As long as that fails the lines go there
 * all the same; it is to be tried again before each. Returns whether it is reopened: then the
 * header is to be set.
 */
bool log_file__reopen(struct log_file *file);

/* Whether that still has to be tried again. */
bool log_file__wants_reopen(const struct log_file *file);

/* Whether nothing waits to be written. */
bool log_file__is_settled(const struct log_file *file);

/*
 * Whether lines wait for a reader that may come or read on. False when the reader has closed, or
 * the disk is full.
 */
bool log_file__waits_for_reader(const struct log_file *file);

/* Tries again to write what waits. */
void log_file__retry(struct log_file *file);

/* How many bytes were written so far. */
uint64_t log_file__written(const struct log_file *file);

/* Appends whole lines. 0 or -ENOMEM; what the file refuses is kept. */
int log_file__write(struct log_file *file, const char *lines);

#endif
