// SPDX-License-Identifier: GPL-2.0
#include "row.h"

#include "item_rows.h"
#include "slow.h"
#include "stats.h"
#include "time_sum.h"

const struct time_shares *row_shares(const struct row *row)
{
	return row->vcpu ? &row->vcpu->shares : &row->vm->shares;
}

enum vcpu_held row_held(const struct row *row)
{
	return row->vcpu ? row->vcpu->held : row->vm->held;
}

uint32_t row_isa(const struct row *row)
{
	return row->slow ? row->slow->isa : row->reason->isa;
}

bool row_key(const struct row *row, enum detail_kind *ret_kind, uint64_t *ret_key,
	     uint64_t *ret_sub)
{
	const struct slow_exit *slow = row->slow;
	const struct frame_detail *detail = row->detail;

	if (slow ? !slow->about_known : detail->others)
		return false;
	*ret_kind = slow ? slow->kind : detail->kind;
	*ret_key = slow ? slow->key : detail->key;
	*ret_sub = slow ? slow->sub : detail->sub;
	return true;
}

const struct counter *row_exits(const struct row *row)
{
	if (row->reason)
		return &row->reason->count;
	return row->vcpu ? &row->vcpu->exits : &row->vm->exits;
}

struct counter row_user_exits(const struct row *row)
{
	const struct frame_reasons *reasons =
		row->vcpu ? &row->vcpu->user_exits : &row->vm->user_exits;
	struct counter sum = { .delta_valid = true };

	for (size_t i = 0; i < reasons->n; i++) {
		const struct counter *count = &reasons->v[i].count;

		sum.total += count->total;
		sum.delta += count->delta;
		sum.rate += count->rate;
		sum.delta_valid &= count->delta_valid;
	}
	return sum;
}

bool row_has_counter(const struct row *row)
{
	return row->detail || (row->stat && !row->stat->gauge) ||
	       (row->item && row->item->kind != ITEM_GAUGE);
}

struct counter row_counter(const struct row *row)
{
	const struct item_row *item = row->item;

	if (!row_has_counter(row))
		return (struct counter){ .total = 0 };
	if (row->detail)
		return row->detail->count;
	if (row->stat)
		return row->stat->count;
	return (struct counter){ item->total, (uint64_t)item->delta, item->rate,
				 item->delta_valid };
}

const struct time_delta *row_time(struct row *row)
{
	const struct frame_reasons *reasons;
	struct time_sum sum;

	if (row->reason)
		return &row->reason->time;
	if (row->time_made)
		return &row->time;
	reasons = row->vcpu ? &row->vcpu->reasons : &row->vm->reasons;
	time_sum__init(&sum);
	for (size_t i = 0; i < reasons->n; i++)
		time_sum__add(&sum, &reasons->v[i].time);
	time_sum__finish(&sum);
	time_delta__finish(&sum.time);
	row->time = sum.time;
	row->time.hist = (struct hist){ .v = NULL }; /* it ends with the sum */
	row->time_made = true;
	return &row->time;
}
