// SPDX-License-Identifier: GPL-2.0
/*
 * tally: the cell of a reason that is not where it is looked for first.
 */
#include "arch.bpf.h"
#include "filter.bpf.h"
#include "hist.bpf.h"
#include "tally.bpf.h"
#include ARCH_HALT
#include ARCH_VCPU

/* A histogram for a new cell, if it is to have one and one is free; otherwise KVMTOP_HIST_NONE. */
static __always_inline __u32 hist_new(__u32 isa)
{
	__u32 hist;

	if (cfg_latency != KVMTOP_LATENCY_FULL || isa == KVMTOP_ISA_EVENT)
		return KVMTOP_HIST_NONE;
	if (!bpf_map_pop_elem(&free_hists, &hist))
		return hist;
	__sync_fetch_and_add(&drops.hist_full, 1);
	return KVMTOP_HIST_NONE;
}

/* The code by which exits of (@isa, @reason) are counted on the short path. */
static __always_inline __u32 short_code(__u32 isa, __u64 reason)
{
	if (isa & KVMTOP_ISA_L2 || isa == KVMTOP_ISA_USER || isa == KVMTOP_ISA_EVENT ||
	    reason >> 32 || is_halt(isa, reason))
		return KVMTOP_CODE_NONE;
	return reason;
}

static __always_inline bool is_spare_of(__u32 cell, __u32 isa, __u64 reason)
{
	struct kvmtop_cell *c = spare_cell(cell);

	return c && c->reason == reason && c->isa == isa;
}

#define SPARE_BLOCK 4

/*
 * Global functions, as is cell_find(). So the verifier goes through each loop once, and not again
 * for each way out of the loop before it.
 *
 * The spare cell of (@isa, @reason) that the vCPU in slot @slot has among SPARE_BLOCK ones from the @first-th on, or
 * KVMTOP_CELL_NONE. Blocks, so that there are two short loops in the place of a long one.
 */
__noinline __u32 spare_in_block(__u32 slot, __u32 first, __u32 isa, __u64 reason)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);
	__u32 i, cell;

#pragma clang loop unroll(disable)
	for (i = 0; v && i < SPARE_BLOCK; i++) {
		__u64 n = first + i;

		if (n >= v->n_spare || n >= KVMTOP_SPARE_MAX)
			break;
		MASK(n, 63);
		cell = v->spare[n] + KVMTOP_OWN_CELLS;
		if (is_spare_of(cell, isa, reason))
			return cell;
	}
	return KVMTOP_CELL_NONE;
}

/* The spare cell of (@isa, @reason) that the vCPU in slot @slot has, or KVMTOP_CELL_NONE. */
__noinline __u32 spare_known(__u32 slot, __u32 isa, __u64 reason)
{
	__u32 first, cell;

#pragma clang loop unroll(disable)
	for (first = 0; first < KVMTOP_SPARE_MAX; first += SPARE_BLOCK) {
		cell = spare_in_block(slot, first, isa, reason);
		if (cell != KVMTOP_CELL_NONE)
			return cell;
	}
	return KVMTOP_CELL_NONE;
}

_Static_assert(KVMTOP_SPARE_MAX <= 64, "the mask below has room for all");

/* A new spare cell; KVMTOP_CELL_NONE when none is free. */
__noinline __u32 spare_new(__u32 slot, __u32 isa, __u64 reason)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);
	struct kvmtop_cell *c;
	__u32 element, cell;
	__u64 n;

	if (!v)
		return KVMTOP_CELL_NONE;
	n = v->n_spare;
	if (n >= KVMTOP_SPARE_MAX || bpf_map_pop_elem(&free_cells, &element))
		return KVMTOP_CELL_NONE;
	cell = element + KVMTOP_OWN_CELLS;
	c = spare_cell(cell);
	if (!c)
		return KVMTOP_CELL_NONE;
	c->reason = reason;
	c->isa = isa;
	c->hist = hist_new(isa);
	c->code = KVMTOP_CODE_NONE;
	MASK(n, 63);
	v->spare[n] = element;
	v->n_spare++;
	return cell;
}

/*
 * The own cell of (@isa, @reason) that is not at its home position, or a new one. KVMTOP_CELL_NONE
 * if none is free.
 */
__noinline __u32 own_find(__u32 slot, __u32 home, __u32 isa, __u64 reason)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);
	struct kvmtop_cell *c;
	__u32 i, cell;

	if (!v)
		return KVMTOP_CELL_NONE;
#pragma clang loop unroll(disable)
	for (i = 0; i < KVMTOP_INDEX_PROBES; i++) {
		cell = v->index[(home + i) & (KVMTOP_INDEX_SIZE - 1)];
		if (!cell)
			break;
		c = &v->own[cell & (KVMTOP_OWN_CELLS - 1)];
		if (c->reason == reason && c->isa == isa)
			return cell;
	}
	if (i >= KVMTOP_INDEX_PROBES || v->n_own >= KVMTOP_OWN_CELLS - 1)
		return KVMTOP_CELL_NONE;
	c = &v->own[(v->n_own + 1) & (KVMTOP_OWN_CELLS - 1)];
	c->reason = reason;
	c->isa = isa;
	c->hist = hist_new(isa);
	c->hist_offset = c->hist && c->hist < cfg_near_hists ? KVMTOP_HIST_AT(cfg_homes, c->hist)
							     : KVMTOP_OFFSET_FAR;
	c->code = short_code(isa, reason);
	v->n_own++;
	v->index[(home + i) & (KVMTOP_INDEX_SIZE - 1)] = v->n_own;
	return v->n_own;
}

__noinline __u32 cell_find(__u32 slot, __u32 home, __u32 isa, __u64 reason)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);
	__u32 cell;

	if (v)
		nests_note(v, isa, reason);
	cell = own_find(slot, home, isa, reason);
	if (cell == KVMTOP_CELL_NONE)
		cell = spare_known(slot, isa, reason);
	if (cell == KVMTOP_CELL_NONE)
		cell = spare_new(slot, isa, reason);
	if (cell == KVMTOP_CELL_NONE)
		__sync_fetch_and_add(&drops.map_full, 1);
	return cell;
}

_Static_assert(KVMTOP_HIST_SLOTS <= 512, "the mask below has room for all slots");

/* Once for all that comes after each of its forty results. */
__noinline __u32 hist_slot_of(__u64 ns)
{
	return hist_slot(ns);
}

/* Adds a duration to histogram @hist, which may be KVMTOP_HIST_NONE. */
__noinline int hist_add(__u32 hist, __u64 ns)
{
	struct kvmtop_hist *h;
	__u64 slot = hist_slot_of(ns);

	if (hist == KVMTOP_HIST_NONE)
		return 0;
	h = hist_at(hist);
	MASK(slot, 511);
	if (h && slot < KVMTOP_HIST_SLOTS)
		h->count[slot]++;
	return 0;
}

__noinline int tally_time(__u32 slot, __u32 cell, __u64 ns)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);
	struct kvmtop_cell *c;

	if (!v || cell == KVMTOP_CELL_NONE)
		return 0;
	c = cell_at(v, cell);
	if (!c)
		return 0;
	c->sum_ns += ns;
	if (ns > c->max_ns)
		c->max_ns = ns;
	if (cfg_latency == KVMTOP_LATENCY_FULL)
		hist_add(c->hist, ns);
	return 0;
}

static __always_inline void exit_count(struct kvmtop_vcpu *v, __u32 isa, __u64 reason, __u64 now_ns)
{
	__u32 cell;

	/*
	 * Before the exit is counted: a reader that sees the count must not find the vCPU still in
	 * the guest (--verify).
	 */
	if (cfg_latency != KVMTOP_LATENCY_OFF) {
		/*
		 * There may be no entry since the last exit (5.10's fast path), or since the last
		 * userspace exit (the entry came before we were attached). The time must not be
		 * counted twice then.
		 */
		v->user_ns = 0;
		v->event_ns = now_ns;
		/* Nor may a reader find the exit counted when it is not. */
		v->exit_place = KVMTOP_PLACE_COUNTING;
		guest_settle(v);
		barrier();
	}
	cell = tally_count(v, SALT_EXIT, isa, reason);
	barrier();
	if (cfg_latency != KVMTOP_LATENCY_OFF || cfg_note_exit)
		v->exit_place =
			is_halt(isa, reason) ? KVMTOP_PLACE_FAR_OF(cell) : KVMTOP_PLACE(cell);
}

__noinline int tally_exit_at(__u32 slot, __u32 isa, __u64 reason, __u64 now_ns)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);

	if (v)
		exit_count(v, isa, reason, now_ns);
	return 0;
}
