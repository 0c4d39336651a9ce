/* SPDX-License-Identifier: GPL-2.0 */
/*
 * find.bpf.h: from an event to the slot of its vCPU. The vCPU's address gives its home. Where only
 * the thread is known, the CPU's hint names the slot. All other cases go through vcpu_find() or
 * thread_find() of find.bpf.c, out of line. These are a vCPU without a home, a new one, and one that
 * returns from user space.
 *
 * Ways to find the slot, in instructions that kvmtop added to one CPUID exit on 6.12, --latency off
 * and full. All of it was on the long path then. (An empty program adds 87, two of them 174; measured
 * with "make bench".)
 *
 *   hint of the CPU                      180   466
 *   hash by address of struct kvm_vcpu   285   706
 *   hash by thread                       325   770
 *   task local storage                   305   704
 *
 * Of the clocks, bpf_ktime_get_ns and bpf_ktime_get_boot_ns cost the same; the coarse one is not offered to
 * raw tracepoints.
 */
#ifndef KVMTOP_FIND_BPF_H
#define KVMTOP_FIND_BPF_H

#include "compat.bpf.h"
#include "filter.bpf.h"
#include "maps.bpf.h"

/*
 * These are global functions: the kernel verifies each of them once by itself. It would verify a
 * static one again at each call. So they take and return numbers only (5.10 knows no pointers
 * there).
 */

/*
 * The slot of the vCPU at address @vcpu, which the current thread runs: known, or a new one. Or the
 * mark or slot of what is filtered out. KVMTOP_SLOT_NONE: none is free. @inside: this is the vCPU's
 * entry or exit, where no other thread can come in between, so it may get a mark.
 */
__u32 vcpu_find_plain(__u64 vcpu, __u32 inside);
__u32 vcpu_find_probe(__u64 vcpu, __u32 inside);

/*
 * The slot of the vCPU that the current thread leaves KVM_RUN of, or of what is filtered out. KVMTOP_SLOT_NONE: none is free. @vcpu_id:
 * of the vCPU, if it is known, and asked for.
 */
__u32 thread_find_plain(__u32 vcpu_id);
__u32 thread_find_probe(__u32 vcpu_id);

/* The slot of the vCPU that the current thread runs, or the mark or slot of what is filtered out. NULL: no slot is free. */
static __always_inline struct kvmtop_vcpu *thread_vcpu(enum load how)
{
	struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v = vcpu_slot(hint->slot);
	__u32 tid = bpf_get_current_pid_tgid();

	if (v && v->tid == tid) {
		if (!v->state)
			return v;
		/* A mark that was taken back has no vCPU. */
		if (v->state == KVMTOP_STATE_IGNORED && v->vcpu)
			return v;
	}
	return vcpu_slot(how == LOAD_PLAIN ? thread_find_plain(KVMTOP_ID_UNKNOWN)
					   : thread_find_probe(KVMTOP_ID_UNKNOWN));
}

/* Counts an exit that is lost, as there is no room for it. */
static __always_inline void drop_exit(void)
{
	__sync_fetch_and_add(&drops.map_full, 1);
}

/* The first home that the vCPU at address @vcpu may have. */
static __always_inline struct kvmtop_vcpu *vcpu_home(__u64 vcpu)
{
	return home_at(KVMTOP_HOME(vcpu - memory_address));
}

/*
 * The slot of the vCPU at address @vcpu. NULL: filtered out, or no slot is free; then a drop is
 * counted if @is_exit.
 */
static __always_inline struct kvmtop_vcpu *vcpu_get(enum load how, __u64 vcpu, bool is_exit)
{
	struct kvmtop_vcpu *v = vcpu_home(vcpu);

	if (v->vcpu == vcpu && !v->state)
		return v;
	v = vcpu_slot(cpu_hint()->slot);
	if (v && v->vcpu == vcpu) {
		if (!v->state)
			return v;
		if (v->state == KVMTOP_STATE_IGNORED)
			return NULL;
	}
	v = vcpu_slot(how == LOAD_PLAIN ? vcpu_find_plain(vcpu, true)
					: vcpu_find_probe(vcpu, true));
	if (!v) {
		if (is_exit)
			drop_exit();
		return NULL;
	}
	return v->state ? NULL : v;
}

/*
 * The slot of the vCPU that the current thread runs, whose id is @vcpu_id by the record. NULL:
 * filtered out, or dropped. entry_classic has noted the vCPU, unless the thread was in the guest
 * when kvmtop attached.
 */
static __always_inline struct kvmtop_vcpu *thread_vcpu_get(__u32 vcpu_id)
{
	struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v = vcpu_slot(hint->slot);
	__u32 tid = bpf_get_current_pid_tgid();

	if (v && v->tid == tid && v->vcpu_id == vcpu_id) {
		if (!v->state)
			return v;
		if (v->state == KVMTOP_STATE_IGNORED && v->vcpu)
			return NULL;
	}
	if (hint_ignores_id(cpu_hint(), vcpu_id) || ignores_id(cpu_hint(), vcpu_id))
		return NULL;
	v = vcpu_slot(thread_find_probe(vcpu_id));
	if (!v) {
		drop_exit();
		return NULL;
	}
	if (v->state & KVMTOP_STATE_IGNORED)
		return NULL;
	v->state &= ~KVMTOP_STATE_CHECK;
	v->vcpu_id = vcpu_id;
	return v->state ? NULL : v;
}

#endif
