/* SPDX-License-Identifier: GPL-2.0 */
/*
 * registry: what a row of a frame has: the columns, with name, unit, meaning and value, and which kinds of row have them.
 * CSV, JSON, metrics, the order of rows, the text tables and the man page draw on it. The columns are listed in columns.h. Pure; does not know
 * how a value is shown.
 */
#ifndef KVMTOP_MODEL_REGISTRY_H
#define KVMTOP_MODEL_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/fmt.h"
#include "row.h"

enum column_id {
#define COLUMN(id, ...) COLUMN_##id,
#include "columns.h"
	COLUMN_MAX,
};

enum column_type {
	COLUMN_LABEL,	/* says what the row is about */
	COLUMN_COUNTER, /* only grows while what it counts lives */
	COLUMN_GAUGE,
	COLUMN_TYPE_MAX,
};

enum column_unit {
	UNIT_NONE,
	UNIT_NS,
	UNIT_S,
	UNIT_PCT,
	UNIT_PER_S,
	UNIT_BYTES,
	UNIT_CPUS,
	COLUMN_UNIT_MAX,
};

/* Room for any text that is made, names and all. */
#define COLUMN_TEXT_SIZE 512

/* A value, not to be copied: its text may be in it. */
struct column_value {
	enum { VALUE_UNKNOWN, VALUE_U64, VALUE_I64, VALUE_REAL, VALUE_TEXT } type;
	union {
		uint64_t u64;
		int64_t i64;
		double real;
		const char *text; /* may come from outside; not escaped */
	};
	char buf[COLUMN_TEXT_SIZE];
};

struct column {
	const char *name; /* in CSV and --sort; NULL: it is in neither */
	enum column_type type;
	enum column_unit unit;
	uint32_t rows; /* ROW_BIT() of the kinds that have it */
	const char *help;
	void (*get)(struct row *row, struct column_value *ret);
	const char *title; /* in tables of text; NULL: it is in none */
	bool left;	   /* there it is aligned to the left, as words are */
};

const struct column *registry_column(enum column_id id);

/* The value of a column in a row; unknown in kinds of row that do not have it. */
void registry_get(enum column_id id, struct row *row, struct column_value *ret);

/* As a number; 0 where it is none. */
double registry_number(const struct column_value *value);

/* "vm_reason", and what it means. */
const char *row_kind_name(enum row_kind kind);
const char *row_kind_help(enum row_kind kind);
/* "counter", "ns"; NULL for UNIT_NONE. */
const char *column_type_name(enum column_type type);
const char *column_unit_name(enum column_unit unit);
/* How many digits behind the point programs are given: more are noise. */
unsigned int column_unit_decimals(enum column_unit unit);

#endif
