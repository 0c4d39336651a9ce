// SPDX-License-Identifier: GPL-2.0
/*
 * exit_x86: kvm_exit and kvm_entry of x86, per (vCPU, isa, reason). find.bpf.h finds the vCPU, from
 * the argument or from the thread. reason_x86.bpf.h reads the reason. There are four ways to read
 * it, cheapest first. The loader takes the first that this kernel offers:
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
#include "reason_x86.bpf.h"
#include "record.bpf.h"
#include "short.bpf.h"
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

/* Where the reason of an exit that is not nested is, which does not change; 0: nowhere. */
static __always_inline __u64 reason_address(enum load how, __u64 vcpu, __u32 isa)
{
	if (bpf_core_type_exists(struct vcpu_svm) && isa == KVM_ISA_SVM)
		return load_field_u64(how, vcpu, struct vcpu_svm, vmcb) +
		       bpf_core_field_offset(struct vmcb, control.exit_code);
	if (bpf_core_type_exists(struct vcpu_vmx) && isa == KVM_ISA_VMX)
		return vcpu + vmx_reason_offset();
	return 0;
}

/*
 * Out of line: only VMs with guests of their own come here, and TDX guests. These have a struct
 * vcpu_tdx, which begins as struct vcpu_vmx does (vt is at the same place,
 * arch/x86/kvm/vmx/common.h). It has no loaded_vmcs: anything may be there. They run no guests.
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
	short_begin(how, v, vcpu, isa, reason_address(how, vcpu, isa));
	return 0;
}

/*
 * Global functions: the long path of programs on kvm_exit and kvm_entry, which the kernel verifies
 * once for all of them (find.bpf.h).
 */
__noinline int exit_long_plain(__u64 vcpu, __u32 isa)
{
	return handle_exit(LOAD_PLAIN, vcpu, isa);
}

__noinline int exit_long_probe(__u64 vcpu, __u32 isa)
{
	return handle_exit(LOAD_PROBE, vcpu, isa);
}

__noinline int exit_long_args(__u64 vcpu, __u32 isa, __u32 reason)
{
	struct kvmtop_vcpu *v = vcpu_get(LOAD_PROBE, vcpu, true);

	if (!v)
		return 0;
	tally_exit(v, isa, reason);
	short_begin(LOAD_PROBE, v, vcpu, isa, 0);
	return 0;
}

/* @counted: with -t entries are counted, too, whatever is timed. */
static __always_inline int handle_entry(enum load how, __u64 vcpu, bool counted)
{
	struct kvmtop_vcpu *v = vcpu_get(how, vcpu, counted);

	if (!v)
		return 0;
	if (counted)
		v->entries++;
	if (cfg_latency != KVMTOP_LATENCY_OFF)
		entry_rest(how, v, bpf_ktime_get_ns());
	short_resume(v, vcpu);
	return 0;
}

__noinline int entry_long_plain(__u64 vcpu, __u32 counted)
{
	return handle_entry(LOAD_PLAIN, vcpu, counted);
}

__noinline int entry_long_probe(__u64 vcpu, __u32 counted)
{
	return handle_entry(LOAD_PROBE, vcpu, counted);
}

SEC("?raw_tp/kvm_entry")
int entry_counted_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return entry_long_plain(ctx->args[0], true);
}

/* Also used with the classic exit. */
SEC("?raw_tp/kvm_entry")
int entry_counted_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return entry_long_probe(ctx->args[0], true);
}

SEC("?raw_tp/kvm_exit")
int exit_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return exit_long_plain(ctx->args[0], ctx->args[1]);
}

SEC("?raw_tp/kvm_entry")
int entry_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return entry_long_plain(ctx->args[0], false);
}

SEC("?raw_tp/kvm_exit")
int exit_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return exit_long_probe(ctx->args[0], ctx->args[1]);
}

SEC("?raw_tp/kvm_entry")
int entry_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return entry_long_probe(ctx->args[0], false);
}

SEC("?raw_tp/kvm_exit")
int exit_args(struct bpf_raw_tracepoint_args *ctx)
{
	return exit_long_args(ctx->args[1], ctx->args[2], ctx->args[0]);
}

static __always_inline int handle_record(struct record *ctx)
{
	__u64 reason = FIELD(ctx, exit, 0, exit_reason);
	__u32 isa = FIELD(ctx, exit, 1, isa);
	struct kvmtop_vcpu *v = thread_vcpu_get(FIELD(ctx, exit, 2, vcpu_id));

	if (!v)
		return KEEP_EVENT;
	tally_exit(v, isa, reason);
	if (v->vcpu)
		short_begin(LOAD_PROBE, v, v->vcpu, isa, 0);
	return KEEP_EVENT;
}

SEC("?tp/kvm/kvm_exit")
int exit_classic(struct record *ctx)
{
	return handle_record(ctx);
}

/*
 * With the classic exit this program also notes which vCPU the thread runs, so it is attached
 * whatever is timed.
 */
SEC("?raw_tp/kvm_entry")
int entry_classic(struct bpf_raw_tracepoint_args *ctx)
{
	struct kvmtop_vcpu *v = vcpu_get(LOAD_PROBE, ctx->args[0], false);

	if (v && cfg_latency != KVMTOP_LATENCY_OFF)
		entry_rest(LOAD_PROBE, v, bpf_ktime_get_ns());
	return 0;
}
