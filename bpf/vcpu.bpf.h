/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu.bpf.h: from an event to the slot of its vCPU. The usual way is short: the CPU's hint names the
 * slot, the slot names the vCPU. Everything else (another vCPU on this CPU, a new one, one
 * that comes back from user space) goes through vcpu_find() or thread_find(), out of line.
 *
 * Ways to find the slot, in instructions that kvmtop adds to one CPUID exit on 6.12, --latency off and full (an
 * empty program adds 87, two of them 174; measured with "make bench"):
 *
 *   hint of the CPU (this one)           180   466
 *   hash by address of struct kvm_vcpu   285   706
 *   hash by thread                       325   770
 *   task local storage                   305   704
 *
 * Of the clocks, bpf_ktime_get_ns and bpf_ktime_get_boot_ns cost the same; the coarse one is not offered to
 * raw tracepoints.
 *
 * The address of a struct kvm_vcpu identifies a vCPU only while it lives. It can only die outside KVM_RUN, so
 * each kvm_userspace_exit marks its slot KVMTOP_STATE_CHECK, and the first event after that compares
 * the vCPU with what the slot says. The hot path pays nothing for it.
 */
#ifndef KVMTOP_VCPU_BPF_H
#define KVMTOP_VCPU_BPF_H

#include "away.bpf.h"
#include "compat.bpf.h"
#include "filter.bpf.h"
#include "maps.bpf.h"
#include "vcpu_stat.bpf.h"

#include <bpf/bpf_tracing.h>

/* Takes @tid, the current thread, from the vCPU that it ran before, but from slot @keep. */
static __always_inline void thread_leave(__u32 tid, __u32 keep)
{
	__u32 *slot = bpf_map_lookup_elem(&by_tid, &tid);

	if (slot && *slot != keep) {
		struct kvmtop_vcpu *v = vcpu_slot(*slot);

		if (v && v->tid == tid) {
			v->tid = 0;
			v->task = 0;
		}
	}
}

/* Makes @tid, the current thread, the thread of @v (slot @slot), and of nobody else. */
static __always_inline void vcpu_set_tid(enum load how, struct kvmtop_vcpu *v, __u32 slot,
					 __u32 tid)
{
	thread_leave(tid, slot);
	/* Whoever ran another vCPU since has taken its tid back from here, as above. */
	if (v->tid && v->tid != tid) {
		__u32 old_tid = v->tid;

		bpf_map_delete_elem(&by_tid, &old_tid);
	}
	v->tid = tid;
	away_set_thread(how, v);
	bpf_map_update_elem(&by_tid, &tid, &slot, BPF_ANY);
}

/*
 * The current process's fd of the VM: its private_data is @kvm (kvm_dev_ioctl_create_vm in virt/kvm/kvm_main.c). So
 * is that of the VM's statistics (virt/kvm/binary_stats.c), which takes no ioctl.
 */
static __always_inline __u32 process_vm_fd(enum load how, __u64 kvm)
{
	__u64 task = bpf_get_current_task();
	__u64 files = load_field_u64(how, task, struct task_struct, files);
	__u64 fdt = load_field_u64(how, files, struct files_struct, fdt);
	__u32 max_fds = load_field_u32(how, fdt, struct fdtable, max_fds);
	__u64 fds = load_field_u64(how, fdt, struct fdtable, fd);
	__u32 fd;

	for (fd = 0; fd < KVMTOP_FD_SCAN; fd++) {
		__u64 file, f_op;

		if (fd >= max_fds)
			break;
		file = load_u64(how, fds + fd * 8);
		if (!file || load_field_u64(how, file, struct file, private_data) != kvm)
			continue;
		f_op = load_field_u64(how, file, struct file, f_op);
		if (load_field_u64(how, f_op, struct file_operations, unlocked_ioctl))
			return fd;
	}
	return KVMTOP_ID_UNKNOWN;
}

/* Address of the struct kvm of a vCPU. It is the first member of struct kvm_vcpu, where nobody tells. */
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

/* Says which vCPU slot @v is. */
static __always_inline void vcpu_identify(enum load how, struct kvmtop_vcpu *v, __u32 slot,
					  __u64 vcpu)
{
	__u32 vcpu_id = vcpu_id_of(how, vcpu);

	v->kvm = vcpu_kvm(how, vcpu);
	v->vm_fd = process_vm_fd(how, v->kvm);
	if (vcpu_id != KVMTOP_ID_UNKNOWN)
		v->vcpu_id = vcpu_id;
	v->address = vcpu;
	away_begin(how, v, vcpu);
	v->vcpu = vcpu;
	bpf_map_update_elem(&by_vcpu, &vcpu, &slot, BPF_ANY);
}

/*
 * A slot for what the current thread runs, or NULL when none is free. Nothing is known of the vCPU yet but its id, maybe.
 */
static __always_inline struct kvmtop_vcpu *vcpu_new(enum load how, __u32 vcpu_id, __u32 *ret_slot)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u64 task = bpf_get_current_task();
	__u64 leader = load_field_u64(how, task, struct task_struct, group_leader);
	struct kvmtop_vcpu *v;
	__u64 *comm;
	__u64 now_ns;
	__u32 slot;

	if (bpf_map_pop_elem(&free_vcpus, &slot))
		return NULL;
	v = vcpu_slot(slot);
	if (!v)
		return NULL;
	v->tgid = pid_tgid >> 32;
	v->start_ns = process_start_ns(how);
	comm = (__u64 *)v->comm;
	comm[0] = load_u64(how, leader + bpf_core_field_offset(struct task_struct, comm));
	comm[1] = load_u64(how, leader + bpf_core_field_offset(struct task_struct, comm) + 8);
	v->vm_fd = KVMTOP_ID_UNKNOWN;
	v->vcpu_id = vcpu_id;
	vcpu_set_tid(how, v, slot, pid_tgid);
	now_ns = bpf_ktime_get_ns();
	v->entry_ns = now_ns;
	v->registered_ns = now_ns;
	*ret_slot = slot;
	return v;
}

/*
 * The slot of the current thread, if it is waiting to be told which vCPU it is for: it saw
 * a userspace exit before the first entry.
 */
static __always_inline struct kvmtop_vcpu *thread_nameless(enum load how, __u32 *ret_slot)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u32 tid = pid_tgid;
	__u32 *slot = bpf_map_lookup_elem(&by_tid, &tid);
	struct kvmtop_vcpu *v;

	if (!slot)
		return NULL;
	v = vcpu_slot(*slot);
	if (!v || v->vcpu || v->state & KVMTOP_STATE_DEAD || v->tid != tid ||
	    v->tgid != pid_tgid >> 32 || v->start_ns != process_start_ns(how))
		return NULL;
	v->state &= ~KVMTOP_STATE_CHECK;
	*ret_slot = *slot;
	return v;
}

/*
 * The known slot of the vCPU at address @vcpu, after checking it if need be; NULL: there is none. It is the thread's last one
 * if by_vcpu does not have it: user space, which forgets vCPUs that are gone, may for a moment forget one that
 * has just come to the same address.
 */
static __always_inline struct kvmtop_vcpu *vcpu_known(enum load how, __u64 vcpu, __u32 *ret_slot,
						      __u32 *ret_fresh)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u32 tid = pid_tgid;
	__u32 *slot = bpf_map_lookup_elem(&by_vcpu, &vcpu);
	struct kvmtop_vcpu *v;
	bool forgotten = !slot;

	if (forgotten)
		slot = bpf_map_lookup_elem(&by_tid, &tid);
	if (!slot)
		return NULL;
	v = vcpu_slot(*slot);
	if (!v || v->vcpu != vcpu)
		return NULL;
	if (forgotten)
		bpf_map_update_elem(&by_vcpu, &vcpu, slot, BPF_ANY);
	if (v->state & KVMTOP_STATE_CHECK) {
		if (!vcpu_is_same(how, v, vcpu, pid_tgid >> 32)) {
			v->vcpu = 0;
			v->state |= KVMTOP_STATE_DEAD;
			*ret_fresh = 1;
			return NULL;
		}
		v->state &= ~KVMTOP_STATE_CHECK;
		if (v->tid != tid)
			vcpu_set_tid(how, v, *slot, tid);
	}
	*ret_slot = *slot;
	return v;
}

/* What the current thread is in is filtered out: it has no mark any more, and no slot. */
static __always_inline struct kvmtop_vcpu *vcpu_ignored(void)
{
	if (has_filter())
		mark_take_back(bpf_get_current_pid_tgid(), KVMTOP_HINTS);
	return vcpu_slot(KVMTOP_SLOT_IGNORED);
}

/*
 * Without KVM's types only the record of an exit tells the id, so a vCPU gets no slot before its first exit of an id that is asked
 * for. Until then the thread runs none that we know.
 */
static __always_inline struct kvmtop_vcpu *vcpu_wait_for_id(void)
{
	__u32 tid = bpf_get_current_pid_tgid();

	thread_leave(tid, KVMTOP_SLOT_IGNORED);
	bpf_map_delete_elem(&by_tid, &tid);
	return vcpu_ignored();
}

/* Whether the filters leave out the vCPU at address @vcpu, which the current thread runs. */
static __always_inline bool vcpu_is_ignored(enum load how, struct kvmtop_hint *hint, __u64 vcpu)
{
	if (ignores_process(how, hint))
		return true;
	return has_vcpu_id() && ignores_id(hint, vcpu_id_of(how, vcpu));
}

/*
 * The slot of the vCPU at address @vcpu, which the current thread runs: known, or a new one; or the mark or slot of what is filtered
 * out. NULL: no slot is free. @inside: this is its entry or exit, where no other thread can come in between, so it may get a mark.
 */
static __always_inline struct kvmtop_vcpu *vcpu_find(enum load how, __u64 vcpu, bool inside)
{
	struct kvmtop_hint *hint = cpu_hint();
	bool ignored = false;
	struct kvmtop_vcpu *v = NULL;
	__u32 fresh = 0;
	__u32 slot = 0;

	/* It has a mark, or another one's is where it had one. */
	if (has_filter() && hint->slot >= cfg_first_mark)
		ignored = hint_ignores(how, hint, vcpu);
	if (!ignored)
		v = vcpu_known(how, vcpu, &slot, &fresh);
	if (!v) {
		if (ignored || vcpu_is_ignored(how, hint, vcpu))
			return inside ? mark_take(vcpu, vcpu_id_of(how, vcpu)) : vcpu_ignored();
		v = thread_nameless(how, &slot);
		if (!v && cfg_filter_vcpus && !has_vcpu_id())
			return vcpu_wait_for_id();
		if (!v)
			v = vcpu_new(how, KVMTOP_ID_UNKNOWN, &slot);
		if (!v)
			return NULL;
		v->fresh = fresh;
		vcpu_identify(how, v, slot, vcpu);
	}
	hint->slot = slot;
	return v;
}

/*
 * Address of the struct kvm_vcpu whose ioctl(KVM_RUN) the current thread is in: its fd is the system call's
 * first argument. 0: the kernel cannot tell (bpf_task_pt_regs, 5.15, and KVM's BTF), or a 32-bit VMM.
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
	/* KVM_RUN notes its thread (kvm_vcpu_ioctl in virt/kvm/kvm_main.c), so this proves the guess. */
	thread_pid = load_field_u64(how, task, struct task_struct, thread_pid);
	return load_field_u64(how, vcpu, struct kvm_vcpu, pid) == thread_pid ? vcpu : 0;
}

/*
 * The slot of the vCPU that the current thread leaves KVM_RUN of. It is the one that the thread ran last, unless there
 * was no entry since the last time (then it may be any), or none as far as we know: then the system call
 * tells. Where it cannot, the thread's last one is taken, or a slot that has no name until its first
 * entry. Or that of what is filtered out. NULL: no slot is free. @vcpu_id: of the vCPU, if it is known, and asked for.
 */
static __always_inline struct kvmtop_vcpu *thread_find(enum load how, __u32 vcpu_id)
{
	struct kvmtop_hint *hint = cpu_hint();
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u32 tid = pid_tgid;
	__u32 *known = bpf_map_lookup_elem(&by_tid, &tid);
	struct kvmtop_vcpu *v = NULL;
	__u32 slot = 0;
	__u64 vcpu;

	if (known) {
		slot = *known;
		v = vcpu_slot(slot);
		if (v && (v->tid != tid || v->tgid != pid_tgid >> 32 ||
			  v->state & KVMTOP_STATE_DEAD || v->start_ns != process_start_ns(how)))
			v = NULL;
	}
	if (!v && (hint_ignores_process(how, hint) || ignores_process(how, hint)))
		return vcpu_ignored();
	if (!v || v->state & KVMTOP_STATE_CHECK) {
		vcpu = syscall_vcpu(how);
		if (vcpu)
			return vcpu_find(how, vcpu, false);
	}
	if (!v && ignores_id(hint, vcpu_id))
		return vcpu_ignored();
	if (!v)
		v = vcpu_new(how, vcpu_id, &slot);
	if (!v)
		return NULL;
	hint->slot = slot;
	return v;
}

/* Out of line, so that the hot path keeps its registers. */
static __noinline struct kvmtop_vcpu *vcpu_find_plain(__u64 vcpu)
{
	return vcpu_find(LOAD_PLAIN, vcpu, true);
}

static __noinline struct kvmtop_vcpu *vcpu_find_probe(__u64 vcpu)
{
	return vcpu_find(LOAD_PROBE, vcpu, true);
}

static __noinline struct kvmtop_vcpu *thread_find_plain(void)
{
	return thread_find(LOAD_PLAIN, KVMTOP_ID_UNKNOWN);
}

static __noinline struct kvmtop_vcpu *thread_find_probe(__u64 vcpu_id)
{
	return thread_find(LOAD_PROBE, vcpu_id);
}

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
	return how == LOAD_PLAIN ? thread_find_plain() : thread_find_probe(KVMTOP_ID_UNKNOWN);
}

/* An event is lost as there is no room for it. */
static __always_inline void drop_event(void)
{
	__sync_fetch_and_add(&drops.map_full, 1);
}

/* The slot of the vCPU at address @vcpu; NULL: filtered out, or no slot is free: then @event, if true, is lost. */
static __always_inline struct kvmtop_vcpu *vcpu_get(enum load how, __u64 vcpu, bool event)
{
	struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v = vcpu_slot(hint->slot);

	if (v && v->vcpu == vcpu) {
		if (!v->state)
			return v;
		if (v->state == KVMTOP_STATE_IGNORED)
			return NULL;
	}
	v = how == LOAD_PLAIN ? vcpu_find_plain(vcpu) : vcpu_find_probe(vcpu);
	if (!v) {
		if (event)
			drop_event();
		return NULL;
	}
	return v->state ? NULL : v;
}

#endif
