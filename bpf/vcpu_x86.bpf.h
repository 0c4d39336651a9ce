/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu_x86.bpf.h: what must be known of a vCPU of x86. Whether guests of its own may run on it, and
 * which statistic grows with each KVM_RUN.
 */
#ifndef KVMTOP_VCPU_X86_BPF_H
#define KVMTOP_VCPU_X86_BPF_H

#include "nests_x86.bpf.h"

/*
 * How often the vCPU at address @vcpu left KVM_RUN, by KVM's own count (kvm_put_guest_fpu); 0 where there is none.
 */
static __always_inline __u64 vcpu_stat_runs(enum load how, __u64 vcpu)
{
	if (!bpf_core_field_exists(struct kvm_vcpu, stat.fpu_reload))
		return 0;
	return load_field_u64(how, vcpu, struct kvm_vcpu, stat.fpu_reload);
}

#endif
