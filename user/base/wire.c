// SPDX-License-Identifier: GPL-2.0
#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VARINT_BYTES_MAX 10 /* 64 bits, 7 in each */

/* Room for @n more bytes; NULL: no memory. */
static uint8_t *reserve(struct wire_out *out, size_t n)
{
	size_t size = out->size ? out->size : 4096;
	uint8_t *v;

	while (size - out->n < n && size < SIZE_MAX / 2)
		size *= 2;
	if (out->failed || size - out->n < n) {
		out->failed = true;
		return NULL;
	}
	if (size != out->size) {
		v = realloc(out->v, size);
		out->failed = !v;
		if (!v)
			return NULL;
		out->v = v;
		out->size = size;
	}
	return out->v + out->n;
}

static void put_varint(struct wire_out *out, uint64_t value)
{
	uint8_t *p = reserve(out, VARINT_BYTES_MAX);
	size_t n = 0;

	if (!p)
		return;
	for (; value >= 0x80; value >>= 7)
		p[n++] = (uint8_t)(value | 0x80);
	p[n++] = (uint8_t)value;
	out->n += n;
}

static void flush_zeros(struct wire_out *out)
{
	uint64_t zeros = out->zeros;

	if (!zeros)
		return;
	out->zeros = 0;
	put_varint(out, 0);
	put_varint(out, zeros - 1);
}

void wire_put(struct wire_out *out, uint64_t value)
{
	if (!value) {
		out->zeros++;
		return;
	}
	flush_zeros(out);
	put_varint(out, value << 1 ^ (value >> 63 ? UINT64_MAX : 0));
}

void wire_put_bytes(struct wire_out *out, const void *bytes, size_t n)
{
	uint8_t *p;

	flush_zeros(out);
	p = reserve(out, n);
	if (p && n)
		memcpy(p, bytes, n);
	out->n += p ? n : 0;
}

void wire_put_text(struct wire_out *out, const char *text)
{
	wire_put(out, text ? strlen(text) + 1 : 0);
	if (text && *text)
		wire_put_bytes(out, text, strlen(text));
}

int wire_finish(struct wire_out *out)
{
	flush_zeros(out);
	return out->failed ? -ENOMEM : 0;
}

void wire_reset(struct wire_out *out)
{
	*out = (struct wire_out){ .v = out->v, .size = out->size };
}

void wire_release(struct wire_out *out)
{
	free(out->v);
	*out = (struct wire_out){ .v = NULL };
}

static uint64_t get_varint(struct wire_in *in)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < VARINT_BYTES_MAX && in->p < in->end; i++) {
		uint8_t byte = *in->p++;

		if (i == VARINT_BYTES_MAX - 1 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7f) << 7 * i;
		if (!(byte & 0x80))
			return value;
	}
	in->bad = true;
	return 0;
}

uint64_t wire_get(struct wire_in *in)
{
	uint64_t value;

	if (in->bad)
		return 0;
	if (in->zeros) {
		in->zeros--;
		return 0;
	}
	value = get_varint(in);
	if (!value && !in->bad)
		in->zeros = get_varint(in);
	return value >> 1 ^ (value & 1 ? UINT64_MAX : 0);
}

uint64_t wire_get_within(struct wire_in *in, uint64_t min, uint64_t max)
{
	uint64_t value = wire_get(in);

	if (!in->bad && value >= min && value <= max)
		return value;
	in->bad = true;
	return min;
}

const void *wire_get_bytes(struct wire_in *in, uint64_t n)
{
	const void *bytes = in->p;

	/* The writer puts an end to a run of zeros before bytes. */
	if (in->bad || in->zeros || n > (uint64_t)(in->end - in->p)) {
		in->bad = true;
		return NULL;
	}
	in->p += n;
	return bytes;
}

const char *wire_get_text(struct wire_in *in, size_t *ret_len)
{
	uint64_t n = wire_get(in);
	const char *text;

	if (!n)
		return NULL;
	if (n == 1) { /* no byte of it follows, and maybe not the end of the zeros */
		*ret_len = 0;
		return "";
	}
	text = wire_get_bytes(in, n - 1);
	if (text && memchr(text, '\0', n - 1)) {
		in->bad = true;
		return NULL;
	}
	if (text)
		*ret_len = n - 1;
	return text;
}
