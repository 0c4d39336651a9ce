/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu_stat.bpf.h: two of KVM's own statistics of a vCPU, which tell it from one that comes to its address later.
 */
#ifndef KVMTOP_VCPU_STAT_BPF_H
#define KVMTOP_VCPU_STAT_BPF_H

#include "compat.bpf.h"
#include "kvmtop.h"

/* KVM's own count of the exits of the vCPU at address @vcpu; 0 where its place is not known. */
static __always_inline __u64 vcpu_stat_exits(enum load how, __u64 vcpu)
{
	if (!bpf_core_field_exists(struct kvm_vcpu, stat.exits))
		return 0;
	return load_field_u64(how, vcpu, struct kvm_vcpu, stat.exits);
}

/*
 * How often the vCPU at address @vcpu left KVM_RUN, by KVM's own count (x86: kvm_put_guest_fpu); 0 where there
 * is none.
 */
static __always_inline __u64 vcpu_stat_runs(enum load how, __u64 vcpu)
{
	if (!bpf_core_field_exists(struct kvm_vcpu, stat.fpu_reload))
		return 0;
	return load_field_u64(how, vcpu, struct kvm_vcpu, stat.fpu_reload);
}

/*
 * Whether the vCPU at address @vcpu, of the same process and VM address as that of slot @v, is still the one that it was when it
 * left KVM_RUN last. One that was created anew has fewer exits than the old one had at its end, if that had any. Root may set
 * that statistic to 0 (debugfs); the other one then still tells that it is the old one.
 */
static __always_inline bool vcpu_goes_on(enum load how, const struct kvmtop_vcpu *v, __u64 vcpu)
{
	if (vcpu_stat_exits(how, vcpu) >= v->user_exits)
		return true;
	return v->user_runs && vcpu_stat_runs(how, vcpu) >= v->user_runs;
}

#endif
