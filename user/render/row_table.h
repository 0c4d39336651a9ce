/* SPDX-License-Identifier: GPL-2.0 */
/*
 * row_table: rows of a frame as a table: which columns it has is in model/columns.h. Pure; other
 * modules draw the table, as lines or on a screen.
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
 * The table @which of the @n @rows, in their order, with all its columns. Texts are escaped by
 * @escape; columns that a row's kind does not have are empty. NULL: no memory.
 */
struct table *row_table_make(enum row_table which, struct row *rows, size_t n,
			     enum fmt_escape escape);

#endif
