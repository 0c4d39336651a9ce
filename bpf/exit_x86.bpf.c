// SPDX-License-Identifier: GPL-2.0
/*
 * exit_x86: kvm_exit and kvm_entry of x86, per (vCPU, isa, reason). Four ways to learn the reason, from the
 * cheapest on; the loader takes the first that this kernel offers:
 *
 *   plain    raw tracepoint (vcpu, isa); the reason from the vendor's struct by plain loads (6.2)
 *   probe    the same by bpf_probe_read_kernel (5.16)
 *   args     raw tracepoint (exit_reason, vcpu, isa), up to 5.15
 *   classic  the classic tracepoint's record; the raw kvm_entry still tells which vCPU it is
 *
 * Since 0a62a0319abb ("KVM: x86: Get exit_reason as part of kvm_x86_ops.get_exit_info", 5.16) the
 * raw tracepoint does not have the reason.
 */
#include "common_x86.bpf.h"
#include "find.bpf.h"
#include "nests_x86.bpf.h"
#include "record.bpf.h"
#include "tally.bpf.h"

RECORD(exit); /* exit_reason, isa, vcpu_id */

/* The record of kvm_exit as all known x86 kernels have it (5.10 to 7.2), from its "format" file. */
struct record {
	__u64 common;
	__u32 exit_reason;
	__u32 pad0;
	__u64 guest_rip;
	__u32 isa;
	__u32 pad1;
	__u64 info1;
	__u64 info2;
	__u32 intr_info;
	__u32 error_code;
	__u32 vcpu_id;
};

/* Of a kvm_exit: why, and whether it is a nested guest's (L2's). */
struct exit {
	__u64 reason;
	bool nested;
};

/*
 * struct kvm_vcpu is the first member of both vendors' structs (BUILD_BUG_ON in svm_vcpu_create and
 * vmx_vcpu_create), so their addresses are the same.
 *
 * While L2 runs, its own VMCB or VMCS is in use in the place of L1's (vmcb01, vmcs01). This tells the two apart as
 * HF_GUEST_MASK does, which no BTF has and whose bit changed; it costs next to nothing where loads are plain. On SVM before 6.2 both
 * pointers lie side by side, and one probe read gets them; on VMX a probe read more is needed, of 80 instructions, so only vCPUs that
 * have switched VMX on pay for it (nests_x86.bpf.h).
 */
struct vmcb_pair {
	__u64 vmcb, vmcb01;
};

static __always_inline struct vmcb_pair svm_vmcbs(enum load how, __u64 vcpu)
{
	struct vmcb_pair pair = {};

	if (!bpf_core_field_exists(struct vcpu_svm, vmcb01.ptr)) {
		pair.vmcb = load_field_u64(how, vcpu, struct vcpu_svm, vmcb);
		pair.vmcb01 = pair.vmcb;
	} else if (how == LOAD_PROBE && bpf_core_field_offset(struct vcpu_svm, vmcb01.ptr) ==
						bpf_core_field_offset(struct vcpu_svm, vmcb) + 8) {
		bpf_probe_read_kernel(
			&pair, sizeof(pair),
			(void *)(vcpu + bpf_core_field_offset(struct vcpu_svm, vmcb)));
	} else {
		pair.vmcb = load_field_u64(how, vcpu, struct vcpu_svm, vmcb);
		pair.vmcb01 = load_field_u64(how, vcpu, struct vcpu_svm, vmcb01.ptr);
	}
	return pair;
}

static __always_inline struct exit svm_exit(enum load how, __u64 vcpu)
{
	struct vmcb_pair pair = svm_vmcbs(how, vcpu);

	return (struct exit){
		.reason = load_field_u32(how, pair.vmcb, struct vmcb, control.exit_code),
		.nested = pair.vmcb != pair.vmcb01,
	};
}

static __always_inline bool vmx_is_nested(enum load how, const struct kvmtop_vcpu *v, __u64 vcpu)
{
	if (!bpf_core_field_exists(struct vcpu_vmx, vmcs01) || (how == LOAD_PROBE && !v->nests))
		return false;
	return load_field_u64(how, vcpu, struct vcpu_vmx, loaded_vmcs) !=
	       vcpu + bpf_core_field_offset(struct vcpu_vmx, vmcs01);
}

static __always_inline struct exit read_exit(enum load how, const struct kvmtop_vcpu *v, __u64 vcpu,
					     __u32 isa)
{
	if (bpf_core_type_exists(struct vcpu_svm) && isa == KVM_ISA_SVM)
		return svm_exit(how, vcpu);
	if (bpf_core_type_exists(struct vcpu_vmx) && isa == KVM_ISA_VMX)
		return (struct exit){ vmx_exit_reason(how, vcpu), vmx_is_nested(how, v, vcpu) };
	return (struct exit){ .reason = KVMTOP_REASON_UNKNOWN };
}

/* kvm->arch.vm_type, 6.8: a byte, at first a long. */
#define KVM_X86_TDX_VM 5

static __always_inline bool is_tdx(__u64 kvm)
{
	__u64 bytes, type;

	if (!bpf_core_field_exists(struct kvm, arch.vm_type))
		return false;
	bytes = bpf_core_field_size(struct kvm, arch.vm_type);
	type = load_field_u64(LOAD_PLAIN, kvm, struct kvm, arch.vm_type);
	return (bytes == 8 ? type : type & ((1ull << 8 * bytes) - 1)) == KVM_X86_TDX_VM;
}

/*
 * Out of line: only VMs with guests of their own come here, and TDX guests. These have a struct vcpu_tdx, which begins as struct
 * vcpu_vmx does (vt is at the same place, arch/x86/kvm/vmx/common.h) and has no loaded_vmcs: anything may be there. They run no
 * guests.
 */
static __noinline int nested_exit(struct kvmtop_vcpu *v, __u32 isa, __u64 reason)
{
	if (!v)
		return 0;
	if (isa != KVM_ISA_VMX || !is_tdx(v->kvm))
		isa |= KVMTOP_ISA_L2;
	tally_exit(v, isa, reason);
	return 0;
}

static __always_inline int handle_exit(enum load how, __u64 vcpu, __u32 isa)
{
	struct kvmtop_vcpu *v = vcpu_get(how, vcpu, true);
	struct exit e;

	if (!v)
		return 0;
	e = read_exit(how, v, vcpu, isa);
	if (e.nested)
		return nested_exit(v, isa, e.reason);
	tally_exit(v, isa, e.reason);
	return 0;
}

static __always_inline int handle_entry(enum load how, __u64 vcpu)
{
	struct kvmtop_vcpu *v = vcpu_get(how, vcpu, false);

	if (v)
		tally_entry(how, v);
	return 0;
}

/* With -t, whatever is timed: counts entries, too. Programs of their own, so that the others pay nothing for it. */
static __always_inline int handle_counted_entry(enum load how, __u64 vcpu)
{
	struct kvmtop_vcpu *v = vcpu_get(how, vcpu, true);

	if (!v)
		return 0;
	v->entries++;
	if (cfg_latency != KVMTOP_LATENCY_OFF)
		tally_entry(how, v);
	return 0;
}

SEC("?raw_tp/kvm_entry")
int entry_counted_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_counted_entry(LOAD_PLAIN, ctx->args[0]);
}

/* Beside the classic exit, too. */
SEC("?raw_tp/kvm_entry")
int entry_counted_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_counted_entry(LOAD_PROBE, ctx->args[0]);
}

SEC("?raw_tp/kvm_exit")
int exit_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_exit(LOAD_PLAIN, ctx->args[0], ctx->args[1]);
}

SEC("?raw_tp/kvm_entry")
int entry_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_entry(LOAD_PLAIN, ctx->args[0]);
}

SEC("?raw_tp/kvm_exit")
int exit_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_exit(LOAD_PROBE, ctx->args[0], ctx->args[1]);
}

SEC("?raw_tp/kvm_entry")
int entry_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_entry(LOAD_PROBE, ctx->args[0]);
}

SEC("?raw_tp/kvm_exit")
int exit_args(struct bpf_raw_tracepoint_args *ctx)
{
	struct kvmtop_vcpu *v = vcpu_get(LOAD_PROBE, ctx->args[1], true);

	if (v)
		tally_exit(v, ctx->args[2], (__u32)ctx->args[0]);
	return 0;
}

/*
 * The slot of the vCPU that the current thread runs, which the record calls @vcpu_id; NULL: filtered out, or dropped.
 * entry_classic made it known, unless the thread was in the guest when kvmtop attached.
 */
static __always_inline struct kvmtop_vcpu *thread_get(__u32 vcpu_id)
{
	struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v = vcpu_slot(hint->slot);
	__u32 tid = bpf_get_current_pid_tgid();

	if (v && v->tid == tid && v->vcpu_id == vcpu_id) {
		if (!v->state)
			return v;
		if (v->state == KVMTOP_STATE_IGNORED && v->vcpu)
			return NULL;
	}
	if (hint_ignores_id(cpu_hint(), vcpu_id) || ignores_id(cpu_hint(), vcpu_id))
		return NULL;
	v = vcpu_slot(thread_find_probe(vcpu_id));
	if (!v) {
		drop_event();
		return NULL;
	}
	if (v->state & KVMTOP_STATE_IGNORED)
		return NULL;
	v->state &= ~KVMTOP_STATE_CHECK;
	v->vcpu_id = vcpu_id;
	return v->state ? NULL : v;
}

static __always_inline int handle_record(struct record *ctx)
{
	__u64 reason = FIELD(ctx, exit, 0, exit_reason);
	__u32 isa = FIELD(ctx, exit, 1, isa);
	struct kvmtop_vcpu *v = thread_get(FIELD(ctx, exit, 2, vcpu_id));

	if (v)
		tally_exit(v, isa, reason);
	return KEEP_EVENT;
}

SEC("?tp/kvm/kvm_exit")
int exit_classic(struct record *ctx)
{
	return handle_record(ctx);
}

/* With the classic exit: also tells which vCPU the thread runs, so it is attached whatever is timed. */
SEC("?raw_tp/kvm_entry")
int entry_classic(struct bpf_raw_tracepoint_args *ctx)
{
	struct kvmtop_vcpu *v = vcpu_get(LOAD_PROBE, ctx->args[0], false);

	if (v && cfg_latency != KVMTOP_LATENCY_OFF)
		tally_entry(LOAD_PROBE, v);
	return 0;
}

/*
 * For tests of --verify, which must find what is missing: programs that leave out one exit in cfg_lose_one_in (about so many: the
 * count is not atomic). They are programs of their own, so that the others pay nothing for it.
 */
const volatile __u32 cfg_lose_one_in = 1;

static __always_inline bool is_to_be_lost(void)
{
	static __u32 n_exits;

	return ++n_exits % cfg_lose_one_in == 0;
}

SEC("?raw_tp/kvm_exit")
int exit_lossy_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return is_to_be_lost() ? 0 : handle_exit(LOAD_PLAIN, ctx->args[0], ctx->args[1]);
}

SEC("?raw_tp/kvm_exit")
int exit_lossy_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return is_to_be_lost() ? 0 : handle_exit(LOAD_PROBE, ctx->args[0], ctx->args[1]);
}

SEC("?tp/kvm/kvm_exit")
int exit_lossy_classic(struct record *ctx)
{
	return is_to_be_lost() ? KEEP_EVENT : handle_record(ctx);
}
