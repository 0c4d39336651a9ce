// SPDX-License-Identifier: GPL-2.0
/*
 * find: the slot of a vCPU that the CPU's hint does not have: another vCPU, a new one, or one that
 * returns from user space.
 */
#include "arch.bpf.h"
#include "wait.bpf.h"
#include "find.bpf.h"
#include "vcpu.bpf.h"
#include ARCH_VCPU

/* Takes @tid, the current thread, from the vCPU that it ran before, but from slot @keep. Global, see find.bpf.h. */
__noinline int thread_leave(__u32 tid, __u32 keep)
{
	__u32 *slot = bpf_map_lookup_elem(&by_tid, &tid);

	if (slot && *slot != keep) {
		struct kvmtop_vcpu *v = vcpu_slot(*slot);

		if (v && v->tid == tid) {
			v->tid = 0;
			v->task = 0;
		}
	}
	return 0;
}

/* Makes @tid, the current thread, the thread of @v (slot @slot), and of no other slot. */
static __always_inline void vcpu_set_tid(enum load how, struct kvmtop_vcpu *v, __u32 slot,
					 __u32 tid)
{
	thread_leave(tid, slot);
	/* A thread that has run another vCPU since has taken its tid back from here, as above. */
	if (v->tid && v->tid != tid) {
		__u32 old_tid = v->tid;

		bpf_map_delete_elem(&by_tid, &old_tid);
	}
	v->tid = tid;
	wait_set_thread(how, v);
	bpf_map_update_elem(&by_tid, &tid, &slot, BPF_ANY);
}

/*
 * Whether file @fd of the table @fds is the VM at address @kvm: its private_data is that (kvm_dev_ioctl_create_vm in
 * virt/kvm/kvm_main.c). So is that of the VM's statistics (virt/kvm/binary_stats.c), which takes no ioctl.
 */
static __always_inline bool is_vm_file(enum load how, __u64 fds, __u64 fd, __u64 kvm)
{
	__u64 file = load_u64(how, fds + fd * 8);

	if (!file || load_field_u64(how, file, struct file, private_data) != kvm)
		return false;
	return load_field_u64(how, load_field_u64(how, file, struct file, f_op),
			      struct file_operations, unlocked_ioctl);
}

#define FD_BLOCK 8

/* The fd of the VM among FD_BLOCK of them from @first on, but below @end. */
static __always_inline __u32 vm_fd_in_block(enum load how, __u64 fds, __u32 first, __u32 end,
					    __u64 kvm)
{
	__u32 i;

	for (i = 0; i < FD_BLOCK; i++) {
		if (first + i >= end)
			break;
		if (is_vm_file(how, fds, first + i, kvm))
			return first + i;
	}
	return KVMTOP_ID_UNKNOWN;
}

/* Blocks of fds, so that the kernel's verifier has two short loops instead of a long one. */
__noinline __u32 vm_fd_in_block_plain(__u64 fds, __u32 first, __u32 end, __u64 kvm)
{
	return vm_fd_in_block(LOAD_PLAIN, fds, first, end, kvm);
}

__noinline __u32 vm_fd_in_block_probe(__u64 fds, __u32 first, __u32 end, __u64 kvm)
{
	return vm_fd_in_block(LOAD_PROBE, fds, first, end, kvm);
}

/* The current process's fd of the VM at address @kvm, of the first KVMTOP_FD_SCAN ones. */
static __always_inline __u32 process_vm_fd(enum load how, __u64 kvm)
{
	__u64 task = bpf_get_current_task();
	__u64 files = load_field_u64(how, task, struct task_struct, files);
	__u64 fdt = load_field_u64(how, files, struct files_struct, fdt);
	__u32 max_fds = load_field_u32(how, fdt, struct fdtable, max_fds);
	__u64 fds = load_field_u64(how, fdt, struct fdtable, fd);
	__u32 first, fd = KVMTOP_ID_UNKNOWN;

	for (first = 0; first < KVMTOP_FD_SCAN; first += FD_BLOCK) {
		if (first >= max_fds)
			break;
		fd = how == LOAD_PLAIN ? vm_fd_in_block_plain(fds, first, max_fds, kvm)
				       : vm_fd_in_block_probe(fds, first, max_fds, kvm);
		if (fd != KVMTOP_ID_UNKNOWN)
			break;
	}
	return fd;
}

__noinline __u32 process_vm_fd_plain(__u64 kvm)
{
	return process_vm_fd(LOAD_PLAIN, kvm);
}

__noinline __u32 process_vm_fd_probe(__u64 kvm)
{
	return process_vm_fd(LOAD_PROBE, kvm);
}

static __always_inline int vcpu_identify(enum load how, __u32 slot, __u64 vcpu)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);
	__u32 vcpu_id = vcpu_id_of(how, vcpu);

	if (!v)
		return 0;
	v->kvm = vcpu_kvm(how, vcpu);
	v->vm_fd = how == LOAD_PLAIN ? process_vm_fd_plain(v->kvm) : process_vm_fd_probe(v->kvm);
	if (vcpu_id != KVMTOP_ID_UNKNOWN)
		v->vcpu_id = vcpu_id;
	v->address = vcpu;
	wait_begin(how, v, vcpu);
	nests_begin(how, v, vcpu);
	v->vcpu = vcpu;
	bpf_map_update_elem(&by_vcpu, &vcpu, &slot, BPF_ANY);
	return 0;
}

/* Notes which vCPU slot @slot belongs to. */
__noinline int vcpu_identify_plain(__u32 slot, __u64 vcpu)
{
	return vcpu_identify(LOAD_PLAIN, slot, vcpu);
}

__noinline int vcpu_identify_probe(__u32 slot, __u64 vcpu)
{
	return vcpu_identify(LOAD_PROBE, slot, vcpu);
}

/* The home @i places behind the first one of the vCPU at address @vcpu, now taken; 0: it was not free. */
__noinline __u32 home_take(__u64 vcpu, __u32 i)
{
	__u32 home = KVMTOP_HOME(vcpu - memory_address) >> KVMTOP_SLOT_SHIFT;
	__u8 taken = 1;

	home = (home + i) & (cfg_homes - 1);
	if (home == KVMTOP_SLOT_IGNORED || bpf_map_update_elem(&claims, &home, &taken, BPF_NOEXIST))
		return 0;
	return home;
}

/* A free slot for the vCPU at address @vcpu (0: not known), now taken. KVMTOP_SLOT_NONE: there is none. */
static __always_inline __u32 slot_take(__u64 vcpu)
{
	__u32 i, slot;

	for (i = 0; i < KVMTOP_HOME_TRIES && vcpu; i++) {
		slot = home_take(vcpu, i);
		if (slot)
			return slot;
	}
	return bpf_map_pop_elem(&free_vcpus, &slot) ? KVMTOP_SLOT_NONE : slot;
}

/* Once for all callers, see find.bpf.h. */
__noinline __u32 slot_take_for(__u64 vcpu)
{
	return slot_take(vcpu);
}

/*
 * A slot for the vCPU at address @vcpu (0: not known), which the current thread runs, or NULL when none is free. Nothing else is
 * known of the vCPU yet but its id, maybe.
 */
static __always_inline struct kvmtop_vcpu *vcpu_new(enum load how, __u64 vcpu, __u32 vcpu_id,
						    __u32 *ret_slot)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u64 task = bpf_get_current_task();
	__u64 leader = load_field_u64(how, task, struct task_struct, group_leader);
	struct kvmtop_vcpu *v;
	__u64 *comm;
	__u64 now_ns;
	__u32 slot;

	slot = slot_take_for(vcpu);
	if (slot == KVMTOP_SLOT_NONE)
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
	v->event_ns = now_ns;
	v->registered_ns = now_ns;
	*ret_slot = slot;
	return v;
}

/*
 * The slot of the current thread, if its vCPU is still unknown: the slot saw a userspace exit
 * before the first entry.
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
 * The known slot of the vCPU at address @vcpu, after checking it if need be; NULL: there is none.
 * If by_vcpu does not have it, the thread's last slot is tried. User space forgets destroyed vCPUs,
 * and may for a moment forget a new one at the same address.
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
		/* The VMM may have loaded a state in which its guest runs (KVM_SET_NESTED_STATE). */
		if (!v->nests)
			nests_begin(how, v, vcpu);
	}
	*ret_slot = *slot;
	return v;
}

/* The current thread's vCPU is filtered out: the thread has no mark any more, and no slot. */
static __always_inline struct kvmtop_vcpu *vcpu_ignored(void)
{
	if (has_filter())
		mark_take_back(bpf_get_current_pid_tgid(), KVMTOP_HINTS);
	return vcpu_slot(KVMTOP_SLOT_IGNORED);
}

/*
 * Without KVM's types only the record of an exit has the id. So a vCPU gets no slot before its
 * first exit with an id that is asked for. Until then the thread's vCPU is unknown.
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

static __always_inline __u32 slot_number(const struct kvmtop_vcpu *v)
{
	return v ? v->slot : KVMTOP_SLOT_NONE;
}

static __always_inline struct kvmtop_vcpu *vcpu_find(enum load how, __u64 vcpu, bool inside)
{
	struct kvmtop_hint *hint = cpu_hint();
	bool ignored = false;
	struct kvmtop_vcpu *v = NULL;
	__u32 fresh = 0;
	__u32 slot = 0;

	/* It has a mark, or another vCPU has taken its mark's place. */
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
			v = vcpu_new(how, vcpu, KVMTOP_ID_UNKNOWN, &slot);
		if (!v)
			return NULL;
		v->fresh = fresh;
		if (how == LOAD_PLAIN)
			vcpu_identify_plain(slot, vcpu);
		else
			vcpu_identify_probe(slot, vcpu);
	}
	hint->slot = slot;
	return v;
}

__noinline __u32 vcpu_find_plain(__u64 vcpu, __u32 inside)
{
	return slot_number(vcpu_find(LOAD_PLAIN, vcpu, inside));
}

__noinline __u32 vcpu_find_probe(__u64 vcpu, __u32 inside)
{
	return slot_number(vcpu_find(LOAD_PROBE, vcpu, inside));
}

/*
 * The slot of the vCPU that the current thread leaves KVM_RUN of. It is the one that the thread ran
 * last, if there was an entry since the last time. Otherwise it may be any vCPU, and the system
 * call identifies it. Where that fails, the thread's last slot is taken, or a slot that has no name
 * until its first entry. Or the slot of what is filtered out.
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
			return vcpu_slot(how == LOAD_PLAIN ? vcpu_find_plain(vcpu, false)
							   : vcpu_find_probe(vcpu, false));
	}
	if (!v && ignores_id(hint, vcpu_id))
		return vcpu_ignored();
	if (!v)
		v = vcpu_new(how, 0, vcpu_id, &slot);
	if (!v)
		return NULL;
	hint->slot = slot;
	return v;
}

__noinline __u32 thread_find_plain(__u32 vcpu_id)
{
	return slot_number(thread_find(LOAD_PLAIN, vcpu_id));
}

__noinline __u32 thread_find_probe(__u32 vcpu_id)
{
	return slot_number(thread_find(LOAD_PROBE, vcpu_id));
}
