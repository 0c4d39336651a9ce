// SPDX-License-Identifier: GPL-2.0
#include "record.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../base/cleanup.h"

/* Deflate makes nothing less than a thousandth. */
#define DEFLATE_RATIO_MAX 1032u

struct wire_head {
	uint8_t magic[RECORD_MAGIC_BYTES];
	uint8_t type, deflated;
	uint8_t zero[2];
	uint32_t bytes, raw_bytes, crc;
	uint64_t wall_ns;
	uint32_t head_crc;
} __attribute__((packed));

_Static_assert(sizeof(struct wire_head) == RECORD_HEAD_BYTES, "as in the picture in record.h");

static uint32_t crc_of(const void *bytes, size_t n)
{
	return (uint32_t)crc32(0, bytes, (uInt)n);
}

static void make_head(const struct record_head *head, struct wire_head *wire)
{
	*wire = (struct wire_head){
		.type = (uint8_t)head->type,
		.deflated = head->deflated,
		.bytes = htole32(head->bytes),
		.raw_bytes = htole32(head->raw_bytes),
		.crc = htole32(head->crc),
		.wall_ns = htole64((uint64_t)head->wall_ns),
	};
	memcpy(wire->magic, RECORD_MAGIC, RECORD_MAGIC_BYTES);
	wire->head_crc = htole32(crc_of(wire, offsetof(struct wire_head, head_crc)));
}

int record_make(enum record_type type, int64_t wall_ns, const void *payload, size_t n, bool deflate,
		uint8_t **ret_record, size_t *ret_bytes)
{
	struct record_head head = { .type = type, .wall_ns = wall_ns };
	struct wire_head wire;
	uLongf packed = compressBound(n);
	uint8_t *record;

	if (n > RECORD_BYTES_MAX)
		return -E2BIG;
	record = malloc(sizeof(wire) + (packed > n ? packed : n));
	if (!record)
		return -ENOMEM;
	/* The fastest: what is left after the deltas is not much smaller with more effort. */
	head.deflated =
		deflate &&
		compress2(record + sizeof(wire), &packed, payload, n, Z_BEST_SPEED) == Z_OK &&
		packed < n;
	if (!head.deflated && n)
		memcpy(record + sizeof(wire), payload, n);
	head.raw_bytes = (uint32_t)n;
	head.bytes = head.deflated ? (uint32_t)packed : head.raw_bytes;
	head.crc = crc_of(record + sizeof(wire), head.bytes);
	make_head(&head, &wire);
	memcpy(record, &wire, sizeof(wire));
	*ret_record = record;
	*ret_bytes = sizeof(wire) + head.bytes;
	return 0;
}

static bool is_type(uint8_t type)
{
	return type == RECORD_RUN || type == RECORD_CONTEXT || type == RECORD_KEY ||
	       type == RECORD_DELTA;
}

int record_parse_head(const uint8_t *bytes, struct record_head *ret_head)
{
	struct wire_head wire;
	uint32_t n, raw;

	memcpy(&wire, bytes, sizeof(wire));
	if (memcmp(wire.magic, RECORD_MAGIC, RECORD_MAGIC_BYTES - 1))
		return -EBADMSG;
	if (wire.magic[RECORD_MAGIC_BYTES - 1] != RECORD_MAGIC[RECORD_MAGIC_BYTES - 1])
		return -EPROTO;
	n = le32toh(wire.bytes);
	raw = le32toh(wire.raw_bytes);
	if (le32toh(wire.head_crc) != crc_of(&wire, offsetof(struct wire_head, head_crc)) ||
	    !is_type(wire.type) || wire.deflated > 1 || n > RECORD_BYTES_MAX ||
	    raw > RECORD_BYTES_MAX)
		return -EBADMSG;
	if (wire.deflated ? raw / DEFLATE_RATIO_MAX > n : raw != n)
		return -EBADMSG;
	*ret_head = (struct record_head){
		.type = (enum record_type)wire.type,
		.deflated = wire.deflated,
		.bytes = n,
		.raw_bytes = raw,
		.crc = le32toh(wire.crc),
		.wall_ns = (int64_t)le64toh(wire.wall_ns),
	};
	return 0;
}

int record_unpack(const struct record_head *head, const uint8_t *bytes, uint8_t **ret_payload)
{
	__autofree uint8_t *payload = NULL;
	uLongf raw = head->raw_bytes;
	int z = Z_OK;

	if (crc_of(bytes, head->bytes) != head->crc)
		return -EBADMSG;
	payload = malloc(head->raw_bytes + (size_t)1);
	if (!payload)
		return -ENOMEM;
	if (!head->deflated)
		memcpy(payload, bytes, head->bytes);
	else
		z = uncompress(payload, &raw, bytes, head->bytes);
	if (z == Z_MEM_ERROR)
		return -ENOMEM;
	if (z != Z_OK || raw != head->raw_bytes)
		return -EBADMSG;
	*ret_payload = take_ptr(payload);
	return 0;
}
