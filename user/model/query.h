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

struct frame;
struct frame_reason;
struct frame_vcpu;
struct frame_vm;

enum row_by { BY_VM, BY_VCPU, BY_REASON, ROW_BY_MAX };

enum sort_key {
	SORT_DEFAULT, /* most exits in the interval first */
	SORT_PID,
	SORT_NAME,
	SORT_VCPU,
	SORT_REASON,
	SORT_COUNT, /* total since start */
	SORT_RATE,
	SORT_TIME, /* handling time in the interval */
	SORT_AVG,
	SORT_P50,
	SORT_P90,
	SORT_P99,
	SORT_P999,
	SORT_MAX_NS,
	SORT_GUEST,
	SORT_KVM,
	SORT_VMM,
	SORT_POLL,
	SORT_BLOCK,
	SORT_DELAY,
	SORT_KEY_MAX,
};

/* "pid", "rate", ...: what --sort takes; parse returns -EINVAL for an unknown word. */
const char *sort_key_name(enum sort_key key);
int sort_key_parse(const char *word, enum sort_key *ret_key);

struct query {
	enum row_by by;
	enum sort_key sort;
	size_t top; /* 0: all */
};

/* One row of a table. What a row is not about is NULL. */
struct query_row {
	const struct frame_vm *vm;
	const struct frame_vcpu *vcpu;
	const struct frame_reason *reason;
};

/*
 * The rows of @frame that @query asks for: BY_VM one per VM; BY_VCPU one per vCPU (vm and vcpu
 * set); BY_REASON one per exit reason of all VMs merged (only reason set). Text keys and the ids
 * (pid, vCPU) ascend, numbers descend, unknown values come last, ties keep (pid, vCPU, isa, code)
 * order. A key that rows of this kind do not have (the pid of a reason) sorts as SORT_DEFAULT.
 * @ret_rows is malloc'ed. @ret_left_out is how many rows --top cut. 0 or -ENOMEM.
 */
int query__rows(const struct query *query, const struct frame *frame, struct query_row **ret_rows,
		size_t *ret_n, size_t *ret_left_out);

/*
 * The reasons of a frame, VM or vCPU in @query's order, SORT_DEFAULT for keys that reasons do not
 * have: all @n of them, malloc'ed and followed by NULL; the first @query->top (0: all) were asked
 * for. 0 or -ENOMEM.
 */
int query__reasons(const struct query *query, const struct frame_reason *reasons, size_t n,
		   const struct frame_reason ***ret_sorted);

/* @wanted is the name of a reason in any case, or its number; NULL is every reason. */
bool query_wants_reason(const char *wanted, const struct frame_reason *reason);

#endif
