/* SPDX-License-Identifier: GPL-2.0 */
/*
 * query: which part of a frame is shown, and in which order: filter, group, sort, top-N. Pure.
 */
#ifndef KVMTOP_MODEL_QUERY_H
#define KVMTOP_MODEL_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "order.h"
#include "registry.h"

enum row_by { BY_VM, BY_VCPU, BY_REASON, ROW_BY_MAX };

struct query {
	enum row_by by;
	struct order order;
	size_t top; /* 0: all */
};

/*
 * The rows of @frame that @query asks for. BY_VM: one per VM. BY_VCPU: one per vCPU (vm and vcpu
 * set). BY_REASON: one per exit reason of all VMs merged (only reason set). @ret_rows is malloc'ed.
 * @ret_left_out is how many rows --top cut. 0 or -ENOMEM.
 */
int query__rows(const struct query *query, const struct frame *frame, struct row **ret_rows,
		size_t *ret_n, size_t *ret_left_out);

/*
 * The reasons of a frame, VM or vCPU in @query's order: all @n of them, malloc'ed and followed by
 * NULL. The first @query->top (0: all) were asked for. 0 or -ENOMEM.
 */
int query__reasons(const struct query *query, const struct frame_reason *reasons, size_t n,
		   const struct frame_reason ***ret_sorted);

/*
 * The keys of the drill-down: BY_VCPU one row per vCPU and key, else one per VM and key. First the keys in the query's order,
 * @query->top of them (0: all); then all rows of "others", in the frame's order. As query__rows().
 */
int query__details(const struct query *query, const struct frame *frame, struct row **ret_rows,
		   size_t *ret_n, size_t *ret_left_out);

/* @wanted is the name of a reason in any case, or its number; NULL is every reason. */
bool query_wants_reason(const char *wanted, const struct frame_reason *reason);

#endif
