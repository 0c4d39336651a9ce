/* SPDX-License-Identifier: GPL-2.0 */
/*
 * order: the order of rows, of whatever kind, by a column of the registry. Pure.
 */
#ifndef KVMTOP_MODEL_ORDER_H
#define KVMTOP_MODEL_ORDER_H

#include <stdbool.h>
#include <stddef.h>

struct row;

/* What --sort calls a column, which need not be the same in rows of different kinds; after these come the registry's columns. By
 * SORT_DEFAULT what there was most of in the interval comes first. Of VMs and vCPUs, those come first that lost most CPUs, then those with most exits.
 */
enum sort_key {
#define SORT(id, ...) SORT_##id,
#include "columns.h"
	SORT_KEY_MAX,
};

/*
 * Begins as zeroes: the default. Labels (names, pids, ids of vCPUs) ascend and numbers descend, or
 * the other way round if @reversed. Unknown values come last in any case.
 */
struct order {
	unsigned int key; /* enum sort_key, or SORT_KEY_MAX and an enum column_id */
	bool reversed;
	bool given; /* by --sort; if not, an output may choose another order */
};

/* "pid", "rate", ...; NULL from SORT_KEY_MAX on. */
const char *sort_key_name(enum sort_key key);

/*
 * Reads a word of --sort: the name of a key or of a column of the registry, and maybe ":asc" or
 * ":desc" after it. -EINVAL: it is no such word, and @ret_order is unchanged.
 */
int order_parse(const char *word, struct order *ret_order);

/*
 * Puts @rows, which all are of one family (VMs and vCPUs; reasons; statistics; events; keys), in
 * order. A column that they do not have is as the default. Ties of VMs, vCPUs and reasons are by
 * pid, VM, vCPU, isa and code; of statistics and items by rate, total, value and name. Remaining
 * ties keep their order. Events that are no counts come after those that are. 0 or -ENOMEM.
 */
int order_rows(const struct order *order, struct row *rows, size_t n);

#endif
