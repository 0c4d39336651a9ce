/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu_list: vCPUs as a list: of a VM, or of all VMs. Pure.
 */
#ifndef KVMTOP_TUI_VCPU_LIST_H
#define KVMTOP_TUI_VCPU_LIST_H

#include "list_columns.h"

struct frame_vcpu;
struct frame_vm;
struct list;
struct subject;
struct view;
struct view_ctx;

/* list_def of those of one VM; and of all, where the VM's name is in a column, and those that lost most come first. */
#define VCPU_LIST                                                                 \
	{                                                                         \
		.name = "vCPUs", .columns = vcpu_columns, .n = VCPU_LIST_COLUMNS, \
		.sort = VCPU_LIST_SORT, .kind = LIST_KIND_VCPUS_OF_VM             \
	}

#define VCPU_LIST_OF_ALL                                                                     \
	{                                                                                    \
		.name = "vCPUs", .columns = vcpu_columns_of_all, .n = VCPU_LIST_COLUMNS + 1, \
		.sort = VCPU_LIST_LOST + 1, .kind = LIST_KIND_VCPUS                          \
	}

#define VCPU_LIST_COLUMNS 20
#define VCPU_LIST_SORT 5
#define VCPU_LIST_LOST 4
#define VCPU_LIST_BY_ID 1

extern const struct list_column vcpu_columns[VCPU_LIST_COLUMNS];
extern const struct list_column vcpu_columns_of_all[VCPU_LIST_COLUMNS + 1];

/* Whether filters leave it in a list. */
bool vcpu_list__wants(const struct view_ctx *ctx, const struct frame_vcpu *vcpu);

/* Adds those of @vm to list @i of @view. 0 or -ENOMEM. */
int vcpu_list__add(const struct view_ctx *ctx, struct view *view, size_t i,
		   const struct frame_vm *vm);

/* "vCPU 2", after the name of its VM if the path does not have that. */
void vcpu_list__name(const struct view_ctx *ctx, const struct frame_vm *vm, uint32_t id,
		     bool with_vm, char *buf, size_t size);

/* The current row of @list, as what a view is to be about; false: there is none. */
bool vcpu_list__open(const struct view_ctx *ctx, const struct view *view, const struct list *list,
		     struct subject *ret_subject);

#endif
