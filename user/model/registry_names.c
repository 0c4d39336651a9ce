// SPDX-License-Identifier: GPL-2.0
/* registry_names: what kinds of row, types and units are called, and how units are written. */
#include "registry.h"

static const struct {
	const char *name, *help;
} kinds[ROW_KIND_MAX] = {
#define KIND(kind, name, help) [ROW_##kind] = { name, help },
#include "columns.h"
};

const char *row_kind_name(enum row_kind kind)
{
	return kinds[kind].name;
}

const char *row_kind_help(enum row_kind kind)
{
	return kinds[kind].help;
}

const char *column_type_name(enum column_type type)
{
	static const char *const names[COLUMN_TYPE_MAX] = {
		[COLUMN_LABEL] = "label",
		[COLUMN_COUNTER] = "counter",
		[COLUMN_GAUGE] = "gauge",
	};

	return names[type];
}

const char *column_unit_name(enum column_unit unit)
{
	static const char *const names[COLUMN_UNIT_MAX] = {
		[UNIT_NS] = "ns",	[UNIT_S] = "s",
		[UNIT_PCT] = "%",	[UNIT_PER_S] = "per second",
		[UNIT_BYTES] = "bytes", [UNIT_CPUS] = "CPUs",
	};

	return names[unit];
}

unsigned int column_unit_decimals(enum column_unit unit)
{
	static const unsigned int decimals[COLUMN_UNIT_MAX] = {
		[UNIT_NS] = 1, [UNIT_S] = 6, [UNIT_PCT] = 3, [UNIT_PER_S] = 6, [UNIT_CPUS] = 3,
	};

	return decimals[unit];
}
