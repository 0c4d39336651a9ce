// SPDX-License-Identifier: GPL-2.0
#include "cell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void format_number(const struct column *column, const struct column_value *value, char *buf,
			  size_t size)
{
	const double number = registry_number(value);

	if (column->unit == UNIT_NS)
		fmt_duration_ns(value->type == VALUE_U64 ? value->u64 : (uint64_t)(number + 0.5),
				buf, size);
	else if (column->unit == UNIT_PCT)
		fmt_pct(number, buf, size);
	else if (column->unit == UNIT_PER_S)
		fmt_rate(number, buf, size);
	else if (column->unit == UNIT_CPUS)
		snprintf(buf, size, "%.2f", number);
	else if (column->type == COLUMN_COUNTER)
		fmt_count(value->u64, buf, size);
	else
		snprintf(buf, size, "%" PRIu64, value->u64);
}

char *cell_format(enum column_id id, struct row *row, enum fmt_escape escape, const char *unknown)
{
	struct column_value value;
	char buf[32];

	registry_get(id, row, &value);
	if (value.type == VALUE_UNKNOWN)
		return strdup(unknown);
	if (value.type == VALUE_TEXT)
		return fmt_escape_dup(escape, value.text);
	format_number(registry_column(id), &value, buf, sizeof(buf));
	return strdup(buf);
}
