/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format_symbols: reads the __print_symbolic() tables out of the print format of a tracepoint's
 * "format" file. The text is hostile until parsed. Pure; knows nothing of what the names are for.
 */
#ifndef KVMTOP_MODEL_FORMAT_SYMBOLS_H
#define KVMTOP_MODEL_FORMAT_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/* Longest name that is taken; and how many there may be in one format. */
#define FORMAT_NAME_MAX 63
#define FORMAT_SYMBOLS_MAX 4096

enum format_kind {
	FORMAT_BY_ISA, /* each table belongs to the isa that a test picks it for; others are ignored */
	FORMAT_USER, /* all tables belong to ISA_USER */
};

/* What a table says: @code is called @name. Not 0: parsing ends with that. */
typedef int (*format_symbol_fn)(void *arg, uint32_t isa, uint64_t code, const char *name);

/*
 * Calls @add for every well-formed entry of the tables in the print format, in order; an entry that
 * is not understood is left out. 0 (also when there was none), or what @add returned.
 */
int format_symbols_parse(enum format_kind kind, const char *text, size_t len, format_symbol_fn add,
			 void *arg);

#endif
