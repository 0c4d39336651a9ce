/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cell: a value of the registry as the text of a table's cell. Pure.
 */
#ifndef KVMTOP_RENDER_CELL_H
#define KVMTOP_RENDER_CELL_H

#include "../base/fmt.h"
#include "../model/registry.h"

/*
 * Column @id of @row by its unit: times and rates short, shares in percent, @unknown where it is
 * not known. Texts are escaped by @escape. Returns malloc'ed text; NULL: no memory.
 */
char *cell_format(enum column_id id, struct row *row, enum fmt_escape escape, const char *unknown);

#endif
