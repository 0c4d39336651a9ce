/* SPDX-License-Identifier: GPL-2.0 */
/*
 * details: what exits are about, as --detail counts it: kinds of keys, and the words that ask for them.
 */
#ifndef KVMTOP_ARCH_DETAILS_H
#define KVMTOP_ARCH_DETAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classes.h"

/* What a key is. Order and number as in bpf/detail.h. */
enum detail_kind {
	DETAIL_MMIO,	   /* guest physical address */
	DETAIL_HYPERCALL,  /* number */
	DETAIL_VECTOR = 3, /* of an injected interrupt; 2 is a kind of one architecture */
	DETAIL_FAULT,	   /* error code of a page fault */
	DETAIL_PAGE,	   /* address of the page; sub is the error code */
	DETAIL_PC,	   /* address of the guest's instruction; sub is the exit reason */
	DETAIL_ARCH,	   /* from here on: those of one architecture; no two share one */
	DETAIL_KIND_MAX = 12,
};

/* Keys of --detail as bits. */
#define DETAIL_BIT(kind) (1u << (kind))

struct detail_number {
	uint64_t number;
	const char *name;
};

struct detail_range {
	uint32_t first, last;
};

struct detail_kind_def {
	const char *name; /* NULL: the architecture does not have the kind */
	bool has_dir;	  /* read or written; sub says which, and the size */
	const char
		*decimal; /* NULL: the key is shown in hex; else in decimal, with this in front */
	const struct detail_number *numbers; /* names of keys, sorted */
	size_t n_numbers;
	const struct detail_range *ports; /* keys are ports, and the running kernel names these */
	size_t n_ports;
	enum reason_class class; /* of the exits that are about such keys */
	uint32_t reasons_of;	 /* the key is an exit reason of this isa; 0: it is none */
};

/* A word of --detail. */
struct detail_word {
	const char *word;
	uint32_t kinds; /* DETAIL_BIT */
	const char *help;
	const char *prefix; /* what follows it is an exit reason; NULL: the word is whole */
};

#endif
