// SPDX-License-Identifier: GPL-2.0
/* arena: memory that is freed all at once: a list of chunks, filled from the bottom up. */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Chunks grow: a host with 1,000 VMs must not need thousands of them, nor an idle one a MiB. */
#define CHUNK_MIN_BYTES ((size_t)4 << 10)
#define CHUNK_MAX_BYTES ((size_t)1 << 20)

struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct chunk *head; /* the one that is being filled */
	size_t next_size;   /* of the data of the next chunk */
};

struct arena *arena__new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena)
		arena->next_size = CHUNK_MIN_BYTES;
	return arena;
}

/* A zeroed chunk. Every byte is handed out once at most, so it is still zero then. */
static struct chunk *chunk__new(size_t size)
{
	struct chunk *chunk;

	if (size > SIZE_MAX - sizeof(*chunk))
		return NULL;
	chunk = calloc(1, sizeof(*chunk) + size);
	if (chunk)
		chunk->size = size;
	return chunk;
}

/* A large object gets a chunk of its own behind the head, which goes on being filled. */
static struct chunk *add_large(struct arena *arena, size_t size)
{
	struct chunk *chunk = chunk__new(size);

	if (!chunk)
		return NULL;
	chunk->next = arena->head->next;
	arena->head->next = chunk;
	return chunk;
}

static struct chunk *add_head(struct arena *arena, size_t size)
{
	size_t chunk_size = size > arena->next_size ? size : arena->next_size;
	struct chunk *chunk = chunk__new(chunk_size);

	if (!chunk)
		return NULL;
	chunk->next = arena->head;
	arena->head = chunk;
	if (arena->next_size < CHUNK_MAX_BYTES)
		arena->next_size *= 2;
	return chunk;
}

void *arena__alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct chunk *chunk = arena->head;
	void *p;

	if (size > SIZE_MAX - align)
		return NULL;
	size = size ? (size + align - 1) / align * align : align;

	if (!chunk || chunk->size - chunk->used < size) {
		if (chunk && size >= arena->next_size / 2)
			chunk = add_large(arena, size);
		else
			chunk = add_head(arena, size);
		if (!chunk)
			return NULL;
	}

	p = chunk->data + chunk->used;
	chunk->used += size;
	return p;
}

void *arena__calloc(struct arena *arena, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return arena__alloc(arena, bytes);
}

char *arena__strdup(struct arena *arena, const char *s)
{
	size_t size;
	char *copy;

	if (!s)
		return NULL;
	size = strlen(s) + 1;
	copy = arena__alloc(arena, size);
	return copy ? memcpy(copy, s, size) : NULL;
}

void arena__free(struct arena *arena)
{
	struct chunk *next;

	if (!arena)
		return;
	for (struct chunk *chunk = arena->head; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(arena);
}
