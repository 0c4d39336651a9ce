/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tally.bpf.h: counts and times of a vCPU's exits, given its slot. All of it is written by the vCPU's
 * own thread.
 */
#ifndef KVMTOP_TALLY_BPF_H
#define KVMTOP_TALLY_BPF_H

#include "hist.bpf.h"
#include "maps.bpf.h"

static __always_inline struct kvmtop_cell *cell_at(__u32 cell)
{
	return bpf_map_lookup_elem(&cells, &cell);
}

/*
 * Home position of a reason in a vCPU's index. Apart are SVM's codes (0 to 0xa6, 0x400 to 0x403), VMX's (0 to
 * 90 or so), and userspace exits beside either.
 */
static __always_inline __u32 reason_home(__u32 isa, __u64 reason)
{
	__u32 salt = isa == KVMTOP_ISA_USER ? 48 : 0;

	return (reason + (reason >> 5) + salt) & (KVMTOP_INDEX_SIZE - 1);
}

/* A new cell for slot @v; 0 when none is free. */
static __always_inline __u32 cell_new(struct kvmtop_vcpu *v)
{
	__u32 cell = 0;

	if (v->n_own < KVMTOP_OWN_CELLS)
		return v->slot * KVMTOP_OWN_CELLS + v->n_own++;
	bpf_map_pop_elem(&free_cells, &cell);
	return cell;
}

/*
 * The cell of (@isa, @reason) when it is not at its home position: elsewhere in the index, or new. NULL and
 * a drop counted: no cell is free.
 */
static __noinline struct kvmtop_cell *cell_find(struct kvmtop_vcpu *v, __u32 isa, __u64 reason,
						__u32 *ret_cell)
{
	__u32 home = reason_home(isa, reason);
	struct kvmtop_cell *c;
	__u32 i, pos;

	for (i = 0; i < KVMTOP_INDEX_PROBES; i++) {
		pos = (home + i) & (KVMTOP_INDEX_SIZE - 1);
		*ret_cell = v->index[pos];
		if (!*ret_cell)
			break;
		c = cell_at(*ret_cell);
		if (c && c->reason == reason && c->isa == isa)
			return c;
	}
	if (i < KVMTOP_INDEX_PROBES) {
		*ret_cell = cell_new(v);
		c = cell_at(*ret_cell);
		if (*ret_cell && c) {
			c->reason = reason;
			c->isa = isa;
			v->index[(home + i) & (KVMTOP_INDEX_SIZE - 1)] = *ret_cell;
			return c;
		}
	}
	*ret_cell = 0;
	__sync_fetch_and_add(&drops.map_full, 1);
	return NULL;
}

/* Counts one (@isa, @reason) of @v. Returns its cell, or 0 when it was dropped. */
static __always_inline __u32 tally_count(struct kvmtop_vcpu *v, __u32 isa, __u64 reason)
{
	__u32 cell = v->index[reason_home(isa, reason)];
	struct kvmtop_cell *c = cell_at(cell);

	if (!c || c->reason != reason || c->isa != isa) {
		c = cell_find(v, isa, reason, &cell);
		if (!c)
			return 0;
	}
	c->count++;
	return cell;
}

/* Adds a duration to @cell. */
static __always_inline void tally_time(__u32 cell, __u64 ns)
{
	struct kvmtop_cell *c = cell_at(cell);

	if (!c)
		return;
	c->sum_ns += ns;
	if (ns > c->max_ns)
		c->max_ns = ns;
	if (cfg_latency == KVMTOP_LATENCY_FULL)
		c->hist[hist_slot(ns)]++;
}

/* kvm_exit. */
static __always_inline void tally_exit(struct kvmtop_vcpu *v, __u32 isa, __u64 reason)
{
	__u32 cell = tally_count(v, isa, reason);
	__u64 now_ns;

	if (cfg_latency == KVMTOP_LATENCY_OFF)
		return;
	now_ns = bpf_ktime_get_ns();
	v->exit_cell = cell;
	v->guest_ns += now_ns - v->entry_ns;
	v->exit_ns = now_ns;
	/* An exit without an entry since the last one (5.10's fast path) must not count the time again. */
	v->entry_ns = now_ns;
}

/* The VMM is done with the last userspace exit. */
static __always_inline void tally_user_end(struct kvmtop_vcpu *v, __u64 now_ns)
{
	__u64 ns = now_ns - v->user_ns;

	v->vmm_ns += ns;
	tally_time(v->user_cell, ns);
}

/* kvm_entry. */
static __always_inline void tally_entry(struct kvmtop_vcpu *v)
{
	__u64 now_ns = bpf_ktime_get_ns();
	__u64 exit_ns = v->exit_ns;

	v->entry_ns = now_ns;
	if (v->user_ns) {
		tally_user_end(v, now_ns);
		v->user_ns = 0;
	} else if (exit_ns) {
		v->kvm_ns += now_ns - exit_ns;
	}
	if (exit_ns) {
		v->exit_ns = 0;
		tally_time(v->exit_cell, now_ns - exit_ns);
	}
}

/* kvm_userspace_exit. KVM_RUN may return several times without an entry in between. */
static __always_inline void tally_userspace_exit(struct kvmtop_vcpu *v, __u64 reason)
{
	__u32 cell = tally_count(v, KVMTOP_ISA_USER, reason);
	__u64 now_ns;

	if (cfg_latency == KVMTOP_LATENCY_OFF)
		return;
	now_ns = bpf_ktime_get_ns();
	if (v->user_ns)
		tally_user_end(v, now_ns);
	else if (v->exit_ns)
		v->kvm_ns += now_ns - v->exit_ns;
	v->user_cell = cell;
	v->user_ns = now_ns;
}

#endif
