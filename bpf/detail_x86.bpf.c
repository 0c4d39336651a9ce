// SPDX-License-Identifier: GPL-2.0
/*
 * detail_x86: the tracepoints that say what an exit of x86 was about. Raw, or classic where raw programs may be skipped
 * (bpf/userexit.bpf.c says when; these tracepoints fire with preemption on, as that one does). The arguments of the raw ones and
 * the records of the classic ones are the same from 5.10 to 7.2 but for kvm_page_fault's; the loader checks that they are.
 */
#include "detail.bpf.h"

#define KVM_ISA_SVM 2

/* 1: kvm_page_fault has the vCPU first (6.1 has it, 5.10 not; BTF or the format tells). */
const volatile __u32 cfg_fault_has_vcpu = 0;

static __always_inline __u64 sub_of(bool write, __u32 size)
{
	return (write ? KVMTOP_DETAIL_WRITE : KVMTOP_DETAIL_READ) |
	       size << KVMTOP_DETAIL_SIZE_SHIFT;
}

/* ---- kvm_msr(write, ecx, data, exception) */

SEC("?raw_tp/kvm_msr")
int raw_msr(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_MSR, (__u32)ctx->args[1], sub_of((__u32)ctx->args[0], 0));
}

struct msr_record {
	__u64 common;
	__u32 write;
	__u32 ecx;
};

SEC("?tp/kvm/kvm_msr")
int classic_msr(struct msr_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_MSR, ctx->ecx, sub_of(ctx->write, 0));
}

/* ---- kvm_pio(rw, port, size, count, data): rw is 1 for OUT (KVM_PIO_OUT) */

SEC("?raw_tp/kvm_pio")
int raw_pio(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_PIO, (__u32)ctx->args[1],
			    sub_of((__u32)ctx->args[0], ctx->args[2]));
}

struct pio_record {
	__u64 common;
	__u32 rw;
	__u32 port;
	__u32 size;
};

SEC("?tp/kvm/kvm_pio")
int classic_pio(struct pio_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_PIO, ctx->port, sub_of(ctx->rw, ctx->size));
}

/* ---- kvm_cpuid(function, index, ...) */

SEC("?raw_tp/kvm_cpuid")
int raw_cpuid(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_CPUID, (__u32)ctx->args[0], 0);
}

struct cpuid_record {
	__u64 common;
	__u32 function;
};

SEC("?tp/kvm/kvm_cpuid")
int classic_cpuid(struct cpuid_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_CPUID, ctx->function, 0);
}

/* ---- kvm_cr(rw, cr, val): rw is 1 for a write */

SEC("?raw_tp/kvm_cr")
int raw_cr(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_CR, (__u32)ctx->args[1], sub_of((__u32)ctx->args[0], 0));
}

struct cr_record {
	__u64 common;
	__u32 rw;
	__u32 cr;
};

SEC("?tp/kvm/kvm_cr")
int classic_cr(struct cr_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_CR, ctx->cr, sub_of(ctx->rw, 0));
}

/* ---- kvm_mmio(type, len, gpa, val) */

/*
 * KVM_TRACE_MMIO_* of include/trace/events/kvm.h. A read that the VMM serves is two events: the first, unsatisfied, is not
 * counted, so that each read is one.
 */
enum { MMIO_READ_UNSATISFIED, MMIO_READ, MMIO_WRITE };

static __always_inline int handle_mmio(__u32 type, __u32 len, __u64 gpa)
{
	if (type == MMIO_READ_UNSATISFIED)
		return KEEP_EVENT;
	return detail_event(KVMTOP_DETAIL_MMIO, gpa, sub_of(type == MMIO_WRITE, len));
}

SEC("?raw_tp/kvm_mmio")
int raw_mmio(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_mmio(ctx->args[0], ctx->args[1], ctx->args[2]);
}

struct mmio_record {
	__u64 common;
	__u32 type;
	__u32 len;
	__u64 gpa;
};

SEC("?tp/kvm/kvm_mmio")
int classic_mmio(struct mmio_record *ctx)
{
	return handle_mmio(ctx->type, ctx->len, ctx->gpa);
}

/* ---- kvm_hypercall(nr, ...), kvm_hv_hypercall(code, ...) */

SEC("?raw_tp/kvm_hypercall")
int raw_hypercall(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_HYPERCALL, ctx->args[0], 0);
}

struct hypercall_record {
	__u64 common;
	__u64 nr;
};

SEC("?tp/kvm/kvm_hypercall")
int classic_hypercall(struct hypercall_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_HYPERCALL, ctx->nr, 0);
}

SEC("?raw_tp/kvm_hv_hypercall")
int raw_hv_hypercall(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_HV_HYPERCALL, (__u16)ctx->args[0], 0);
}

/* var_cnt was put in after 5.15, so the code has two places. */
const volatile __u32 cfg_hv_code_offset = 0;

SEC("?tp/kvm/kvm_hv_hypercall")
int classic_hv_hypercall(void *ctx)
{
	__u16 code = 0;

	bpf_probe_read_kernel(&code, sizeof(code), ctx + cfg_hv_code_offset);
	return detail_event(KVMTOP_DETAIL_HV_HYPERCALL, code, 0);
}

/* ---- kvm_inj_virq(vector, ...) */

SEC("?raw_tp/kvm_inj_virq")
int raw_inj_virq(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_VECTOR, (__u32)ctx->args[0], 0);
}

struct virq_record {
	__u64 common;
	__u32 vector;
};

SEC("?tp/kvm/kvm_inj_virq")
int classic_inj_virq(struct virq_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_VECTOR, ctx->vector, 0);
}

/* ---- kvm_page_fault([vcpu,] address, error_code) */

static __always_inline int handle_fault(__u64 address, __u64 code)
{
	if (cfg_kinds & 1u << KVMTOP_DETAIL_FAULT)
		detail_event(KVMTOP_DETAIL_FAULT, code, 0);
	if (cfg_kinds & 1u << KVMTOP_DETAIL_PAGE)
		detail_event(KVMTOP_DETAIL_PAGE, address & ~0xfffull, code);
	return KEEP_EVENT;
}

SEC("?raw_tp/kvm_page_fault")
int raw_page_fault(struct bpf_raw_tracepoint_args *ctx)
{
	if (cfg_fault_has_vcpu)
		return handle_fault(ctx->args[1], ctx->args[2]);
	return handle_fault(ctx->args[0], (__u32)ctx->args[1]);
}

struct fault_record {
	__u64 common;
	__u64 vcpu_id;
	__u64 guest_rip;
	__u64 address;
	__u64 code;
};

SEC("?tp/kvm/kvm_page_fault")
int classic_page_fault(struct fault_record *ctx)
{
	return handle_fault(ctx->address, ctx->code);
}

/* Without the vCPU. A program of its own: none may read behind the end of the record. */
struct old_fault_record {
	__u64 common;
	__u64 address;
	__u32 code;
};

SEC("?tp/kvm/kvm_page_fault")
int classic_page_fault_old(struct old_fault_record *ctx)
{
	return handle_fault(ctx->address, ctx->code);
}

/* ---- kvm_exit: for rip and slow exits */

/*
 * Raw: on SVM the VMCB has all of it. On VMX only the classic record knows the guest's rip without a VMREAD, so there that
 * one is attached.
 */
static __always_inline int handle_exit_raw(enum load how, __u64 vcpu, __u32 isa)
{
	struct detail_exit e = { .isa = isa, .info_known = cfg_slow_ns != 0 };
	struct kvmtop_vcpu *v = detail_vcpu(vcpu);
	__u64 vmcb;

	if (!v || !bpf_core_type_exists(struct vcpu_svm) || isa != KVM_ISA_SVM)
		return 0;
	vmcb = load_field_u64(how, vcpu, struct vcpu_svm, vmcb);
	e.reason = load_field_u32(how, vmcb, struct vmcb, control.exit_code);
	if (cfg_slow_ns || (cfg_rip && is_rip_reason(e.reason)))
		e.rip = load_field_u64(how, vmcb, struct vmcb, save.rip);
	if (cfg_slow_ns) {
		e.info1 = load_field_u64(how, vmcb, struct vmcb, control.exit_info_1);
		e.info2 = load_field_u64(how, vmcb, struct vmcb, control.exit_info_2);
	}
	detail_exit(v, &e);
	return 0;
}

SEC("?raw_tp/kvm_exit")
int detail_exit_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_exit_raw(LOAD_PLAIN, ctx->args[0], ctx->args[1]);
}

SEC("?raw_tp/kvm_exit")
int detail_exit_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_exit_raw(LOAD_PROBE, ctx->args[0], ctx->args[1]);
}

/* As in exit_x86.bpf.c. */
struct exit_record {
	__u64 common;
	__u32 exit_reason;
	__u32 pad0;
	__u64 guest_rip;
	__u32 isa;
	__u32 pad1;
	__u64 info1;
	__u64 info2;
};

SEC("?tp/kvm/kvm_exit")
int detail_exit_classic(struct exit_record *ctx)
{
	struct detail_exit e = {
		.reason = ctx->exit_reason,
		.rip = ctx->guest_rip,
		.isa = ctx->isa,
		.info_known = 1,
		.info1 = ctx->info1,
		.info2 = ctx->info2,
	};
	struct kvmtop_vcpu *v = detail_thread();

	if (v)
		detail_exit(v, &e);
	return KEEP_EVENT;
}
