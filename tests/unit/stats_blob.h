/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats_blob: what a statistics fd gives, made by hand: header, id, descriptors. For the unit test and the fuzzer.
 */
#ifndef KVMTOP_TESTS_STATS_BLOB_H
#define KVMTOP_TESTS_STATS_BLOB_H

#include <stdint.h>
#include <string.h>

enum { BLOB_HEADER = 24, BLOB_DESC = 16 };

/* Where the fields of the header lie. */
enum {
	BLOB_NAME_SIZE = 4,
	BLOB_NUM_DESC = 8,
	BLOB_ID_OFFSET = 12,
	BLOB_DESC_OFFSET = 16,
	BLOB_DATA_OFFSET = 20,
};

/* And those of a descriptor. */
enum {
	BLOB_FLAGS = 0,
	BLOB_EXPONENT = 4,
	BLOB_SIZE = 6,
	BLOB_OFFSET = 8,
	BLOB_BUCKET_SIZE = 12,
	BLOB_NAME = 16,
};

#define BLOB_FLAGS_OF(type, unit, base) \
	((uint32_t)(type) | (uint32_t)(unit) << 4 | (uint32_t)(base) << 8)

struct blob_desc {
	const char *name;
	uint32_t flags;
	int16_t exponent;
	uint16_t size;
	uint32_t offset;
	uint32_t bucket_size;
};

static inline void blob_put32(uint8_t *bytes, size_t at, uint32_t v)
{
	memcpy(bytes + at, &v, sizeof(v));
}

static inline void blob_put16(uint8_t *bytes, size_t at, uint16_t v)
{
	memcpy(bytes + at, &v, sizeof(v));
}

/* Puts @name, cut to what fits, to @at, where all is 0. */
static inline void blob_put_name(uint8_t *bytes, size_t at, size_t name_size, const char *name)
{
	size_t len = strlen(name);

	memcpy(bytes + at, name, len < name_size ? len : name_size - 1);
}

/* Where descriptor @i of a blob with the kernel's order lies. */
static inline size_t blob_desc_at(size_t name_size, size_t i)
{
	return BLOB_HEADER + name_size + i * (BLOB_DESC + name_size);
}

/* Writes a blob in the kernel's order to @bytes, where there is room; returns its size. */
static inline size_t blob_make(uint8_t *bytes, size_t name_size, const struct blob_desc *v,
			       size_t n)
{
	size_t size = blob_desc_at(name_size, n);

	memset(bytes, 0, size);
	blob_put32(bytes, BLOB_NAME_SIZE, (uint32_t)name_size);
	blob_put32(bytes, BLOB_NUM_DESC, (uint32_t)n);
	blob_put32(bytes, BLOB_ID_OFFSET, BLOB_HEADER);
	blob_put32(bytes, BLOB_DESC_OFFSET, (uint32_t)blob_desc_at(name_size, 0));
	blob_put32(bytes, BLOB_DATA_OFFSET, (uint32_t)size);
	blob_put_name(bytes, BLOB_HEADER, name_size, "kvm-1/vcpu-0");
	for (size_t i = 0; i < n; i++) {
		uint8_t *desc = bytes + blob_desc_at(name_size, i);

		blob_put32(desc, BLOB_FLAGS, v[i].flags);
		blob_put16(desc, BLOB_EXPONENT, (uint16_t)v[i].exponent);
		blob_put16(desc, BLOB_SIZE, v[i].size);
		blob_put32(desc, BLOB_OFFSET, v[i].offset);
		blob_put32(desc, BLOB_BUCKET_SIZE, v[i].bucket_size);
		blob_put_name(desc, BLOB_NAME, name_size, v[i].name);
	}
	return size;
}

#endif
