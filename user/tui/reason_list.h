/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reason_list: exit reasons as a list: of all VMs, of a VM, or of a vCPU; and exits to the VMM likewise. Pure.
 */
#ifndef KVMTOP_TUI_REASON_LIST_H
#define KVMTOP_TUI_REASON_LIST_H

#include <stdbool.h>

#include "list_columns.h"

struct list;
struct subject;
struct view;
struct view_ctx;

/* Their list_def. */
#define REASON_LIST                                                                     \
	{                                                                               \
		.name = "reasons", .columns = reason_columns, .n = REASON_LIST_COLUMNS, \
		.sort = REASON_LIST_SORT, .kind = LIST_KIND_REASONS                     \
	}
#define USER_EXIT_LIST                                                                        \
	{                                                                                     \
		.name = "to the VMM", .columns = user_exit_columns, .n = REASON_LIST_COLUMNS, \
		.sort = REASON_LIST_SORT, .kind = LIST_KIND_USER_EXITS                        \
	}

#define REASON_LIST_COLUMNS 14
#define REASON_LIST_SORT 2

extern const struct list_column reason_columns[REASON_LIST_COLUMNS];
extern const struct list_column user_exit_columns[REASON_LIST_COLUMNS];

/* Fills list @i of @view with those of its subject; @user: exits to the VMM. 0 or -ENOMEM. */
int reason_list__fill(const struct view_ctx *ctx, struct view *view, size_t i, bool user);

/* Those among which the subject's reason is; and it. NULL: the frame does not have it. */
const struct frame_reasons *reason_list__of(const struct view_ctx *ctx,
					    const struct subject *subject);
/* Of the subject, the reasons of exits, whichever its own is of; NULL as above. */
const struct frame_reasons *reason_list__of_exits(const struct view_ctx *ctx,
						  const struct subject *subject);
const struct frame_reason *reason_list__find(const struct view_ctx *ctx,
					     const struct subject *subject);

/* A reason of @vcpu, or of @vm if that is NULL. */
const struct frame_reason *reason_list__find_in(const struct frame_vm *vm,
						const struct frame_vcpu *vcpu, uint32_t isa,
						uint64_t code);

/* The reason of the current row of @list, as what a view is to be about; false: there is none. */
bool reason_list__open(const struct view_ctx *ctx, const struct view *view, const struct list *list,
		       struct subject *ret_subject);

#endif
