/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record: the envelope of what is in a recording: what it is, how long, when, and whether it is whole. Pure.
 *
 *	| magic 8 | type 1 | packing 1 | 0 0 | bytes 4 | raw bytes 4 | CRC of payload 4 | wall time 8 | CRC of all before 4 | payload |
 *
 * Numbers are little endian, CRCs are zlib's crc32(). A recording is one after the other; the magic is in each, so that the
 * next one can be found behind a damaged one.
 */
#ifndef KVMTOP_MODEL_RECORD_H
#define KVMTOP_MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The last letter is the version of the format: a reader of one does not read another. */
#define RECORD_MAGIC "KVMTOPR1"
#define RECORD_MAGIC_BYTES 8
#define RECORD_HEAD_BYTES 36

/* More than 20,000 busy vCPUs need. */
#define RECORD_BYTES_MAX ((uint32_t)256 << 20)

enum record_type {
	RECORD_RUN = 'H',     /* a kvmtop began to record here */
	RECORD_CONTEXT = 'C', /* what the snapshots after it are about */
	RECORD_KEY = 'K',     /* a snapshot by itself */
	RECORD_DELTA = 'D',   /* a snapshot, given the one before it */
};

/* What comes before the payload. */
struct record_head {
	enum record_type type;
	bool deflated;
	uint32_t bytes, raw_bytes; /* of the payload, as it is there and as it was */
	uint32_t crc;		   /* of the payload, as it is there */
	int64_t wall_ns;	   /* of the snapshot, otherwise of now */
};

/*
 * Makes a whole record of a payload in @ret_record, malloc'ed; @deflate: pack it if that makes it less. 0, -E2BIG or -ENOMEM.
 */
int record_make(enum record_type type, int64_t wall_ns, const void *payload, size_t n, bool deflate,
		uint8_t **ret_record, size_t *ret_bytes);

/* RECORD_HEAD_BYTES of hostile bytes: 0, -EPROTO (of another version of the format), or -EBADMSG. */
int record_parse_head(const uint8_t *bytes, struct record_head *ret_head);

/* The payload that was made into a record, malloc'ed, from @head->bytes hostile bytes. 0, -EBADMSG or -ENOMEM. */
int record_unpack(const struct record_head *head, const uint8_t *bytes, uint8_t **ret_payload);

#endif
