// SPDX-License-Identifier: GPL-2.0
#include "type_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

#include <bpf/btf.h>

#define FACTOR UINT64_C(0x9e3779b97f4a7c15)

/* Open addressing: those of one name follow each other, with others between them, in the order of their ids. */
struct type_index {
	const struct btf *btf;
	size_t mask;	/* slots less one; their number is a power of two */
	uint32_t ids[]; /* 0: a free slot */
};

/* Eight bytes at a time, as names are many. */
static uint64_t hash_name(const char *name, size_t len)
{
	uint64_t hash = len, word;

	for (; len >= sizeof(word); name += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, name, sizeof(word));
		hash = (hash ^ word) * FACTOR;
	}
	for (word = 0; len; len--)
		word = word << 8 | (uint8_t)*name++;
	hash = (hash ^ word) * FACTOR;
	return hash ^ hash >> 32;
}

static void add(struct type_index *index, uint32_t id, const char *name)
{
	uint64_t at = hash_name(name, strlen(name));

	while (index->ids[at & index->mask])
		at++;
	index->ids[at & index->mask] = id;
}

int type_index__new(const struct btf *btf, struct type_index **ret_index)
{
	const uint32_t n = btf__type_cnt(btf);
	struct type_index *index;
	size_t slots = 16;

	while (slots < 2 * (size_t)n)
		slots *= 2;
	index = calloc(1, sizeof(*index) + slots * sizeof(*index->ids));
	if (!index)
		return -ENOMEM;
	index->btf = btf;
	index->mask = slots - 1;
	for (uint32_t id = 1; id < n; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name = type->name_off ? btf__name_by_offset(btf, type->name_off) : NULL;

		if (name && *name)
			add(index, id, name);
	}
	*ret_index = index;
	return 0;
}

void type_index__free(struct type_index *index)
{
	free(index);
}

uint32_t type_index__next(const struct type_index *index, const char *name, size_t len, size_t *at)
{
	const uint64_t hash = hash_name(name, len);
	uint32_t id;

	while ((id = index->ids[(hash + *at) & index->mask])) {
		const struct btf_type *type = btf__type_by_id(index->btf, id);
		const char *its = btf__name_by_offset(index->btf, type->name_off);

		(*at)++;
		if (!strncmp(its, name, len) && !its[len])
			return id;
	}
	return 0;
}

int type_index__find(const struct type_index *index, const char *name, uint32_t kind)
{
	const size_t len = strlen(name);
	size_t at = 0;
	uint32_t id;

	while ((id = type_index__next(index, name, len, &at)))
		if (btf_kind(btf__type_by_id(index->btf, id)) == kind)
			return (int)id;
	return -ENOENT;
}
