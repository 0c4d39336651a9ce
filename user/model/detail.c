// SPDX-License-Identifier: GPL-2.0
/*
 * detail: what the user asked for, and how a key is called. Which kinds and words there are is the architecture's.
 */
#include "detail.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../arch/arch.h"
#include "../base/cleanup.h"
#include "../base/memstream.h"

/* NULL: there is no such kind. */
static const struct detail_kind_def *find_def(enum detail_kind kind)
{
	return (unsigned int)kind < DETAIL_KIND_MAX ? arch_detail_kind(kind) : NULL;
}

static int add_pc_reason(struct detail_spec *spec, const char *reason, size_t len)
{
	if (!len)
		return -EINVAL;
	if (spec->n_pc_reasons >= DETAIL_PC_MAX)
		return -E2BIG;
	spec->pc_reasons[spec->n_pc_reasons] = strndup(reason, len);
	if (!spec->pc_reasons[spec->n_pc_reasons])
		return -ENOMEM;
	spec->n_pc_reasons++;
	spec->kinds |= DETAIL_BIT(DETAIL_PC);
	return 0;
}

static bool begins_with(const char *word, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && !strncmp(word, prefix, strlen(prefix));
}

int detail_spec__add(struct detail_spec *spec, const char *word, size_t len)
{
	const struct detail_word *known;

	for (size_t i = 0; (known = arch_detail_word(i)); i++) {
		if (known->prefix && begins_with(word, len, known->prefix))
			return add_pc_reason(spec, word + strlen(known->prefix),
					     len - strlen(known->prefix));
		if (strlen(known->word) != len || strncmp(known->word, word, len))
			continue;
		spec->kinds |= known->kinds;
		spec->pc_all |= known->kinds == DETAIL_BIT(DETAIL_PC);
		return 0;
	}
	return -EINVAL;
}

void detail_spec__done(struct detail_spec *spec)
{
	for (size_t i = 0; i < spec->n_pc_reasons; i++)
		free(spec->pc_reasons[i]);
	*spec = (struct detail_spec){ 0 };
}

int detail_spec__copy(const struct detail_spec *spec, struct detail_spec *ret_spec)
{
	*ret_spec = (struct detail_spec){ .kinds = spec->kinds, .pc_all = spec->pc_all };
	for (size_t i = 0; i < spec->n_pc_reasons; i++) {
		ret_spec->pc_reasons[i] = strdup(spec->pc_reasons[i]);
		if (!ret_spec->pc_reasons[i])
			return -ENOMEM;
		ret_spec->n_pc_reasons++;
	}
	return 0;
}

bool detail_spec__word(size_t i, const char **ret_word, const char **ret_help)
{
	const struct detail_word *word = arch_detail_word(i);

	if (!word)
		return false;
	*ret_word = word->word;
	*ret_help = word->help;
	return true;
}

const char *detail_kind_name(enum detail_kind kind)
{
	const struct detail_kind_def *def = find_def(kind);

	return def ? def->name : NULL;
}

bool detail_kind_has_dir(enum detail_kind kind)
{
	const struct detail_kind_def *def = find_def(kind);

	return def && def->has_dir;
}

bool detail_kind_is_address(enum detail_kind kind)
{
	return kind == DETAIL_MMIO || kind == DETAIL_PAGE || kind == DETAIL_PC;
}

const char *detail_dir_name(enum detail_kind kind, uint64_t sub)
{
	if (!detail_kind_has_dir(kind))
		return NULL;
	return (sub & 3) == DETAIL_WRITE ? "write" : "read";
}

unsigned int detail_size(enum detail_kind kind, uint64_t sub)
{
	return detail_kind_has_dir(kind) ? (unsigned int)(sub >> DETAIL_SIZE_SHIFT) : 0;
}

char *detail_key_format(enum detail_kind kind, uint64_t key, char *buf, size_t size)
{
	const struct detail_kind_def *def = find_def(kind);
	const char *decimal = def ? def->decimal : NULL;

	if (decimal)
		snprintf(buf, size, "%s%" PRIu64, decimal, key);
	else
		snprintf(buf, size, "0x%" PRIx64, key);
	return buf;
}

/* ---- names */

struct port_range {
	uint32_t first, last;
	char *name;
};

struct detail_names {
	struct port_range *ports;
	size_t n_ports;
};

struct detail_names *detail_names__new(void)
{
	return calloc(1, sizeof(struct detail_names));
}

static void clear_ports(struct detail_names *names)
{
	for (size_t i = 0; i < names->n_ports; i++)
		free(names->ports[i].name);
	free(names->ports);
	names->ports = NULL;
	names->n_ports = 0;
}

void detail_names__free(struct detail_names *names)
{
	if (!names)
		return;
	clear_ports(names);
	free(names);
}

static bool is_standard_port(uint32_t first, uint32_t last)
{
	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++) {
		const struct detail_kind_def *def = find_def((enum detail_kind)kind);

		for (size_t i = 0; def && i < def->n_ports; i++)
			if (first >= def->ports[i].first && last <= def->ports[i].last)
				return true;
	}
	return false;
}

static int add_port(struct detail_names *names, uint32_t first, uint32_t last, const char *name,
		    size_t len)
{
	struct port_range *ports = reallocarray(names->ports, names->n_ports + 1, sizeof(*ports));

	if (!ports)
		return -ENOMEM;
	names->ports = ports;
	ports[names->n_ports] = (struct port_range){ first, last, strndup(name, len) };
	if (!ports[names->n_ports].name)
		return -ENOMEM;
	names->n_ports++;
	return 0;
}

/* Lines "  0060-0060 : keyboard", what is inside another range below it. */
int detail_names__parse_ioports(struct detail_names *names, const char *text)
{
	clear_ports(names);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		unsigned int first, last;
		int start = 0, err;
		size_t len;

		if (sscanf(line, " %8x-%8x :%n", &first, &last, &start) != 2 || !start)
			continue;
		start += line[start] == ' ';
		len = strcspn(line + start, "\n");
		/* Without root rights all numbers are zero. */
		if (!last || first > last || !is_standard_port(first, last) || !len)
			continue;
		err = add_port(names, first, last, line + start, len);
		if (err)
			return err;
	}
	return 0;
}

char *detail_names__ioports(const struct detail_names *names)
{
	char *text = NULL;
	size_t len;
	FILE *out = memstream_open(&text, &len);

	for (size_t i = 0; out && i < names->n_ports; i++)
		fprintf(out, "%x-%x : %s\n", names->ports[i].first, names->ports[i].last,
			names->ports[i].name);
	if (out)
		memstream_close(out, &text);
	return text;
}

/* The innermost range, which comes last; a bus is no device. */
static const char *lookup_port(const struct detail_names *names, uint64_t port)
{
	for (size_t i = names ? names->n_ports : 0; i-- > 0;) {
		const struct port_range *range = &names->ports[i];

		if (port >= range->first && port <= range->last)
			return strncmp(range->name, "PCI Bus", 7) ? range->name : NULL;
	}
	return NULL;
}

static int by_number(const void *key, const void *element)
{
	uint64_t number = *(const uint64_t *)key;
	const struct detail_number *entry = element;

	return (number > entry->number) - (number < entry->number);
}

const char *detail_names__lookup(const struct detail_names *names, enum detail_kind kind,
				 uint64_t key)
{
	const struct detail_kind_def *def = find_def(kind);
	const struct detail_number *found;

	if (!def)
		return NULL;
	if (def->n_ports)
		return lookup_port(names, key);
	if (!def->n_numbers)
		return NULL;
	found = bsearch(&key, def->numbers, def->n_numbers, sizeof(*def->numbers), by_number);
	return found ? found->name : NULL;
}
