/* SPDX-License-Identifier: GPL-2.0 */
/*
 * user_msr_x86.bpf.h: which MSR an exit to user space is for, when the VMM reads and writes it
 * (KVM_CAP_X86_USER_SPACE_MSR, KVM_X86_SET_MSR_FILTER). kvm_msr does not fire for these
 * (kvm_emulate_rdmsr and _wrmsr in arch/x86/kvm/x86.c). KVM passes the MSR to the VMM in struct
 * kvm_run.
 */
#ifndef KVMTOP_USER_MSR_X86_BPF_H
#define KVMTOP_USER_MSR_X86_BPF_H

#include "common_x86.bpf.h"
#include "detail.bpf.h"

#define KVM_EXIT_X86_RDMSR 29
#define KVM_EXIT_X86_WRMSR 30

/* The begin of struct kvm_run, which is UAPI, at an exit for an MSR. */
struct run_head {
	__u64 flags;
	__u32 exit_reason;
	__u32 more_flags;
	__u64 cr8, apic_base;
	__u8 error, pad[7];
	__u32 msr_reason; /* one of KVM_MSR_EXIT_REASON_* */
	__u32 index;
};

_Static_assert(__builtin_offsetof(struct run_head, index) == KVMTOP_RUN_MSR_INDEX,
	       "as user space knows it");

/* Where the pointer to struct kvm_run was found in struct kvm_vcpu; 0: nowhere yet. */
__u32 run_offset = 0;

/* Words of struct kvm_vcpu that are looked through, from behind its first member, struct kvm *, on. */
#define RUN_WORDS 64

/*
 * Whether vcpu + @offset has a pointer to a struct kvm_run with @reason, an exit for an MSR. Then
 * @ret_index is that MSR.
 */
static __always_inline bool is_run(__u64 vcpu, __u32 offset, __u32 reason, __u32 *ret_index)
{
	struct run_head head = {};
	__u64 run = load_u64(LOAD_PROBE, vcpu + offset);

	if (bpf_probe_read_kernel(&head, sizeof(head), (void *)run) || head.exit_reason != reason ||
	    head.error || !head.msr_reason || head.msr_reason & (head.msr_reason - 1))
		return false;
	*ret_index = head.index;
	return true;
}

/*
 * The same without BTF (5.10): the pointer is searched for at the first such exit. It is recognised
 * by what it points to, so it is checked each time.
 */
static __noinline __u64 find_user_msr(__u64 vcpu, __u64 reason)
{
	__u32 i, index;

	if (run_offset && is_run(vcpu, run_offset, reason, &index))
		return index;
	for (i = 1; i < RUN_WORDS; i++) {
		if (!is_run(vcpu, i * 8, reason, &index))
			continue;
		run_offset = i * 8;
		return index;
	}
	return KVMTOP_REASON_UNKNOWN;
}

/* The slot of the vCPU that the current thread leaves KVM_RUN of: the main program has just found it. NULL as of detail_thread(). */
static __always_inline struct kvmtop_vcpu *detail_leaving(void)
{
	struct kvmtop_vcpu *v = vcpu_slot(detail_hint()->slot);
	__u32 tid = bpf_get_current_pid_tgid();
	__u32 *slot;

	if (!v || v->tid != tid) {
		slot = bpf_map_lookup_elem(&by_tid, &tid);
		v = slot ? vcpu_slot(*slot) : NULL;
	}
	if (!v || v->tid != tid || v->state & KVMTOP_STATE_DEAD) {
		__sync_fetch_and_add(&detail_drops.unknown, 1);
		return NULL;
	}
	return v->state & KVMTOP_STATE_IGNORED ? NULL : v;
}

static __always_inline int handle_user_msr(enum load how, struct kvmtop_vcpu *v, __u32 reason)
{
	struct kvmtop_detail_key key = { .kind = KVMTOP_DETAIL_MSR };

	if (bpf_core_field_exists(struct kvm_vcpu, run))
		key.key = load_u32(how, load_field_u64(how, v->vcpu, struct kvm_vcpu, run) +
						KVMTOP_RUN_MSR_INDEX);
	else
		key.key = find_user_msr(v->vcpu, reason);
	if (key.key == KVMTOP_REASON_UNKNOWN)
		return KEEP_EVENT; /* an exit without a key: it is among the others */
	key.sub = sub_of(reason == KVM_EXIT_X86_WRMSR, 0);
	detail_add(v, &key, KVMTOP_DETAIL_MSR);
	return KEEP_EVENT;
}

/* With an errno the reason is a left-over (bpf/userexit.bpf.c). */
static __always_inline int handle_userspace_exit(__u32 reason, __s32 error)
{
	struct kvmtop_vcpu *v;

	if (error < 0 || (reason != KVM_EXIT_X86_RDMSR && reason != KVM_EXIT_X86_WRMSR))
		return KEEP_EVENT;
	v = detail_leaving();
	if (!v || !v->vcpu)
		return KEEP_EVENT;
	if (cfg_plain)
		return handle_user_msr(LOAD_PLAIN, v, reason);
	return handle_user_msr(LOAD_PROBE, v, reason);
}

#endif
