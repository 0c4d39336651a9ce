// SPDX-License-Identifier: GPL-2.0
#include "list_row.h"

#include <stdlib.h>

void list_row__registry(const struct list_row *row, const struct frame *frame, struct row *ret)
{
	ret->kind = row->kind;
	ret->frame = frame;
	ret->vm = row->vm;
	ret->vcpu = row->vcpu;
	ret->reason = row->reason;
	ret->scope_exits = row->scope_exits;
	ret->slot = 0;
	ret->slot_exits = 0;
	ret->stat = NULL;
	ret->detail = row->detail;
	ret->item = NULL;
	ret->slow = row->kind == ROW_SLOW ? row->own : NULL;
	ret->name = ret->error = NULL;
	ret->dropped = 0;
	ret->time_made = false;
	ret->with_id = true;
}

void gone_row__free(struct gone_row *gone)
{
	if (!gone)
		return;
	free(gone->label);
	free(gone);
}
