// SPDX-License-Identifier: GPL-2.0
/*
 * tally: the cell of a reason that is not where it is looked for first.
 */
#include "arch.bpf.h"
#include "filter.bpf.h"
#include "tally.bpf.h"
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

/*
 * Global functions, as is cell_find(). So the verifier goes through each loop once, and not again
 * for each way out of the loop before it.
 */
__noinline __u32 is_spare_of(__u32 cell, __u32 isa, __u64 reason)
{
	struct kvmtop_cell *c = spare_cell(cell);

	return c && c->reason == reason && c->isa == isa;
}

/* The spare cell of (@isa, @reason) that the vCPU in slot @slot has, or KVMTOP_CELL_NONE. */
__noinline __u32 spare_known(__u32 slot, __u32 isa, __u64 reason)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);
	__u32 i, cell;

	for (i = 0; v && i < KVMTOP_SPARE_MAX; i++) {
		if (i >= v->n_spare)
			break;
		cell = v->spare[i] + KVMTOP_OWN_CELLS;
		if (is_spare_of(cell, isa, reason))
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
	c->hist_offset = c->hist && c->hist < KVMTOP_NEAR_HISTS
				 ? offsetof(struct kvmtop_memory, hists) +
					   c->hist * sizeof(struct kvmtop_hist)
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
