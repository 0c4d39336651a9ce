/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu.bpf.h: whether a vCPU is still the one that its slot says, and which one a thread runs.
 *
 * The address of a struct kvm_vcpu identifies a vCPU only while it lives. It can only be destroyed
 * outside KVM_RUN. So each kvm_userspace_exit marks the slot KVMTOP_STATE_CHECK, and the next
 * tracepoint compares the vCPU with the slot. The hot path pays nothing for it.
 */
#ifndef KVMTOP_VCPU_BPF_H
#define KVMTOP_VCPU_BPF_H

#include "wait.bpf.h"
#include "compat.bpf.h"
#include "filter.bpf.h"
#include "maps.bpf.h"
#include "vcpu_stat.bpf.h"

#include <bpf/bpf_tracing.h>

/*
 * Address of the struct kvm of a vCPU. Without BTF it is taken to be the first member of struct
 * kvm_vcpu.
 */
static __always_inline __u64 vcpu_kvm(enum load how, __u64 vcpu)
{
	if (!bpf_core_field_exists(struct kvm_vcpu, kvm))
		return load_u64(how, vcpu);
	return load_field_u64(how, vcpu, struct kvm_vcpu, kvm);
}

/* Notes what vcpu_is_same() compares: the vCPU of slot @v leaves KVM_RUN. */
static __always_inline void vcpu_note(enum load how, struct kvmtop_vcpu *v)
{
	v->state |= KVMTOP_STATE_CHECK;
	v->short_entry = 0;
	v->short_exit = 0;
	if (has_filter() && v->slot >= cfg_first_mark)
		mark_end(&hints[(v->slot - cfg_first_mark) & (KVMTOP_HINTS - 1)]);
	if (!v->vcpu)
		return;
	v->user_exits = vcpu_stat_exits(how, v->vcpu);
	v->user_runs = vcpu_stat_runs(how, v->vcpu);
}

/* Whether the vCPU at address @vcpu, which has just come back into KVM_RUN, is still the one of slot @v. */
static __always_inline bool vcpu_is_same(enum load how, const struct kvmtop_vcpu *v, __u64 vcpu,
					 __u32 tgid)
{
	if (v->tgid != tgid || v->kvm != vcpu_kvm(how, vcpu) ||
	    v->start_ns != process_start_ns(how))
		return false;
	return vcpu_goes_on(how, v, vcpu);
}

/*
 * Address of the struct kvm_vcpu whose ioctl(KVM_RUN) the current thread is in: its fd is the
 * system call's first argument. 0: not available (it needs bpf_task_pt_regs, 5.15, and KVM's BTF),
 * or a 32-bit VMM.
 */
static __always_inline __u64 syscall_vcpu(enum load how)
{
	__u64 task = bpf_get_current_task();
	__u64 files, fdt, fds, file, vcpu, thread_pid;
	__u32 fd;

	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs) ||
	    !bpf_core_field_exists(struct kvm_vcpu, pid))
		return 0;
	fd = PT_REGS_PARM1_SYSCALL((struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf()));
	files = load_field_u64(how, task, struct task_struct, files);
	fdt = load_field_u64(how, files, struct files_struct, fdt);
	if (fd >= load_field_u32(how, fdt, struct fdtable, max_fds))
		return 0;
	fds = load_field_u64(how, fdt, struct fdtable, fd);
	file = load_u64(how, fds + (__u64)fd * 8);
	if (!file)
		return 0;
	vcpu = load_field_u64(how, file, struct file, private_data);
	if (!vcpu)
		return 0;
	/*
	 * KVM_RUN notes its thread (kvm_vcpu_ioctl in virt/kvm/kvm_main.c), so this confirms the
	 * guess.
	 */
	thread_pid = load_field_u64(how, task, struct task_struct, thread_pid);
	return load_field_u64(how, vcpu, struct kvm_vcpu, pid) == thread_pid ? vcpu : 0;
}

#endif
