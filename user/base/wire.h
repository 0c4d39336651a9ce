/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wire: numbers and texts as few bytes, and back. Numbers are mostly 0, as they are what changed: a run of zeros is two
 * bytes, however long. Knows nothing of KVM, BPF or terminals.
 *
 *	number	zigzag, then LEB128: 7 bits in a byte, lowest first; the highest bit: more follow
 *	zeros	a byte 0, then how many more than one there are, in LEB128
 *	bytes	as they are; zeros before them are written first
 */
#ifndef KVMTOP_BASE_WIRE_H
#define KVMTOP_BASE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is written. An error sticks: without memory @failed is set, and the rest does nothing. */
struct wire_out {
	uint8_t *v; /* malloc'ed */
	size_t n, size;
	uint64_t zeros; /* not written yet */
	bool failed;
};

/* As a difference, @value is taken to have a sign: small ones of both signs are short. */
void wire_put(struct wire_out *out, uint64_t value);
void wire_put_bytes(struct wire_out *out, const void *bytes, size_t n);
/* A text or NULL. */
void wire_put_text(struct wire_out *out, const char *text);
/* After the last one: writes the zeros that are left. 0 or -ENOMEM. */
int wire_finish(struct wire_out *out);
/* Empties it, and keeps the memory. */
void wire_reset(struct wire_out *out);
void wire_release(struct wire_out *out);

/* What is read, from hostile bytes. An error sticks: @bad is set, and all that follows is 0. */
struct wire_in {
	const uint8_t *p, *end;
	uint64_t zeros; /* still to come */
	bool bad;
};

static inline struct wire_in wire_in_of(const void *bytes, size_t n)
{
	return (struct wire_in){ .p = bytes, .end = (const uint8_t *)bytes + n };
}

uint64_t wire_get(struct wire_in *in);
/* A number that must be from @min to @max; otherwise it is bad, and @min. */
uint64_t wire_get_within(struct wire_in *in, uint64_t min, uint64_t max);
/* @n bytes, inside the memory that is read; NULL: there are fewer. */
const void *wire_get_bytes(struct wire_in *in, uint64_t n);
/* A text of @ret_len bytes, without a NUL in or behind it; NULL: it is none, or bad. */
const char *wire_get_text(struct wire_in *in, size_t *ret_len);

#endif
