// SPDX-License-Identifier: GPL-2.0
/*
 * userexit: kvm_userspace_exit (KVM_RUN returned to the VMM), per (vCPU, reason). The tracepoint has no vCPU: it
 * is the one that this thread ran last.
 *
 * kvm_exit and kvm_entry fire with interrupts off, this one does not. Newer kernels (7.2 is one) run raw tracepoint
 * programs with preemption on, and skip a program that another thread of the same CPU is in the middle of
 * (bpf_prog_get_recursion_context): a thread that is preempted there makes all others on its CPU lose their
 * events until it runs again. Switching preemption off in the program does not help: what was put off then
 * comes when it is switched on again, still in the program. The classic tracepoint runs its programs with
 * preemption off (trace_call_bpf), so there it is the one to take. Under lockdown=confidentiality it does not exist (the
 * events of modules are not even registered); then the raw program is attached several times, and an event is
 * counted by the first instance that is run. For an event to be lost, as many threads of the CPU must have been
 * preempted, each in another instance.
 */
#include "tally.bpf.h"
#include "vcpu.bpf.h"

/*
 * kvm_userspace_exit(reason, errno): with a negative errno, reason is a left-over of an earlier exit (that
 * is how kvm's own print format sees it), so the errno is the reason.
 */
static __always_inline int handle_userspace_exit(enum load how, __u32 reason, __s32 error)
{
	struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v = vcpu_slot(hint->slot);
	__u32 tid = bpf_get_current_pid_tgid();

	if (!v || v->tid != tid || v->state & ~KVMTOP_STATE_IGNORED)
		v = how == LOAD_PLAIN ? thread_find_plain() : thread_find_probe();
	if (!v) {
		drop_event();
		return 0;
	}
	vcpu_note(how, v);
	if (v->state & KVMTOP_STATE_IGNORED)
		return 0;
	tally_userspace_exit(v, error < 0 ? (__u64)(__s64)error : reason);
	return 0;
}

SEC("?raw_tp/kvm_userspace_exit")
int userspace_exit_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_userspace_exit(LOAD_PLAIN, ctx->args[0], ctx->args[1]);
}

SEC("?raw_tp/kvm_userspace_exit")
int userspace_exit_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_userspace_exit(LOAD_PROBE, ctx->args[0], ctx->args[1]);
}

/* The record of kvm_userspace_exit, from its "format" file. */
struct user_record {
	__u64 common;
	__u32 reason;
	__s32 error;
};

SEC("?tp/kvm/kvm_userspace_exit")
int userspace_exit_record(struct user_record *ctx)
{
	return handle_userspace_exit(LOAD_PLAIN, ctx->reason, ctx->error);
}

/*
 * Whether another instance has counted this event: KVM's own counts of the vCPU's exits and runs are what they were when
 * the slot's last userspace exit was counted. (The second grows with each KVM_RUN.) Of a vCPU without a name nobody can
 * tell; there only the @first instance counts.
 */
static __always_inline bool is_counted(bool first)
{
	struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v = vcpu_slot(hint->slot);
	__u32 tid = bpf_get_current_pid_tgid();

	if (!v || v->tid != tid) {
		__u32 *slot = bpf_map_lookup_elem(&by_tid, &tid);

		v = slot ? vcpu_slot(*slot) : NULL;
	}
	if (!v || v->tid != tid)
		return false;
	if (!v->vcpu)
		return !first;
	return v->state & KVMTOP_STATE_CHECK &&
	       v->user_runs == vcpu_stat_runs(LOAD_PLAIN, v->vcpu) &&
	       v->user_exits == vcpu_stat_exits(LOAD_PLAIN, v->vcpu);
}

#define USERSPACE_EXIT_ONCE(n)                                                        \
	SEC("?raw_tp/kvm_userspace_exit")                                             \
	int userspace_exit_once##n(struct bpf_raw_tracepoint_args *ctx)               \
	{                                                                             \
		if (is_counted((n) == 1))                                             \
			return 0;                                                     \
		return handle_userspace_exit(LOAD_PLAIN, ctx->args[0], ctx->args[1]); \
	}

USERSPACE_EXIT_ONCE(1)
USERSPACE_EXIT_ONCE(2)
USERSPACE_EXIT_ONCE(3)
USERSPACE_EXIT_ONCE(4)
