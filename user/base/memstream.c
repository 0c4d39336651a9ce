// SPDX-License-Identifier: GPL-2.0
#include "memstream.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define ROOM_FIRST 1024

/* Behind the stream, which has a buffer of its own before it. */
struct memstream {
	char **text;
	size_t *len;
	char *v;
	size_t n, room;
	bool failed;
};

/* Room for @more bytes and the NUL. Whether there is. */
static bool make_room(struct memstream *mem, size_t more)
{
	size_t room = mem->room ? mem->room : ROOM_FIRST;
	char *v;

	while (room - mem->n <= more)
		if (__builtin_mul_overflow(room, 2u, &room))
			return false;
	if (room == mem->room)
		return true;
	v = realloc(mem->v, room);
	if (!v)
		return false;
	mem->v = v;
	mem->room = room;
	return true;
}

/* 0: an error. It sticks, as the stream may go on. */
static ssize_t append(void *cookie, const char *bytes, size_t n)
{
	struct memstream *mem = cookie;

	mem->failed |= !make_room(mem, n);
	if (mem->failed) {
		errno = ENOMEM;
		return 0;
	}
	memcpy(mem->v + mem->n, bytes, n);
	mem->n += n;
	return (ssize_t)n;
}

static int end(void *cookie)
{
	struct memstream *mem = cookie;

	mem->failed |= !make_room(mem, 0);
	if (mem->failed) {
		free(mem->v);
	} else {
		mem->v[mem->n] = '\0';
		*mem->text = mem->v;
		*mem->len = mem->n;
	}
	free(mem);
	return 0;
}

FILE *memstream_open(char **text, size_t *len)
{
	struct memstream *mem = calloc(1, sizeof(*mem));
	FILE *stream = NULL;

	*text = NULL;
	*len = 0;
	if (!mem)
		return NULL;
	mem->text = text;
	mem->len = len;
	stream = fopencookie(mem, "w", (cookie_io_functions_t){ .write = append, .close = end });
	if (!stream)
		free(mem);
	return stream;
}

int memstream_close(FILE *mem, char **text)
{
	if (!fclose(mem) && *text)
		return 0;
	free(*text);
	*text = NULL;
	return -ENOMEM;
}
