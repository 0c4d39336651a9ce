// SPDX-License-Identifier: GPL-2.0
#include "idle.h"

#include "item_rows.h"
#include "frame.h"
#include "stats.h"

bool counter_is_idle(const struct counter *counter)
{
	return counter->delta_valid && !counter->delta;
}

bool frame_reason__is_idle(const struct frame_reason *reason)
{
	/* of an exit that began before the interval there is the time only */
	return counter_is_idle(&reason->count) &&
	       (!reason->time.valid || (!reason->time.delta_ns && !reason->time.timed));
}

bool item_row__is_idle(const struct item_row *row)
{
	return row->kind != ITEM_GAUGE && row->delta_valid && !row->delta;
}

bool frame_detail__is_idle(const struct frame_detail *detail)
{
	return counter_is_idle(&detail->count) && (!detail->time.valid || !detail->time.delta_ns);
}

static bool is_value(const struct frame_stat *stat)
{
	return stat->desc->type == STAT_INSTANT || stat->desc->type == STAT_PEAK;
}

bool frame_stat__is_idle(const struct frame_stat *stat)
{
	if (is_value(stat))
		return false;
	if (!stat->totals)
		return counter_is_idle(&stat->count);
	for (size_t i = 0; stat->deltas && i < stat->desc->n; i++)
		if (stat->deltas[i])
			return false;
	return stat->deltas;
}

static bool are_stats_idle(const struct frame_stats *stats)
{
	for (size_t i = 0; i < stats->n; i++)
		if (!is_value(&stats->v[i]) && !frame_stat__is_idle(&stats->v[i]))
			return false;
	return true;
}

static bool are_reasons_idle(const struct frame_reasons *reasons)
{
	for (size_t i = 0; i < reasons->n; i++)
		if (!frame_reason__is_idle(&reasons->v[i]))
			return false;
	return true;
}

static bool are_tracepoints_idle(const struct frame_tracepoints *tracepoints)
{
	for (size_t i = 0; i < tracepoints->n; i++)
		if (!counter_is_idle(&tracepoints->v[i]))
			return false;
	return true;
}

static bool are_details_idle(const struct frame_details *details)
{
	for (size_t i = 0; i < details->n; i++)
		if (!frame_detail__is_idle(&details->v[i]))
			return false;
	for (size_t i = 0; i < details->n_others; i++)
		if (!frame_detail__is_idle(&details->others[i]))
			return false;
	return true;
}

/* A guest that never exits is busy, and so is a VMM that has not come back for long. */
static bool is_time_idle(const struct time_shares *shares)
{
	for (size_t i = 0; i < STATE_MAX; i++)
		if (i != STATE_HALT_POLL && i != STATE_HALT_BLOCK && time_shares_known(shares, i) &&
		    shares->ns[i])
			return false;
	return true;
}

bool frame_vcpu__is_idle(const struct frame_vcpu *vcpu)
{
	return counter_is_idle(&vcpu->exits) && are_reasons_idle(&vcpu->reasons) &&
	       are_reasons_idle(&vcpu->user_exits) && are_tracepoints_idle(&vcpu->tracepoints) &&
	       are_stats_idle(&vcpu->stats) && are_details_idle(&vcpu->details) &&
	       vcpu->held != HELD_PARKED && is_time_idle(&vcpu->shares);
}

bool frame_vm__is_idle(const struct frame_vm *vm)
{
	bool idle = !vm->ended && counter_is_idle(&vm->exits) &&
		    are_tracepoints_idle(&vm->tracepoints) && are_stats_idle(&vm->stats) &&
		    are_stats_idle(&vm->vcpu_stats) && are_details_idle(&vm->details);

	for (size_t i = 0; idle && i < vm->n_vcpus; i++)
		idle = frame_vcpu__is_idle(&vm->vcpus[i]);
	return idle;
}
