/* SPDX-License-Identifier: GPL-2.0 */
/*
 * row_table: rows of a frame as a table: which columns it has is in model/columns.h. Pure; what draws the table, as lines or on a
 * screen, is others' business.
 */
#ifndef KVMTOP_RENDER_ROW_TABLE_H
#define KVMTOP_RENDER_ROW_TABLE_H

#include <stddef.h>

#include "../base/fmt.h"

struct row;
struct table;

enum row_table {
#define TABLE(id, ...) ROW_TABLE_##id,
#include "../model/columns.h"
	ROW_TABLE_MAX,
};

/*
 * The table @which of the @n @rows, in their order, with all its columns: texts escaped by @escape, and empty cells for columns
 * that the kind of a row does not have. NULL: no memory.
 */
struct table *row_table_make(enum row_table which, struct row *rows, size_t n,
			     enum fmt_escape escape);

#endif
