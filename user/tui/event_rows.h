/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_rows: the events of a frame as rows: tracepoints with the exits of each reason as their children, or what the event view has counted. Pure.
 */
#ifndef KVMTOP_TUI_EVENT_ROWS_H
#define KVMTOP_TUI_EVENT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/event_value.h"
#include "../model/registry.h"

struct stat_desc;
struct view_ctx;

#define EVENT_NAME 96

struct event_row {
	char name[EVENT_NAME]; /* escaped */
	enum event_kind kind;
	const char *
		event; /* as in an event_id, as long as the frame is there; NULL: of a child that is a reason */
	size_t parent; /* its index; SIZE_MAX: none */
	bool total_known, rate_known, is_count;
	uint64_t total;
	double rate; /* per second */
	bool share_known;
	double share_pct; /* of the parent, or of all counts of its origin in the scope */
	unsigned int origin;
	const struct stat_desc *desc;	   /* of a statistic */
	const struct frame_reason *reason; /* of a child, if it is one reason */
	const struct frame_vm *vm;	   /* NULL: of all */
	const struct frame_vcpu *vcpu;
};

/* Of one that has an event. */
struct event_id event_row__id(const struct event_row *row);

/* Begins as zeroes. */
struct event_rows {
	struct event_row *v;
	size_t n, room;
	size_t zero; /* left out, as they never happened */
};

/*
 * Adds those of all VMs (@vm NULL), of a VM or of a vCPU; children are left out unless they are wanted. 0 or -ENOMEM.
 */
int event_rows__add(const struct view_ctx *ctx, const struct frame_vm *vm,
		    const struct frame_vcpu *vcpu, struct event_rows *rows);

/* Puts their indexes in order: by COLUMN_NAME, COLUMN_TOTAL or else the rate, children below their parents. */
void event_rows__order(const struct event_rows *rows, enum column_id by, bool reversed,
		       size_t *ret_order);

#endif
