// SPDX-License-Identifier: GPL-2.0
/*
 * detail_x86: the kinds of keys that x86 has, their names, and the words of --detail.
 *
 * MSRs, hypercalls and vectors are called as in the kernel's headers (detail_names_x86.h, generated). The vectors are those of
 * a Linux guest: what another one uses them for nobody knows. Ports are called as on the host, but only where the PC's
 * standard devices are: above, each machine has its own.
 */
#include "detail.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"

struct detail_number {
	uint64_t number;
	const char *name;
};

#include "detail_names_x86.h"

/* The ISA bus's ports, and those of PCI's configuration. */
#define ISA_PORTS_END 0x400
#define PCI_CONF_FIRST 0xcf8
#define PCI_CONF_LAST 0xcff

struct detail_def {
	const char *name;
	bool has_dir;
	const char
		*decimal; /* NULL: the key is shown in hex; else in decimal, with this in front */
	const struct detail_number *numbers; /* sorted */
	size_t n_numbers;
};

#define NUMBERS(table) .numbers = (table), .n_numbers = ARRAY_SIZE(table)

static const struct detail_def defs[DETAIL_KIND_MAX] = {
	[DETAIL_MMIO] = { .name = "mmio", .has_dir = true },
	[DETAIL_HYPERCALL] = { .name = "hypercall", .decimal = "", NUMBERS(hypercall_names) },
	[DETAIL_HV_HYPERCALL] = { .name = "hv_hypercall", NUMBERS(hv_hypercall_names) },
	[DETAIL_VECTOR] = { .name = "vector", NUMBERS(vector_names) },
	[DETAIL_FAULT] = { .name = "pf" },
	[DETAIL_PAGE] = { .name = "page" },
	[DETAIL_RIP] = { .name = "rip" },
	[DETAIL_MSR] = { .name = "msr", .has_dir = true, NUMBERS(msr_names) },
	[DETAIL_PIO] = { .name = "pio", .has_dir = true },
	[DETAIL_CPUID] = { .name = "cpuid" },
	[DETAIL_CR] = { .name = "cr", .has_dir = true, .decimal = "cr" },
	[DETAIL_VMGEXIT] = { .name = "vmgexit" },
};

#define RIP_PREFIX "rip:"

/* Words of --detail. */
static const struct {
	const char *word;
	uint32_t kinds;
	const char *help;
} words[] = {
	{ "msr", DETAIL_BIT(DETAIL_MSR), "MSRs, read and written" },
	{ "pio", DETAIL_BIT(DETAIL_PIO), "ports, direction, size" },
	{ "mmio", DETAIL_BIT(DETAIL_MMIO),
	  "emulated memory: guest physical address, direction, size" },
	{ "hypercall", DETAIL_BIT(DETAIL_HYPERCALL) | DETAIL_BIT(DETAIL_HV_HYPERCALL),
	  "hypercalls: KVM's and Hyper-V's numbers" },
	{ "cpuid", DETAIL_BIT(DETAIL_CPUID), "CPUID leaves" },
	{ "vector", DETAIL_BIT(DETAIL_VECTOR), "vectors of injected interrupts" },
	{ "pf", DETAIL_BIT(DETAIL_FAULT), "page faults, by error code" },
	{ "page", DETAIL_BIT(DETAIL_PAGE), "page faults, by address of the page and error code" },
	{ "cr", DETAIL_BIT(DETAIL_CR), "control registers, read and written" },
	{ "vmgexit", DETAIL_BIT(DETAIL_VMGEXIT),
	  "what encrypted guests of AMD (SEV-ES, SNP) ask for, by exit code" },
	{ "rip", DETAIL_BIT(DETAIL_RIP), "the guest's instructions that exited, by exit reason" },
	{ RIP_PREFIX "REASON", DETAIL_BIT(DETAIL_RIP),
	  "the same of one exit reason (its name or number), as rip:npf; repeatable" },
};

static int add_rip_reason(struct detail_spec *spec, const char *reason, size_t len)
{
	if (!len)
		return -EINVAL;
	if (spec->n_rip_reasons >= DETAIL_RIP_MAX)
		return -E2BIG;
	spec->rip_reasons[spec->n_rip_reasons] = strndup(reason, len);
	if (!spec->rip_reasons[spec->n_rip_reasons])
		return -ENOMEM;
	spec->n_rip_reasons++;
	spec->kinds |= DETAIL_BIT(DETAIL_RIP);
	return 0;
}

int detail_spec__add(struct detail_spec *spec, const char *word, size_t len)
{
	const size_t prefix = strlen(RIP_PREFIX);

	if (len >= prefix && !strncmp(word, RIP_PREFIX, prefix))
		return add_rip_reason(spec, word + prefix, len - prefix);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].word) != len || strncmp(words[i].word, word, len))
			continue;
		spec->kinds |= words[i].kinds;
		spec->rip_all |= words[i].kinds == DETAIL_BIT(DETAIL_RIP);
		return 0;
	}
	return -EINVAL;
}

void detail_spec__done(struct detail_spec *spec)
{
	for (size_t i = 0; i < spec->n_rip_reasons; i++)
		free(spec->rip_reasons[i]);
	*spec = (struct detail_spec){ 0 };
}

bool detail_spec__word(size_t i, const char **ret_word, const char **ret_help)
{
	if (i >= ARRAY_SIZE(words))
		return false;
	*ret_word = words[i].word;
	*ret_help = words[i].help;
	return true;
}

const char *detail_kind_name(enum detail_kind kind)
{
	return (unsigned int)kind < DETAIL_KIND_MAX ? defs[kind].name : NULL;
}

bool detail_kind_has_dir(enum detail_kind kind)
{
	return (unsigned int)kind < DETAIL_KIND_MAX && defs[kind].has_dir;
}

bool detail_kind_is_address(enum detail_kind kind)
{
	return kind == DETAIL_MMIO || kind == DETAIL_PAGE || kind == DETAIL_RIP;
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
	const char *decimal = (unsigned int)kind < DETAIL_KIND_MAX ? defs[kind].decimal : NULL;

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
	return last < ISA_PORTS_END || (first >= PCI_CONF_FIRST && last <= PCI_CONF_LAST);
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
		/* A user who is not root sees zeros. */
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
	FILE *out = open_memstream(&text, &len);

	for (size_t i = 0; out && i < names->n_ports; i++)
		fprintf(out, "%x-%x : %s\n", names->ports[i].first, names->ports[i].last,
			names->ports[i].name);
	if (!out || !fclose(out))
		return text;
	free(text);
	return NULL;
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
	const struct detail_number *found;

	if ((unsigned int)kind >= DETAIL_KIND_MAX)
		return NULL;
	if (kind == DETAIL_PIO)
		return lookup_port(names, key);
	if (!defs[kind].n_numbers)
		return NULL;
	found = bsearch(&key, defs[kind].numbers, defs[kind].n_numbers, sizeof(*defs[kind].numbers),
			by_number);
	return found ? found->name : NULL;
}
