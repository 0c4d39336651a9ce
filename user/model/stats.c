// SPDX-License-Identifier: GPL-2.0
/*
 * stats: parses the descriptors of KVM's binary statistics. What the kernel gives (virt/kvm/binary_stats.c):
 *
 *	| header | id: name_size bytes | num_desc x (descriptor + name_size bytes of name) | data |
 *
 * The offsets in the header may put the parts elsewhere; nothing is aligned, as name_size may be anything.
 */
#include "stats.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"

#define HEAD_BYTES_MAX ((uint64_t)1 << 20)
#define DATA_BYTES_MAX ((uint64_t)1 << 20)
#define NAME_SIZE_MAX 1024u /* the kernel's is 48 */

/*
 * struct kvm_stats_header and kvm_stats_desc of linux/kvm.h, and the fields of flags. Ours, as the headers of older
 * distributions lack them or some of them (5.14, bucket_size 5.15, boolean 6.0).
 */
struct wire_header {
	uint32_t flags;
	uint32_t name_size;
	uint32_t num_desc;
	uint32_t id_offset;
	uint32_t desc_offset;
	uint32_t data_offset;
};

struct wire_desc {
	uint32_t flags;
	int16_t exponent;
	uint16_t size; /* in values */
	uint32_t offset;
	uint32_t bucket_size;
};

_Static_assert(sizeof(struct wire_header) == 24, "as in linux/kvm.h");
_Static_assert(sizeof(struct wire_desc) == 16, "as in linux/kvm.h");

#define WIRE_TYPE(flags) ((flags)&0xf)
#define WIRE_UNIT(flags) ((flags) >> 4 & 0xf)
#define WIRE_BASE(flags) ((flags) >> 8 & 0xf)

enum { BASE_POW10, BASE_POW2 };

/* A part of the file: [start, end). */
struct part {
	const char *name;
	uint64_t start, end;
};

enum { PART_HEADER, PART_ID, PART_DESCS, PART_DATA, PART_MAX };

struct parser {
	const uint8_t *bytes;
	struct wire_header header;
	struct part parts[PART_MAX];
	char *why;
	size_t why_size;
};

DEFINE_CLEANUP(layout, struct stat_layout, stat_layout__free)

/* Says what is wrong, and returns -EBADMSG. */
static int __attribute__((format(printf, 2, 3)))
broken(const struct parser *p, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(p->why, p->why_size, fmt, args);
	va_end(args);
	return -EBADMSG;
}

static size_t desc_stride(const struct parser *p)
{
	return sizeof(struct wire_desc) + p->header.name_size;
}

/* No two of the first @n parts have a byte in common. */
static int check_parts(const struct parser *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (p->parts[i].start < p->parts[j].end &&
			    p->parts[j].start < p->parts[i].end)
				return broken(p, "%s and %s overlap", p->parts[j].name,
					      p->parts[i].name);
	return 0;
}

static uint64_t head_end(const struct parser *p)
{
	const struct part *id = &p->parts[PART_ID], *descs = &p->parts[PART_DESCS];

	return id->end > descs->end ? id->end : descs->end;
}

static int parse_header(struct parser *p, size_t len)
{
	struct wire_header *h = &p->header;

	if (len < sizeof(*h))
		return broken(p, "truncated: %zu %s, the header has %zu", len,
			      fmt_plural(len, "byte", "bytes"), sizeof(*h));
	memcpy(h, p->bytes, sizeof(*h));
	if (!h->name_size || h->name_size > NAME_SIZE_MAX)
		return broken(p, "names of %u bytes", h->name_size);
	if (!h->num_desc)
		return broken(p, "no descriptors");

	p->parts[PART_HEADER] = (struct part){ "header", 0, sizeof(*h) };
	p->parts[PART_ID] =
		(struct part){ "id", h->id_offset, (uint64_t)h->id_offset + h->name_size };
	p->parts[PART_DESCS] =
		(struct part){ "descriptors", h->desc_offset,
			       h->desc_offset + (uint64_t)h->num_desc * desc_stride(p) };
	if (head_end(p) > HEAD_BYTES_MAX)
		return broken(p, "descriptors: %u at %u, id at %u: too far or too many",
			      h->num_desc, h->desc_offset, h->id_offset);
	return check_parts(p, PART_DATA);
}

static bool is_name_char(char c)
{
	return c > ' ' && c <= '~';
}

/* Name of descriptor @i, from name_size bytes. */
static int parse_name(const struct parser *p, size_t i, const char *bytes, char **ret_name)
{
	size_t len = strnlen(bytes, p->header.name_size);

	if (!len)
		return broken(p, "descriptor %zu has no name", i);
	if (len == p->header.name_size)
		return broken(p, "name of descriptor %zu does not end", i);
	for (size_t k = 0; k < len; k++)
		if (!is_name_char(bytes[k]))
			return broken(p, "name of descriptor %zu has a byte 0x%02x", i,
				      (uint8_t)bytes[k]);
	*ret_name = strdup(bytes);
	return *ret_name ? 0 : -ENOMEM;
}

static void set_unit(struct stat_desc *desc, const struct wire_desc *wire)
{
	unsigned int base = WIRE_BASE(wire->flags);

	/* By a base that we do not know no value can be scaled: show it as it is, without unit. */
	if (base > BASE_POW2 && wire->exponent)
		return;
	if (WIRE_UNIT(wire->flags) < STAT_UNIT_MAX)
		desc->unit = (enum stat_unit)WIRE_UNIT(wire->flags);
	desc->pow2 = base == BASE_POW2;
	desc->exponent = wire->exponent;
}

static int parse_desc(const struct parser *p, size_t i, struct stat_desc *desc)
{
	const uint8_t *at = p->bytes + p->header.desc_offset + i * desc_stride(p);
	struct wire_desc wire;
	int err;

	memcpy(&wire, at, sizeof(wire));
	err = parse_name(p, i, (const char *)at + sizeof(wire), &desc->name);
	if (err)
		return err;
	if (WIRE_TYPE(wire.flags) >= STAT_TYPE_MAX)
		return broken(p, "%.64s: type %u is not known", desc->name, WIRE_TYPE(wire.flags));
	if (!wire.size)
		return broken(p, "%.64s: no values", desc->name);
	if (wire.offset % sizeof(uint64_t))
		return broken(p, "%.64s: offset %u is not aligned", desc->name, wire.offset);
	if (wire.offset + wire.size * (uint64_t)sizeof(uint64_t) > DATA_BYTES_MAX)
		return broken(p, "%.64s: %u values at %u: too far", desc->name, wire.size,
			      wire.offset);

	desc->type = (enum stat_type)WIRE_TYPE(wire.flags);
	if (desc->type == STAT_LINEAR_HIST)
		desc->bucket_size = wire.bucket_size;
	if (desc->type == STAT_LINEAR_HIST && !desc->bucket_size)
		return broken(p, "%.64s: buckets of size 0", desc->name);
	desc->offset = wire.offset;
	desc->n = wire.size;
	set_unit(desc, &wire);
	return 0;
}

static int cmp_names(const void *a, const void *b)
{
	const struct stat_desc *x = *(const struct stat_desc *const *)a;
	const struct stat_desc *y = *(const struct stat_desc *const *)b;

	return strcmp(x->name, y->name);
}

static int cmp_offsets(const void *a, const void *b)
{
	const struct stat_desc *x = *(const struct stat_desc *const *)a;
	const struct stat_desc *y = *(const struct stat_desc *const *)b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* No name twice, no value twice. */
static int check_descs(const struct parser *p, const struct stat_layout *layout)
{
	__autofree const struct stat_desc **v = calloc(layout->n, sizeof(*v));

	if (!v)
		return -ENOMEM;
	for (size_t i = 0; i < layout->n; i++)
		v[i] = &layout->v[i];

	qsort(v, layout->n, sizeof(*v), cmp_names);
	for (size_t i = 1; i < layout->n; i++)
		if (!cmp_names(&v[i - 1], &v[i]))
			return broken(p, "%.64s: two have this name", v[i]->name);

	qsort(v, layout->n, sizeof(*v), cmp_offsets);
	for (size_t i = 1; i < layout->n; i++)
		if (v[i - 1]->offset + v[i - 1]->n * sizeof(uint64_t) > v[i]->offset)
			return broken(p, "values of %.64s and %.64s overlap", v[i - 1]->name,
				      v[i]->name);
	return 0;
}

static struct stat_layout *layout_new(size_t n)
{
	__cleanup(cleanup_layout) struct stat_layout *layout = calloc(1, sizeof(*layout));

	if (!layout)
		return NULL;
	layout->v = calloc(n ? n : 1, sizeof(*layout->v));
	if (!layout->v)
		return NULL;
	layout->n = n;
	return take_ptr(layout);
}

/* Where each value lies in a sample, and how many bytes of the kernel's struct there are. */
static void layout_place_values(struct stat_layout *layout)
{
	for (size_t i = 0; i < layout->n; i++) {
		struct stat_desc *desc = &layout->v[i];
		size_t end = desc->offset + desc->n * sizeof(uint64_t);

		desc->first = layout->n_values;
		layout->n_values += desc->n;
		layout->bytes = end > layout->bytes ? end : layout->bytes;
	}
}

int stat_layout__parse(const void *bytes, size_t len, char *why, size_t why_size,
		       struct stat_layout **ret_layout)
{
	__cleanup(cleanup_layout) struct stat_layout *layout = NULL;
	struct parser p = { .bytes = bytes, .why = why, .why_size = why_size };
	int err = parse_header(&p, len);

	if (err)
		return err;
	if (len < head_end(&p))
		return broken(&p, "truncated: %zu of %zu bytes", len, (size_t)head_end(&p));

	layout = layout_new(p.header.num_desc);
	if (!layout)
		return -ENOMEM;
	for (size_t i = 0; i < layout->n; i++) {
		err = parse_desc(&p, i, &layout->v[i]);
		if (err)
			return err;
	}
	err = check_descs(&p, layout);
	if (err)
		return err;

	layout_place_values(layout);
	layout->data_offset = p.header.data_offset;
	p.parts[PART_DATA] = (struct part){ "data", layout->data_offset,
					    (uint64_t)layout->data_offset + layout->bytes };
	err = check_parts(&p, PART_MAX);
	if (err)
		return err;
	*ret_layout = take_ptr(layout);
	return 0;
}

size_t stat_layout_head_bytes(const void *bytes, size_t len)
{
	struct parser p = { .bytes = bytes };

	return parse_header(&p, len) ? 0 : (size_t)head_end(&p);
}

struct stat_layout *stat_layout__from_names(const char *const *names, size_t n)
{
	__cleanup(cleanup_layout) struct stat_layout *layout = layout_new(n);

	if (!layout)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct stat_desc *desc = &layout->v[i];

		desc->name = strdup(*names[i] ? names[i] : "?");
		if (!desc->name)
			return NULL;
		for (char *c = desc->name; *c; c++)
			if (!is_name_char(*c))
				*c = '?';
		desc->type = STAT_CUMULATIVE;
		desc->offset = (uint32_t)(i * sizeof(uint64_t));
		desc->n = 1;
	}
	layout_place_values(layout);
	return take_ptr(layout);
}

static void format_desc(const struct stat_desc *desc, size_t name_size, char *at)
{
	const struct wire_desc wire = {
		.flags = desc->type | (uint32_t)desc->unit << 4 |
			 (desc->pow2 ? (uint32_t)BASE_POW2 << 8 : 0),
		.exponent = (int16_t)desc->exponent,
		.size = (uint16_t)desc->n,
		.offset = desc->offset,
		.bucket_size = desc->bucket_size,
	};

	memcpy(at, &wire, sizeof(wire));
	snprintf(at + sizeof(wire), name_size, "%s", desc->name);
}

void *stat_layout__format(const struct stat_layout *layout, size_t *ret_len)
{
	struct wire_header header = { .num_desc = (uint32_t)layout->n };
	size_t len, stride;
	char *bytes;

	for (size_t i = 0; i < layout->n; i++)
		if (strlen(layout->v[i].name) >= header.name_size)
			header.name_size = (uint32_t)strlen(layout->v[i].name) + 1;
	stride = sizeof(struct wire_desc) + header.name_size;
	header.id_offset = sizeof(header);
	header.desc_offset = header.id_offset + header.name_size;
	len = header.desc_offset + layout->n * stride;
	header.data_offset = (uint32_t)len;
	bytes = calloc(1, len);
	if (!bytes)
		return NULL;
	memcpy(bytes, &header, sizeof(header));
	for (size_t i = 0; i < layout->n; i++)
		format_desc(&layout->v[i], header.name_size,
			    bytes + header.desc_offset + i * stride);
	*ret_len = len;
	return bytes;
}

bool stat_layout__equal(const struct stat_layout *a, const struct stat_layout *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct stat_desc *x = &a->v[i], *y = &b->v[i];

		if (strcmp(x->name, y->name) || x->type != y->type || x->unit != y->unit ||
		    x->pow2 != y->pow2 || x->exponent != y->exponent ||
		    x->bucket_size != y->bucket_size || x->n != y->n)
			return false;
	}
	return true;
}

const struct stat_desc *stat_layout__find(const struct stat_layout *layout, const char *name)
{
	for (size_t i = 0; i < layout->n; i++)
		if (!strcmp(layout->v[i].name, name))
			return &layout->v[i];
	return NULL;
}

void stat_layout__decode(const struct stat_layout *layout, const void *data, uint64_t *values)
{
	for (size_t i = 0; i < layout->n; i++) {
		const struct stat_desc *desc = &layout->v[i];

		memcpy(values + desc->first, (const char *)data + desc->offset,
		       desc->n * sizeof(*values));
	}
}

void stat_layout__free(struct stat_layout *layout)
{
	if (!layout)
		return;
	for (size_t i = 0; layout->v && i < layout->n; i++)
		free(layout->v[i].name);
	free(layout->v);
	free(layout);
}
