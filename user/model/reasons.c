// SPDX-License-Identifier: GPL-2.0
/*
 * reasons: names of exit reasons and userspace exits: tables, and how a code is shown. How the
 * kernel's text is read is in format_symbols.c.
 */
#include "reasons.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../arch/arch.h"
#include "../base/arena.h"
#include "../base/cleanup.h"
#include "format_symbols.h"
#include "ids.h"

/* Made by scripts/gen-reasons from the kernel's newest UAPI headers: uapi_user_reasons. */
#include "reasons_uapi.h"

/* The largest errno, as in the kernel's include/linux/err.h. */
#define MAX_ERRNO 4095

struct name_entry {
	uint32_t isa;
	uint64_t code;
	const char *name;
	size_t seq; /* of two names for a code the first one counts, as for the kernel */
};

/* Sorted by (isa, code), none twice. */
struct name_table {
	struct arena *arena; /* of the names */
	struct name_entry *v;
	size_t n, size;
};

struct reason_names {
	struct name_table exits;      /* of the running kernel */
	struct name_table user_exits; /* likewise */
	struct name_table uapi;
	struct name_table
		constants; /* the UAPI's, without the prefix; of ISA_USER they are in @uapi */
};

static void name_table__done(struct name_table *table)
{
	arena__free(table->arena);
	free(table->v);
	*table = (struct name_table){ .n = 0 };
}

static int cmp_codes(const struct name_entry *a, const struct name_entry *b)
{
	if (a->isa != b->isa)
		return a->isa < b->isa ? -1 : 1;
	return (a->code > b->code) - (a->code < b->code);
}

static int cmp_keys(const void *a, const void *b)
{
	return cmp_codes(a, b);
}

static int cmp_entries(const void *a, const void *b)
{
	const struct name_entry *x = a;
	const struct name_entry *y = b;
	int order = cmp_codes(x, y);

	return order ? order : (x->seq > y->seq) - (x->seq < y->seq);
}

/* Whether a name for @code could ever be asked for. */
static bool code_is_nameable(uint32_t isa, uint64_t code)
{
	if (isa == ISA_USER)
		return code <= INT32_MAX; /* negative ones are errnos */
	return !arch_flags_of(isa, code);
}

static int name_table__reserve(struct name_table *table)
{
	size_t size = table->size ? 2 * table->size : 64;
	struct name_entry *v;

	if (table->n < table->size)
		return 0;
	v = reallocarray(table->v, size, sizeof(*v));
	if (!v)
		return -ENOMEM;
	table->v = v;
	table->size = size;
	return 0;
}

/* A format_symbol_fn; @arg is the table. */
static int name_table__add(void *arg, uint32_t isa, uint64_t code, const char *name)
{
	struct name_table *table = arg;
	int err;

	if (!code_is_nameable(isa, code))
		return 0;
	err = name_table__reserve(table);
	if (err)
		return err;

	name = arena__strdup(table->arena, name);
	if (!name)
		return -ENOMEM;
	table->v[table->n] = (struct name_entry){
		.isa = isa,
		.code = arch_reason_of(isa, code),
		.name = name,
		.seq = table->n,
	};
	table->n++;
	return 0;
}

/* After the last name__add: sorts, and drops all but the first name of a code. */
static void name_table__sort(struct name_table *table)
{
	size_t kept = 0;

	if (table->n)
		qsort(table->v, table->n, sizeof(*table->v), cmp_entries);
	for (size_t i = 0; i < table->n; i++)
		if (!kept || cmp_codes(&table->v[kept - 1], &table->v[i]))
			table->v[kept++] = table->v[i];
	table->n = kept;
}

static const char *name_table__lookup(const struct name_table *table, uint32_t isa, uint64_t code)
{
	struct name_entry key = { .isa = isa, .code = arch_reason_of(isa, code) };
	const struct name_entry *found = NULL;

	if (table->n)
		found = bsearch(&key, table->v, table->n, sizeof(key), cmp_keys);
	return found ? found->name : NULL;
}

static int add_uapi(struct name_table *table, uint32_t isa, const struct arch_reason *reasons)
{
	for (; reasons->name; reasons++) {
		int err = name_table__add(table, isa, reasons->code, reasons->name);

		if (err)
			return err;
	}
	return 0;
}

static int name_table__init_uapi(struct name_table *table)
{
	const struct arch_isa *isa;

	table->arena = arena__new();
	if (!table->arena || add_uapi(table, ISA_USER, uapi_user_reasons))
		return -ENOMEM;
	for (size_t i = 0; (isa = arch_isa_at(i)); i++)
		if (add_uapi(table, isa->number, isa->names))
			return -ENOMEM;
	name_table__sort(table);
	return 0;
}

static int name_table__init_constants(struct name_table *table)
{
	const struct arch_isa *isa;

	table->arena = arena__new();
	if (!table->arena)
		return -ENOMEM;
	for (size_t i = 0; (isa = arch_isa_at(i)); i++)
		if (add_uapi(table, isa->number, isa->constants))
			return -ENOMEM;
	name_table__sort(table);
	return 0;
}

struct reason_names *reason_names__new(void)
{
	struct reason_names *names = calloc(1, sizeof(*names));

	if (names && (name_table__init_uapi(&names->uapi) ||
		      name_table__init_constants(&names->constants))) {
		reason_names__free(names);
		return NULL;
	}
	return names;
}

void reason_names__free(struct reason_names *names)
{
	if (!names)
		return;
	name_table__done(&names->exits);
	name_table__done(&names->user_exits);
	name_table__done(&names->uapi);
	name_table__done(&names->constants);
	free(names);
}

/* Replaces @table by what @text has; on an error it stays as it was. */
static int parse_format(struct name_table *table, enum format_kind kind, const char *text,
			size_t len)
{
	__cleanup(name_table__done) struct name_table parsed = { .arena = arena__new() };
	int err;

	if (!parsed.arena)
		return -ENOMEM;
	err = format_symbols_parse(kind, text, len, name_table__add, &parsed);
	if (err)
		return err;
	if (!parsed.n)
		return -EINVAL;

	name_table__sort(&parsed);
	name_table__done(table);
	*table = parsed;
	parsed = (struct name_table){ .n = 0 };
	return (int)table->n;
}

int reason_names__parse_exit_format(struct reason_names *names, const char *text, size_t len)
{
	return parse_format(&names->exits, FORMAT_BY_ISA, text, len);
}

int reason_names__parse_userspace_exit_format(struct reason_names *names, const char *text,
					      size_t len)
{
	return parse_format(&names->user_exits, FORMAT_USER, text, len);
}

bool reason_names__entry(const struct reason_names *names, size_t i, struct reason_entry *ret_entry)
{
	const struct name_table *const tables[] = { &names->exits, &names->user_exits,
						    &names->uapi };

	for (size_t t = 0; t < ARRAY_SIZE(tables); i -= tables[t]->n, t++) {
		if (i >= tables[t]->n)
			continue;
		*ret_entry = (struct reason_entry){ tables[t]->v[i].isa, tables[t]->v[i].code,
						    tables[t]->v[i].name };
		return true;
	}
	return false;
}

static int add_printable(struct name_table *table, const struct reason_entry *entry)
{
	__autofree char *name = strdup(entry->name);

	if (!name)
		return -ENOMEM;
	for (char *c = name; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return name_table__add(table, entry->isa, entry->code, name);
}

int reason_names__replace(struct reason_names *names, const struct reason_entry *v, size_t n)
{
	__cleanup(name_table__done) struct name_table exits = { .arena = arena__new() };
	__cleanup(name_table__done) struct name_table user_exits = { .arena = arena__new() };

	if (!exits.arena || !user_exits.arena)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (add_printable(v[i].isa == ISA_USER ? &user_exits : &exits, &v[i]))
			return -ENOMEM;
	name_table__sort(&exits);
	name_table__sort(&user_exits);
	name_table__done(&names->exits);
	name_table__done(&names->user_exits);
	names->exits = exits;
	names->user_exits = user_exits;
	exits = user_exits = (struct name_table){ .n = 0 };
	return 0;
}

const char *reason_names__lookup(const struct reason_names *names, uint32_t isa, uint64_t code)
{
	const char *name;

	isa = isa_base(isa);
	if (!names || (isa != ISA_USER && code == REASON_UNKNOWN))
		return NULL;
	name = name_table__lookup(isa == ISA_USER ? &names->user_exits : &names->exits, isa, code);
	return name ? name : name_table__lookup(&names->uapi, isa, code);
}

static int name_table__find(const struct name_table *table, uint32_t isa, const char *word,
			    uint64_t *ret_code)
{
	for (size_t i = 0; i < table->n; i++) {
		if (table->v[i].isa != isa || strcasecmp(table->v[i].name, word))
			continue;
		*ret_code = table->v[i].code;
		return 0;
	}
	return -ENOENT;
}

int reason_names__find(const struct reason_names *names, uint32_t isa, const char *word,
		       uint64_t *ret_code)
{
	char *end;
	uint64_t number = strtoull(word, &end, 0);

	if (*word >= '0' && *word <= '9' && !*end) {
		*ret_code = number;
		return 0;
	}
	if (!name_table__find(&names->exits, isa, word, ret_code))
		return 0;
	return name_table__find(&names->uapi, isa, word, ret_code);
}

static void format_user(const char *name, uint64_t code, char *buf, size_t size)
{
	int64_t reason = (int64_t)code;
	const char *errno_name = NULL;

	if (reason < 0 && reason >= -MAX_ERRNO)
		errno_name = strerrorname_np((int)-reason);
	if (name || errno_name)
		snprintf(buf, size, "%s", name ? name : errno_name);
	else
		snprintf(buf, size, "%" PRId64, reason);
}

char *reason_names__format(const struct reason_names *names, uint32_t isa, uint64_t code, char *buf,
			   size_t size)
{
	const char *name = reason_names__lookup(names, isa, code);
	uint64_t flags = arch_flags_of(isa_base(isa), code);
	const char *level = isa_is_nested(isa) ? "L2:" : "";

	/* KVM_RUN's errno -1 is EPERM: the reason of a userspace exit is always known. */
	if (isa == ISA_USER)
		format_user(name, code, buf, size);
	else if (code == REASON_UNKNOWN)
		snprintf(buf, size, "%sunknown", level);
	else if (!name)
		snprintf(buf, size, "%s0x%" PRIx64, level, code);
	else if (flags)
		snprintf(buf, size, "%s%s|0x%" PRIx64, level, name, flags);
	else
		snprintf(buf, size, "%s%s", level, name);
	return buf;
}

/* Upper case, '_' for a space; false: it has what would get in the way of a log's reader. */
static bool shorten(const char *name, char *buf, size_t size)
{
	size_t len = strlen(name);

	if (!len || len >= size)
		return false;
	for (size_t i = 0; i <= len; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c && !isalnum(c) && !strchr("_- ", c))
			return false;
		buf[i] = (char)(c == ' ' ? '_' : toupper(c));
	}
	return true;
}

static const char *constant_of(const struct reason_names *names, uint32_t isa, uint64_t code)
{
	static const char prefix[] = "KVM_EXIT_";
	const char *name;

	if (isa != ISA_USER)
		return name_table__lookup(&names->constants, isa, code);
	name = reason_names__lookup(names, isa, code);
	if (!name && (int64_t)code < 0 && (int64_t)code >= -MAX_ERRNO)
		return strerrorname_np((int)-(int64_t)code);
	if (!name || strncmp(name, prefix, sizeof(prefix) - 1))
		return name;
	return name + sizeof(prefix) - 1;
}

char *reason_names__short(const struct reason_names *names, uint32_t isa, uint64_t code, char *buf,
			  size_t size)
{
	const char *name;

	isa = isa_base(isa);
	if (isa != ISA_USER && code == REASON_UNKNOWN) {
		snprintf(buf, size, "UNKNOWN_REASON");
		return buf;
	}
	name = constant_of(names, isa, code);
	if (!name)
		name = reason_names__lookup(names, isa, code);
	if (name && shorten(name, buf, size))
		return buf;
	code = arch_reason_of(isa, code);
	if (isa == ISA_USER)
		snprintf(buf, size, "%" PRId64, (int64_t)code);
	else
		snprintf(buf, size, "%" PRIu64, code);
	return buf;
}

int reason_names__each(const struct reason_names *names, uint32_t isa, reason_code_fn fn, void *arg)
{
	const struct name_table *tables[] = {
		&names->constants,
		isa == ISA_USER ? &names->user_exits : &names->exits,
		&names->uapi,
	};

	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		for (size_t i = 0; i < tables[t]->n; i++) {
			int err = tables[t]->v[i].isa == isa ? fn(arg, tables[t]->v[i].code) : 0;

			if (err)
				return err;
		}
	}
	return 0;
}
