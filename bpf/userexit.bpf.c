// SPDX-License-Identifier: GPL-2.0
/*
 * userexit: kvm_userspace_exit (KVM_RUN returns to the VMM), per (vCPU, reason). The tracepoint has
 * no vCPU argument: it is the vCPU that this thread ran last.
 *
 * kvm_exit and kvm_entry fire with interrupts off, this one does not, and newer kernels (7.2 is one) skip programs here:
 *
 * - A raw tracepoint program runs with preemption on. The kernel skips it while another thread of
 *   the same CPU is in the middle of it (bpf_prog_get_recursion_context). A thread that is
 *   preempted there makes all others on its CPU lose their exits until it runs again. Disabling
 *   preemption in the program does not help: the postponed switch comes when it is enabled again,
 *   still in the program.
 * - A program on the classic tracepoint runs with preemption off (trace_call_bpf). The kernel skips
 *   it while any thread of the CPU, preempted or not, is in a system call on any BPF map
 *   (bpf_disable_instrumentation). And under lockdown=confidentiality it does not exist: the events
 *   of modules are not even registered.
 *
 * So there the classic program comes first, where it exists. Raw ones after it, each attached
 * separately, count what it missed (rescue). An exit is lost only if all of them are skipped at
 * once. With 200 busy vCPU threads on 2 CPUs four raw programs lost up to one exit in a hundred,
 * and with the classic one none.
 */
#include "find.bpf.h"
#include "record.bpf.h"
#include "tally.bpf.h"
#include "vcpu.bpf.h"

/* Threads whose exit is being rescued, with the later programs that get it, too. More at once are few. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
} rescues SEC(".maps");

/* rescue_count; the loader puts it there. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} rescue_call SEC(".maps");

/* OUTCOME_IGNORED: it is not known whether an earlier program has seen the exit. */
enum outcome { OUTCOME_NO_ROOM, OUTCOME_SEEN, OUTCOME_IGNORED };

/* Bits of user_counted: the programs that come after the first one. */
#define RESCUER(n) (1u << (n))
#define RESCUERS (RESCUER(1) | RESCUER(2) | RESCUER(3))

/*
 * kvm_userspace_exit(reason, errno): with a negative errno, reason is a left-over of an earlier
 * exit, so the errno is the reason. KVM's own print format does the same. @later: the programs that
 * get this exit, too.
 */
static __always_inline enum outcome handle_userspace_exit(enum load how, __u32 reason, __s32 error,
							  __u64 later)
{
	struct kvmtop_vcpu *v = thread_vcpu(how);

	if (!v)
		return OUTCOME_NO_ROOM;
	if (v->slot == KVMTOP_SLOT_IGNORED)
		return OUTCOME_IGNORED;
	vcpu_note(how, v);
	if (!v->vcpu)
		v->user_counted = later;
	if (!(v->state & KVMTOP_STATE_IGNORED))
		tally_userspace_exit(how, v, error < 0 ? (__u64)(__s64)error : reason);
	return OUTCOME_SEEN;
}

/* The only program for these exits, or the first of several. */
static __always_inline int handle_first(enum load how, __u32 reason, __s32 error)
{
	if (handle_userspace_exit(how, reason, error, RESCUERS) == OUTCOME_NO_ROOM)
		drop_exit();
	return KEEP_EVENT;
}

SEC("?raw_tp/kvm_userspace_exit")
int userspace_exit_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_first(LOAD_PLAIN, ctx->args[0], ctx->args[1]);
}

SEC("?raw_tp/kvm_userspace_exit")
int userspace_exit_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_first(LOAD_PROBE, ctx->args[0], ctx->args[1]);
}

RECORD(userspace_exit); /* reason, errno */

SEC("?tp/kvm/kvm_userspace_exit")
int userspace_exit_record(struct user_record *ctx)
{
	return handle_first(LOAD_PLAIN, FIELD(ctx, userspace_exit, 0, reason),
			    FIELD(ctx, userspace_exit, 1, error));
}

/*
 * Whether an earlier program has counted this exit. KVM counts the vCPU's exits and runs; both are
 * then unchanged since the slot's last userspace exit was counted. (The runs grow with each
 * KVM_RUN.) While the slot's vCPU is not known yet, the program that counts an exit leaves a bit for
 * each later program. @self is the bit of this one.
 */
static __always_inline bool is_counted(__u64 self)
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
	if (!v->vcpu) {
		__u64 counted = v->user_counted;

		v->user_counted = counted & ~self;
		return counted & self;
	}
	return v->state & KVMTOP_STATE_CHECK &&
	       v->user_runs == vcpu_stat_runs(LOAD_PLAIN, v->vcpu) &&
	       v->user_exits == vcpu_stat_exits(LOAD_PLAIN, v->vcpu);
}

/*
 * Attached, and so run, after another program. The exits that the other one missed
 * (recursion_misses), less those that were rescued, are lost. Counting is long and seldom needed.
 * So it is one program, which the kernel verifies once, and not once for each rescuer.
 */
static __always_inline int rescue(struct bpf_raw_tracepoint_args *ctx, __u32 self)
{
	const __u32 later = RESCUERS & ~(self | (self - 1));
	__u32 tid;

	if (is_counted(self))
		return 0;
	tid = bpf_get_current_pid_tgid();
	if (bpf_map_update_elem(&rescues, &tid, &later, BPF_ANY))
		return 0;
	bpf_tail_call(ctx, &rescue_call, 0);
	return 0;
}

SEC("?raw_tp/kvm_userspace_exit")
int rescue_userspace_exit1(struct bpf_raw_tracepoint_args *ctx)
{
	return rescue(ctx, RESCUER(1));
}

SEC("?raw_tp/kvm_userspace_exit")
int rescue_userspace_exit2(struct bpf_raw_tracepoint_args *ctx)
{
	return rescue(ctx, RESCUER(2));
}

SEC("?raw_tp/kvm_userspace_exit")
int rescue_userspace_exit3(struct bpf_raw_tracepoint_args *ctx)
{
	return rescue(ctx, RESCUER(3));
}

/* What the programs above go on with. */
SEC("?raw_tp/kvm_userspace_exit")
int rescue_count(struct bpf_raw_tracepoint_args *ctx)
{
	const __u32 tid = bpf_get_current_pid_tgid();
	const __u32 *later = bpf_map_lookup_elem(&rescues, &tid);

	if (later &&
	    handle_userspace_exit(LOAD_PLAIN, ctx->args[0], ctx->args[1], *later) == OUTCOME_SEEN)
		__sync_fetch_and_add(&drops.rescued, 1);
	bpf_map_delete_elem(&rescues, &tid);
	return 0;
}
