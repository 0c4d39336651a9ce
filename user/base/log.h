/* SPDX-License-Identifier: GPL-2.0 */
/*
 * log: one-line messages to the user on stderr, by level. Knows nothing of KVM, BPF or terminals.
 */
#ifndef KVMTOP_BASE_LOG_H
#define KVMTOP_BASE_LOG_H

#include <stdarg.h>

struct outlet;

enum log_level {
	LOG_LEVEL_ERROR,   /* we stop because of it */
	LOG_LEVEL_WARNING, /* we go on, and the text says how */
	LOG_LEVEL_INFO,	   /* -v */
	LOG_LEVEL_DEBUG,   /* -vv */
};

/* What is shown: messages up to @level. LOG_LEVEL_WARNING unless set. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/*
 * From now on messages go to @outlet (NULL: to stderr again), so an unread stderr does not block
 * kvmtop. Without room they are left out, and the next message says how many. Only the thread of
 * the outlet may log meanwhile.
 */
void log_set_outlet(struct outlet *outlet);

/*
 * Writes "kvmtop: TEXT\n" to stderr when @level is shown. A newline at the end of the text is not doubled.
 * errno is kept, so that an error can be reported before it is looked at.
 */
void log_msg(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_vmsg(enum log_level level, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

#define log_error(...) log_msg(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_msg(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_msg(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_msg(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
