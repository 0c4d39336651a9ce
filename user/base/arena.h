/* SPDX-License-Identifier: GPL-2.0 */
/*
 * arena: memory that is freed all at once, for snapshots and frames.
 */
#ifndef KVMTOP_BASE_ARENA_H
#define KVMTOP_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* An empty arena; NULL when there is no memory. */
struct arena *arena__new(void);

/* @size zeroed bytes, aligned for any type, that live as long as the arena; NULL: no memory. */
void *arena__alloc(struct arena *arena, size_t size);

/* As arena__alloc for @n elements of @size bytes each; NULL also when the product overflows. */
void *arena__calloc(struct arena *arena, size_t n, size_t size);

/* A copy of @s (which may be NULL: then NULL is returned); NULL: no memory. */
char *arena__strdup(struct arena *arena, const char *s);

void arena__free(struct arena *arena);

#endif
