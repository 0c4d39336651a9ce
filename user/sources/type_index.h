/* SPDX-License-Identifier: GPL-2.0 */
/*
 * type_index: finds the types of a BTF by their names. The kernel has over 100,000 of them, and libbpf goes through all for
 * each name. This goes through them once.
 */
#ifndef KVMTOP_SOURCES_TYPE_INDEX_H
#define KVMTOP_SOURCES_TYPE_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct btf;
struct type_index;

/* Of all types of @btf that have a name. @btf must outlive the index, and may not change. 0 or -ENOMEM. */
int type_index__new(const struct btf *btf, struct type_index **ret_index);
/* Takes NULL. */
void type_index__free(struct type_index *index);

/* The first type with that name and kind (BTF_KIND_*), or -ENOENT. */
int type_index__find(const struct type_index *index, const char *name, uint32_t kind);

/*
 * The types with the name of @len bytes, of any kind, one by one, in the order of their ids. @at is 0 at first, and is moved on.
 * 0: there are no more.
 */
uint32_t type_index__next(const struct type_index *index, const char *name, size_t len, size_t *at);

#endif
