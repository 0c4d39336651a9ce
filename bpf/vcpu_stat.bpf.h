/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu_stat.bpf.h: whether a vCPU is still the same one, by two of KVM's own statistics. They are
 * its exits, and how often it left KVM_RUN (vcpu_stat_runs(), per architecture).
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
 * Whether the vCPU at address @vcpu is still the one of slot @v, as it left KVM_RUN last. Its
 * process and its VM's address are the same. A new vCPU has fewer exits than the old one had at its
 * end, if that had any. Root may reset that statistic (debugfs); then the other one still
 * identifies the old vCPU.
 */
static __always_inline bool vcpu_goes_on(enum load how, const struct kvmtop_vcpu *v, __u64 vcpu)
{
	if (vcpu_stat_exits(how, vcpu) >= v->user_exits)
		return true;
	return v->user_runs && vcpu_stat_runs(how, vcpu) >= v->user_runs;
}

#endif
