/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tally.bpf.h: counts and times of a vCPU's exits, given its slot. All of it is written by the vCPU's
 * own thread.
 */
#ifndef KVMTOP_TALLY_BPF_H
#define KVMTOP_TALLY_BPF_H

#include "wait.bpf.h"
#include "compat.bpf.h"
#include "maps.bpf.h"

/* The spare cell that its vCPU knows as @cell. */
static __always_inline struct kvmtop_cell *spare_cell(__u32 cell)
{
	__u32 element = cell - KVMTOP_OWN_CELLS;

	return bpf_map_lookup_elem(&spare_cells, &element);
}

/* Cell @cell (not KVMTOP_CELL_NONE) of @v. */
static __always_inline struct kvmtop_cell *cell_at(struct kvmtop_vcpu *v, __u32 cell)
{
	if (cell >= KVMTOP_OWN_CELLS)
		return spare_cell(cell);
	return &v->own[cell & (KVMTOP_OWN_CELLS - 1)];
}

/*
 * Home position of a reason in a vCPU's index. In practice a vCPU's reasons do not collide: SVM's
 * codes (to 0xa6), VMX's (to 90 or so), userspace exits (to 40 or so). SVM's npf (0x400) collides
 * with read_cr0 only, which does not occur with nested paging.
 */
static __always_inline __u32 reason_home(__u32 salt, __u64 reason)
{
	return (reason + salt) & (KVMTOP_INDEX_SIZE - 1);
}

#define SALT_EXIT 0
#define SALT_USER 48

/*
 * The number of the cell of (@isa, @reason) of the vCPU in slot @slot, when it is not at its home
 * position @home. A new one if there was none. KVMTOP_CELL_NONE, and a drop is counted: no cell is
 * free. Global, see find.bpf.h.
 */
__u32 cell_find(__u32 slot, __u32 home, __u32 isa, __u64 reason);

/* Counts one (@isa, @reason) of @v. Returns its cell, or KVMTOP_CELL_NONE when it was dropped. */
static __always_inline __u32 tally_count(struct kvmtop_vcpu *v, __u32 salt, __u32 isa, __u64 reason)
{
	__u32 home = reason_home(salt, reason);
	__u32 cell = v->index[home];
	/* Without a cell there this is the one that is never used, whose isa is none. */
	struct kvmtop_cell *c = &v->own[cell & (KVMTOP_OWN_CELLS - 1)];

	if (c->reason != reason || c->isa != isa) {
		cell = cell_find(v->slot, home, isa, reason);
		if (cell == KVMTOP_CELL_NONE)
			return cell;
		c = cell_at(v, cell);
		if (!c)
			return KVMTOP_CELL_NONE;
	}
	c->count++;
	return cell;
}

/* Histogram @hist, which is not KVMTOP_HIST_NONE. */
static __always_inline struct kvmtop_hist *hist_at(__u32 hist)
{
	__u64 near = hist;

	if (hist < cfg_near_hists) {
		MASK(near, KVMTOP_NEAR_LARGE - 1);
		return near < cfg_near_hists ? (void *)memory + KVMTOP_HIST_AT(cfg_homes, near)
					     : NULL;
	}
	hist -= cfg_near_hists;
	return bpf_map_lookup_elem(&hists, &hist);
}

/* Adds a duration to cell @cell, which may be KVMTOP_CELL_NONE, of the vCPU in slot @slot. Global, see find.bpf.h. */
int tally_time(__u32 slot, __u32 cell, __u64 ns);

/*
 * Brings guest_ns up to date: what is in no other sum. To be called at each event off the short path
 * before another sum grows. Until that sum and the event's time agree, guest_ns is the larger one of the two.
 */
static __always_inline void guest_settle(struct kvmtop_vcpu *v)
{
	__u64 others_ns =
		v->registered_ns + v->kvm_ns + v->vmm_ns + v->block_ns + v->poll_ns + v->delay_ns;

	if (v->event_ns > others_ns && v->event_ns - others_ns > v->guest_ns)
		v->guest_ns = v->event_ns - others_ns;
}

/* kvm_exit of the vCPU in slot @slot, at @now_ns if times are taken. Global, see find.bpf.h. */
int tally_exit_at(__u32 slot, __u32 isa, __u64 reason, __u64 now_ns);

/* kvm_exit. */
static __always_inline void tally_exit(const struct kvmtop_vcpu *v, __u32 isa, __u64 reason)
{
	tally_exit_at(v->slot, isa, reason,
		      cfg_latency == KVMTOP_LATENCY_OFF ? 0 : bpf_ktime_get_ns());
}

/* The VMM is done with the last userspace exit. Returns the waiting time since then. */
static __always_inline __u64 tally_user_end(enum load how, struct kvmtop_vcpu *v, __u64 now_ns)
{
	__u64 ns = now_ns - v->user_ns;
	__u64 wait_ns = wait_of(how, v, ns);

	v->vmm_ns += ns - wait_ns;
	tally_time(v->slot, v->user_cell, ns - wait_ns);
	return wait_ns;
}

/*
 * KVM is done with the exit, or leaves it to the VMM. Returns the waiting time in the last @ns,
 * since the exit.
 */
static __always_inline __u64 tally_kvm_end(enum load how, struct kvmtop_vcpu *v, __u64 ns)
{
	__u64 wait_ns = wait_of(how, v, ns);

	v->kvm_ns += ns - wait_ns;
	return wait_ns;
}

/* kvm_entry, at @now_ns. */
static __always_inline void tally_entry(enum load how, struct kvmtop_vcpu *v, __u64 now_ns)
{
	__u64 exit_ns = KVMTOP_EXIT_NS(v);
	__u64 ns = now_ns - exit_ns;
	__u32 place = v->exit_place;

	guest_settle(v);
	/* For readers of the drill-down: the exit is over before its cell has its time. */
	if (place)
		v->exit_place = place | KVMTOP_PLACE_ENDING;
	barrier();
	if (v->user_ns)
		v->exit_wait_ns += tally_user_end(how, v, now_ns);
	else if (exit_ns)
		v->exit_wait_ns = tally_kvm_end(how, v, ns);
	/* Otherwise it is the first entry, or a second one without an exit: it was in the guest. */
	if (exit_ns)
		tally_time(v->slot, KVMTOP_PLACE_CELL(place), ns - v->exit_wait_ns);
	v->user_ns = 0;
	v->wait_event_ns = now_ns;
	v->event_ns = now_ns;
	barrier();
	v->exit_place = KVMTOP_PLACE_NONE;
}

/* kvm_userspace_exit. KVM_RUN may return several times without an entry in between. */
static __always_inline void tally_userspace_exit(enum load how, struct kvmtop_vcpu *v, __u64 reason)
{
	__u32 cell = tally_count(v, SALT_USER, KVMTOP_ISA_USER, reason);
	__u64 now_ns;

	if (cfg_latency == KVMTOP_LATENCY_OFF)
		return;
	now_ns = bpf_ktime_get_ns();
	if (!v->user_ns && !v->exit_place)
		v->event_ns = now_ns; /* an entry that failed, without an exit */
	guest_settle(v);
	if (v->user_ns)
		v->exit_wait_ns += tally_user_end(how, v, now_ns);
	else if (v->exit_place)
		v->exit_wait_ns = tally_kvm_end(how, v, now_ns - v->event_ns);
	v->user_cell = cell;
	v->user_ns = now_ns;
}

#endif
