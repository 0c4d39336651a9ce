// SPDX-License-Identifier: GPL-2.0
/*
 * userexit: kvm_userspace_exit (KVM_RUN returned to the VMM), per (vCPU, reason). The tracepoint has no vCPU: it
 * is the one that this thread ran last.
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
