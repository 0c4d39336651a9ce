/* SPDX-License-Identifier: GPL-2.0 */
/*
 * codec_fields: which members of a snapshot's structs are in a recording, in which order: one table for the writer and the
 * reader. The order is the format: what is new goes to the end of a payload, or the format gets a new version.
 */
#ifndef KVMTOP_MODEL_CODEC_FIELDS_H
#define KVMTOP_MODEL_CODEC_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number in a struct. */
struct codec_field {
	uint16_t offset;
	uint8_t size; /* 1, 4 or 8 bytes */
	bool alone;   /* not as the difference from the one before: it has nothing to do with it */
	int64_t min;
	uint64_t max; /* from @min, if that is negative as int64_t */
};

struct codec_fields {
	const struct codec_field *v;
	size_t n;
};

extern const struct codec_fields codec_snapshot, codec_vm, codec_vcpu, codec_thread,
	codec_tally_key, codec_tally, codec_detail_key, codec_detail, codec_detail_sum, codec_load;

/* The member of the struct at @from; false: not within its limits (of set). */
uint64_t codec_field__get(const struct codec_field *field, const void *from);
bool codec_field__set(const struct codec_field *field, void *to, uint64_t value);

/* Whether all of @fields are the same in both structs. */
bool codec_fields__equal(const struct codec_fields *fields, const void *a, const void *b);

#endif
