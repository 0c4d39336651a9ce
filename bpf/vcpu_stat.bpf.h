/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu_stat.bpf.h: whether a vCPU is still the one that it was, by two of KVM's own statistics of it: its exits, and how
 * often it left KVM_RUN (vcpu_stat_runs(), the architecture's).
 */
#ifndef KVMTOP_VCPU_STAT_BPF_H
#define KVMTOP_VCPU_STAT_BPF_H

#include "arch.bpf.h"
#include "compat.bpf.h"
#include "kvmtop.h"
#include ARCH_VCPU

/* KVM's own count of the exits of the vCPU at address @vcpu; 0 where its place is not known. */
static __always_inline __u64 vcpu_stat_exits(enum load how, __u64 vcpu)
{
	if (!bpf_core_field_exists(struct kvm_vcpu, stat.exits))
		return 0;
	return load_field_u64(how, vcpu, struct kvm_vcpu, stat.exits);
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
