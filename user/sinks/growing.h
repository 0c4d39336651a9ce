/* SPDX-License-Identifier: GPL-2.0 */
/*
 * growing: bytes in memory that become more. Knows nothing of what they are.
 */
#ifndef KVMTOP_SINKS_GROWING_H
#define KVMTOP_SINKS_GROWING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Begins as zeroes. */
struct growing {
	char *v;
	size_t len, room;
	bool failed; /* no memory: all of it is worth nothing */
};

/* More room, for @len bytes at least. False: it has failed. */
bool growing__widen(struct growing *bytes, size_t len);

/* Room for @len (not 0) more bytes, which are there once @bytes->len says so. NULL: it has failed. */
static inline char *growing__reserve(struct growing *bytes, size_t len)
{
	if (bytes->room - bytes->len < len && !growing__widen(bytes, len))
		return NULL;
	return bytes->v + bytes->len;
}

static inline void growing__append(struct growing *bytes, const void *more, size_t len)
{
	char *v = len ? growing__reserve(bytes, len) : NULL;

	if (!v)
		return;
	memcpy(v, more, len);
	bytes->len += len;
}

static inline void growing__append_text(struct growing *bytes, const char *more)
{
	growing__append(bytes, more, strlen(more));
}

/* In decimal digits. */
void growing__append_u64(struct growing *bytes, uint64_t value);

void growing__done(struct growing *bytes);

#endif
