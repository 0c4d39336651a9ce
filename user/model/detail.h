/* SPDX-License-Identifier: GPL-2.0 */
/*
 * detail: what exits were about (the drill-down): kinds of keys, what the user asked for, and how a key is
 * called. Pure. The kinds of an architecture, and their names, are in arch/.
 */
#ifndef KVMTOP_MODEL_DETAIL_H
#define KVMTOP_MODEL_DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../arch/details.h"

/* sub of kinds that have a direction: 1 or 2, above it the size in bytes (0: none). */
#define DETAIL_READ 1u
#define DETAIL_WRITE 2u
#define DETAIL_SIZE_SHIFT 8

/* How many reasons the addresses of instructions can be restricted to. */
#define DETAIL_PC_MAX 8

/* What the user asked for. */
struct detail_spec {
	uint32_t kinds; /* DETAIL_BIT */
	/* Of DETAIL_PC: names or numbers of exit reasons, malloc'ed. */
	char *pc_reasons[DETAIL_PC_MAX];
	size_t n_pc_reasons;
	bool pc_all;
};

/*
 * Adds one word of --detail ("page", or one that has an exit reason behind a colon) to @spec. 0, -EINVAL: there is none such, -E2BIG: too many reasons, -ENOMEM.
 */
int detail_spec__add(struct detail_spec *spec, const char *word, size_t len);
void detail_spec__done(struct detail_spec *spec);
/* Into @ret_spec, which is to be done with, also if this fails. 0 or -ENOMEM. */
int detail_spec__copy(const struct detail_spec *spec, struct detail_spec *ret_spec);

/* The @i-th word that --detail takes, and what it means; false: there are fewer. */
bool detail_spec__word(size_t i, const char **ret_word, const char **ret_help);

/* What is known of one key of one vCPU; cumulative since it got its cell. */
struct detail_tally {
	enum detail_kind kind;
	uint64_t key, sub;
	uint64_t count;
	uint64_t sum_ns; /* valid from LATENCY_MEAN on */
};

/* All of one kind of one vCPU, cumulative since kvmtop attached: the tallies that are shown, and all others. */
struct detail_sum {
	uint64_t count;
	uint64_t sum_ns;
};

/* "mmio", "page", ...; NULL: no architecture has it. */
const char *detail_kind_name(enum detail_kind kind);
/* Whether sub has a direction (and perhaps a size). */
bool detail_kind_has_dir(enum detail_kind kind);
/* Whether the key is an address, which may not fit into a number of JSON. */
bool detail_kind_is_address(enum detail_kind kind);
/* "read" or "write"; NULL: the kind has no direction. */
const char *detail_dir_name(enum detail_kind kind, uint64_t sub);
/* Bytes; 0: not known, or it has none. */
unsigned int detail_size(enum detail_kind kind, uint64_t sub);
/* The key as text, "0x1b", "cr4", "12"; returns @buf. */
char *detail_key_format(enum detail_kind kind, uint64_t key, char *buf, size_t size);

/* Names that are read at run time. */
struct detail_names;

/* None yet; NULL: no memory. */
struct detail_names *detail_names__new(void);
void detail_names__free(struct detail_names *names);

/* Takes the names of ports from the text of /proc/ioports (hostile until parsed). 0 or -ENOMEM. */
int detail_names__parse_ioports(struct detail_names *names, const char *text);

/* The same names as such a text, malloc'ed; NULL: no memory. */
char *detail_names__ioports(const struct detail_names *names);

/* The name of a key, or NULL. @names may be NULL. Not escaped. */
const char *detail_names__lookup(const struct detail_names *names, enum detail_kind kind,
				 uint64_t key);

#endif
