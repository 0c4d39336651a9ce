/* SPDX-License-Identifier: GPL-2.0 */
/*
 * detail_query: which rows of the drill-down are shown, and in which order. Pure.
 */
#ifndef KVMTOP_MODEL_DETAIL_QUERY_H
#define KVMTOP_MODEL_DETAIL_QUERY_H

#include <stddef.h>

#include "query.h"

struct frame_detail;

struct detail_row {
	const struct frame_vm *vm;
	const struct frame_vcpu *vcpu; /* NULL: the row is of the whole VM */
	const struct frame_detail *detail;
};

/*
 * The rows that @query asks for: BY_VCPU one per vCPU and key, else one per VM and key. First the keys in the
 * query's order (most events in the interval first, for keys that they do not have), @query->top of them (0: all);
 * then all rows of "others", in the frame's order. @ret_rows is malloc'ed. @ret_left_out is how many --top cut.
 * 0 or -ENOMEM.
 */
int detail_query__rows(const struct query *query, const struct frame *frame,
		       struct detail_row **ret_rows, size_t *ret_n, size_t *ret_left_out);

#endif
